"""The avatars' hairstyles. Each takes a head and answers its strands; places are those of the base mesh (see paint.py).

x > 0 is the person's left. Partings, hairlines and fall are drawn for the base mesh and follow every identity.
"""
from __future__ import annotations

import numpy as np

from .head import Head
from .strands import Comb, Strands, Texture, coils, grow, resample, taper
from .surface import smoothstep

vector = lambda *parts: np.stack(np.broadcast_arrays(*parts), -1)  # noqa: E731


def scalp_mask(place: np.ndarray, hairline: float = 0.0, soft: float = 0.04) -> np.ndarray:
    """0…1: where hair grows. `hairline` > 0 moves the front hairline forward and down."""
    x, y, z = np.abs(place[:, 0]), place[:, 1], place[:, 2]
    wobble = 0.012 * np.sin(place[:, 0] * 23 + 1) + 0.010 * np.sin(place[:, 0] * 51) + 0.012 * np.sin(y * 37)
    front = np.interp(y, [7.05, 7.3, 7.5, 7.66, 7.8, 7.92, 8.0, 8.06], [0.70, 0.735, 0.78, 0.90, 1.06, 1.22, 1.38, 1.7]) + hairline + wobble
    low = np.interp(z, [-0.2, 0.1, 0.3, 0.38, 0.42, 0.60, 0.64], [6.62, 6.68, 6.85, 7.3, 7.37, 7.37, 7.1])
    mask = smoothstep(-soft, soft, front - z) * smoothstep(-soft, soft, y - low)
    ear = (x > 0.735) & (y < 7.37) & (y > 6.8) & (z > 0.3) & (z < 0.66)
    return np.where(ear, 0, mask)


def _roots(head: Head, count: int, rng: np.random.Generator, soft: float = 0.045) -> tuple[np.ndarray, ...]:
    """Random roots: their places on the base mesh, on the head, the skin's normals, and how deep in the hair each lies."""
    hairline = head.person.hair.hairline
    roots, skin, normals = head.scalp.sample(count, scalp_mask(head.reference, hairline, soft), rng)
    depth = scalp_mask(roots, hairline, soft)
    keep = depth > rng.random(count)
    return roots[keep], skin[keep], normals[keep], smoothstep(0.2, 1.0, scalp_mask(roots[keep], hairline, 0.09))


def _strands(curves: np.ndarray, depth: np.ndarray, thickness: float, rng: np.random.Generator, tip: float = 0.3, count: int | None = None) -> Strands:
    """Tapered strands; those at the hairline (depth near 0) are finer, like real baby hair."""
    curves = resample(curves, count or curves.shape[1])
    thick = thickness * rng.uniform(0.75, 1.2, len(curves)) * (0.55 + 0.45 * depth)
    return Strands(curves, taper(curves.shape[1], thick, tip, root=0.7))


def bob(head: Head) -> list[Strands]:
    """To the jaw, parted on the left, swept off the forehead, turned in at the ends."""
    rng = np.random.default_rng((head.person.seed, 21))
    roots, skin, normals, depth = _roots(head, 34000, rng)
    part = 0.30

    def direction(place: np.ndarray, root: np.ndarray) -> np.ndarray:
        top = smoothstep(7.45, 7.95, place[:, 1])
        side = np.tanh((root[:, 0] - part) * 14)
        front = smoothstep(0.75, 1.25, root[:, 2])
        crown = vector(0.95 * side, -0.10 + 0.20 * front * smoothstep(0.25, 0.1, np.abs(root[:, 0] - part)), -0.40 - 0.12 * front)
        turned_in = smoothstep(6.55, 6.1, place[:, 1])
        hang = vector(np.sign(place[:, 0]) * (0.10 - 0.42 * turned_in) * (np.abs(place[:, 0]) > 0.25), -1.0, -0.10 + 0.16 * smoothstep(0.4, 0.8, root[:, 2]))
        return crown * top[:, None] + hang * (1 - top[:, None])

    comb = Comb(
        length=lambda r: np.full(len(r), 2.9),
        direction=direction,
        lift=lambda r: 0.05 + 0.13 * smoothstep(7.0, 8.0, r[:, 1]) + 0.03 * smoothstep(0.6, -0.2, r[:, 2]),
        cling=lambda p: smoothstep(6.95, 7.35, p[:, 1]),
    )
    curves = grow(roots, skin, normals, head.scalp, comb, Texture(frizz=0.035, lock=0.07, wave=0.012, wave_turns=1.2, flyaway=0.012), rng, 26)
    level = head.eye_centre[1] - 1.16 * head.scale + 0.05 * rng.normal(size=len(curves)) * head.scale
    below = curves[:, :, 1] < level[:, None]
    end = np.where(below.any(1), below.argmax(1), curves.shape[1] - 1) / (curves.shape[1] - 1)
    return [_strands(resample(curves, 20, end), depth, 0.0016, rng)]


def tied(head: Head) -> list[Strands]:
    """Long, parted in the middle, combed back over the ears and tied behind; a tail falls behind one shoulder."""
    rng = np.random.default_rng((head.person.seed, 22))
    drawn = _roots(head, 36000, rng)
    above_ears = (drawn[0][:, 1] > 7.26) | (drawn[0][:, 2] < 0.25)
    roots, skin, normals, depth = (values[above_ears] for values in drawn)
    knot = np.array([0.0, 7.0, -0.62])

    def direction(place: np.ndarray, root: np.ndarray) -> np.ndarray:
        to_knot = knot - place
        away = np.tanh(root[:, 0] * 16) * smoothstep(7.6, 8.0, root[:, 1]) * smoothstep(0.30, 0.0, np.abs(place[:, 0]))
        sideways = vector(0.8 * away, 0.0 * away, -0.25 * np.abs(away))
        over_ear = smoothstep(0.10, 0.30, place[:, 2]) * smoothstep(7.62, 7.42, place[:, 1])
        sideways += vector(0 * over_ear, 1.0 * over_ear, -0.5 * over_ear)
        return to_knot / (np.linalg.norm(to_knot, axis=1, keepdims=True) + 0.05) + sideways

    comb = Comb(
        length=lambda r: 0.55 + 1.18 * np.linalg.norm(knot - r, axis=1),
        direction=direction,
        lift=lambda r: 0.035 + 0.045 * smoothstep(7.5, 8.1, r[:, 1]),
        cling=lambda p: np.ones(len(p)),
    )
    curves = grow(roots, skin, normals, head.scalp, comb, Texture(frizz=0.03, lock=0.04, hairs_per_lock=40, flyaway=0.02), rng, 20)
    return [_strands(curves, depth, 0.0015, rng), _tail(head, rng)]


def _tail(head: Head, rng: np.random.Generator) -> Strands:
    """The tail: from the knot over the back of the right shoulder and forward on to the chest."""
    eyes, s = head.eye_centre, head.scale
    path = eyes + s * np.array([(0.0, -0.28, -1.75), (-0.30, -0.62, -1.80), (-0.66, -1.10, -1.25), (-0.86, -1.62, -0.62), (-0.92, -2.1, -0.16), (-0.86, -2.75, 0.02), (-0.78, -3.5, 0.05)])
    count, t = 5200, np.linspace(0, 1, 24)
    centre = resample(path[None], 24)[0]
    along = np.gradient(centre, axis=0)
    side = np.cross(along, [0, 0, 1.0])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(along, side)
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    angle, out = rng.uniform(0, 2 * np.pi, count), np.sqrt(rng.random(count))
    wide = s * (0.13 + 0.10 * np.sin(np.pi * np.clip(t, 0, 0.9)))[None, :, None]
    swirl = angle[:, None, None] + 1.2 * t[None, :, None] + 0.25 * rng.normal(size=(count, 1, 1)) * t[None, :, None]
    curves = centre[None] + wide * out[:, None, None] * (np.cos(swirl) * side[None] + 0.7 * np.sin(swirl) * other[None])
    thick = 0.0016 * rng.uniform(0.75, 1.2, count)
    return Strands(curves, taper(24, thick))


def short(head: Head) -> list[Strands]:
    """A man's cut: short faded sides, longer top brushed up and to the right."""
    rng = np.random.default_rng((head.person.seed, 23))
    roots, skin, normals, depth = _roots(head, 36000, rng)

    def direction(place: np.ndarray, root: np.ndarray) -> np.ndarray:
        top = smoothstep(7.62, 7.98, root[:, 1])[:, None]
        front = smoothstep(0.7, 1.3, root[:, 2])
        side = np.tanh((0.34 - root[:, 0]) * 8)
        crown = vector(-0.75 * side, 0.55 * front, -0.55 + 0.30 * front)
        return crown * top + vector(0.1 * np.sign(place[:, 0]), -1.0 + 0 * side, -0.40) * (1 - top)

    def length(r: np.ndarray) -> np.ndarray:
        top = smoothstep(7.66, 8.05, r[:, 1])
        return (0.075 + 0.09 * smoothstep(7.3, 7.7, r[:, 1]) + 0.36 * top + 0.10 * smoothstep(0.6, 1.2, r[:, 2]) * top) * rng.uniform(0.75, 1.1, len(r))

    comb = Comb(length, direction, lambda r: 0.022 + 0.030 * smoothstep(7.3, 7.7, r[:, 1]) + 0.10 * smoothstep(7.66, 8.05, r[:, 1]) * (1 + 0.4 * smoothstep(0.8, 1.3, r[:, 2])))
    curves = grow(roots, skin, normals, head.scalp, comb, Texture(frizz=0.11, lock=0.15, wave=0.010, wave_turns=0.8), rng, 10)
    return [_strands(curves, depth, 0.0017, rng, tip=0.35)]


def waves(head: Head) -> list[Strands]:
    """An old lady's short soft waves, brushed back from the face."""
    rng = np.random.default_rng((head.person.seed, 24))
    roots, skin, normals, depth = _roots(head, 34000, rng)

    def direction(place: np.ndarray, root: np.ndarray) -> np.ndarray:
        top = smoothstep(7.5, 8.05, place[:, 1])[:, None]
        front = smoothstep(0.75, 1.3, root[:, 2])
        side = np.tanh((root[:, 0] + 0.28) * 6)
        return vector(1.0 * side, 0.25 * front, -0.45 + 0.10 * front) * top + vector(0.15 * np.sign(place[:, 0]), -0.9 + 0 * side, -0.42) * (1 - top)

    def length(r: np.ndarray) -> np.ndarray:
        short_front = np.where((r[:, 1] < 7.35) & (r[:, 2] > 0.5), 0.55, 1.0)
        return (0.40 + 0.30 * smoothstep(7.6, 8.1, r[:, 1])) * rng.uniform(0.7, 1.1, len(r)) * short_front

    comb = Comb(length, direction, lambda r: 0.08 + 0.15 * smoothstep(7.35, 8.1, r[:, 1]))
    curves = grow(roots, skin, normals, head.scalp, comb, Texture(frizz=0.09, lock=0.16, wave=0.034, wave_turns=1.3, flyaway=0.03), rng, 16)
    return [_strands(curves, depth, 0.0016, rng)]


def coils_short(head: Head) -> list[Strands]:
    """Cropped tight coils with a clean hairline."""
    rng = np.random.default_rng((head.person.seed, 25))
    roots, skin, normals, depth = _roots(head, 30000, rng, soft=0.022)
    tall = (0.035 + 0.055 * smoothstep(7.2, 8.0, roots[:, 1])) * rng.uniform(0.6, 1.15, len(roots)) * (0.5 + 0.5 * depth)
    curves = coils(skin, normals, tall, rng.uniform(0.009, 0.016, len(roots)), rng.uniform(1.6, 3.0, len(roots)), rng, 18)
    return [Strands(curves, taper(18, 0.0016 * rng.uniform(0.8, 1.2, len(roots)), 0.5, 0.8))]


STYLES = {"bob": bob, "tied": tied, "short": short, "waves": waves, "coils": coils_short}
