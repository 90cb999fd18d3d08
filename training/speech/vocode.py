"""Vocoders: the same mouth with another source, as neural and parametric voices sound."""

import numpy as np
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from training.speech.mel import FILTERS, HANN, HOP, WINDOW, frames
from training.speech.utterance import RATE

_ORDER = 18
_LPC_HOP, _LPC_WINDOW = 160, 480


def lpc_resynthesised(pcm: np.ndarray, rng: np.random.Generator, whisper: bool) -> np.ndarray:
    """Linear prediction with a new excitation: pulses of another, drifting pitch in noise, or noise alone."""
    count = max(1, (len(pcm) - _LPC_WINDOW) // _LPC_HOP)
    excitation = rng.standard_normal(count * _LPC_HOP) * (1.0 if whisper else rng.uniform(0.1, 0.5))
    if not whisper:
        drift = np.cumsum(rng.standard_normal(count)) * 0.01
        pitch = rng.uniform(80, 260) * np.exp(np.repeat(drift - drift.mean(), _LPC_HOP))
        phase = np.cumsum(pitch / RATE)
        excitation[np.flatnonzero(np.diff(np.floor(phase)) > 0)] += np.sqrt(RATE / pitch.mean())
    window = np.hanning(_LPC_WINDOW)
    out = np.zeros(len(pcm))
    state = np.zeros(_ORDER)
    for index in range(count):
        frame = pcm[index * _LPC_HOP : index * _LPC_HOP + _LPC_WINDOW] * window
        spectrum = np.abs(np.fft.rfft(frame, 2 * _LPC_WINDOW)) ** 2
        correlation = np.fft.irfft(spectrum)[: _ORDER + 1]
        correlation[0] = correlation[0] * 1.0005 + 1e-7
        predictor = solve_toeplitz(correlation[:-1], correlation[1:])
        error = max(0.0, correlation[0] - predictor @ correlation[1:])
        part = slice(index * _LPC_HOP, (index + 1) * _LPC_HOP)
        gain = np.sqrt(error / (window @ window))
        middle = slice(part.start + (_LPC_WINDOW - _LPC_HOP) // 2, part.stop + (_LPC_WINDOW - _LPC_HOP) // 2)
        out[middle], state = lfilter([gain], np.concatenate([[1], -predictor]), excitation[part], zi=state)
    return np.clip(out, -1, 1).astype(np.float32)


def griffin_lim(pcm: np.ndarray, rng: np.random.Generator, rounds: int = 8) -> np.ndarray:
    """Through the mel filters and back, phases guessed (Griffin & Lim 1984): smeared as by a weak neural vocoder."""
    magnitude = np.abs(np.fft.rfft(frames(pcm) * HANN, axis=1)) @ FILTERS.T @ _INVERSE
    spectrum = magnitude * np.exp(2j * np.pi * rng.random(magnitude.shape))
    signal = np.zeros(len(pcm))
    for _ in range(rounds):
        signal = _overlapped(np.fft.irfft(spectrum, WINDOW, axis=1) * HANN, len(pcm))
        spectrum = np.fft.rfft(frames(signal) * HANN, axis=1)
        spectrum *= magnitude / np.maximum(np.abs(spectrum), 1e-9)
    return np.clip(signal, -1, 1).astype(np.float32)


def _overlapped(pieces: np.ndarray, length: int) -> np.ndarray:
    padded = np.zeros((len(pieces) + WINDOW // HOP) * HOP + WINDOW)
    for offset in range(0, WINDOW, HOP):
        columns = pieces[:, offset : offset + HOP].reshape(-1)
        padded[offset : offset + len(columns)] += columns
    return (padded / (1.5 * WINDOW / HOP / 4))[WINDOW // 2 : WINDOW // 2 + length]


_INVERSE = np.maximum(0, np.linalg.pinv(FILTERS.T))
