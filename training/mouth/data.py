"""The speech data set in memory, and batches of crops out of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.mouth.augment import augmented_mels, speechless
from training.speech.mel import FLOOR

CROP = 320
"""Columns per crop: four seconds."""
RECORDED_SHARE = 0.6
"""Of the crops come from recorded speakers, the rest from espeak's formants."""
SPEECHLESS_SHARE = 0.04
"""Of the crops hold noise alone, at which the mouth rests."""


@dataclass(frozen=True)
class VoiceData:
    """One voice's folder; clip k is rows starts[k] … starts[k] + lengths[k]."""

    name: str
    mel: np.ndarray
    params: np.ndarray
    viseme: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray

    def clip(self, index: int) -> slice:
        """Its rows."""
        return slice(self.starts[index], self.starts[index] + self.lengths[index])

    def clips(self) -> list[slice]:
        """Of all clips."""
        return [self.clip(index) for index in range(len(self.lengths))]


def load_voices(folder: Path) -> list[VoiceData]:
    """Every finished voice. FileNotFoundError: none is there."""
    voices = []
    for path in sorted(p for p in folder.glob("*") if p.is_dir() and p.suffix != ".part"):
        mel, params, viseme, lengths = (np.load(path / f"{n}.npy") for n in ("mel", "params", "viseme", "lengths"))
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        voices.append(VoiceData(path.name, mel, params, viseme, starts, lengths))
    if not voices:
        raise FileNotFoundError(f"no voices in {folder}: run python3 -m training.speech.dataset first")
    return voices


@dataclass(frozen=True)
class Batch:
    """mel [B, 80, CROP], params [B, CROP, 7], viseme int64 [B, CROP]."""

    mel: torch.Tensor
    params: torch.Tensor
    viseme: torch.Tensor

    def to(self, device: torch.device) -> "Batch":
        return Batch(self.mel.to(device), self.params.to(device), self.viseme.to(device))


class Sampler:
    """Draws random crops; short clips lie somewhere in digital silence."""

    def __init__(self, voices: list[VoiceData], rng: np.random.Generator) -> None:
        groups = [[v for v in voices if v.name.startswith("espeak") == formant] for formant in (False, True)]
        self._groups = [group for group in groups if group]
        self._rng = rng

    def batch(self, size: int) -> Batch:
        mel = np.full((size, CROP, 80), FLOOR, np.float32)
        params = np.zeros((size, CROP, 7), np.float32)
        viseme = np.zeros((size, CROP), np.int64)
        for row in range(size):
            if self._rng.random() < SPEECHLESS_SHARE:
                mel[row] = speechless(CROP, self._rng)
                continue
            recorded = len(self._groups) == 1 or self._rng.random() < RECORDED_SHARE
            group = self._groups[0 if recorded else 1]
            voice = group[self._rng.integers(len(group))]
            clip = voice.clip(self._rng.integers(len(voice.lengths)))
            room = clip.stop - clip.start - CROP
            at = int(self._rng.integers(0, abs(room) + 1))
            source = slice(clip.start + at, clip.start + at + CROP) if room >= 0 else clip
            target = slice(0, CROP) if room >= 0 else slice(at, at + clip.stop - clip.start)
            mel[row, target] = voice.mel[source]
            params[row, target] = voice.params[source]
            viseme[row, target] = voice.viseme[source]
        mel = augmented_mels(mel.transpose(0, 2, 1), self._rng)
        return Batch(torch.from_numpy(mel), torch.from_numpy(params), torch.from_numpy(viseme))
