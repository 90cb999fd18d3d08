"""Wav2Lip's log-mel spectrogram (Prajwal et al. 2020), the same numbers as `src/audio/mel.ts`."""

import numpy as np

from training.speech.utterance import RATE

BANDS = 80
COLUMNS_PER_SECOND = 80
WINDOW = 800
HOP = RATE // COLUMNS_PER_SECOND
LOW_HZ, HIGH_HZ = 55.0, 7600.0
FLOOR, CEILING = -4.0, 4.0


def mel_spectrogram(pcm: np.ndarray) -> np.ndarray:
    """float[n] in −1…1 at 16 kHz → float32[80, 1 + n // 200] in [−4, 4]; column c is centred on sample 200·c."""
    magnitude = np.abs(np.fft.rfft(frames(pre_emphasised(pcm)) * HANN, axis=1))
    decibels = 20 * np.log10(np.maximum(1e-5, magnitude @ FILTERS.T)) - 20
    return np.clip(8 * (decibels + 100) / 100 - 4, FLOOR, CEILING).T.astype(np.float32)


def pre_emphasised(pcm: np.ndarray) -> np.ndarray:
    """First difference with the coefficient .97."""
    return pcm - 0.97 * np.concatenate([[0.0], pcm[:-1]])


def frames(signal: np.ndarray) -> np.ndarray:
    """float[n] → [1 + n // 200, 800], centred, mirrored at the ends."""
    padded = np.pad(signal, WINDOW // 2, mode="reflect")
    return np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][: 1 + len(signal) // HOP]


def _hz_to_mel(hz: np.ndarray) -> np.ndarray:
    return np.where(hz < 1000, 3 * hz / 200, 15 + 27 * np.log(np.maximum(hz, 1000) / 1000) / np.log(6.4))


def _mel_to_hz(mel: np.ndarray) -> np.ndarray:
    return np.where(mel < 15, 200 * mel / 3, 1000 * 6.4 ** ((mel - 15) / 27))


def _filters() -> np.ndarray:
    """Slaney's triangles of unit area, dense [80, 401]."""
    edges = _mel_to_hz(np.linspace(_hz_to_mel(np.float64(LOW_HZ)), _hz_to_mel(np.float64(HIGH_HZ)), BANDS + 2))
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    return np.array([np.interp(bins, edges[i : i + 3], [0, 2 / (edges[i + 2] - edges[i]), 0]) for i in range(BANDS)])


FILTERS = _filters()
HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
