"""Z-buffer and vertex normals."""

from __future__ import annotations

import ctypes

import numpy as np

from .native import library, pointer


def rasterise(
    side: int, triangles: np.ndarray, screen: np.ndarray, kind: np.ndarray, barycentric: bool = True
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """
    What each pixel of a square picture sees: index of the triangle int32 (−1 nothing), weights of its second and third
    corner float32[…,2], depth float32. `screen` is float32[vertices,3]: pixels right and down, and depth, smaller is nearer.
    """
    index = np.empty((side, side), np.int32)
    weights = np.empty((side, side, 2), np.float32) if barycentric else None
    depth = np.empty((side, side), np.float32)
    screen = np.ascontiguousarray(screen, np.float32)
    library("render").rasterise(
        side,
        len(triangles),
        pointer(triangles, np.int32),
        pointer(screen, np.float32),
        pointer(kind, np.uint8),
        pointer(index, np.int32),
        pointer(weights, np.float32),
        pointer(depth, np.float32),
    )
    return index, weights, depth


def vertex_normals(triangles: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Unit normals float32[vertices,3]."""
    points = np.ascontiguousarray(points, np.float32)
    normals = np.empty_like(points)
    library("render").vertex_normals(
        len(points), len(triangles), pointer(triangles, np.int32), pointer(points, np.float32), pointer(normals, np.float32)
    )
    return normals


def ambient_occlusion(triangles: np.ndarray, kind: np.ndarray, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Share of the surroundings that each vertex sees, cosine-weighted, 0…1, float32[vertices]; from 40 directions."""
    side, scale = 112, 34.0
    seen, total = np.full(len(points), 1e-3, np.float32), np.full(len(points), 1e-3, np.float32)
    centre = np.array([0, 6.6, 0.6], np.float32)
    for direction in _directions(40):
        right = np.cross([0.1, 1, 0.05], direction)
        right /= np.linalg.norm(right)
        axes = np.stack([right, -np.cross(direction, right), -direction]).astype(np.float32)
        screen = (points - centre) @ axes.T
        screen = np.ascontiguousarray(screen * [scale, scale, 1] + [side / 2, side / 2, 0], np.float32)
        _, _, depth = rasterise(side, triangles, screen, kind, barycentric=False)
        library("render").occlusion_step(
            len(points),
            pointer(screen, np.float32),
            pointer(normals, np.float32),
            pointer(np.ascontiguousarray(direction, np.float32), np.float32),
            side,
            pointer(depth, np.float32),
            ctypes.c_float(0.03),
            pointer(seen, np.float32),
            pointer(total, np.float32),
        )
    return np.clip(seen / total, 0, 1)


def _directions(count: int) -> np.ndarray:
    """Evenly spread unit vectors (Fibonacci sphere) without those from far behind, float32[≤ count,3]."""
    i = np.arange(count) + 0.5
    z = 1 - 2 * i / count
    angle = np.pi * (1 + 5**0.5) * i
    radius = np.sqrt(1 - z * z)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], 1)
    return points[points[:, 2] > -0.6].astype(np.float32)
