"""The fused network: a mel window and a Wav2Lip face stack in, a face crop out."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..face.net import FaceNet
from ..speech.mel import BANDS
from ..speech.phonemes import PARAMETERS

#: Columns of Wav2Lip's mel window, 200 ms.
WINDOW = 16
#: Where in the window the frame's own middle lies: Wav2Lip's tools start the window where the frame begins.
FRAME_MIDDLE = 1.6
CHANNELS = 128


class WindowNet(nn.Module):
    """mel float32[N, 80, 16] → params float32[N, 7]: what can be told from 200 ms alone, without the utterance around."""

    def __init__(self) -> None:
        super().__init__()
        self.listen = nn.Sequential(
            nn.Conv1d(BANDS + 1, CHANNELS, 3, padding=1), nn.BatchNorm1d(CHANNELS), nn.ReLU(),
            nn.Conv1d(CHANNELS, CHANNELS, 3, padding=1), nn.BatchNorm1d(CHANNELS), nn.ReLU(),
            nn.Conv1d(CHANNELS, CHANNELS, 3, padding=1, stride=2), nn.BatchNorm1d(CHANNELS), nn.ReLU(),
        )  # fmt: skip
        self.tell = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.1), nn.Linear(CHANNELS * WINDOW // 2, 192), nn.ReLU(), nn.Linear(192, len(PARAMETERS))
        )

    def forward(self, mel: Tensor) -> Tensor:
        # The level is told apart from the shape, which then sounds alike near the microphone and far from it.
        level = mel.mean((1, 2), keepdim=True)
        heard = torch.cat([mel - level, level.expand(-1, 1, WINDOW)], 1)
        upper, depress, tongue = torch.sigmoid(self.tell(self.listen(heard))).split((5, 1, 1), 1)
        return torch.cat([upper, depress * 1.5 - 0.5, tongue], 1)


class FusedNet(nn.Module):
    """mel [N, 1, 80, 16] and face [N, 6, 256, 256] (the masked crop is not looked at) → crop [N, 3, 256, 256], BGR 0 … 1."""

    def __init__(self, window: WindowNet, face: FaceNet) -> None:
        super().__init__()
        self.window, self.face = window, face

    def forward(self, mel: Tensor, face: Tensor) -> Tensor:
        return self.face(face[:, 3:6], self.window(mel[:, 0]))
