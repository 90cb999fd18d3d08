"""Reading the 16-bit WAV files that the synthesisers write."""

import wave
from pathlib import Path

import numpy as np


def read_wav(path: Path) -> tuple[np.ndarray, int]:
    """Mono float32[n] in −1…1 and its rate."""
    with wave.open(str(path)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
        return pcm, file.getframerate()
