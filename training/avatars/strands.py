"""Hair as curves: growing along the scalp, clumping, waving, tapering."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import numpy as np

from .surface import Surface, smoothstep, unit


@dataclass(frozen=True)
class Strands:
    """Curves of equally many points: points float[N,K,3], root first; radius float[N,K]; both in dm."""

    points: np.ndarray
    radius: np.ndarray


def resample(points: np.ndarray, count: int, end: np.ndarray | None = None) -> np.ndarray:
    """Curves float[N,K,3] → float[N,count,3], evenly along each, up to the share `end` (float[N], 1 = whole)."""
    steps = np.linalg.norm(np.diff(points, axis=1), axis=2) + 1e-9
    along = np.concatenate([np.zeros((len(points), 1)), np.cumsum(steps, 1)], 1)
    share = np.ones(len(points)) if end is None else end
    wanted = np.linspace(0, 1, count)[None] * (along[:, -1] * share)[:, None]
    k = np.clip((along[:, None, :] <= wanted[:, :, None]).sum(2) - 1, 0, points.shape[1] - 2)
    rows = np.arange(len(points))[:, None]
    t = ((wanted - along[rows, k]) / (along[rows, k + 1] - along[rows, k]))[..., None]
    p0, p1 = points[rows, np.maximum(k - 1, 0)], points[rows, k]
    p2, p3 = points[rows, k + 1], points[rows, np.minimum(k + 2, points.shape[1] - 1)]
    return 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)


def taper(count: int, thickness: np.ndarray, tip: float = 0.3, root: float = 1.0) -> np.ndarray:
    """Radius float[N,count] from `thickness` float[N]: a little thinner at the root where asked, thin at the tip."""
    t = np.linspace(0, 1, count)
    profile = (1 - (1 - tip) * t**2) * (root + (1 - root) * smoothstep(0, 0.2, t))
    return thickness[:, None] * profile[None]


@dataclass(frozen=True)
class Comb:
    """How hair lies, as functions of places on the base mesh float[N,3].

    length     dm, of each root
    direction  where hair runs at a place, given also the root's place; it is bent into the skin's plane while it clings
    lift       height above the skin that it reaches, of each root
    cling      1 where hair follows the skull, 0 where it hangs free
    """

    length: Callable[[np.ndarray], np.ndarray]
    direction: Callable[[np.ndarray, np.ndarray], np.ndarray]
    lift: Callable[[np.ndarray], np.ndarray]
    cling: Callable[[np.ndarray], np.ndarray] = lambda place: np.ones(len(place))


@dataclass(frozen=True)
class Texture:
    """What keeps hair from being a helmet: stray of single hairs and of locks, waves, coils (amplitudes in dm)."""

    frizz: float = 0.08
    lock: float = 0.14
    hairs_per_lock: int = 26
    wave: float = 0.0
    wave_turns: float = 1.4
    flyaway: float = 0.02


def grow(
    roots: np.ndarray, skin: np.ndarray, normals: np.ndarray, surface: Surface, comb: Comb, texture: Texture,
    rng: np.random.Generator, steps: int = 16,
) -> np.ndarray:
    """Curves float[N,steps,3] from roots given on the base mesh (`roots`) and on the head (`skin`, `normals`)."""
    from scipy.spatial import cKDTree

    count, shift = len(roots), skin - roots
    locks = roots[rng.choice(count, max(2, count // texture.hairs_per_lock))]
    lock = cKDTree(locks).query(roots)[1]
    lock_stray, lock_phase = rng.normal(0, 1, (len(locks), 4))[lock], rng.uniform(0, 2 * np.pi, len(locks))[lock]
    stray = lock_stray[:, :3] * texture.lock + rng.normal(0, texture.frizz, (count, 3))
    wild = rng.random(count) < texture.flyaway
    stray[wild] += rng.normal(0, 0.13, (int(wild.sum()), 3))
    reach = comb.lift(roots) * np.clip(0.75 + 0.22 * lock_stray[:, 3] + 0.2 * rng.normal(size=count), 0.1, 1.5)
    step = (comb.length(roots) / (steps - 1))[:, None]
    place, outward, points = skin.copy(), normals.copy(), [skin - 0.01 * normals]
    for k in range(1, steps):
        t = k / (steps - 1)
        cling = comb.cling(place - shift)[:, None]
        heading = unit(comb.direction(place - shift, roots)) + stray * (0.35 + 0.65 * t)
        heading = unit(heading - cling * outward * np.einsum("nd,nd->n", heading, outward)[:, None])
        place = place + heading * step
        distance, normal = surface.nearest(place)
        outward = unit(outward + (normal - outward) * 0.5 * cling)
        pull = np.where(distance > 0, distance * cling[:, 0], distance)
        place = place - normal * pull[:, None]
        height = reach * (1 - np.exp(-3.5 * t)) + 0.008
        points.append(place + outward * height[:, None])
    curves = np.stack(points, 1)
    return curves + _waves(curves, texture, lock_phase, rng) if texture.wave else curves


def _waves(curves: np.ndarray, texture: Texture, phase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Offsets that let locks undulate together."""
    t = np.linspace(0, 1, curves.shape[1])[None, :, None]
    along = unit(np.gradient(curves, axis=1))
    side = unit(np.cross(along, np.array([0.3, 0.2, 1.0])))
    other = np.cross(along, side)
    turn = 2 * np.pi * texture.wave_turns * t + (phase + rng.normal(0, 0.35, len(phase)))[:, None, None]
    return texture.wave * np.minimum(1, 2.5 * t) * (np.sin(turn) * side + 0.6 * np.cos(turn) * other)


def coils(
    skin: np.ndarray, normals: np.ndarray, length: np.ndarray, radius: np.ndarray, turns: np.ndarray,
    rng: np.random.Generator, points: int = 22,
) -> np.ndarray:
    """Springs float[N,points,3] that stand on the scalp: `length` high, `radius` wide, `turns` windings."""
    count, t = len(skin), np.linspace(0, 1, points)[None, :, None]
    axis = unit(normals + rng.normal(0, 0.28, (count, 3)))
    side = unit(np.cross(axis, rng.normal(0, 1, (count, 3))))
    other = np.cross(axis, side)
    angle = 2 * np.pi * turns[:, None, None] * t + rng.uniform(0, 2 * np.pi, count)[:, None, None]
    wide = radius[:, None, None] * np.minimum(1, 4 * t)
    drift = unit(rng.normal(0, 1, (count, 3)))[:, None] * (0.25 * length)[:, None, None] * t**2
    return skin[:, None] - 0.01 * normals[:, None] + axis[:, None] * length[:, None, None] * t + wide * (np.cos(angle) * side[:, None] + np.sin(angle) * other[:, None]) + drift
