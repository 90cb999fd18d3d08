"""What microphones, rooms, networks and other synthesisers do to a voice; no step moves a sound in time."""

import subprocess

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import fftconvolve, lfilter

from training.speech.utterance import RATE
from training.speech.vocode import griffin_lim, lpc_resynthesised

# Container, ffmpeg's encoder, bit rates, and the samples of delay that a pipe cannot declare (LAME: 576 + 529).
CODECS = (
    ("mp3", "libmp3lame", ("24k", "32k", "48k"), 1105),
    ("ogg", "libopus", ("8k", "12k", "20k"), 0),
    ("wav", "adpcm_ima_wav", ("64k",), 0),
)


def augmented(pcm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """float32[n] at 16 kHz in −1…1 → the same length, each fault with a probability of its own."""
    kind = rng.random()
    if kind < 0.22:
        pcm = lpc_resynthesised(pcm, rng, whisper=kind < 0.04)
    elif kind < 0.30:
        pcm = griffin_lim(pcm, rng)
    if rng.random() < 0.85:
        pcm = equalised(pcm, rng)
    if rng.random() < 0.35:
        pcm = reverberated(pcm, rng)
    pcm = pcm / (np.abs(pcm).max() + 1e-6) * 10 ** (rng.uniform(-18, 0) / 20)
    if rng.random() < 0.75:
        pcm = noisy(pcm, rng)
    if rng.random() < 0.12:
        limit = np.abs(pcm).max() * rng.uniform(0.3, 0.8)
        pcm = np.clip(pcm, -limit, limit)
    if rng.random() < 0.08:
        pcm = companded(pcm)
    elif rng.random() < 0.07:
        pcm = coded(pcm, *_drawn_codec(rng))
    return np.clip(pcm, -1, 1).astype(np.float32)


def equalised(pcm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A smooth random response of up to some ±12 dB; one in four is cut above 3.3–6.5 kHz."""
    length = next_fast_len(len(pcm), real=True)
    spectrum = rfft(pcm, length)
    places = np.linspace(0, 1, len(spectrum)) ** 0.6
    knots = rng.integers(4, 14)
    gain = np.interp(places, np.linspace(0, 1, knots), rng.normal(0, rng.uniform(1, 6), knots))
    if rng.random() < 0.25:
        hz = np.linspace(0, RATE / 2, len(spectrum))
        gain -= np.clip((hz - rng.uniform(3300, 6500)) / 50, 0, 50)
    return irfft(spectrum * 10 ** (gain / 20), length)[: len(pcm)]


def reverberated(pcm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A room: direct sound and an exponentially decaying tail of 30–350 ms."""
    length = int(rng.uniform(0.03, 0.35) * RATE)
    tail = rng.standard_normal(length) * np.exp(-5 * np.arange(length) / length)
    tail *= rng.uniform(0.1, 0.6) / np.linalg.norm(tail)
    tail[0] = 1
    return fftconvolve(pcm, tail)[: len(pcm)]


def noisy(pcm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """White, brown or hum, 10–55 dB below the speech."""
    noise = rng.standard_normal(len(pcm))
    kind = rng.random()
    if kind < 0.45:
        noise = lfilter([1], [1, -0.995], noise)
    elif kind < 0.6:
        hum = 2 * np.pi * rng.choice([50, 60]) * np.arange(len(pcm)) / RATE
        noise = 0.1 * noise + sum(np.sin(k * hum + rng.uniform(0, 6)) / k for k in range(1, 8))
    level = np.sqrt((pcm**2).mean()) * 10 ** (-rng.uniform(10, 55) / 20)
    return pcm + noise / (noise.std() + 1e-9) * level


def companded(pcm: np.ndarray) -> np.ndarray:
    """The telephone's 8-bit μ-law."""
    squeezed = np.sign(pcm) * np.log1p(255 * np.abs(pcm)) / np.log(256)
    coarse = np.round(squeezed * 127) / 127
    return np.sign(coarse) * (256 ** np.abs(coarse) - 1) / 255


def coded(pcm: np.ndarray, form: str, codec: str, bit_rate: str, delay: int) -> np.ndarray:
    """Through one of ffmpeg's CODECS at a low bit rate and back, its delay removed."""
    raw = (np.clip(pcm, -1, 1) * 32767).astype(np.int16).tobytes()
    quiet = ["ffmpeg", "-hide_banner", "-loglevel", "error"]
    wave = ["-f", "s16le", "-ar", str(RATE), "-ac", "1"]
    encode = [*quiet, *wave, "-i", "-", "-c:a", codec, "-b:a", bit_rate, "-f", form, "-"]
    encoded = subprocess.run(encode, input=raw, capture_output=True, check=True).stdout
    decoded = subprocess.run([*quiet, "-i", "-", *wave, "-"], input=encoded, capture_output=True, check=True).stdout
    out = np.frombuffer(decoded, np.int16).astype(np.float32)[delay : delay + len(pcm)] / 32768
    return np.pad(out, (0, len(pcm) - len(out)))


def _drawn_codec(rng: np.random.Generator) -> tuple[str, str, str, int]:
    form, codec, bit_rates, delay = CODECS[rng.integers(len(CODECS))]
    return form, codec, str(rng.choice(bit_rates)), delay
