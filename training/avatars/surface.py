"""Points on the head: random samples, nearest points, and lifting of front-view drawings on to the skin."""
from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree


def smoothstep(a: float, b: float, x: np.ndarray | float) -> np.ndarray:
    """0 below a, 1 above b, smooth between; a > b turns it round."""
    t = np.clip((np.asarray(x, float) - a) / (b - a), 0, 1)
    return t * t * (3 - 2 * t)


def unit(v: np.ndarray) -> np.ndarray:
    """Vectors of length 1 along the last axis."""
    return v / (np.linalg.norm(v, axis=-1, keepdims=True) + 1e-12)


def triangulate(faces: list[list[int]]) -> np.ndarray:
    """int[T,3] fans of polygons."""
    return np.array([(f[0], f[k], f[k + 1]) for f in faces for k in range(1, len(f) - 1)])


def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Area-weighted normals float[N,3]."""
    corners = vertices[triangles]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(total, triangles[:, k], face)
    return unit(total)


class Surface:
    """Triangles that carry two shapes of the same mesh: `reference` (the base mesh, where things are drawn) and `shape`."""

    def __init__(self, reference: np.ndarray, shape: np.ndarray, faces: list[list[int]]) -> None:
        self.reference, self.shape = reference, shape
        self.triangles = triangulate(faces)
        self.normals = vertex_normals(shape, self.triangles)
        self._centres = cKDTree(reference[self.triangles].mean(1)[:, :2])
        dense = np.array([(a, b, c) for a in range(5) for b in range(5 - a) for c in [4 - a - b]]) / 4.0
        points = np.einsum("kc,tcd->tkd", dense, shape[self.triangles]).reshape(-1, 3)
        self._normals = unit(np.einsum("kc,tcd->tkd", dense, self.normals[self.triangles]).reshape(-1, 3))
        self._points, self._tree = points, cKDTree(points)

    def nearest(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Signed distance float[N] (outside > 0) and surface normal float[N,3] at the nearest surface points."""
        _, index = self._tree.query(points, k=6)
        normals = unit(self._normals[index].mean(1))
        distance = np.einsum("nkd,nkd->nk", points[:, None] - self._points[index], self._normals[index]).mean(1)
        return distance, normals

    def sample(self, count: int, density: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """`count` random points with a density given per vertex: reference [N,3], shape [N,3], normal [N,3]."""
        corners = self.shape[self.triangles]
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        weight = area * density[self.triangles].mean(1)
        chosen = rng.choice(len(weight), count, p=weight / weight.sum())
        a, b = rng.random((2, count))
        a, b = np.where(a + b > 1, (1 - a, 1 - b), (a, b))
        return self._carry(chosen, np.stack([1 - a - b, a, b], 1))

    def lift(self, xy: np.ndarray) -> tuple[np.ndarray, ...]:
        """Front-view points float[N,2] of the reference → reference [N,3], shape [N,3], normal [N,3] of what lies foremost."""
        _, near = self._centres.query(xy, k=28)
        corners = self.reference[self.triangles[near]]
        a, b, c = corners[..., 0, :2], corners[..., 1, :2], corners[..., 2, :2]
        cross = lambda u, v: u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]  # noqa: E731
        area = cross(b - a, c - a)
        area = np.where(np.abs(area) < 1e-12, 1e-12, area)
        p = xy[:, None]
        u, v = cross(p - a, c - a) / area, cross(b - a, p - a) / area
        weights = np.stack([1 - u - v, u, v], -1)
        depth = (weights * corners[..., 2]).sum(-1)
        score = np.where((weights.min(-1) > -1e-3) & (area > 0), depth, -1e3 + np.minimum(weights.min(-1), 0))
        best = score.argmax(1)
        rows = np.arange(len(xy))
        chosen = weights[rows, best].clip(0)
        return self._carry(near[rows, best], chosen / chosen.sum(1, keepdims=True))

    def _carry(self, index: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, ...]:
        corners = self.triangles[index]
        blend = lambda values: (values[corners] * weights[:, :, None]).sum(1)  # noqa: E731
        return blend(self.reference), blend(self.shape), unit(blend(self.normals))


def hidden_vertices(vertices: np.ndarray, triangles: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """bool[len(candidates)]: vertices from which no ray to the front or obliquely to the front leaves the mesh."""
    corners = vertices[triangles]
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    directions = unit(np.array([(0, 0, 1), (0.5, 0, 0.86), (-0.5, 0, 0.86), (0, 0.5, 0.86), (0, -0.5, 0.86), (0, -0.9, 0.4)]))
    hidden = np.ones(len(candidates), bool)
    for direction in directions:
        p = np.cross(direction, ac)
        inverse = 1 / np.where(np.abs(det := (ab * p).sum(1)) < 1e-12, 1e-12, det)
        for row in np.flatnonzero(hidden):
            s = vertices[candidates[row]] + 0.004 * direction - a
            q = np.cross(s, ab)
            u, v, t = (s * p).sum(1) * inverse, q @ direction * inverse, (ac * q).sum(1) * inverse
            hidden[row] = bool(((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0) & (t < 5)).any())
    return hidden
