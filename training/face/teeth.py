"""The face net's teeth: one picture per arch, placed by a few numbers, so that teeth stay rigid, sharp and still.

Regressed colours alone give a grey blur, and coordinates regressed for every pixel tremble. An arch seen from near the
front is almost a plane: its texture coordinates are a low polynomial of the place in the crop.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..heads.teeth import template
from .window import INSIDE, grid

#: Terms of the polynomial: 1, x, y, x², x·y, where x and y are centred on the mouth.
TERMS = 5
#: Numbers that place both arches: u and v of each.
PLACEMENT = 2 * 2 * TERMS
#: Where the lips meet in the crop, −1 … 1, and the reach of the mouth from there.
MOUTH_Y, REACH = 0.62 * 2 - 1, 0.35
#: Height and width of a template, pixels.
TEMPLATE = (48, 192)


def initial_placement() -> Tensor:
    """Arches of a mean head: [PLACEMENT]. Upper teeth end a little below the seam, lower teeth begin there."""
    u = [0.0, 1.3, 0.0, 0.0, 0.0]
    upper = [*u, 0.4, 0.0, 2.6, 0.0, 0.0]
    lower = [*u, 0.4, 0.0, -2.6, 0.0, 0.0]
    return torch.tensor([*upper, *lower])


def basis(scale: int = 1) -> Tensor:
    """The polynomial's terms over the `INSIDE` window, [TERMS, height·scale, width·scale]."""
    x, y = grid(INSIDE, scale)[0].unbind(-1)
    x, y = x / REACH, (y - MOUTH_Y) / REACH
    return torch.stack([torch.ones_like(x), x, y, x * x, x * y])


def coordinates(placement: Tensor, terms: Tensor) -> Tensor:
    """Texture coordinates (u, v) of upper and lower arch: [N, 2 arches, 2, height, width], −1 … 1 inside the texture.

    `placement` [N, PLACEMENT], `terms` as from `basis`.
    """
    height, width = terms.shape[-2:]
    uv = placement.view(-1, 4, TERMS) @ terms.view(TERMS, height * width)
    return uv.view(-1, 2, 2, height, width)


def atlas() -> Tensor:
    """Both arches in one picture, the upper one above, as the renderer draws them: [3, 2·height, width], BGR 0 … 1."""
    arches = [template(arch, *TEMPLATE) for arch in ("upper", "lower")]
    return torch.from_numpy(np.concatenate(arches)).permute(2, 0, 1).contiguous()


def draw(pictures: Tensor, uv: Tensor, upper: Tensor) -> Tensor:
    """The atlas seen through `uv` [N, 2, height, width]; beyond an arch's border the border goes on.

    `upper` [N, 1, height, width] says which arch is meant. One lookup for both: it is the dearest step of all.
    """
    inside = 1 - 1 / TEMPLATE[0]
    v = uv[:, 1:].clamp(-inside, inside) / 2 + 0.5 - upper.to(uv.dtype)
    places = torch.cat([uv[:, :1], v], 1).permute(0, 2, 3, 1)
    pictures = pictures[None].expand(uv.shape[0], -1, -1, -1)
    return F.grid_sample(pictures, places, padding_mode="border", align_corners=False)
