"""Random light, and what stands behind a head."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Light:
    """A key with shadows, a fill without, and surroundings as spherical harmonics of the first order; head space."""

    key: np.ndarray
    key_colour: np.ndarray
    fill: np.ndarray
    fill_colour: np.ndarray
    ambient: np.ndarray
    slope: np.ndarray
    """[channel,axis]: how the surroundings' light changes with the normal."""
    softness: float
    """Radius of the shadow's edge in pixels of the shadow map."""


def draw(rng: np.random.Generator, turn: np.ndarray) -> Light:
    """A light: mostly from the front and above, at times hard from one side; `turn` is head to camera."""
    sideways = rng.random() < 0.3
    azimuth = rng.choice([-1, 1]) * rng.uniform(0.9, 1.7) if sideways else rng.normal(0, 0.6)
    key = turn.T @ _direction(azimuth, rng.uniform(-0.15, 1.05))
    fill = turn.T @ _direction(-np.sign(azimuth) * rng.uniform(0.3, 1.6), rng.uniform(-0.4, 0.6))
    warmth = rng.normal(0, 0.09)
    temperature = np.array([1 - warmth, 1 + rng.normal(0, 0.02), 1 + warmth])
    contrast = rng.beta(1.7, 1.2)
    ambient = (1.02 - 0.88 * contrast) * (1 + rng.normal(0, 0.06)) * np.array([1 + warmth / 2, 1, 1 - warmth / 2])
    sky = turn.T @ np.array([rng.normal(0, 0.35), rng.uniform(0, 0.5), rng.normal(0.1, 0.2)])
    return Light(
        key=key,
        key_colour=(0.35 + 1.1 * contrast) * temperature,
        fill=fill,
        fill_colour=rng.uniform(0, 0.35) * (1 - 0.5 * contrast) * (1 + rng.normal(0, 0.12, 3)),
        ambient=ambient,
        slope=np.outer(ambient, sky * 0.8) * (1 + rng.normal(0, 0.1, (3, 1))),
        softness=float(rng.uniform(1.5, 12)),
    )


def _direction(azimuth: float, elevation: float) -> np.ndarray:
    return np.array([np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)])


def shadow_projection(key: np.ndarray, side: int) -> np.ndarray:
    """Head space to the shadow map: rows [3,4] of x, y in its pixels and depth (smaller is nearer to the light)."""
    right = np.cross([0.05, 1.0, 0.1], key)
    right /= np.linalg.norm(right)
    axes = np.stack([right, -np.cross(key, right), -key])
    scale = side / 2.7
    rows = axes * [[scale], [scale], [1]]
    centre = np.array([0, 6.8, 0.7])
    return np.c_[rows, [side / 2, side / 2, 0] - rows @ centre].astype(np.float32)


def background(rng: np.random.Generator, side: int = 160) -> np.ndarray:
    """Something out of focus, dark as often as bright, float32[side,side,3] display BGR."""
    first, second = rng.random(3) * 0.5 + rng.random() * 0.5, rng.random(3) * 0.5 + rng.random() * 0.5
    grid = rng.standard_normal((int(rng.integers(2, 9)), int(rng.integers(2, 9)))).astype(np.float32)
    mix = 1 / (1 + np.exp(-cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC) * rng.uniform(0.5, 4)))
    picture = first * mix[..., None] + second * (1 - mix[..., None])
    for _ in range(int(rng.integers(0, 6))):
        x, y = rng.integers(-40, side, 2)
        w, h = rng.integers(8, side, 2)
        cv2.rectangle(picture, (int(x), int(y)), (int(x + w), int(y + h)), tuple(rng.random(3).tolist()), -1)
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.8, 9))
    level = rng.choice([0.12, 0.45, 0.8, 1.0], p=[0.3, 0.25, 0.25, 0.2])
    return np.clip(picture * level, 0, 1).astype(np.float32)
