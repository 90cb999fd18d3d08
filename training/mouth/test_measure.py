"""The yardsticks, on tracks whose faults are known."""

from pathlib import Path

import numpy as np
import pytest

from training.mouth.data import CROP, Sampler, load_voices
from training.mouth.measure import lag, measure, runs, summary
from training.speech.phonemes import BILABIAL, VOWELS


def swaying(columns: int) -> np.ndarray:
    steps = np.random.default_rng(4).normal(size=columns + 8)
    return np.convolve(steps, np.hanning(9), "valid")[:columns]


@pytest.mark.parametrize("columns", [-3, 0, 2])
def test_lag_is_positive_when_late(columns: int) -> None:
    truth = swaying(400)
    assert lag(np.roll(truth, columns), truth) == columns


def test_runs_split_where_the_label_changes() -> None:
    assert runs(np.array([3, 3, 1, 1, 1, 2])) == [(0, 2), (2, 5), (5, 6)]


def test_closures_are_counted_per_phoneme() -> None:
    labels = np.repeat([min(VOWELS), BILABIAL, min(VOWELS), BILABIAL], 12)
    truth = np.stack([swaying(48) for _ in range(7)], 1)
    guess = truth * 0.5
    guess[:, 1] = 0
    guess[12:24, 1] = 0.9
    guess[30, 1] = 0.9
    row = measure("someone", [guess], [truth], [labels])
    assert row.closures == 0.5 and row.false_closures == 0.5
    assert row.correlation[0] == pytest.approx(1) and row.lag == 0
    assert "| someone | 1.000 |" in summary([row])


def test_crops_carry_mel_params_and_visemes_together(tmp_path: Path) -> None:
    lengths = [500, 90]
    ramp = np.concatenate([np.linspace(0, 1, n) for n in lengths])
    folder = tmp_path / "flite-someone"
    folder.mkdir()
    np.save(folder / "mel.npy", np.repeat(ramp[:, None], 80, 1).astype(np.float16))
    np.save(folder / "params.npy", np.repeat(ramp[:, None], 7, 1).astype(np.float16))
    np.save(folder / "viseme.npy", (ramp > 0).astype(np.uint8))
    np.save(folder / "lengths.npy", np.array(lengths, np.int32))
    batch = Sampler(load_voices(tmp_path), np.random.default_rng(0)).batch(64)
    assert batch.mel.shape == (64, 80, CROP) and batch.params.shape == (64, CROP, 7)
    assert ((batch.params[..., 0] > 0) == (batch.viseme > 0)).all()
    speechless = (batch.viseme == 0).all(1)
    assert 0 < speechless.sum() < 12 and batch.params[speechless].abs().max() == 0


def test_missing_data_say_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="training.speech.dataset"):
        load_voices(tmp_path)
