"""One topology for all heads: face, eyes, tongue, arches of teeth, strands of hair, glasses and a scarf."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from . import makehuman, teeth
from .raster import rasterise

#: Materials of triangles, the same numbers as in native/render.c.
SKIN, EYE, UPPER_TEETH, LOWER_TEETH, TONGUE, HAIR, FRAME, CLOTH = range(8)
#: Kinds of triangles: outside; skin inside the mouth, through which alone the interior is seen, near the lips and deeper.
SURFACE, APERTURE, BACKDROP, INTERIOR = range(4)

#: Landmarks on the base mesh, decimetres.
SEAM = np.array([0.0, 6.605, 1.553], np.float32)
CORNER = np.array([0.3005, 6.605, 1.41], np.float32)
#: Vertices of the lips' inner walls on the midline, behind which the teeth stand.
INNER_LIPS = (537, 554, 557, 574)
UPPER_SEAM, LOWER_SEAM = 474, 493

STRANDS, STRAND_ROWS = 28, 11
RING, SCARF_COLUMNS, SCARF_ROWS = 28, 28, 4
ARCH_COLUMNS, ARCH_ROWS = 41, 5


@dataclass(frozen=True)
class HeadMesh:
    """Static parts of every head. `rest` holds the base shape; parts that an identity lacks collapse to a point."""

    rest: np.ndarray
    """float32[vertices,3], decimetres; zeros for parts that have no place of their own."""
    triangles: np.ndarray
    material: np.ndarray
    kind: np.ndarray
    inner: np.ndarray
    """float32[vertices]: 0 on the outside, 1 deep in the mouth."""
    uv: np.ndarray
    """float32[vertices,2]: skin texture (decimetres), arch of teeth −1…1, or along and across a strand."""
    parts: dict[str, slice]
    source: np.ndarray
    """int32: the MakeHuman vertex of each vertex of the parts `body`, `eyes` and `tongue`."""

    def vertex(self, makehuman_index: int) -> int:
        """Our index of a MakeHuman vertex. Throws `KeyError` when it is not part of the head."""
        at = int(np.searchsorted(self.source, makehuman_index))
        if at >= len(self.source) or self.source[at] != makehuman_index:
            raise KeyError(makehuman_index)
        return at

    def save(self, file: Path) -> None:
        """Writes what the ground truth of a data set needs."""
        np.savez_compressed(
            file, triangles=self.triangles, material=self.material, kind=self.kind, inner=self.inner, uv=self.uv
        )


def unroll(points: np.ndarray) -> np.ndarray:
    """Texture coordinates, decimetres: along a cylinder around the head (compressed at its sides), and height."""
    angle = np.arctan2(points[..., 0], points[..., 2] - 0.2)
    size = np.abs(angle)
    along = np.where(size < 0.7, 1.3 * size, 0.91 + 0.65 * (size - 0.7))
    return np.stack([np.copysign(along, angle), points[..., 1]], -1).astype(np.float32)


def band(rows: int, columns: int, closed: bool = False) -> np.ndarray:
    """Triangles of a grid of vertices [rows,columns]; `closed` joins the last column to the first."""
    index = np.arange(rows * columns).reshape(rows, columns)
    if closed:
        index = np.concatenate([index, index[:, :1]], 1)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    return np.concatenate([np.stack([a, c, b], -1), np.stack([b, c, d], -1)]).reshape(-1, 3).astype(np.int32)


@cache
def load() -> HeadMesh:
    """The mesh of all heads, about 8,000 vertices and 15,000 triangles."""
    made = makehuman.load()
    base = made.vertices

    def head_only(group: str) -> np.ndarray:
        triangles = made.groups[group]
        keep = (base[triangles, 1].min(1) > 4.7) & (np.abs(base[triangles, 0]).max(1) < 1.6)
        return triangles[keep]

    groups = [
        (head_only("body"), SKIN, SURFACE),
        (head_only("helper-l-eye"), EYE, SURFACE),
        (head_only("helper-r-eye"), EYE, SURFACE),
        (head_only("helper-tongue"), TONGUE, INTERIOR),
    ]
    source = np.unique(np.concatenate([t.ravel() for t, _, _ in groups]))
    triangles = [np.searchsorted(source, t).astype(np.int32) for t, _, _ in groups]
    material = [np.full(len(t), m, np.uint8) for t, m, _ in groups]
    kind = [np.full(len(t), k, np.uint8) for t, _, k in groups]
    rest = [base[source]]
    inner, bag = _interior(rest[0], triangles[0])
    kind[0][bag[triangles[0]].any(1)] = APERTURE
    kind[0][inner[triangles[0]].mean(1) > 0.12] = BACKDROP
    uv = [unroll(rest[0])]
    tongue = np.unique(triangles[3])
    uv[0][tongue] = rest[0][tongue][:, [0, 2]]
    parts = {"head": slice(0, len(source)), "tongue": slice(int(tongue[0]), int(tongue[-1]) + 1)}
    count = len(source)

    def add(name: str, corners: np.ndarray, of: int, how: int, points: np.ndarray, coordinates: np.ndarray) -> None:
        nonlocal count
        triangles.append(corners + count)
        material.append(np.full(len(corners), of, np.uint8))
        kind.append(np.full(len(corners), how, np.uint8))
        rest.append(points.astype(np.float32))
        uv.append(coordinates.astype(np.float32))
        parts[name] = slice(count, count + len(points))
        count += len(points)

    for arch, of in (("upper", UPPER_TEETH), ("lower", LOWER_TEETH)):
        points, coordinates, corners = teeth.strip(arch, ARCH_COLUMNS, ARCH_ROWS)
        add(arch, corners, of, INTERIOR, points, coordinates)
    grid = np.stack(np.meshgrid(np.arange(2), np.arange(STRAND_ROWS)), -1).reshape(-1, 2)
    strands = np.concatenate([grid * [0.35, 0.3] + [s * 1.37, s] for s in range(STRANDS)])
    one = band(STRAND_ROWS, 2)
    corners = np.concatenate([one + s * STRAND_ROWS * 2 for s in range(STRANDS)])
    add("strands", corners, HAIR, SURFACE, np.zeros((len(strands), 3)), strands)
    rings = 2 * 2 * RING
    ring = band(2, RING, closed=True)
    bars = np.concatenate([band(2, 2) + 4 * i for i in range(3)]) + rings
    glasses = np.concatenate([ring, ring + 2 * RING, bars])
    add("glasses", glasses, FRAME, SURFACE, np.zeros((rings + 12, 3)), np.zeros((rings + 12, 2)))
    folds = np.stack(np.meshgrid(np.linspace(0, 4, SCARF_COLUMNS), np.linspace(0, 1, SCARF_ROWS)), -1).reshape(-1, 2)
    scarf = band(SCARF_ROWS, SCARF_COLUMNS, closed=True)
    add("scarf", scarf, CLOTH, SURFACE, np.zeros((len(folds), 3)), folds)
    return HeadMesh(
        rest=np.concatenate(rest),
        triangles=np.ascontiguousarray(np.concatenate(triangles)),
        material=np.concatenate(material),
        kind=np.concatenate(kind),
        inner=np.concatenate([inner, np.zeros(count - len(inner), np.float32)]),
        uv=np.concatenate(uv),
        parts=parts,
        source=source,
    )


def _interior(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    What lies inside the closed mouth: its vertices are seen from no side and hang together with the palate. The weight
    grows with the way from what is seen, 3 to 10 mm, so that the wet inside of the lips still counts as lip.
    """
    # The lips at rest leave a slit: a curtain along the teeth keeps looks out.
    x, y = (v.ravel() for v in np.meshgrid(np.linspace(-0.29, 0.29, 9), [6.5, 6.72]))
    curtain = np.stack([x, y, 1.485 - 1.3 * x * x], 1)
    count = len(points)
    triangles = np.concatenate([triangles, band(2, 9) + count])
    points = np.concatenate([points, curtain])
    seen = np.zeros(len(points), bool)
    surface = np.zeros(len(triangles), np.uint8)
    side = 1024
    for yaw in np.linspace(-1, 1, 5):
        for pitch in np.linspace(-0.6, 0.6, 4):
            turned = (points - [0, 6.7, 0.8]) @ rotation(yaw, pitch, 0).T
            screen = np.stack([512 + turned[:, 0] * 350, 512 - turned[:, 1] * 350, -turned[:, 2]], 1)
            index, _, _ = rasterise(side, triangles, screen.astype(np.float32), surface)
            front = np.unique(index[index >= 0])
            a, b, c = turned[triangles[front]].transpose(1, 0, 2)
            # Through the cut neck the inside of the head is seen, from behind.
            seen[triangles[front[np.cross(b - a, c - a)[:, 2] > 0]]] = True
    near = (np.abs(points[:, 0]) < 0.45) & (points[:, 1] > 6.1) & (points[:, 1] < 7.0) & (points[:, 2] > -0.2)
    hidden = ~seen & near
    hidden[count:] = False
    bag = np.zeros(len(points), bool)
    bag[np.argmin(np.linalg.norm(points - [0, 6.926, 0.852], axis=1))] = True
    while True:
        touched = triangles[bag[triangles].any(1)]
        grown = bag.copy()
        grown[touched] = True
        grown &= hidden | bag
        if (grown == bag).all():
            break
        bag = grown
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    length = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
    graph = csr_matrix((length, edges.T), (len(points), len(points)))
    distance = dijkstra(graph, directed=False, indices=np.flatnonzero(seen[:count]), min_only=True, limit=0.2)
    distance, bag = distance[:count], bag[:count]
    weight = np.clip((distance - 0.03) / 0.07, 0, 1)
    return np.where(bag, weight * weight * (3 - 2 * weight), 0).astype(np.float32), bag


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Head to camera, float32[3,3]; radians, yaw to the picture's right, pitch downwards, roll counter-clockwise."""
    (cy, cx, cz), (sy, sx, sz) = np.cos([yaw, pitch, roll]), np.sin([yaw, pitch, roll])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    return (about_z @ about_x @ about_y).astype(np.float32)
