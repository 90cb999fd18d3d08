"""Teeth: where the arches' pictures lie in the crop."""

import torch

from . import teeth
from .window import INSIDE


def test_a_mean_heads_upper_teeth_hang_and_lower_teeth_stand() -> None:
    uv = teeth.coordinates(teeth.initial_placement()[None], teeth.basis())
    assert uv.shape == (1, 2, 2, INSIDE.height, INSIDE.width)
    upper, lower = uv[0, :, 1, :, INSIDE.width // 2]
    assert (upper.diff() > 0).all()
    assert (lower.diff() < 0).all()


def test_either_arch_is_read_from_its_own_half_of_the_atlas() -> None:
    height, width = teeth.TEMPLATE
    pictures = torch.zeros(3, 2 * height, width)
    pictures[:, height:] = 1
    uv = torch.zeros(1, 2, 1, 2)
    uv[:, 1] = torch.tensor([[3.0, -3.0]])
    for upper, colour in ((True, 0.0), (False, 1.0)):
        drawn = teeth.draw(pictures, uv, torch.full((1, 1, 1, 2), upper))
        assert torch.equal(drawn, torch.full_like(drawn, colour))
