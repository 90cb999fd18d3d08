"""What every synthesiser returns: a waveform and the phonemes it speaks."""

from dataclasses import dataclass
from math import gcd
from typing import NamedTuple

import numpy as np
from scipy.signal import resample_poly

RATE = 16_000
"""Samples per second of everything behind the synthesisers."""


class Phone(NamedTuple):
    """One phoneme; `ipa` is empty in silence. Times are seconds from the waveform's first sample."""

    start: float
    end: float
    ipa: str


@dataclass(frozen=True)
class Utterance:
    """`pcm` float32[n] in −1…1 at `rate`, and its phones in the order of time."""

    pcm: np.ndarray
    rate: int
    phones: tuple[Phone, ...]

    def resampled(self, rate: int = RATE, speed: float = 1.0) -> "Utterance":
        """The same speech at another rate; `speed` > 1 plays it faster and higher, as a tape would."""
        up, down = _ratio(rate / (self.rate * speed))
        stretch = up / down * self.rate / rate
        phones = tuple(Phone(p.start * stretch, p.end * stretch, p.ipa) for p in self.phones)
        return Utterance(resample_poly(self.pcm, up, down).astype(np.float32), rate, phones)

    def padded(self, before: float, after: float) -> "Utterance":
        """With so many seconds of digital silence around it."""
        head = round(before * self.rate)
        pcm = np.pad(self.pcm, (head, round(after * self.rate)))
        shift = head / self.rate
        return Utterance(pcm, self.rate, tuple(Phone(p.start + shift, p.end + shift, p.ipa) for p in self.phones))


def _ratio(value: float) -> tuple[int, int]:
    """`value` as a fraction with a small denominator, so that the polyphase filter stays short."""
    down = 160
    up = max(1, round(value * down))
    common = gcd(up, down)
    return up // common, down // common
