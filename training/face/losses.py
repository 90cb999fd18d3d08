"""What the face net is trained to: the picture, and everything the renderer knows beneath it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from . import teeth
from .net import Drawing, FaceNet, Sketch
from .pairs import Batch
from .window import COMPARED, INSIDE, MOUTH

INNER = INSIDE.within(MOUTH)


class Losses(NamedTuple):
    picture: Tensor
    detail: Tensor
    flow: Tensor
    opening: Tensor
    inside: Tensor
    teeth: Tensor

    def total(self) -> Tensor:
        return sum(self, torch.zeros((), device=self.picture.device))


def losses(net: FaceNet, batch: Batch, sketch: Sketch, drawing: Drawing) -> Losses:
    """Weighted parts of the loss; supervising the flow itself is what lets a small network learn quickly."""
    difference = drawing.window - batch.target
    inner_target, inner_hidden = INNER.cut(batch.target), INNER.cut(batch.hidden)
    ramp = net.fade1
    picture = 3 * (difference.abs() * (ramp + 0.05)).mean()
    hidden_inside = INNER.cut(difference).abs() * inner_hidden
    picture = picture + 0.5 * share(hidden_inside.sum(), 3 * inner_hidden.sum())
    detail = sum(gradient_gap(difference * ramp, axis) for axis in (2, 3))

    moving = (batch.flow.abs().sum(1, keepdim=True) * 12).clamp(0, 1.5) + 0.15
    within = (ramp > 0.02).float() * batch.flow_valid * moving
    flow = 60 * ((sketch.flow - batch.flow).abs() * within).mean()

    inner_inside = INNER.cut(batch.inside)
    opening = F.binary_cross_entropy_with_logits(sketch.opening, inner_hidden, reduction="none")
    opening = 0.12 * (opening * (1 + 4 * inner_inside)).mean()
    # Each layer is held to its own pixels, or both would learn the grey between teeth and cavity.
    teeth_here = INNER.cut(batch.arches).sum(1, keepdim=True)
    behind = inner_hidden * (1 - teeth_here)
    inside = sum(
        weight * share(((layer - inner_target).abs() * here).sum(), 3 * here.sum())
        for weight, layer, here in (
            (0.3, drawing.inside, inner_hidden),
            (0.4, drawing.colour, behind),
            (0.4, drawing.teeth, teeth_here),
        )
    )
    return Losses(picture, detail, flow, opening, inside, teeth_loss(net, batch, sketch, inner_hidden))


def teeth_loss(net: FaceNet, batch: Batch, sketch: Sketch, hidden: Tensor) -> Tensor:
    """Where the arches lie in the picture, and which part of them shows."""
    arches, truth = INNER.cut(batch.arches), INNER.cut(batch.teeth_uv)
    uv = teeth.coordinates(sketch.placement, net.terms1)
    placed = [
        share(((uv[:, arch] - truth).abs() * arches[:, arch : arch + 1]).sum(), 2 * arches[:, arch].sum())
        for arch in (0, 1)
    ]
    shown = F.binary_cross_entropy_with_logits(sketch.arches, arches, reduction="none")
    shown = share((shown * (hidden + 0.05)).sum(), 2 * hidden.sum())
    return 0.25 * sum(placed) + 0.15 * shown


def share(total: Tensor, count: Tensor) -> Tensor:
    """Mean over `count` values, steady when there are few."""
    return total / (count + 300)


def gradient_gap(difference: Tensor, axis: int) -> Tensor:
    return difference.diff(dim=axis).abs().mean()


def psnr(window: Tensor, target: Tensor) -> Tensor:
    """Per picture, dB, over the part of the mouth window in which models are compared."""
    area = COMPARED.within(MOUTH)
    error = (area.cut(window) - area.cut(target)).pow(2).mean((1, 2, 3))
    return -10 * torch.log10(error + 1e-6)
