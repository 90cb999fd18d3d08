"""The arithmetic of native/truth.c for many pairs at once, on whatever device the tensors are."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from .truth import HIDDEN_BIAS

SKIN, UPPER_TEETH, LOWER_TEETH, TONGUE = 0, 2, 3, 4


class Mesh(NamedTuple):
    """What all heads share: triangles int64 [m, 3], material int64 [m], attribute float32 [n, 3] = interior, u, v."""

    triangles: Tensor
    material: Tensor
    attribute: Tensor


class Maps(NamedTuple):
    """See `truth.Truth`; float32 over the rows and columns that were asked for."""

    flow: Tensor  #: [N, 2, h, w]
    flow_valid: Tensor  #: [N, 1, h, w]
    visible: Tensor  #: [N, 1, h, w]
    inside: Tensor  #: [N, 1, h, w]
    arches: Tensor  #: [N, 2, h, w]
    teeth_uv: Tensor  #: [N, 2, h, w]


def between(
    triangle: Tensor, barycentric: Tensor, vertices: Tensor, depth: Tensor, mesh: Mesh, top: int = 0, left: int = 0
) -> Maps:
    """Truth of N pairs.

    The target's `triangle` int64 [N, h, w] (−1 background) and `barycentric` uint8 [N, h, w, 2], a part of the picture
    whose first pixel lies at (`top`, `left`); the source's `vertices` float32 [N, n, 3] and whole `depth` float32 [N, s, s].
    """
    count, height, width = triangle.shape
    side = depth.shape[-1]
    here = triangle >= 0
    corners = mesh.triangles[triangle.clamp_min(0)]  # N, h, w, 3
    second_and_third = barycentric.float() / 255
    weights = torch.cat([1 - second_and_third.sum(-1, keepdim=True), second_and_third], -1)[..., None]
    picked = corners.reshape(count, -1, 1).expand(-1, -1, 3)
    point = (torch.gather(vertices, 1, picked).view(count, height, width, 3, 3) * weights).sum(3)
    interior, u, v = (mesh.attribute[corners] * weights).sum(3).unbind(-1)
    material = torch.where(here, mesh.material[triangle.clamp_min(0)], -1)
    upper, lower = material == UPPER_TEETH, material == LOWER_TEETH
    teeth = upper | lower
    inside = teeth | (material == TONGUE) | ((material == SKIN) & (interior >= 0.5))
    moves = here & ~inside

    y = (torch.arange(top, top + height, device=depth.device) + 0.5) / side * 2 - 1
    x = (torch.arange(left, left + width, device=depth.device) + 0.5) / side * 2 - 1
    flow = torch.stack([point[..., 0] - x, point[..., 1] - y[:, None]], 1) * moves[:, None]
    # Outside the source crop nothing can be fetched. The nearest pixel's depth decides what hides the point.
    fetched = ((point[..., :2] >= -1) & (point[..., :2] < 1)).all(-1)
    column, row = (((point[..., k] + 1) * 0.5 * side).long().clamp(0, side - 1) for k in (0, 1))
    before = torch.gather(depth.view(count, -1), 1, (row * side + column).view(count, -1)).view_as(column)
    visible = ~here | (moves & fetched & (point[..., 2] < before + HIDDEN_BIAS))
    as_map = lambda *masks: torch.stack(masks, 1).float()
    return Maps(
        flow, as_map(moves), as_map(visible), as_map(inside), as_map(upper, lower), torch.stack([u, v], 1) * teeth[:, None]
    )
