"""Where the face net works: the mouth window of the aligned square crop, and the part of it where the mouth can open.

All numbers are fractions of 128, the resolution at which the network looks; the crop itself may be any multiple of it.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

#: Side of the crop as the network sees it, pixels.
SIDE = 128


class Window(NamedTuple):
    """Half-open ranges of rows and columns of the 128-pixel crop."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def cut(self, picture: Tensor, scale: int = 1) -> Tensor:
        """The window of `picture` [..., 128·scale, 128·scale]."""
        return picture[..., self.top * scale : self.bottom * scale, self.left * scale : self.right * scale]

    def within(self, outer: Window) -> Window:
        """This window in coordinates of `outer`."""
        return Window(self.top - outer.top, self.bottom - outer.top, self.left - outer.left, self.right - outer.left)


#: Lips, jaw and the cheeks beside them; outside of it nothing ever changes.
MOUTH = Window(32, 128, 16, 112)
#: Where the inside of a mouth can show, however wide it opens.
INSIDE = Window(64, 120, 36, 92)
#: Where pictures are compared: the same part of the face as the first study's window.
COMPARED = Window(36, 128, 24, 104)


def grid(window: Window, scale: int = 1) -> Tensor:
    """Positions of the window's pixel centres in the crop, [1, height·scale, width·scale, 2] as (x, y) in −1 … 1."""
    side = SIDE * scale
    x = (torch.arange(window.left * scale, window.right * scale) + 0.5) / side * 2 - 1
    y = (torch.arange(window.top * scale, window.bottom * scale) + 0.5) / side * 2 - 1
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([columns, rows], -1)[None]


def fade(window: Window, scale: int = 1) -> Tensor:
    """1 inside the window, falling smoothly to 0 at its upper, left and right borders and, shorter, at the lower one.

    Shape [1, 1, height·scale, width·scale].
    """
    x, y = grid(window, scale)[0].unbind(-1)
    left, right = window.left / SIDE * 2 - 1, window.right / SIDE * 2 - 1
    top, bottom = window.top / SIDE * 2 - 1, window.bottom / SIDE * 2 - 1
    ramp = smoothstep((y - top) / 0.14) * smoothstep((bottom - y) / 0.06)
    ramp = ramp * smoothstep((x - left) / 0.14) * smoothstep((right - x) / 0.14)
    return ramp[None, None]


def smoothstep(t: Tensor) -> Tensor:
    """0 below 0, 1 above 1, smooth between (Hermite)."""
    t = t.clamp(0, 1)
    return t * t * (3 - 2 * t)
