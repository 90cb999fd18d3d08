"""Golden vectors for the mel spectrogram: Wav2Lip's definition in numpy and scipy, independent of the TypeScript.

    python3 training/golden/mel.py    # rewrites src/audio/fixtures/mel-golden.json
"""

import json
from pathlib import Path

import numpy as np
from scipy.signal import chirp, get_window, lfilter

RATE, WINDOW, HOP, BANDS, LOW, HIGH = 16000, 800, 200, 80, 55.0, 7600.0
TARGET = Path(__file__).parents[2] / "src/audio/fixtures/mel-golden.json"


def hz_to_mel(hz):
    return np.where(hz < 1000, 3 * hz / 200, 15 + 27 * np.log(np.maximum(hz, 1000) / 1000) / np.log(6.4))


def mel_to_hz(mel):
    return np.where(mel < 15, 200 * mel / 3, 1000 * 6.4 ** ((mel - 15) / 27))


def filter_bank():
    """Dense [80, 401] triangles of unit area on Slaney's scale."""
    edges = mel_to_hz(np.linspace(hz_to_mel(np.float64(LOW)), hz_to_mel(np.float64(HIGH)), BANDS + 2))
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    rows = [np.interp(bins, edges[i : i + 3], [0, 2 / (edges[i + 2] - edges[i]), 0]) for i in range(BANDS)]
    return np.array(rows)


def mel(pcm):
    """int16[n] → [80, 1 + n // 200] in [-4, 4]."""
    signal = lfilter([1, -0.97], [1], pcm / 32768)
    padded = np.pad(signal, WINDOW // 2, mode="reflect")
    starts = HOP * np.arange(1 + len(pcm) // HOP)
    frames = padded[starts[:, None] + np.arange(WINDOW)] * get_window("hann", WINDOW, fftbins=True)
    magnitude = filter_bank() @ np.abs(np.fft.rfft(frames)).T
    decibels = 20 * np.log10(np.maximum(1e-5, magnitude)) - 20
    return np.clip(8 * (decibels + 100) / 100 - 4, -4, 4)


def signals():
    rng = np.random.default_rng(7)
    time = np.arange(3333) / RATE
    yield "chirp", 30000 * chirp(time, 60, time[-1], 7900)
    bursts = rng.normal(0, 1, 4000) * np.repeat([0, 8000, 0, 300, 0, 0, 20000, 2], 500)
    yield "noise bursts, clipped, with silence", bursts
    yield "shorter than the padding", 9000 * np.sin(2 * np.pi * 440 * np.arange(300) / RATE) + 500
    yield "one sample", np.array([12345.0])


def main():
    cases = []
    for name, wave in signals():
        pcm = np.clip(np.round(wave), -32768, 32767).astype(np.int16)
        bands = np.round(mel(pcm), 5)
        cases.append({"name": name, "pcm": pcm.tolist(), "columns": bands.shape[1], "mel": bands.ravel().tolist()})
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
