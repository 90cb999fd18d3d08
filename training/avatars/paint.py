"""Paints a person's skin in a front view of the base mesh: colour, and a second picture of lips, oil and relief.

Because the shader looks points up by their place on the base mesh, the same drawing fits every identity. Positions are
decimetres of the base mesh: eyes at (±0.31, 7.28), lips' seam at y 6.61, chin at 6.15, hairline near 7.95.
"""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .mesh import makehuman_dir
from .people import Person
from .surface import smoothstep

PIXELS_PER_DM = 640
LEFT, RIGHT, BOTTOM, TOP = -1.3, 1.3, 5.4, 8.6
WIDTH, HEIGHT = int((RIGHT - LEFT) * PIXELS_PER_DM), int((TOP - BOTTOM) * PIXELS_PER_DM)

RED = np.array((0.03, -0.20, -0.18))
YELLOW = np.array((0.02, 0.01, -0.12))
DARK = np.array((-0.30, -0.36, -0.34))
COOL = np.array((-0.10, -0.07, -0.02))
PURPLE = np.array((-0.12, -0.20, -0.12))


@dataclass(frozen=True)
class Painting:
    """colour float[H,W,3] sRGB; detail float[H,W,3]: lip mask, oil, relief (0.5 = level); row 0 is the top."""

    colour: np.ndarray
    detail: np.ndarray


class Canvas:
    """The front view with its coordinates; `ax` is the distance from the midline."""

    def __init__(self, person: Person) -> None:
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        self.x, self.y = LEFT + columns / PIXELS_PER_DM, TOP - rows / PIXELS_PER_DM
        self.ax = np.abs(self.x)
        self.seed = person.seed
        self.colour = np.ones((HEIGHT, WIDTH, 3), np.float32) * np.array(person.skin.colour, np.float32)

    def spot(self, x: float, y: float, width: float, height: float) -> np.ndarray:
        """A soft ellipse on both sides of the face."""
        return np.exp(-(((self.ax - x) / width) ** 2) - ((self.y - y) / height) ** 2)

    def noise(self, sizes: list[float], stream: int, falloff: float = 0.7) -> np.ndarray:
        """Sum of smooth random fields with cells of `sizes` pixels; standard deviation 1."""
        rng = np.random.default_rng((self.seed, stream))
        total, weight = np.zeros((HEIGHT, WIDTH), np.float32), 1.0
        for size in sizes:
            cells = rng.standard_normal((max(2, int(HEIGHT / size) + 2), max(2, int(WIDTH / size) + 2))).astype(np.float32)
            total += weight * cv2.resize(cells, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
            weight *= falloff
        return total / total.std()

    def tint(self, mask: np.ndarray, shift: np.ndarray, strength: float = 1.0) -> None:
        """Multiplies the colour by 1 + strength·mask·shift."""
        self.colour *= 1 + (strength * mask)[..., None] * shift.astype(np.float32)

    def blend(self, mask: np.ndarray, colour: np.ndarray) -> None:
        """Lays a colour over."""
        self.colour += np.clip(mask, 0, 1)[..., None] * (colour - self.colour)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def lip_mask(canvas: Canvas, soft: float) -> np.ndarray:
    """1 on the lips of the base mesh."""
    half = 0.292
    t = np.clip(canvas.ax / half, 0, 1)
    upper = 6.612 + 0.104 * (1 - t**2.1) - 0.022 * np.exp(-((canvas.ax / 0.05) ** 2))
    lower = 6.606 - 0.118 * (1 - t**2.3)
    return sigmoid((upper - canvas.y) / soft) * sigmoid((canvas.y - lower) / soft) * sigmoid((half - 0.012 - canvas.ax) / 0.012)


def beard_area(ax: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Where a beard grows, 0…1, at distances `ax` from the midline and heights `y`."""
    cheek = 6.62 + 0.42 * ax**1.5 + 0.9 * np.clip(ax - 0.55, 0, 1)
    jaw = sigmoid((cheek - y) / 0.045) * sigmoid((y - 5.98) / 0.06)
    moustache = np.exp(-(((y - 6.775 + 0.12 * ax) / 0.055) ** 4)) * sigmoid((0.34 - ax) / 0.03)
    lips = np.exp(-((ax / 0.31) ** 6) - ((y - 6.60) / 0.13) ** 6)
    bare = np.exp(-((ax - 0.22) / 0.07) ** 2 - ((y - 6.43) / 0.06) ** 2)  # beside the soul patch little grows
    return np.clip(np.maximum(jaw, moustache) * (1 - lips) * (1 - 0.5 * bare), 0, 1)


def paint(person: Person) -> Painting:
    """Draws the skin of a person."""
    skin, canvas = person.skin, Canvas(person)
    _zones(canvas, person)
    _mottling(canvas)
    _marks(canvas, person)
    if skin.stubble:
        hair = np.array(person.hair.scalp, np.float32)
        area = beard_area(canvas.ax, canvas.y) * np.clip(0.85 + 0.10 * canvas.noise([70, 35], 9), 0, 1)
        canvas.blend(0.38 * skin.stubble * area, hair * 0.5 + np.array(skin.colour, np.float32) * np.array((0.42, 0.47, 0.54), np.float32))
    lips = lip_mask(canvas, 0.012)
    creases = 1 + 0.04 * cv2.resize(
        np.random.default_rng(5).standard_normal((HEIGHT // 24, WIDTH // 5)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    inner = 1 - 0.22 * np.exp(-(((canvas.y - 6.61) / 0.028) ** 2))
    lip_colour = np.array(skin.lips, np.float32) * (creases * inner)[..., None]
    canvas.colour += (lips * skin.lip_strength * np.clip(1 + 0.07 * canvas.noise([60, 25], 12), 0, 1.2))[..., None] * (lip_colour - canvas.colour)
    oil = canvas.spot(0, 6.95, 0.16, 0.24) + 0.7 * canvas.spot(0, 7.65, 0.38, 0.2) + 0.5 * canvas.spot(0, 6.33, 0.16, 0.1)
    oil += 0.45 * canvas.spot(0.42, 7.06, 0.16, 0.1) + 0.5 * canvas.spot(0.3, 7.35, 0.15, 0.04)
    detail = np.stack([lips, np.clip(oil * skin.shine, 0, 1), _relief(canvas, person)], -1)
    return Painting(np.clip(canvas.colour, 0.01, 1), np.clip(detail, 0, 1))


def _zones(c: Canvas, person: Person) -> None:
    """Red cheeks, nose, ears and chin; yellowish forehead; darker lids and hollows under the eyes."""
    skin = person.skin
    c.tint(c.spot(0.44, 6.93, 0.22, 0.20) * np.clip(1 + 0.25 * c.noise([120, 60], 20), 0, 2), RED, 0.62 * skin.blush)
    c.tint(c.spot(0, 6.93, 0.17, 0.13), RED, 0.60 * skin.blush)
    c.tint(c.spot(0.13, 6.88, 0.06, 0.07), RED, 0.35 * skin.blush)
    c.tint(c.spot(0, 6.26, 0.2, 0.12), RED, 0.30 * skin.blush)
    c.tint(c.spot(0.82, 7.05, 0.12, 0.3), RED, 0.8 * skin.blush)
    c.tint(c.spot(0, 6.69, 0.42, 0.05), RED, 0.12)
    c.tint(c.spot(0, 7.75, 0.5, 0.25), YELLOW, 0.4)
    c.tint(sigmoid((6.42 - c.y) / 0.10) * sigmoid((0.75 - c.ax) / 0.1), COOL, 0.30)
    c.tint(c.spot(0.31, 7.30, 0.20, 0.085), DARK, 0.20 + 0.10 * skin.lid_shadow)
    c.tint(c.spot(0.31, 7.345, 0.16, 0.04), np.array((-0.22, -0.34, -0.36)), 0.35 * skin.lid_shadow)
    c.tint(c.spot(0.29, 7.15, 0.16, 0.05), PURPLE, 0.50 + 0.45 * person.age)
    c.tint(c.spot(0.165, 7.20, 0.05, 0.07), PURPLE, 0.55)
    c.tint(c.spot(0.165, 6.865, 0.035, 0.05), PURPLE, 0.7)  # crease of the nose's wing
    c.tint(c.spot(0.30, 6.60, 0.05, 0.05), PURPLE, 0.35)  # corners of the mouth


def _mottling(c: Canvas) -> None:
    """Uneven blood and melanin at several sizes; without it skin looks like plastic."""
    c.tint(c.noise([260, 130, 64], 1), np.array((0.008, -0.012, -0.014)))
    c.tint(c.noise([44, 22, 11], 2, 0.8), np.array((0.012, -0.016, -0.019)))
    c.tint(np.clip(c.noise([34, 17], 4), 0, 3), np.array((-0.006, -0.024, -0.022)))
    c.tint(c.noise([6, 3], 3, 0.8), np.array((0.022, 0.024, 0.024)))


def _marks(c: Canvas, person: Person) -> None:
    """Freckles and a few moles."""
    rng = np.random.default_rng((person.seed, 7))
    marks = [(rng.normal(0, 0.36), rng.normal(7.0, 0.2), rng.uniform(0.003, 0.009), rng.uniform(0.1, 0.45)) for _ in range(person.skin.freckles)]
    marks += [(rng.uniform(-0.6, 0.6), rng.uniform(6.3, 7.8), rng.uniform(0.006, 0.012), rng.uniform(0.9, 1.5)) for _ in range(person.skin.moles)]
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    for x, y, radius, strength in marks:
        row, column, reach = int((TOP - y) * PIXELS_PER_DM), int((x - LEFT) * PIXELS_PER_DM), int(radius * PIXELS_PER_DM * 3) + 2
        if reach < row < HEIGHT - reach and reach < column < WIDTH - reach:
            yy, xx = np.mgrid[-reach : reach + 1, -reach : reach + 1]
            drawn = strength * np.exp(-(((xx**2 + yy**2) / (radius * PIXELS_PER_DM) ** 2) ** 1.4))
            window = mask[row - reach : row + reach + 1, column - reach : column + reach + 1]
            np.maximum(window, drawn, out=window)
    c.tint(mask, np.array((-0.20, -0.30, -0.36)), 0.8)


# Wrinkles of an aged face: (points (x, y) on one side, width in dm, depth).
WRINKLES = (
    [((0.0, 7.58 + d), (0.2, 7.60 + d), (0.42, 7.56 + d), 0.010, 0.14) for d in (0.0, 0.09, 0.19)]
    + [((0.49, 7.27 + d * 0.5), (0.56, 7.265 + d * 1.2), (0.63, 7.24 + d * 2.2), 0.007, 0.18) for d in (-0.06, -0.025, 0.015, 0.055)]
    + [((0.17, 6.90), (0.25, 6.80), (0.315, 6.67), (0.345, 6.57), 0.016, 0.26), ((0.315, 6.58), (0.335, 6.50), (0.33, 6.42), 0.011, 0.16)]
    + [((0.17, 7.17 - d), (0.28, 7.115 - d), (0.42, 7.13 - d), 0.009, 0.16) for d in (0.0, 0.03, 0.065)]
    + [((x, 6.735), (x + 0.004, 6.77), (x + 0.006, 6.80), 0.006, 0.10) for x in (0.04, 0.09, 0.14, 0.19)]
    + [((0.04, 7.42), (0.045, 7.46), (0.04, 7.51), 0.009, 0.14)]
)


def _relief(c: Canvas, person: Person) -> np.ndarray:
    """Height around 0.5: wrinkles, and fine lines under the eyes for everyone."""
    height = np.full((HEIGHT, WIDTH), 0.5, np.float32)
    everyone = [((0.18, 7.165 - d), (0.29, 7.12 - d), (0.41, 7.14 - d), 0.007, 0.05) for d in (0.0, 0.03)]
    aged = [(*line[:-1], line[-1] * person.skin.wrinkles) for line in WRINKLES] if person.skin.wrinkles else []
    irregular = 0.7 + 0.3 * np.clip(c.noise([90, 45], 77), -1, 1)
    for *points, width, depth in everyone + aged:
        line = np.zeros((HEIGHT, WIDTH), np.float32)
        for side in (1, -1):
            place = np.array([((side * x - LEFT) * PIXELS_PER_DM * 8, (TOP - y) * PIXELS_PER_DM * 8) for x, y in points])
            t, knots = np.linspace(0, 1, 40), np.linspace(0, 1, len(points))
            curve = np.stack([np.interp(t, knots, place[:, k]) for k in (0, 1)], 1).astype(np.int32)
            cv2.polylines(line, [curve.reshape(-1, 1, 2)], False, 1.0, max(1, int(width * PIXELS_PER_DM)), cv2.LINE_AA, 3)
        line = cv2.GaussianBlur(line, (0, 0), width * PIXELS_PER_DM * 1.5) * irregular
        height -= depth * line / max(float(line.max()), 1e-3)
    return height


def paint_eyes(person: Person) -> np.ndarray:
    """MakeHuman's eye picture (RGB float[1024,1024,3]) with the person's iris, a dark limbus and a living sclera."""
    path = str(makehuman_dir() / "data/eyes/materials/brown_eye.png")
    eye = cv2.imread(path)[..., ::-1].astype(np.float32) / 255
    rows, columns = np.mgrid[0:1024, 0:1024]
    for x, y in ((297.5, 726.5), (722, 305)):
        r = np.hypot(columns - x, rows - y)
        fibres = np.clip(eye.max(2) / 0.42, 0, 1.25)[..., None]
        outward = smoothstep(48, 100, r)[..., None]
        iris = (np.array(person.iris[0]) * (1 - outward) + np.array(person.iris[1]) * outward) * (0.35 + 1.3 * fibres)
        iris *= smoothstep(34, 40, r)[..., None] * (1 - 0.72 * smoothstep(98, 118, r))[..., None]
        inside = (1 - smoothstep(112, 121, r))[..., None]
        eye = eye * (1 - inside) + iris * inside
        white = (smoothstep(114, 124, r) * (1 - smoothstep(250, 300, r)))[..., None]
        redder = 1 - 0.10 * smoothstep(170, 270, r)[..., None] * np.array((0.2, 1, 1))
        eye = eye * (1 - white) + white * np.clip(eye * np.array((1.10, 1.07, 1.04)) * redder, 0, 0.9)
    return np.clip(eye, 0, 1)
