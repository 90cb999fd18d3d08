"""Residual dilated temporal convolutions (after Bai et al. 2018, not causal), at half the mel's rate inside."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.speech.mel import BANDS
from training.speech.phonemes import PARAMETERS, VISEMES

CHANNELS = 112
LOUDNESS_WEIGHT = 1.5
"""How much louder columns count more in the mean spectrum: e^(1.5·mel), so pauses hardly count."""

SILENT_BELOW = -2.4
"""A column whose loudest band stays below this is silent; a tone or hiss of −55 dBFS reaches about this."""
FREE_COLUMNS, REST_COLUMNS = 8, 16
"""Lips get ready before a sound and come to rest after it: up to 100 ms from it they move freely, from 200 ms on they
rest. The server holds every mouth net to the same (src/lipsync/rest.ts); this one does so wherever it is used."""
STREAM_AHEAD = 9
"""Columns that the streaming net may look ahead, 112 ms."""


class Reach(NamedTuple):
    """A convolution of three taps: the frames between them, and how many frames it sees ahead."""

    dilation: int
    ahead: int


BATCH_REACH = tuple(Reach(d, d) for d in (1, 2, 4, 8, 1, 2, 4, 1))
"""±23 frames of 25 ms: more than half a second to each side."""
STREAM_REACH = tuple(Reach(d, a) for d, a in ((1, 1), (2, 2), (4, 0), (8, 0), (1, 1), (2, 0), (4, 0), (1, 0)))
"""4 frames ahead: with the frame's own second column, 9 columns (112 ms)."""


class Block(nn.Module):
    """x + mix(convolution(x)) over frames; as many out as in, zeros beyond the ends."""

    def __init__(self, reach: Reach) -> None:
        super().__init__()
        self.padding = (2 * reach.dilation - reach.ahead, reach.ahead)
        self.taps = nn.Conv1d(CHANNELS, CHANNELS, 3, dilation=reach.dilation, bias=False)
        self.norm = nn.BatchNorm1d(CHANNELS)
        self.drop = nn.Dropout1d(0.05)
        self.mix = nn.Conv1d(CHANNELS, CHANNELS, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(self.drop(torch.relu(self.norm(self.taps(functional.pad(x, self.padding))))))


class MouthNet(nn.Module):
    """mel float32[B, 80, T] → params float32[B, T, 7]; the streaming one looks 9 columns ahead."""

    def __init__(self, streaming: bool = False) -> None:
        super().__init__()
        self.streaming = streaming
        self.entrance = nn.Conv1d(BANDS, CHANNELS, 4, stride=2, bias=False)
        self.colour = nn.Conv1d(BANDS, CHANNELS, 1, bias=False)
        self.norm = nn.BatchNorm1d(CHANNELS)
        self.blocks = nn.Sequential(*map(Block, STREAM_REACH if streaming else BATCH_REACH))
        self.mouth = nn.Conv1d(CHANNELS, 2 * len(PARAMETERS), 1)
        self.viseme = nn.Conv1d(CHANNELS, 2 * len(VISEMES), 1)
        self.register_buffer("press_curve", torch.tensor([1.0, 0.0]))
        self.register_buffer("reach", torch.ones(len(PARAMETERS)), persistent=False)

    def forward(self, mel: Tensor) -> Tensor:
        params = self.parameters_of(self.mouth_logits(self.features(mel), mel.shape[2]))
        return params * moving(mel, self.streaming).transpose(1, 2)

    def features(self, mel: Tensor) -> Tensor:
        """[B, 80, T] → [B, CHANNELS, ⌈T / 2⌉]; frame k sees columns 2k − 2 … 2k + 1, then its neighbours.

        The mean spectrum is taken off, which forgets microphone, room and speaker, and told apart, without its level:
        in a lone vowel it is all there is to hear.
        """
        spectrum = mean_spectrum(mel, self.streaming)
        shape = functional.pad(spectrum, (0, 1), mode="replicate")[:, :, 1::2] if self.streaming else spectrum
        seen = self.entrance(functional.pad(mel - spectrum, (2, 1), mode="replicate"))
        return self.blocks(torch.relu(self.norm(seen + self.colour(shape - shape.mean(1, keepdim=True)))))

    def mouth_logits(self, features: Tensor, columns: int) -> Tensor:
        """[B, 7, T]."""
        return unfolded(self.mouth(features), columns)

    def viseme_logits(self, features: Tensor, columns: int) -> Tensor:
        """[B, visemes, T]: the second task in training, not exported."""
        return unfolded(self.viseme(features), columns)

    def parameters_of(self, logits: Tensor) -> Tensor:
        """[B, 7, T] → [B, T, 7] in 0…1, `depress` in −0.5…1; `press_curve` (gain, bias) sharpens `press`.

        `reach` gives each parameter the reach that a mean over all that a sound may look like takes from it.
        """
        jaw, press, rest = logits.split((1, 1, 5), 1)
        press = press * self.press_curve[0] + self.press_curve[1]
        upper, depress, tongue = torch.sigmoid(torch.cat([jaw, press, rest], 1)).split((5, 1, 1), 1)
        params = torch.cat([upper, depress * 1.5 - 0.5, tongue], 1).transpose(1, 2)
        return (params * self.reach).clamp(-0.5, 1.0)


def moving(mel: Tensor, streaming: bool) -> Tensor:
    """[B, 80, T] → [B, 1, T]: how much the mouth may leave rest, 1 in and near sound, exactly 0 where none is near."""
    sounding = (mel.amax(1, keepdim=True) >= SILENT_BELOW).float()
    weight = torch.zeros_like(sounding)
    for reach in range(FREE_COLUMNS, REST_COLUMNS):
        ahead = min(reach, STREAM_AHEAD) if streaming else reach
        near = functional.max_pool1d(functional.pad(sounding, (reach, ahead)), reach + ahead + 1, 1)
        weight = weight + near / (REST_COLUMNS - FREE_COLUMNS)
    return weight


def unfolded(frames: Tensor, columns: int) -> Tensor:
    """[B, 2·n, ⌈T / 2⌉] → [B, n, T]: the first half of the channels are the even columns."""
    even, odd = frames.chunk(2, 1)
    return torch.stack([even, odd], 3).flatten(2)[:, :, :columns]


def mean_spectrum(mel: Tensor, streaming: bool) -> Tensor:
    """[B, 80, T] → [B, 80, 1] of the utterance, or [B, 80, T] of what was heard so far; louder columns count more."""
    weight = torch.exp(LOUDNESS_WEIGHT * mel.mean(1, keepdim=True))
    if streaming:
        return torch.cumsum(weight * mel, 2) / torch.cumsum(weight, 2)
    return (weight * mel).sum(2, keepdim=True) / weight.sum(2, keepdim=True)
