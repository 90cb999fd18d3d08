"""Phonemes become movements that close, round and do not lag."""

import numpy as np
import pytest

from training.speech.phonemes import BILABIAL, PARAMETERS, SILENCE
from training.speech.tracks import mouth_track, viseme_track
from training.speech.utterance import Phone

JAW, PRESS, PUCKER = (PARAMETERS.index(name) for name in ("jaw", "press", "pucker"))


def spoken(*sounds: tuple[str, float]) -> tuple[list[Phone], int]:
    """Phones one after another between half seconds of silence, and their number of columns."""
    phones, time = [], 0.0
    for ipa, seconds in (("", 0.5), *sounds, ("", 0.5)):
        phones.append(Phone(time, time + seconds, ipa))
        time += seconds
    return phones, round(time * 80)


@pytest.mark.parametrize("bilabial", ["p", "b", "m"])
@pytest.mark.parametrize("seconds", [0.045, 0.06, 0.09, 0.15])
def test_bilabials_close_fully(bilabial: str, seconds: float) -> None:
    phones, columns = spoken(("a", 0.12), (bilabial, seconds), ("a", 0.12))
    track = mouth_track(phones, columns)
    middle = round((0.62 + seconds / 2) * 80)
    assert track[middle, PRESS] >= 0.95
    assert track[middle, JAW] < 0.1
    assert track[round(0.56 * 80), PRESS] < 0.05 and track[round(0.56 * 80), JAW] > 0.6


def test_lips_round_early_for_u() -> None:
    phones, columns = spoken(("t", 0.08), ("u", 0.15), ("t", 0.08))
    track = mouth_track(phones, columns)
    assert track[:, PUCKER].max() > 0.85
    assert track[round(0.57 * 80), PUCKER] > 0.2


def test_silence_rests() -> None:
    phones, columns = spoken(("a", 0.2))
    assert np.abs(mouth_track(phones, columns)[[0, 10, -10, -1]]).max() < 0.01
    assert np.all(mouth_track([], 20) == 0)


def test_diphthongs_move() -> None:
    phones, columns = spoken(("aɪ", 0.3))
    track = mouth_track(phones, columns)
    assert track[round(0.55 * 80), JAW] > track[round(0.75 * 80), JAW] + 0.3


def test_visemes_follow_the_phones() -> None:
    phones, columns = spoken(("a", 0.1), ("m", 0.1))
    labels = viseme_track(phones, columns)
    assert labels[20] == SILENCE and labels[52] == BILABIAL and len(labels) == columns
