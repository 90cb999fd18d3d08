"""The mel is the server's, to the last digit of its golden vectors."""

import json
from pathlib import Path

import numpy as np

from training.speech.mel import mel_spectrogram

GOLDEN = Path(__file__).parents[2] / "src/audio/fixtures/mel-golden.json"


def test_equals_the_golden_vectors() -> None:
    for case in json.loads(GOLDEN.read_text()):
        mel = mel_spectrogram(np.array(case["pcm"]) / 32768)
        assert mel.shape == (80, case["columns"])
        assert np.abs(mel.ravel() - case["mel"]).max() < 2e-5
