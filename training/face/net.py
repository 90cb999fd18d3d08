"""The face net: reference crop + seven mouth parameters → the same crop with that mouth.

The network does not paint skin, it moves it: a backward flow carries the reference's own pixels to where the mouth's
pose puts them (as in Siarohin et al. 2019, "First Order Motion Model", arXiv:2003.00196), so the picture stays as sharp
as it was. Only the inside of the mouth is painted: its colours are regressed, its teeth are drawn from templates.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import teeth
from .layers import FilmConv, embed_parameters
from .window import INSIDE, MOUTH, SIDE, fade, grid

PARAMETERS = 7
#: Channels at 1/2, 1/4 and 1/8 of the 128-pixel window… the first after folding 2×2 pixels into channels.
WIDTHS = (32, 64, 128)
#: Flow of this many crop widths (−1 … 1) for an output of 1.
FLOW_REACH = 0.1
#: Steepness of the edge between teeth and what lies behind them.
ARCH_EDGE = 3.0


class Sketch(NamedTuple):
    """What the network says of the target at the 128-pixel scale, before anything is drawn."""

    flow: Tensor  #: [N, 2, 96, 96], source minus target position, crop units −1 … 1
    shade: Tensor  #: [N, 1, 48, 48], relative change of the moved skin's brightness
    opening: Tensor  #: [N, 1, 56, 56] logit of "here one sees into the mouth", over INSIDE
    colour: Tensor  #: [N, 3, 56, 56] the mouth's inside without teeth, 0 … 1
    arches: Tensor  #: [N, 2, 56, 56] logits of upper and lower teeth
    light: Tensor  #: [N, 1, 56, 56] how bright teeth are there, 0 … 1.5
    tint: Tensor  #: [N, 2, 3] colour of the light on either arch, around 1
    placement: Tensor  #: [N, 20], see teeth.py


class Drawing(NamedTuple):
    """The drawn mouth window and its layers, at the reference's own scale."""

    window: Tensor  #: [N, 3, 96·s, 96·s]
    moved: Tensor  #: the reference's pixels after flow and shade, same shape
    inside: Tensor  #: [N, 3, 56·s, 56·s] painted mouth: colour with teeth before it
    colour: Tensor  #: [N, 3, 56·s, 56·s] cavity, tongue and the lips' inner sides
    teeth: Tensor  #: [N, 3, 56·s, 56·s] what teeth would look like, wherever they are
    opening: Tensor  #: [N, 1, 56·s, 56·s], 0 … 1


class FaceNet(nn.Module):
    """`forward(reference [N,3,S,S] BGR 0…1, parameters [N,7])` → crop [N,3,S,S]; S is 128 or 256."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDTHS
        self.embed = embed_parameters(PARAMETERS)
        self.stem = nn.Conv2d(12, a, 3, padding=1)
        #: Crops are aligned: what usually lies at a place is worth knowing, and costs nothing.
        self.place = nn.Parameter(torch.zeros(1, a, MOUTH.height // 2, MOUTH.width // 2))
        self.down1 = FilmConv(a, b, stride=2)
        self.keep1 = FilmConv(b, b)
        self.down2 = FilmConv(b, c, stride=2)
        self.deep1, self.deep2 = FilmConv(c, c), FilmConv(c, c)
        self.narrow2 = nn.Conv2d(c, b, 1)
        self.up1, self.up1b = FilmConv(b, b), FilmConv(b, b)
        self.narrow1 = nn.Conv2d(b, a, 1)
        self.up0 = FilmConv(a, a)
        self.motion = nn.Conv2d(a, 4 * 2 + 1, 3, padding=1)
        self.mouth = nn.Conv2d(a, 4 * 7, 3, padding=1)
        self.arch = nn.Sequential(
            nn.Linear(c + FilmConv.CONDITION, 96), nn.ReLU(), nn.Linear(96, teeth.PLACEMENT + 6)
        )
        #: Moving pixels by fractions of a pixel softens them; this much of the lost detail is given back.
        self.register_buffer("sharpen", torch.tensor(0.0))
        self.register_buffer("templates", teeth.atlas())
        for scale in (1, 2):
            self.register_buffer(f"grid{scale}", grid(MOUTH, scale), persistent=False)
            self.register_buffer(f"fade{scale}", fade(MOUTH, scale), persistent=False)
            self.register_buffer(f"terms{scale}", teeth.basis(scale), persistent=False)
        self.reset_heads()

    def reset_heads(self) -> None:
        """The untrained network returns the reference: no flow, closed mouth."""
        with torch.no_grad():
            for head in (self.motion, self.mouth, self.arch[-1]):
                head.weight.mul_(0.1)
                head.bias.zero_()
            self.mouth.bias[:4] = -2.5
            self.arch[-1].bias[: teeth.PLACEMENT] = teeth.initial_placement()

    def sketch(self, small: Tensor, parameters: Tensor) -> Sketch:
        """`small` [N, 3, 128, 128] 0 … 1."""
        condition = torch.cat([self.embed(parameters), parameters], 1)
        x0 = F.leaky_relu(self.stem(F.pixel_unshuffle(MOUTH.cut(small) * 2 - 1, 2)) + self.place, 0.1)
        x1 = self.keep1(self.down1(x0, condition), condition)
        x2 = self.down2(x1, condition)
        x2 = x2 + self.deep2(self.deep1(x2, condition), condition)
        placed = self.arch(torch.cat([x2.mean((2, 3)), condition], 1)).float()
        y = F.interpolate(self.narrow2(x2), scale_factor=2.0, mode="nearest") + x1
        y = self.up1b(self.up1(y, condition), condition)
        y = F.interpolate(self.narrow1(y), scale_factor=2.0, mode="nearest") + x0
        y = self.up0(y, condition)
        motion = self.motion(y).float()
        inner = INSIDE.within(MOUTH)
        middle = y[:, :, inner.top // 2 : inner.bottom // 2, inner.left // 2 : inner.right // 2]
        mouth = F.pixel_shuffle(self.mouth(middle).float(), 2)
        return Sketch(
            flow=F.pixel_shuffle(motion[:, :8], 2) * FLOW_REACH,
            shade=motion[:, 8:] * 0.3,
            opening=mouth[:, :1],
            colour=torch.sigmoid(mouth[:, 1:4]),
            arches=mouth[:, 4:6],
            light=torch.sigmoid(mouth[:, 6:]) * 1.5,
            tint=1 + 0.3 * torch.tanh(placed[:, teeth.PLACEMENT :].view(-1, 2, 3)),
            placement=placed[:, : teeth.PLACEMENT],
        )

    def draw(self, reference: Tensor, sketch: Sketch) -> Drawing:
        """Draws the sketch at the reference's own scale."""
        scale = int(reference.shape[-1]) // SIDE
        places, ramp, terms = (getattr(self, f"{name}{scale}") for name in ("grid", "fade", "terms"))
        flow = enlarge(sketch.flow, scale) * ramp
        moved = F.grid_sample(reference, places + flow.permute(0, 2, 3, 1), padding_mode="border", align_corners=False)
        moved = self.crispen(moved, flow, scale) * (1 + enlarge(sketch.shade, 2 * scale) * ramp)
        inside, colour, drawn = self.paint(sketch, terms, scale)
        opening = torch.sigmoid(enlarge(sketch.opening, scale))
        inner = INSIDE.within(MOUTH)
        window = place_inside(moved, opening, inside, inner, scale)
        return Drawing(window, moved, inside, colour, drawn, opening)

    def crispen(self, moved: Tensor, flow: Tensor, scale: int) -> Tensor:
        """Gives back detail where pixels moved by more than a fraction of one; set by `export`, not by training."""
        if self.training or scale == 1:
            return moved
        soft = F.avg_pool2d(moved, 3, 1, 1, count_include_pad=False)
        travelled = (flow.abs().sum(1, keepdim=True) * (SIDE * scale / 2)).clamp(0, 1)
        return moved + (moved - soft) * (travelled * self.sharpen)

    def paint(self, sketch: Sketch, terms: Tensor, scale: int) -> tuple[Tensor, Tensor, Tensor]:
        """The mouth's inside: regressed colours and teeth from the templates before them, together and each alone."""
        # Half teeth, half cavity looks like neither: the edge is drawn steeper than it is believed.
        arches = torch.sigmoid(ARCH_EDGE * enlarge(sketch.arches, scale))
        upper, lower = arches[:, :1], arches[:, 1:] * (1 - arches[:, :1])
        before = upper > lower
        uv = teeth.coordinates(sketch.placement, terms)
        tint = torch.where(before, sketch.tint[:, 0, :, None, None], sketch.tint[:, 1, :, None, None])
        drawn = teeth.draw(self.templates, torch.where(before, uv[:, 0], uv[:, 1]), before) * tint
        colour, drawn = enlarge(sketch.colour, scale), drawn * enlarge(sketch.light, scale)
        return colour + (upper + lower) * (drawn - colour), colour, drawn

    def forward(self, reference: Tensor, parameters: Tensor) -> Tensor:
        scale = int(reference.shape[-1]) // SIDE
        small = reference if scale == 1 else F.avg_pool2d(reference, scale)
        window = self.draw(reference, self.sketch(small, parameters)).window
        beside = reference[:, :, MOUTH.top * scale :]
        rows = torch.cat([beside[..., : MOUTH.left * scale], window, beside[..., MOUTH.right * scale :]], 3)
        return torch.cat([reference[:, :, : MOUTH.top * scale], rows], 2)


def enlarge(x: Tensor, factor: int) -> Tensor:
    """Bilinear enlargement; the identity for a factor of 1."""
    if factor == 1:
        return x
    return F.interpolate(x, scale_factor=float(factor), mode="bilinear", align_corners=False)


def place_inside(moved: Tensor, opening: Tensor, inside: Tensor, inner: tuple[int, ...], scale: int) -> Tensor:
    """Shows `inside` where the mouth is open; `inner` is its window within `moved` at the 128-pixel scale."""
    top, bottom, left, right = (side * scale for side in inner)
    middle = moved[:, :, top:bottom, left:right]
    middle = middle + opening * (inside - middle)
    rows = torch.cat([moved[:, :, top:bottom, :left], middle, moved[:, :, top:bottom, right:]], 3)
    return torch.cat([moved[:, :, :top], rows, moved[:, :, bottom:]], 2)
