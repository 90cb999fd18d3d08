"""What hangs before a face and does not move with the lips: strands of hair, glasses, a scarf. float32[…,3] head space."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from . import mesh


def strands(rng: np.random.Generator, points: np.ndarray, normals: np.ndarray, style: str) -> np.ndarray:
    """
    Ribbons of hair over one head [vertices,3]: `curtain` frames the face on both sides, `strands` are a few thin ones that
    cross a cheek. They start at the hairline, follow the head's surface and hang free below the jaw.
    """
    head = mesh.load()
    skin = np.unique(head.triangles[(head.material == mesh.SKIN) & (head.kind == mesh.SURFACE)])
    tree = cKDTree(head.uv[skin])
    side = rng.choice([-1, 1])
    out = np.zeros((mesh.STRANDS, mesh.STRAND_ROWS, 2, 3), np.float32)
    used = mesh.STRANDS if style == "curtain" else int(rng.integers(1, 9))
    inset, lower = rng.uniform(0.76, 1.0), rng.uniform(5.3, 6.4)
    for one in range(used):
        if style == "curtain":
            sign = 1 if one % 2 else -1
            start, end = inset + rng.normal(0, 0.09) + 0.12 * (one % 7) / 7, inset + 0.05 + rng.normal(0, 0.06)
            top, bottom, width = 8.05, lower + rng.normal(0, 0.12), rng.uniform(0.08, 0.24)
        else:
            sign = side if rng.random() < 0.8 else -side
            start, end = rng.uniform(0.25, 0.8), rng.uniform(0.42, 0.8)
            top, bottom, width = rng.uniform(7.7, 8.0), rng.uniform(6.0, 6.8), rng.uniform(0.005, 0.022)
        share = np.linspace(0, 1, mesh.STRAND_ROWS)
        bow = rng.normal(0, 0.05) * np.sin(share * np.pi) + rng.normal(0, 0.015) * np.sin(share * 7 + rng.uniform(0, 6))
        along = sign * (start + (end - start) * share + bow)
        height = top + (bottom - top) * share
        for edge in (0, 1):
            shift = (edge - 0.5) * width * (1 - 0.6 * share**3)
            near = skin[tree.query(np.stack([along + shift, np.maximum(height, 6.2)], 1), k=12 if style == "curtain" else 6)[1]]
            base = points[near].mean(1) + normals[near].mean(1) * 0.12
            if style == "curtain":
                # Over the ears: as far out as anything near.
                out_most = np.hypot(points[near][..., 0], points[near][..., 2] - 0.2).max(1) + 0.05
                radius = np.hypot(base[:, 0], base[:, 2] - 0.2)
                base[:, [0, 2]] = (base[:, [0, 2]] - [0, 0.2]) * (out_most / radius)[:, None] + [0, 0.2]
            base[:, 1] += height - np.maximum(height, 6.2)
            out[one, :, edge] = base
        out[one] = _smooth(out[one])
        out[one, :, 1] = out[one, :, 0] + _level(out[one, :, 1] - out[one, :, 0], width)
    return out.reshape(-1, 3)


def _smooth(rows: np.ndarray) -> np.ndarray:
    for _ in range(8):
        rows[1:-1] = (rows[:-2] + 2 * rows[1:-1] + rows[2:]) / 4
    return rows


def _level(across: np.ndarray, width: float) -> np.ndarray:
    """Keeps a ribbon's breadth: the head's vertices are coarser than a strand is wide."""
    length = np.linalg.norm(across, axis=1, keepdims=True)
    direction = np.where(length > 1e-4, across / np.maximum(length, 1e-4), [1, 0, 0])
    return (direction * width * np.linspace(1, 0.4, len(across))[:, None]).astype(np.float32)


def glasses(rng: np.random.Generator, points: np.ndarray, left_eye: np.ndarray) -> np.ndarray:
    """Frame of glasses before the eyes; `left_eye` is the middle of the subject's left eyeball."""
    count = mesh.RING
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    wide, high, corner = rng.uniform(0.2, 0.26), rng.uniform(0.14, 0.23), rng.uniform(2, 5)
    thick = rng.uniform(0.012, 0.04)
    radius = (np.abs(np.cos(angle)) ** corner + np.abs(np.sin(angle)) ** corner) ** (-1 / corner)
    unit = np.stack([np.cos(angle) * radius, np.sin(angle) * radius], 1)
    front = float(points[np.abs(points[:, 0] - left_eye[0]) < 0.25][:, 2].max())
    z = max(left_eye[2] + 0.24, min(front, left_eye[2] + 0.3)) + 0.03
    parts = []
    for sign in (1, -1):
        centre = np.array([sign * (abs(left_eye[0]) + 0.02), left_eye[1] - 0.02])
        for grow in (0.0, thick):
            ring = centre + unit * [wide + grow, high + grow]
            parts.append(np.c_[ring, z - 0.35 * np.abs(ring[:, 0]) ** 2])
    inner, outer = abs(left_eye[0]) + 0.02 - wide, abs(left_eye[0]) + 0.02 + wide + thick
    y = left_eye[1] + 0.03
    parts.append(np.array([[-inner, y + thick, z], [inner, y + thick, z], [-inner, y, z], [inner, y, z]]))
    reach = float(np.abs(points[:, 0][(points[:, 1] > 6.9) & (points[:, 1] < 7.5)]).max()) + 0.01
    for sign in (1, -1):
        start, end = [sign * outer, z - 0.35 * outer**2], [sign * min(reach, 0.95), 0.3]
        parts.append(np.array([[p[0], y + up * thick, p[1]] for up in (1, -0.5) for p in (start, end)]))
    return np.concatenate(parts).astype(np.float32)


def scarf(rng: np.random.Generator, points: np.ndarray, chin: float) -> np.ndarray:
    """A collar or scarf around the neck whose edge lies below (or a little over) the height of the chin."""
    top = chin - rng.uniform(-0.06, 0.3)
    angle = np.linspace(-np.pi, np.pi, mesh.SCARF_COLUMNS, endpoint=False)
    rows = []
    for row in range(mesh.SCARF_ROWS):
        share = row / (mesh.SCARF_ROWS - 1)
        radius = 0.85 + 0.45 * share + 0.05 * np.sin(angle * 5 + row * 1.7 + rng.uniform(0, 6))
        height = top - 0.25 * share - 0.5 * share**2 + 0.05 * np.sin(angle * 3 + row) + 0.1 * (1 - np.cos(angle))
        rows.append(np.stack([np.sin(angle) * radius, height, 0.35 + 0.85 * np.cos(angle) * radius], 1))
    return np.concatenate(rows).astype(np.float32)
