"""Paints the skin of a head: complexion, blemishes, lips, brows, beard and hairline, with the relief and wetness of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from . import mesh
from .noise import pooled
from .raster import rasterise

#: Size of the texture and what it covers, decimetres: along the unrolled head, and height.
WIDTH, HEIGHT = 768, 512
LEFT, TOP, SCALE = -1.95, 8.05, WIDTH / 3.9

#: Complexions from very light to very dark, display BGR (after the Monk scale).
COMPLEXIONS = np.array(
    [[186, 206, 236], [168, 194, 229], [150, 182, 221], [130, 164, 208], [104, 138, 188],
     [80, 112, 164], [60, 86, 132], [44, 64, 102], [32, 46, 76], [26, 36, 58]], np.float32
) / 255  # fmt: skip
HAIRS = np.array([[14, 14, 16], [22, 28, 38], [34, 50, 76], [60, 92, 130], [90, 130, 170], [128, 128, 132], [196, 198, 200], [28, 50, 112]], np.float32) / 255  # fmt: skip


@dataclass(frozen=True)
class Skin:
    """A painted skin. `texture` is float32[512,768,6]: linear BGR, wetness 0…1 and the slopes of the relief."""

    texture: np.ndarray
    complexion: np.ndarray
    lip: np.ndarray
    hair: np.ndarray
    beard: str


def texture_coordinates(uv: np.ndarray) -> np.ndarray:
    """Unrolled decimetres to pixels of the texture."""
    return ((uv - [LEFT, TOP]) * [SCALE, -SCALE]).astype(np.float32)


@cache
def _places() -> tuple[np.ndarray, np.ndarray]:
    """x and y on the base mesh, decimetres, of every texel."""
    head = mesh.load()
    outside = head.triangles[(head.material == mesh.SKIN) & (head.kind == mesh.SURFACE)]
    screen = np.c_[texture_coordinates(mesh.unroll(head.rest)), -np.hypot(head.rest[:, 0], head.rest[:, 2] - 0.2)]
    index, weights, _ = rasterise(WIDTH, outside, screen.astype(np.float32), np.zeros(len(outside), np.uint8))
    index, weights = index[:HEIGHT], weights[:HEIGHT]
    x = head.rest[outside[np.maximum(index, 0)], 0]
    x = x[..., 0] * (1 - weights.sum(-1)) + x[..., 1] * weights[..., 0] + x[..., 2] * weights[..., 1]
    v, u = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x = np.where(index >= 0, x, 0.8 * ((u + 0.5) / SCALE + LEFT))
    return x.astype(np.float32), TOP - (v + 0.5) / SCALE


def paint(rng: np.random.Generator, darkness: float, old: float, male: float) -> Skin:
    """A random skin; `darkness` 0…1 picks the complexion, `old` 0…1 the wrinkles, `male` 0…1 the beard."""
    x, y = _places()
    ax = np.abs(x)
    tone = np.clip(darkness, 0, 1) * (len(COMPLEXIONS) - 1)
    low = min(int(tone), len(COMPLEXIONS) - 2)
    skin = COMPLEXIONS[low] * (1 - tone + low) + COMPLEXIONS[low + 1] * (tone - low)
    skin = skin * (1 + rng.normal(0, [0.035, 0.02, 0.02])).astype(np.float32)
    light = float(skin.mean())
    relief = np.zeros((HEIGHT, WIDTH), np.float32)

    def noise(*sizes: int, persistence: float = 0.7) -> np.ndarray:
        return pooled(rng, HEIGHT, WIDTH, sizes, persistence)

    # Mottled complexion: blood (hue) and melanin (brightness) vary apart.
    melanin = rng.uniform(0.01, 0.045) * noise(60, 24, 10) + rng.uniform(0.004, 0.02) * noise(5, 3, 2, persistence=1)
    blood = rng.uniform(0.005, 0.03) * noise(40, 14)
    flush = rng.uniform(0, 0.22)
    blood += flush * (_spot(ax, y, 0.5, 6.88, 0.2, 0.2) + 0.8 * _spot(x, y, 0, 6.92, 0.13, 0.12) + 0.4 * _spot(x, y, 0, 6.25, 0.2, 0.12))
    melanin -= rng.uniform(0, 0.28) * _spot(ax, y, 0.31, 7.2, 0.17, 0.08)  # below the eyes
    melanin -= rng.uniform(0, 0.12) * _spot(x, y, 0, 6.73, 0.1, 0.05) + rng.uniform(0, 0.14) * _spot(ax, y, 0.33, 6.6, 0.07, 0.09)
    lines = _spot(ax, y, 0.02, 7.5, 9, 0.5) * 0
    fold = 0.28 + 0.30 * np.clip(6.95 - y, 0, 0.5)
    nasolabial = np.exp(-(((ax - fold + 0.012 * noise(24)) / rng.uniform(0.022, 0.045)) ** 2)) * _sig((y - 6.5) / 0.04) * _sig((6.95 - y) / 0.03)
    depth = old * rng.uniform(0.05, 0.22) + (rng.random() < 0.4) * rng.uniform(0, 0.1)
    melanin -= depth * nasolabial
    relief -= 4 * depth * nasolabial
    for height in 7.62 + 0.09 * np.arange(3):
        lines -= np.exp(-(((y - height - 0.03 * np.cos(ax * 5) - 0.006 * noise(30)) / 0.010) ** 2)) * (ax < 0.5)
    marionette = np.exp(-(((ax - 0.31 - 0.1 * (6.55 - y)) / 0.018) ** 2)) * _sig((6.56 - y) / 0.02) * _sig((y - 6.36) / 0.03)
    crows = np.exp(-((np.sin((y - 7.28) * 60 + ax * 14) - 1) ** 2) * 3) * _spot(ax, y, 0.57, 7.27, 0.08, 0.12)
    age = old * rng.uniform(0.1, 0.5)
    melanin -= age * (-0.3 * lines + 0.6 * marionette + 0.3 * crows)
    relief -= 2.5 * age * (-lines + marionette + crows)
    for _ in range(int(rng.integers(0, 12))):
        _dot(melanin, rng.uniform(-0.8, 0.8), rng.uniform(6.1, 7.9), rng.uniform(0.006, 0.016), -rng.uniform(0.1, 0.5))
    if rng.random() < 0.15 and light > 0.45:
        melanin -= rng.uniform(0.05, 0.14) * np.clip(noise(4, 3) - 1.2, 0, 1.5) * _spot(x, y, 0, 7.0, 0.6, 0.35)
    colour = skin * (1 + melanin[..., None]) * (1 + blood[..., None] * np.array([-0.55, -0.45, 0.22], np.float32))
    relief += rng.uniform(0.1, 0.45) * noise(3, 2, persistence=1) + rng.uniform(0.1, 0.4) * noise(12, 7)
    wet = np.clip(0.12 * _spot(x, y, 0, 7.0, 0.12, 0.3) + 0.08 * _spot(x, y, 0, 7.7, 0.4, 0.2), 0, 1)
    colour = np.clip(colour, 0.01, 1)

    lip = _lip_colour(rng, skin, light, male)
    mask, outline = _lips(rng, x, y)
    creases = pooled(rng, HEIGHT, WIDTH, (5, 3), 1)
    creases = cv2.resize(creases[::4], (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    tint = lip * (1 + rng.uniform(0.03, 0.09) * creases + 0.05 * noise(9))[..., None]
    tint = tint * (1 - 0.25 * np.exp(-(((y - 6.606) / 0.016) ** 2)) * (ax < 0.3))[..., None]
    colour = colour * (1 - mask[..., None]) + tint * mask[..., None]
    colour *= (1 + rng.uniform(0, 0.08) * outline)[..., None]
    relief = relief * (1 - mask) + mask * rng.uniform(0.3, 0.9) * creases + 0.5 * outline
    wet = np.maximum(wet, mask * rng.uniform(0.3, 1))

    colour *= 1 - (rng.uniform(0.3, 0.75) * _eyelids(ax, y))[..., None]
    shade = int(rng.integers(len(HAIRS) if light > 0.52 else 3 if light > 0.38 else 2))
    hair = HAIRS[5 + int(rng.random() < 0.4)] if old > 0.5 and rng.random() < 0.7 else HAIRS[shade]
    hair = np.clip(hair * rng.uniform(0.7, 1.25), 0.02, 0.9).astype(np.float32)
    brows = _brows(rng, ax, y, male)
    colour = colour * (1 - brows[..., None]) + hair * 0.8 * brows[..., None]
    name, cover, length = _beard(rng, x, y, male)
    if name != "none":
        bristle = pooled(rng, HEIGHT, WIDTH, kind="strands")
        fine = noise(2, persistence=1)
        texture = bristle * min(1, length * 1.6) + fine * max(0.2, 1 - length)
        ragged = np.clip(cover * (0.75 + 0.5 * length + 0.5 * (1 - 0.4 * length) * texture) + 0.15 * cover * noise(14, 6), 0, 1)
        amount = (ragged * (0.35 + 0.62 * length))[..., None]
        body = hair * (0.75 + 0.25 * np.clip(texture, -1.5, 2) * length)[..., None]
        colour = colour * (1 - amount) + np.clip(body, 0.01, 1) * amount
        relief += cover * length * 2.2 * texture
        wet *= 1 - 0.9 * cover * length
    if rng.random() < 0.93:
        line = rng.uniform(7.9, 8.2) - rng.uniform(0.3, 1.6) * np.clip(ax - 0.42, 0, 1) ** 1.2 * 1.5 - 3 * np.clip(ax - 0.78, 0, 0.4)
        hairy = (_sig((y - line + 0.03 * noise(18, 7)) / 0.025) * (y > 6.85))[..., None]
        colour = colour * (1 - hairy) + np.clip(hair * (1 + 0.3 * pooled(rng, HEIGHT, WIDTH, kind="strands"))[..., None], 0.01, 1) * hairy

    slope_u = cv2.Sobel(relief, -1, 1, 0, ksize=3, scale=0.125)
    slope_v = -cv2.Sobel(relief, -1, 0, 1, ksize=3, scale=0.125)
    linear = np.clip(colour, 0.004, 1) ** 2.2
    texture = np.dstack([linear, wet, slope_u, slope_v]).astype(np.float32)
    return Skin(np.ascontiguousarray(texture), skin**2.2, np.clip(lip, 0.01, 1) ** 2.2, hair**2.2, name)


def _lip_colour(rng: np.random.Generator, skin: np.ndarray, light: float, male: float) -> np.ndarray:
    blood = np.array([[0.42, 0.40, 0.70], [0.36, 0.33, 0.60], [0.33, 0.28, 0.55], [0.46, 0.44, 0.70]], np.float32)[rng.integers(4)]
    natural = (blood * 0.5 + skin * np.array([0.74, 0.66, 0.86], np.float32) * 0.5) * np.clip(light / 0.58, 0.45, 1.1)
    if rng.random() < 0.22 * (1 - male):
        stick = np.array([[0.20, 0.13, 0.62], [0.30, 0.22, 0.50], [0.38, 0.30, 0.80], [0.16, 0.10, 0.36]], np.float32)[rng.integers(4)]
        return natural * 0.25 + stick * 0.75
    return natural


def _lips(rng: np.random.Generator, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the red of the lips is, 0…1, and the pale ridge around it."""
    ax, half = np.abs(x), 0.302
    across = np.clip(ax / half, 0, 1)
    full = rng.uniform(0.85, 1.1)
    bow = rng.uniform(0.008, 0.026)
    top = 6.612 + 0.106 * full * (1 - across**2.1) - bow * np.exp(-((ax / 0.05) ** 2))
    bottom = 6.606 - 0.115 * full * (1 - across**2.4)
    soft = rng.uniform(0.006, 0.018)
    inside = _sig((top - y) / soft) * _sig((y - bottom) / soft) * _sig((half - ax) / 0.01)
    ridge = np.exp(-(((y - top - 0.012) / 0.010) ** 2)) * _sig((half - 0.04 - ax) / 0.02)
    return inside * rng.uniform(0.5, 1), ridge


def _eyelids(ax: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Lashes and the shade at the lids' edge, 0…1."""
    dx, dy = (ax - 0.308) / 0.15, y - 7.283
    upper = 0.062 * (1 - np.clip(np.abs(dx), 0, 1) ** 2)
    return (np.abs(dx) < 1.05) * (np.exp(-(((dy - upper) / 0.017) ** 2)) + 0.35 * np.exp(-(((dy + 0.8 * upper) / 0.012) ** 2)))


def _brows(rng: np.random.Generator, ax: np.ndarray, y: np.ndarray, male: float) -> np.ndarray:
    height = 7.44 + rng.uniform(-0.02, 0.03) + rng.uniform(0.02, 0.07) * np.sin((ax - 0.12) * 6)
    thick = rng.uniform(0.02, 0.038) * (1 + 0.3 * male) * np.clip(1.25 - (ax - 0.1) * 1.6, 0.3, 1)
    shape = np.exp(-(((y - height) / thick) ** 2)) * _sig((ax - 0.1) / 0.02) * _sig((0.52 - ax) / 0.03)
    hairs = 1 + 0.45 * pooled(rng, HEIGHT, WIDTH, kind="strands")
    return np.clip(shape * rng.uniform(0.4, 1.1) * hairs, 0, 0.95)


def _beard(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, male: float) -> tuple[str, np.ndarray, float]:
    """Name of the style, where hair grows 0…1, and its length from stubble 0 to full 1."""
    if male < 0.5 or rng.random() < 0.42:
        return "none", np.zeros_like(x), 0
    ax = np.abs(x)
    cheek = 6.5 + 0.62 * np.clip(ax - 0.3, 0, 1) ** 0.8 + rng.uniform(-0.08, 0.12)
    jaw = _sig((cheek - y) / 0.045) * _sig((y - 5.85) / 0.06) * _sig((ax - 0.33 + 0.6 * np.clip(6.5 - y, 0, 1)) / 0.03) * _sig((0.82 - ax) / 0.05)
    chin = _sig((6.47 - y) / 0.02) * _sig((y - 5.95) / 0.05) * _sig((rng.uniform(0.2, 0.34) - ax) / 0.03)
    patch = _sig((6.49 - y) / 0.015) * _sig((0.06 - ax) / 0.015) * _sig((y - 6.3) / 0.03)
    # A moustache hangs over the upper lip by up to 5 mm.
    hang = rng.uniform(-0.01, 0.05)
    rise = 6.725 - hang - 0.25 * ax**1.5
    moustache = _sig((y - rise) / 0.012) * _sig((6.80 - 0.05 * ax - y) / 0.02) * _sig((0.37 - ax) / 0.03)
    bridge = np.exp(-(((ax - 0.345) / 0.045) ** 2)) * _sig((6.72 - y) / 0.03) * _sig((y - 6.2) / 0.03)
    styles = {
        "full": np.maximum.reduce([jaw, chin, patch, moustache, bridge]),
        "goatee": np.maximum.reduce([chin, patch, moustache, bridge]),
        "moustache": moustache,
        "chin": np.maximum(chin, patch),
        "no-moustache": np.maximum.reduce([jaw, chin]),
    }
    name = str(rng.choice(list(styles), p=[0.55, 0.17, 0.13, 0.08, 0.07]))
    length = float(rng.beta(0.8, 0.9))
    return name, np.clip(styles[name], 0, 1).astype(np.float32), length


def _spot(x: np.ndarray, y: np.ndarray, at_x: float, at_y: float, size_x: float, size_y: float) -> np.ndarray:
    return np.exp(-(((x - at_x) / size_x) ** 2) - ((y - at_y) / size_y) ** 2)


def _dot(field: np.ndarray, x: float, y: float, radius: float, amount: float) -> None:
    """Adds a small round spot in place."""
    u, v = (x * 1.15 - LEFT) * SCALE, (TOP - y) * SCALE
    reach = int(3 * radius * SCALE) + 2
    rows = slice(max(0, int(v) - reach), int(v) + reach)
    columns = slice(max(0, int(u) - reach), int(u) + reach)
    gv, gu = np.mgrid[rows, columns].astype(np.float32)
    window = field[rows, columns]
    window += amount * np.exp(-((gu - u) ** 2 + (gv - v) ** 2) / (radius * SCALE) ** 2)[: window.shape[0], : window.shape[1]]


def _sig(x: np.ndarray) -> np.ndarray:
    """Logistic function."""
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))
