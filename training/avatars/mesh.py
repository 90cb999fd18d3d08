"""MakeHuman's files: Wavefront meshes, morph targets and .mhclo fittings.

Lengths are decimetres; x points to the person's left, y up, z to the front. The base mesh has 19,158 vertices, of which
the first 13,380 are the body and the rest helpers (teeth, tongue, lashes, joints).
"""
from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

BODY_VERTICES = 13380


def makehuman_dir() -> Path:
    """Folder of MakeHuman's CC0 data from MAKEHUMAN_DIR; raises RuntimeError saying what to set when it is not there."""
    folder = os.environ.get("MAKEHUMAN_DIR", "")
    if not (Path(folder) / "data/3dobjs/base.obj").is_file():
        raise RuntimeError(
            "Set MAKEHUMAN_DIR to a folder with MakeHuman's CC0 data (data/3dobjs/base.obj, data/targets, assets); "
            f"it is {folder or 'not set'!r}."
        )
    return Path(folder)


@dataclass(frozen=True)
class Mesh:
    """vertices float[N,3]; uvs float[M,2]; faces and face_uvs: vertex and uv indices of each polygon; groups str[F]."""

    vertices: np.ndarray
    uvs: np.ndarray
    faces: list[list[int]]
    face_uvs: list[list[int]]
    groups: np.ndarray

    def select(self, keep: np.ndarray) -> tuple[np.ndarray, list[list[int]], list[list[int]]]:
        """The polygons `keep` (indices) alone: indices of the vertices they use, faces renumbered to those, uv faces."""
        used = np.unique(np.concatenate([self.faces[i] for i in keep]))
        renumber = np.full(used.max() + 1, -1)
        renumber[used] = np.arange(len(used))
        return used, [renumber[self.faces[i]].tolist() for i in keep], [self.face_uvs[i] for i in keep]

    def components(self) -> np.ndarray:
        """int[N]: the smallest vertex index of the connected piece each vertex belongs to."""
        parent = np.arange(len(self.vertices))

        def root(v: int) -> int:
            while parent[v] != v:
                parent[v] = parent[parent[v]]
                v = parent[v]
            return v

        for face in self.faces:
            for v in face[1:]:
                a, b = sorted((root(face[0]), root(v)))
                parent[b] = a
        return np.array([root(v) for v in range(len(parent))])


def read_obj(path: Path) -> Mesh:
    """Reads vertices, uvs, polygons and their group names."""
    vertices: list[list[float]] = []
    uvs: list[list[float]] = []
    faces: list[list[int]] = []
    face_uvs: list[list[int]] = []
    groups: list[str] = []
    group = ""
    for line in path.read_text().splitlines():
        kind, *words = line.split() or [""]
        if kind == "v":
            vertices.append([float(w) for w in words[:3]])
        elif kind == "vt":
            uvs.append([float(w) for w in words[:2]])
        elif kind == "g":
            group = words[0]
        elif kind == "f":
            corners = [w.split("/") for w in words]
            faces.append([int(c[0]) - 1 for c in corners])
            face_uvs.append([int(c[1]) - 1 if len(c) > 1 and c[1] else 0 for c in corners])
            groups.append(group)
    return Mesh(np.array(vertices), np.array(uvs or [[0.0, 0.0]]), faces, face_uvs, np.array(groups))


@lru_cache(maxsize=None)
def read_target(name: str) -> tuple[np.ndarray, np.ndarray]:
    """A morph target, e.g. "mouth/mouth-angles-up": vertex indices int[K] and their offsets float[K,3]."""
    lines = (makehuman_dir() / f"data/targets/{name}.target").read_text().splitlines()
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return np.array([int(r[0]) for r in rows], int), np.array([r[1:4] for r in rows], float).reshape(-1, 3)


def morph(vertices: np.ndarray, name: str, weight: float) -> None:
    """Adds `weight` times a target to base-mesh vertices, in place."""
    if weight:
        index, offset = read_target(name)
        vertices[index] += weight * offset


@dataclass(frozen=True)
class Fitting:
    """How an asset hangs on the base mesh: three base vertices per asset vertex, their weights, and an offset.

    Offsets scale per axis with the distance of two base vertices: `scales[axis] = (vertex, vertex, reference length)`.
    `hidden` are the base vertices that lie under the asset.
    """

    corners: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray
    hidden: np.ndarray
    scales: dict[int, tuple[int, int, float]] = field(default_factory=dict)

    def fit(self, base: np.ndarray) -> np.ndarray:
        """Positions float[N,3] of the asset's vertices on base-mesh vertices float[19158,3]."""
        offsets = self.offsets.copy()
        for axis, (a, b, length) in self.scales.items():
            offsets[:, axis] *= abs(base[a, axis] - base[b, axis]) / length
        return (base[self.corners] * self.weights[:, :, None]).sum(1) + offsets


def read_mhclo(path: Path) -> Fitting:
    """Reads a .mhclo. Rows are one vertex index, or three with weights and an offset; words may follow `verts 0`."""
    scales: dict[int, tuple[int, int, float]] = {}
    rows: list[list[float]] = []
    hidden: list[int] = []
    section = ""
    for line in path.read_text(errors="replace").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] in ("x_scale", "y_scale", "z_scale"):
            scales["xyz".index(words[0][0])] = (int(words[1]), int(words[2]), float(words[3]))
        elif words[0] in ("verts", "delete_verts"):
            section = words[0]
        elif section == "verts" and words[0].isdigit():
            numbers = [float(w) for w in words]
            rows.append(numbers[:9] if len(numbers) >= 9 else [numbers[0]] * 3 + [1, 0, 0, 0, 0, 0])
        elif section == "delete_verts":
            hidden += _ranges(words)
    table = np.array(rows)
    return Fitting(table[:, :3].astype(int), table[:, 3:6], table[:, 6:9], np.unique(np.array(hidden, int)), scales)


def _ranges(words: list[str]) -> list[int]:
    """`5 7 - 9` → [5, 7, 8, 9]."""
    found: list[int] = []
    k = 0
    while k < len(words):
        last = int(words[k + 2]) if k + 2 < len(words) and words[k + 1] == "-" else int(words[k])
        found += range(int(words[k]), last + 1)
        k += 3 if k + 2 < len(words) and words[k + 1] == "-" else 1
    return found


@lru_cache(maxsize=None)
def read_asset(name: str) -> tuple[Mesh, Fitting]:
    """An asset's mesh and fitting by its path without ending, e.g. "assets/teeth/teeth_base/teeth_base"."""
    stem = makehuman_dir() / name
    return read_obj(stem.with_suffix(".obj")), read_mhclo(stem.with_suffix(".mhclo"))


@lru_cache(maxsize=None)
def read_base() -> Mesh:
    """The base mesh."""
    return read_obj(makehuman_dir() / "data/3dobjs/base.obj")
