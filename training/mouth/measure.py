"""How well predicted parameters follow the truth; all from audio alone."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch

from training.mouth.data import VoiceData
from training.mouth.losses import PRESS
from training.mouth.net import MouthNet
from training.speech.phonemes import BILABIAL, PARAMETERS, VOWELS

CLOSED = 0.6
"""`press` above which the lips count as closed."""
_FARTHEST_LAG = 8


@dataclass(frozen=True)
class Measures:
    """`correlation` per parameter; shares 0…1; `lag` in columns of 12.5 ms, positive when the prediction is late."""

    name: str
    correlation: np.ndarray
    closures: float
    false_closures: float
    lag: int


@torch.no_grad()
def predict(net: MouthNet, mel: np.ndarray) -> np.ndarray:
    """float[80, T] → float32[T, 7]."""
    device = net.press_curve.device
    return net(torch.from_numpy(np.ascontiguousarray(mel, np.float32))[None].to(device))[0].cpu().numpy()


def measure_voices(net: MouthNet, voices: Iterable[VoiceData]) -> list[Measures]:
    """One row per voice, clip by clip."""
    return [compare(voice, [predict(net, voice.mel[clip].T) for clip in voice.clips()]) for voice in voices]


def compare(voice: VoiceData, guesses: list[np.ndarray]) -> Measures:
    """One guess [T, 7] per clip of the voice."""
    clips = voice.clips()
    return measure(voice.name, guesses, [voice.params[c] for c in clips], [voice.viseme[c] for c in clips])


def measure(name: str, guesses: list[np.ndarray], truths: list[np.ndarray], visemes: list[np.ndarray]) -> Measures:
    """Utterances of one voice: [T, 7], [T, 7] and [T] each."""
    guess, truth = np.concatenate(guesses), np.concatenate(truths).astype(np.float32)
    correlation = np.array([np.corrcoef(guess[:, k], truth[:, k])[0, 1] for k in range(len(PARAMETERS))])
    closed, pressed_vowels = [], []
    for params, labels in zip(guesses, visemes, strict=True):
        for first, last in runs(labels):
            press = params[first:last, PRESS]
            if labels[first] == BILABIAL:
                closed.append(press.max() > CLOSED)
            elif labels[first] in VOWELS and last - first >= 3:
                pressed_vowels.append(press[(last - first) // 3 : -((last - first) // 3)].max() > CLOSED)
    shares = float(np.mean(closed)), float(np.mean(pressed_vowels))
    return Measures(name, correlation, *shares, lag(guess[:, 0], truth[:, 0]))


def runs(labels: np.ndarray) -> list[tuple[int, int]]:
    """[first, last) of every stretch of one label."""
    edges = np.flatnonzero(np.diff(labels)) + 1
    return list(zip([0, *edges], [*edges, len(labels)], strict=True))


def lag(guess: np.ndarray, truth: np.ndarray) -> int:
    """Columns by which `guess` is best moved back to lie on `truth`."""
    middle = slice(_FARTHEST_LAG, len(truth) - _FARTHEST_LAG)
    shifts = range(-_FARTHEST_LAG, _FARTHEST_LAG + 1)
    fits = [np.corrcoef(np.roll(guess, -shift)[middle], truth[middle])[0, 1] for shift in shifts]
    return shifts[int(np.argmax(fits))]


def summary(rows: Iterable[Measures]) -> str:
    """A Markdown table."""
    lines = [f"| voice | {' | '.join(PARAMETERS)} | closures | false | lag ms |", "|---" * (len(PARAMETERS) + 4) + "|"]
    for row in rows:
        numbers = " | ".join(f"{value:.3f}" for value in row.correlation)
        shares = f"{row.closures:.1%} | {row.false_closures:.1%}"
        lines.append(f"| {row.name} | {numbers} | {shares} | {row.lag * 12.5:.0f} |")
    return "\n".join(lines)
