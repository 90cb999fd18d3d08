"""The face net keeps what it must keep, at both sizes, before it has learnt anything."""

import torch

from .net import PARAMETERS, FaceNet
from .window import MOUTH, fade

torch.manual_seed(0)
NET = FaceNet().eval()
REST = torch.zeros(2, PARAMETERS)


def crop(scale: int) -> torch.Tensor:
    return torch.rand(2, 3, 128 * scale, 128 * scale, generator=torch.Generator().manual_seed(scale))


def test_pixels_outside_the_mouth_window_are_the_references_own() -> None:
    for scale in (1, 2):
        reference = crop(scale)
        changed = (NET(reference, torch.ones(2, PARAMETERS)) != reference).any(1)[0]
        outside = torch.ones_like(changed)
        outside[MOUTH.top * scale :, MOUTH.left * scale : MOUTH.right * scale] = False
        assert changed.any()
        assert not (changed & outside).any()


def test_changes_fade_out_at_the_windows_border() -> None:
    ramp = fade(MOUTH, 2)[0, 0]
    assert float(ramp[96, 96]) == 1
    assert float(torch.stack([ramp[0].max(), ramp[:, 0].max(), ramp[:, -1].max()]).max()) < 0.01


def test_both_sizes_tell_of_the_same_mouth() -> None:
    small = crop(1)
    large = torch.nn.functional.interpolate(small, scale_factor=2.0, mode="nearest")
    parameters = torch.full((2, PARAMETERS), 0.4)
    sketch = NET.sketch(small, parameters)
    reduced = torch.nn.functional.avg_pool2d(NET.draw(large, sketch).window, 2)
    assert float((reduced - NET.draw(small, sketch).window).abs().mean()) < 0.1


def test_parameters_reach_the_picture() -> None:
    reference = crop(1)
    open_mouth = REST.clone()
    open_mouth[:, 0] = 1
    assert float((NET(reference, open_mouth) - NET(reference, REST)).abs().max()) > 1e-4
