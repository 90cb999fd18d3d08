"""Augmentations change the sound but not its moment."""

from collections.abc import Callable

import numpy as np
import pytest

from training.speech.augment import CODECS, augmented, coded, companded, equalised, noisy, reverberated
from training.speech.espeak import espeak
from training.speech.mel import mel_spectrogram
from training.speech.vocode import griffin_lim, lpc_resynthesised

STEPS: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "pulses": lambda pcm, rng: lpc_resynthesised(pcm, rng, whisper=False),
    "whisper": lambda pcm, rng: lpc_resynthesised(pcm, rng, whisper=True),
    "griffin-lim": griffin_lim,
    "equaliser": equalised,
    "room": reverberated,
    "noise": noisy,
    "telephone": lambda pcm, _: companded(pcm),
    **{
        f"{codec} {bit_rate}": (lambda p, _, f=form, c=codec, r=bit_rate, d=delay: coded(p, f, c, r, d))
        for form, codec, bit_rates, delay in CODECS
        for bit_rate in bit_rates
    },
}


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    return espeak().say("Мама купила бумагу, а папа топит печь.", "ru").resampled().pcm


@pytest.mark.parametrize("step", STEPS)
def test_nothing_moves_in_time(step: str, speech: np.ndarray) -> None:
    changed = STEPS[step](speech, np.random.default_rng(3))
    assert changed.shape == speech.shape and np.isfinite(changed).all()
    before, after = (mel_spectrogram(pcm).mean(0) for pcm in (speech, changed))
    fits = [np.corrcoef(np.roll(after, -shift)[8:-8], before[8:-8])[0, 1] for shift in range(-6, 7)]
    assert int(np.argmax(fits)) == 6 and max(fits) > 0.7


def test_all_together_stay_in_range_and_repeat(speech: np.ndarray) -> None:
    for seed in range(8):
        one, two = (augmented(speech, np.random.default_rng(seed)) for _ in range(2))
        assert np.array_equal(one, two) and one.dtype == np.float32 and np.abs(one).max() <= 1
