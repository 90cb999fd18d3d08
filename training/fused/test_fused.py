"""The fused network keeps the Wav2Lip contract."""

import torch

from ..face.net import FaceNet
from .net import FusedNet, WindowNet

NET = FusedNet(WindowNet(), FaceNet()).eval()


def test_shapes_are_wav2lips() -> None:
    crop = NET(torch.zeros(2, 1, 80, 16), torch.rand(2, 6, 256, 256))
    assert crop.shape == (2, 3, 256, 256)


def test_the_masked_crop_is_not_looked_at() -> None:
    face = torch.rand(1, 6, 256, 256)
    other = face.clone()
    other[:, :3] = 0
    mel = torch.rand(1, 1, 80, 16)
    assert torch.equal(NET(mel, face), NET(mel, other))


def test_parameters_stay_in_their_ranges() -> None:
    mel = torch.rand(1, 80, 16)
    parameters = WindowNet().eval()(mel)
    assert parameters.shape == (1, 7)
    assert float(parameters[:, :5].min()) >= 0 and float(parameters.max()) <= 1
