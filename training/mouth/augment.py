"""Other throats and microphones, drawn on the mel itself: cheap enough to be new for every crop."""

import numpy as np

from training.speech.mel import BANDS, CEILING, FLOOR


def augmented_mels(mels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """float32[B, 80, T] → the same shape, in −4…4; nothing moves in time."""
    count = len(mels)
    mels = warped(mels, np.exp(rng.uniform(-0.16, 0.16, count)), rng.uniform(-1, 1, count))
    sounding = mels > FLOOR + 0.01
    offsets = rng.normal(0, 0.35, (count, 1, 1)) + _tilt(rng, count) + _wavy(rng, count)
    mels = np.where(sounding, mels + offsets.astype(np.float32), mels)
    grain = rng.standard_normal(mels.shape, np.float32)
    mels = mels + grain * (0.08 * (rng.random((count, 1, 1)) < 0.5)).astype(np.float32)
    floor = np.where(rng.random((count, 1, 1)) < 0.4, rng.uniform(-3.5, -1.3, (count, 1, 1)), FLOOR)
    mels = np.maximum(mels, floor.astype(np.float32) + 0.12 * grain[:, :, ::-1])
    for mel in mels:
        _mask(mel, rng)
    return np.clip(mels, FLOOR, CEILING).astype(np.float32)


def speechless(columns: int, rng: np.random.Generator) -> np.ndarray:
    """float32[columns, 80] of steady noise: any level, any smooth spectrum, the flutter of short spectra."""
    spectrum = rng.uniform(-3.8, 0.5) + np.cumsum(rng.normal(0, 0.12, BANDS))
    flutter = np.linspace(0.45, 0.15, BANDS) * rng.standard_normal((columns + 2, BANDS))
    between_neighbours = (flutter[:-2] + 2 * flutter[1:-1] + flutter[2:]) / np.sqrt(6)
    return np.clip(spectrum + between_neighbours, FLOOR, CEILING).astype(np.float32)


def warped(mels: np.ndarray, stretch: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Formants moved: band b reads band b·stretch + shift (vocal tract length perturbation on the mel axis)."""
    places = np.clip(np.arange(BANDS) * stretch[:, None] + shift[:, None], 0, BANDS - 1.001)
    lower = places.astype(int)
    part = (places - lower)[..., None].astype(np.float32)
    below = np.take_along_axis(mels, lower[..., None], 1)
    above = np.take_along_axis(mels, lower[..., None] + 1, 1)
    return below * (1 - part) + above * part


def _tilt(rng: np.random.Generator, count: int) -> np.ndarray:
    """A straight spectral slope of about ±8 dB from end to end."""
    return np.linspace(-1, 1, BANDS)[None, :, None] * rng.normal(0, 0.35, (count, 1, 1))


def _wavy(rng: np.random.Generator, count: int) -> np.ndarray:
    """A random walk over the bands for six in ten."""
    steps = rng.normal(0, 0.06, (count, BANDS, 1)) * (rng.random((count, 1, 1)) < 0.6)
    return np.cumsum(steps, 1)


def _mask(mel: np.ndarray, rng: np.random.Generator) -> None:
    """Up to two bands of frequencies and one short gap take the crop's mean (Park et al. 2019)."""
    mean = mel.mean()
    for _ in range(rng.integers(0, 3)):
        first, width = rng.integers(0, BANDS - 10), rng.integers(1, 10)
        mel[first : first + width] = mean
    if rng.random() < 0.3:
        first = rng.integers(0, mel.shape[1] - 4)
        mel[:, first : first + rng.integers(1, 4)] = mean
