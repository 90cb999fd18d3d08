"""Fields of noise, drawn once and reused rolled and mirrored: painting a skin needs dozens of them quickly."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

_VARIANTS = 4


def fractal(rng: np.random.Generator, height: int, width: int, sizes: tuple[int, ...], persistence: float = 0.7) -> np.ndarray:
    """Sum of smooth noise with features of the given sizes, pixels; float32[height,width], mean 0, deviation 1; periodic."""
    # Filtered by its spectrum the noise has no border: it may be rolled.
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    radius = np.hypot(fy, fx)
    spectrum = sum(persistence**k * size * np.exp(-((2.2 * size * radius) ** 2)) for k, size in enumerate(sizes))
    spectrum[0, 0] = 0
    total = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((height, width))) * spectrum, (height, width))
    return (total / total.std()).astype(np.float32)


def strands(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Short hairs that run down with a slant: noise smeared along them; float32[height,width], mean 0, deviation 1."""
    field = rng.standard_normal((height, width)).astype(np.float32)
    kernel = np.zeros((13, 13), np.float32)
    cv2.line(kernel, (4, 0), (8, 12), 1.0, 1, cv2.LINE_AA)
    field = cv2.filter2D(field, -1, kernel / kernel.sum(), borderType=cv2.BORDER_WRAP)
    return (field - field.mean()) / field.std()


@cache
def _pool(kind: str, height: int, width: int, sizes: tuple[int, ...], persistence: float) -> list[np.ndarray]:
    rng = np.random.default_rng([7, height, width, *sizes])
    if kind == "strands":
        return [strands(rng, height, width) for _ in range(_VARIANTS)]
    return [fractal(rng, height, width, sizes, persistence) for _ in range(_VARIANTS)]


def pooled(
    rng: np.random.Generator,
    height: int,
    width: int,
    sizes: tuple[int, ...] = (),
    persistence: float = 0.7,
    kind: str = "fractal",
) -> np.ndarray:
    """One of a few stored fields, rolled by a random way and perhaps mirrored; float32[height,width]."""
    fields = _pool(kind, height, width, sizes, persistence)
    field = fields[int(rng.integers(len(fields)))]
    if kind == "fractal" and rng.random() < 0.5:
        field = field[::-1]
    if rng.random() < 0.5:
        field = field[:, ::-1]
    shift = (int(rng.integers(height)), int(rng.integers(width)))
    return np.roll(field, shift, (0, 1))
