"""Phonemes in time → the seven mouth parameters in time.

Coarticulation after Cohen & Massaro (1993): a parameter is the mean of all phonemes' targets, weighted by dominance
functions that fall off on both sides of each phoneme. Here the functions have a plateau over the phoneme itself and
Gaussian flanks, the same to the left and to the right: nothing lags.
"""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d

from training.speech.mel import COLUMNS_PER_SECOND
from training.speech.phonemes import BILABIAL, LABIODENTAL, PARAMETERS, SILENCE, VOWELS, Phoneme, parse
from training.speech.utterance import Phone

SMOOTHING_COLUMNS = 0.7
"""Standard deviation of the last, zero-phase Gaussian."""
RESTING = 0.02
"""Dominance of the rest pose everywhere: what is left where no phoneme reaches."""

# Seconds: how far the plateau starts before the phoneme, ends before its end, and the flanks' standard deviation.
# Vowels start early because lips prepare them; bilabials keep inside the phoneme because they outweigh everything.
_SHAPES = {SILENCE: (-0.01, -0.01, 0.04), BILABIAL: (-0.016, 0.016, 0.009), LABIODENTAL: (-0.008, 0.012, 0.015)}
_VOWEL_SHAPE = (0.03, 0.006, 0.026)
_OTHER_SHAPE = (0.02, 0.02, 0.026)
_SHORTEST_PLATEAU = 0.012


def mouth_track(phones: Sequence[Phone], columns: int) -> np.ndarray:
    """float32[columns, 7]; row t belongs to t / 80 s, the centre of mel column t. UnknownPhoneme: see `parse`."""
    times = np.arange(columns) / COLUMNS_PER_SECOND
    weighted = np.zeros((columns, len(PARAMETERS)))
    weights = np.full((columns, 1), RESTING)
    for start, end, phoneme in timed_phonemes(phones):
        before, inside, flank = _shape(phoneme)
        first, last = start - before, end - inside
        if last - first < _SHORTEST_PLATEAU:
            middle = (first + last) / 2
            first, last = middle - _SHORTEST_PLATEAU / 2, middle + _SHORTEST_PLATEAU / 2
        near = slice(*np.searchsorted(times, (first - 4 * flank, last + 4 * flank)))
        distance = np.maximum(0, np.maximum(first - times[near], times[near] - last))
        dominance = phoneme.dominance * np.exp(-0.5 * (distance / flank) ** 2)[:, None]
        weighted[near] += dominance * phoneme.mouth
        weights[near] += dominance
    if columns == 0:
        return weighted.astype(np.float32)
    return gaussian_filter1d(weighted / weights, SMOOTHING_COLUMNS, axis=0, mode="nearest").astype(np.float32)


def viseme_track(phones: Sequence[Phone], columns: int) -> np.ndarray:
    """uint8[columns]: index into VISEMES of the phoneme spoken at each column."""
    labels = np.full(columns, SILENCE, np.uint8)
    for start, end, phoneme in timed_phonemes(phones):
        first, last = np.ceil(np.array([start, end]) * COLUMNS_PER_SECOND).astype(int)
        labels[max(0, first) : max(0, last)] = phoneme.viseme
    return labels


def timed_phonemes(phones: Sequence[Phone]) -> list[tuple[float, float, Phoneme]]:
    """(start, end, phoneme) in seconds; several phonemes in one phone, as in diphthongs, share its time equally."""
    timed = []
    for phone in phones:
        parts = parse(phone.ipa)
        step = (phone.end - phone.start) / len(parts)
        timed += [(phone.start + i * step, phone.start + (i + 1) * step, part) for i, part in enumerate(parts)]
    return timed


def _shape(phoneme: Phoneme) -> tuple[float, float, float]:
    if phoneme.viseme in _SHAPES:
        return _SHAPES[phoneme.viseme]
    return _VOWEL_SHAPE if phoneme.viseme in VOWELS else _OTHER_SHAPE
