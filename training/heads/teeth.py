"""A dental arch: its curve, and one picture of its crowns and gums that renderer and face net share."""

from __future__ import annotations

import math

import cv2
import numpy as np

#: Widths of the crowns from the middle outwards, decimetres (mean adult sizes, Wheeler's Dental Anatomy).
WIDTHS = {"upper": (0.086, 0.066, 0.077, 0.071, 0.068, 0.1), "lower": (0.054, 0.059, 0.069, 0.07, 0.071, 0.11)}
#: Heights of the crowns, as shares of the arch's height (gum to edge).
CROWNS = {"upper": (0.50, 0.45, 0.49, 0.42, 0.39, 0.36), "lower": (0.44, 0.45, 0.50, 0.43, 0.38, 0.34)}
#: v at the edge of the central incisors: a little short of 1, so that no crown touches the border of the picture.
EDGE = 0.93
#: Height of the strip from gum to edge, decimetres.
HEIGHT = 0.2

ENAMEL = np.array([0.80, 0.875, 0.915], np.float32)
GUM = np.array([0.42, 0.40, 0.66], np.float32)
GAP = np.array([0.24, 0.25, 0.34], np.float32)


def half_length(arch: str) -> float:
    """Length of one half of the arch along its curve, decimetres."""
    return sum(WIDTHS[arch])


def template(arch: str, height: int, width: int) -> np.ndarray:
    """
    Picture of an arch as float32[height,width,3] BGR 0…1 (display values): u from −1 to 1 left to right, v from −1 (gum)
    to 1 (beyond the edge). `arch` is "upper" or "lower"; both are drawn with the edge at the bottom.
    """
    scale = 3
    v, u = np.mgrid[0 : height * scale, 0 : width * scale].astype(np.float32)
    v = (v + 0.5) / (height * scale) * 2 - 1
    along = np.abs((u + 0.5) / (width * scale) * 2 - 1) * half_length(arch)
    ends = np.cumsum(WIDTHS[arch]).astype(np.float32)
    tooth = np.clip(np.searchsorted(ends, along), 0, len(ends) - 1)
    crown_width = np.array(WIDTHS[arch], np.float32)[tooth]
    across = (along - (ends[tooth] - crown_width / 2)) / (crown_width / 2)
    left = np.sign(u - u.mean())
    crown = np.array(CROWNS[arch], np.float32)[tooth]
    edge = EDGE - np.array([0, 0.05, -0.02, 0.04, 0.07, 0.09], np.float32)[tooth] * (1 if arch == "upper" else 0.5)
    # Canines end in a point, incisors in a straight edge with rounded corners.
    pointed = np.array([0, 0, 1, 0.6, 0.4, 0], np.float32)[tooth]
    corner = np.abs(across) ** 5 * 0.14 + pointed * np.abs(across) * 0.10
    neck = EDGE - 2 * crown + 0.16 * across**2
    pixel = 2 / height
    inside = _step((edge - corner - v) / pixel) * _step((v - neck) / (2.5 * pixel))
    side = np.clip((1 - np.abs(across)) * crown_width / 0.0042, 0, 1)
    # Papillae of gum fill the gaps near the necks, shade the rest.
    depth = np.clip((v - neck) / np.maximum(edge - neck, 0.1), 0, 1)
    round_off = 1 - 0.20 * np.abs(across) ** 3 - 0.10 * np.exp(-((depth / 0.18) ** 2))
    ribs = 1 + 0.015 * np.sin(across * 7 + tooth * 2.1 + left)
    shade = round_off * ribs * (1 - 0.035 * tooth)
    # Enamel is translucent and cooler at the edge, yellower at the neck.
    warm = np.stack([1 - 0.10 * (1 - depth) - 0.012 * tooth, 1 - 0.05 * (1 - depth), np.ones_like(depth)], -1)
    cool = np.stack([np.ones_like(depth), 1 - 0.01 * depth**4, 1 - 0.05 * depth**4], -1)
    enamel = ENAMEL * shade[..., None] * warm * cool
    gap = GAP + (GUM * 0.85 - GAP) * _step((0.28 - depth) / 0.08)[..., None]
    enamel = enamel * side[..., None] + gap * (1 - side[..., None])
    swell = 0.9 + 0.16 * np.exp(-(((v - neck + 0.13) / 0.12) ** 2)) - 0.22 * np.clip(-0.35 - v, 0, 1)
    gum = GUM * (swell * (1 - 0.05 * np.abs(across)))[..., None]
    beyond = GAP * 0.4 * np.ones_like(gum)
    back = np.where((v > (neck + edge) / 2)[..., None], beyond, gum)
    picture = enamel * inside[..., None] + back * (1 - inside[..., None])
    return np.clip(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), 0, 1).astype(np.float32)


def strip(arch: str, columns: int, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    The arch as a surface: positions [columns·(rows+1),3] in decimetres (middle of the edge at the origin, y up, z to
    the front), uv [same,2], triangles [m,3]. The last row folds back, so that an edge has thickness.
    """
    half_width, depth = (0.32, 0.39) if arch == "upper" else (0.29, 0.36)
    angle = np.linspace(0, math.pi / 2, 400)
    curve = np.stack([half_width * np.sin(angle), -depth * (1 - np.cos(angle))], 1)
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    u = np.linspace(-1, 1, columns)
    at = np.abs(u) * half_length(arch)
    x = np.interp(at, length, curve[:, 0]) * np.sign(u)
    z = np.interp(at, length, curve[:, 1])
    up = 1 if arch == "upper" else -1
    points, uv = [], []
    for row in range(rows + 1):
        v = min(-1 + 2 * row / (rows - 1), 1)
        fold = row == rows
        # Crowns bulge and lean outwards a little towards the edge.
        lean = 0.012 * np.sin((v + 1) * math.pi / 2) - 0.02 * (1 - v) / 2 - (0.035 if fold else 0)
        points.append(np.stack([x * (1 + lean), np.full(columns, up * ((EDGE - v) / 2 * HEIGHT)), z + lean], 1))
        uv.append(np.stack([u, np.full(columns, v)], 1))
    index = np.arange(columns * (rows + 1)).reshape(rows + 1, columns)
    a, b, c, d = index[:-1, :-1].ravel(), index[:-1, 1:].ravel(), index[1:, :-1].ravel(), index[1:, 1:].ravel()
    triangles = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    return np.concatenate(points).astype(np.float32), np.concatenate(uv).astype(np.float32), triangles.astype(np.int32)


def _step(x: np.ndarray) -> np.ndarray:
    """Smooth step from 0 to 1 around 0."""
    return 1 / (1 + np.exp(-np.clip(x * 4, -30, 30)))
