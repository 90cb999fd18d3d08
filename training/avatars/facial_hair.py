"""Brows, lashes, stubble and the down of the cheeks as strands on the expressed face."""
from __future__ import annotations

from collections import Counter

import numpy as np

from .head import EYES, Head
from .mesh import read_asset
from .paint import beard_area
from .strands import Strands, taper, resample
from .surface import smoothstep, unit

# Middle line of the left brow on the base mesh and its half height, from the nose outwards.
BROW_X = np.array([0.105, 0.16, 0.23, 0.30, 0.37, 0.44, 0.49, 0.53, 0.560])
BROW_Y = np.array([7.394, 7.404, 7.414, 7.423, 7.428, 7.423, 7.408, 7.386, 7.362])
BROW_HALF = np.array([0.020, 0.029, 0.031, 0.029, 0.026, 0.021, 0.015, 0.010, 0.005])


def brows(head: Head) -> Strands:
    """Short hairs that stand up at the inner end, lie along the arch and thin out to the tail."""
    style, rng = head.person.brows, np.random.default_rng((head.person.seed, 31))
    curves, thick = [], []
    for side in (1, -1):
        # As many as there is room for: as many hairs in the narrow tail as in the middle would be a black line.
        s = rng.random(style.hairs * 3)
        room = np.interp(s, np.linspace(0, 1, 9), BROW_HALF) / BROW_HALF.max()
        s = s[rng.random(len(s)) < (0.3 + 0.7 * smoothstep(0, 0.22, s)) * room**1.2][: style.hairs]
        across = np.clip(rng.normal(0, 0.46, len(s)), -1, 1)
        x = np.interp(s, np.linspace(0, 1, 9), BROW_X)
        y = np.interp(s, np.linspace(0, 1, 9), BROW_Y) + style.lift + style.arch * smoothstep(0.3, 0.7, s)
        y += across * np.interp(s, np.linspace(0, 1, 9), BROW_HALF) * style.thickness
        slope = np.gradient(BROW_Y) / np.gradient(BROW_X)
        along = np.interp(s, np.linspace(0, 1, 9), np.arctan(slope))
        angle = along + np.interp(s, [0, 0.12, 0.3, 0.6, 1], [1.25, 0.95, 0.50, 0.22, 0.05]) * np.where(across > 0.3, 0.55, 1.0) - 0.30 * np.clip(across, 0, 1) * np.minimum(1, 3 * s)
        angle += rng.normal(0, 0.13, len(s))
        length = rng.uniform(0.055, 0.10, len(s)) * (1 - 0.35 * s)
        bend = -0.5 * (angle - along)
        path = [np.stack([side * x, y], 1)]
        for k in range(1, 6):
            heading = angle + bend * k / 5
            path.append(path[-1] + (length / 5)[:, None] * np.stack([side * np.cos(heading), np.sin(heading)], 1))
        flat = np.stack(path, 1)
        _, skin, normal = head.skin.lift(flat.reshape(-1, 2))
        skin, normal = skin.reshape(*flat.shape[:2], 3), normal.reshape(*flat.shape[:2], 3)
        rise = 0.003 + 0.011 * np.sin(np.linspace(0, 2.2, 6))
        curves.append(skin + normal * rise[None, :, None])
        thick.append(rng.uniform(0.0007, 0.0013, len(s)) * (1 - 0.4 * s))
    return Strands(np.concatenate(curves), taper(6, np.concatenate(thick), 0.25, 0.8))


def _card_rows(faces: list[list[int]]) -> np.ndarray:
    """A card of quads → vertex indices int[rows, columns], rows along the long side."""
    count = Counter(v for f in faces for v in f)
    by_edge: dict[frozenset[int], list[int]] = {}
    for k, f in enumerate(faces):
        for a in range(4):
            by_edge.setdefault(frozenset((f[a], f[(a + 1) % 4])), []).append(k)
    rim: dict[int, list[int]] = {}
    for edge, used in by_edge.items():
        if len(used) == 1:
            a, b = tuple(edge)
            rim.setdefault(a, []).append(b)
            rim.setdefault(b, []).append(a)
    corners = {v for v, n in count.items() if n == 1}
    first = min(corners)
    sides = []
    for second in rim[first]:
        walk = [first, second]
        while walk[-1] not in corners:
            walk.append(next(v for v in rim[walk[-1]] if v != walk[-2]))
        sides.append(walk)
    rows, done = [max(sides, key=len)], set()
    while True:
        following: list[int] = [-1] * len(rows[-1])
        for a, (p, q) in enumerate(zip(rows[-1][:-1], rows[-1][1:])):
            fresh = [k for k in by_edge[frozenset((p, q))] if k not in done]
            if not fresh:
                return np.array(rows)
            face = faces[fresh[0]]
            done.add(fresh[0])
            for v, partner, column in ((p, q, a), (q, p, a + 1)):
                i = face.index(v)
                following[column] = face[(i - 1) % 4] if face[(i + 1) % 4] == partner else face[(i + 1) % 4]
        rows.append(following)


def lashes(head: Head) -> Strands:
    """Lashes rooted in the lids' rims; on closing lids they swing down and forward with them."""
    mesh, fitting = read_asset("assets/eyelashes/eyelashes01/eyelashes01")
    cards, pieces = fitting.fit(head.face), mesh.components()
    eyes = read_asset(EYES)[1].fit(head.face)
    rng, closed = np.random.default_rng((head.person.seed, 32)), head.pose.get("blink", 0.0)
    curves, thick = [], []
    for side in (1, -1):
        mine = sorted((k for k in np.unique(pieces) if cards[pieces == k][:, 0].mean() * side > 0), key=lambda k: cards[pieces == k][:, 1].mean())
        eye = eyes[eyes[:, 0] * side > 0].mean(0)
        for upper, piece in ((False, mine[0]), (True, mine[-1])):
            rows = cards[_card_rows([f for f in mesh.faces if pieces[f[0]] == piece])]
            if np.linalg.norm(rows[0] - eye, axis=1).mean() > np.linalg.norm(rows[-1] - eye, axis=1).mean():
                rows = rows[::-1]
            root = resample((rows[0] * 0.4 + rows[1] * 0.6)[None], 200)[0]
            count = 130 if upper else 46
            tips = rng.uniform(0.02, 0.98, count // 3)
            t = rng.uniform(0.02, 0.98, count)
            lean = tips[np.abs(t[:, None] - tips).argmin(1)] - t  # lashes gather at their tips in threes
            base = root[(t * 199).astype(int)]
            outer = (np.abs(base[:, 0]) - np.abs(root[:, 0]).min()) / np.ptp(np.abs(root[:, 0]))
            length = head.person.lash * head.scale * (1 if upper else 0.45) * (0.55 + 0.55 * outer) * rng.uniform(0.65, 1.1, count)
            fan = side * (-0.22 + 0.75 * outer) + 0.5 * side * lean
            if upper:
                fall = -0.15 - 0.75 * closed
                curl = 0.75 - 0.35 * closed
                heading = unit(np.stack([fan, fall + 0.08 * rng.normal(size=count), np.full(count, 0.95)], 1))
            else:
                curl, heading = -0.30, unit(np.stack([fan, -0.45 + 0.10 * rng.normal(size=count), np.full(count, 0.8)], 1))
            u = np.linspace(0, 1, 7)[None, :, None]
            bend = np.stack([0.2 * fan, np.full(count, curl), np.zeros(count)], 1)
            curves.append(base[:, None] + length[:, None, None] * (heading[:, None] * u + bend[:, None] * u**2))
            thick.append(np.full(count, 0.0016 if upper else 0.0009) * rng.uniform(0.8, 1.15, count))
    return Strands(np.concatenate(curves), taper(7, np.concatenate(thick), 0.15))


def _short_hairs(head: Head, flat: np.ndarray, length: np.ndarray, thickness: np.ndarray, rise: float, rng: np.random.Generator) -> Strands:
    """Hairs that grow downwards from front-view places and stand off the skin by `rise` (0 flat … 1 upright)."""
    _, skin, normal = head.skin.lift(flat)
    down = np.array([0, -1.0, 0.1]) + rng.normal(0, 0.35, skin.shape)
    down -= normal * (down * normal).sum(1, keepdims=True)
    heading = unit(unit(down) * (1 - rise) + normal * rise)
    u = np.linspace(0, 1, 4)[None, :, None]
    curves = skin[:, None] + heading[:, None] * length[:, None, None] * u
    return Strands(curves, taper(4, thickness, 0.5))


def stubble(head: Head) -> Strands:
    """Two days of beard, thinning out towards its borders."""
    rng = np.random.default_rng((head.person.seed, 33))
    flat = np.stack([rng.uniform(-0.78, 0.78, 60000), rng.uniform(5.98, 7.1, 60000)], 1)
    keep = rng.random(len(flat)) < beard_area(np.abs(flat[:, 0]), flat[:, 1]) ** 1.5 * 0.62 * head.person.skin.stubble
    flat = flat[keep]
    return _short_hairs(head, flat, rng.uniform(0.008, 0.020, len(flat)), rng.uniform(0.0006, 0.0011, len(flat)), 0.55, rng)


def down(head: Head) -> Strands:
    """Colourless down on cheeks, temples and lip: it softens the outline against the light."""
    rng = np.random.default_rng((head.person.seed, 34))
    flat = np.stack([rng.uniform(-0.8, 0.8, 9000), rng.uniform(6.15, 7.7, 9000)], 1)
    face = ((flat[:, 0] / 0.8) ** 2 + ((flat[:, 1] - 6.95) / 0.85) ** 2 < 1) & (np.hypot(np.abs(flat[:, 0]) - 0.31, (flat[:, 1] - 7.28) * 1.3) > 0.2)
    flat = flat[face & ~((np.abs(flat[:, 0]) < 0.32) & (np.abs(flat[:, 1] - 6.6) < 0.13))]
    return _short_hairs(head, flat, rng.uniform(0.012, 0.028, len(flat)), rng.uniform(0.00025, 0.0004, len(flat)), 0.4, rng)
