"""What the face net learns from, on the pixels of a target picture: where each point of skin was in the source picture."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from .native import library, pointer

#: A point counts as hidden when something in the source is nearer by this much, decimetres.
HIDDEN_BIAS = 0.04


class Shard:
    """A rendered shard, its arrays memory-mapped; see `training.heads.dataset` for what they hold."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        for name in ("image", "triangle", "barycentric", "depth", "vertices", "params", "smile"):
            setattr(self, name, np.load(self.folder / f"{name}.npy", mmap_mode="r"))
        with np.load(self.folder / "mesh.npz") as mesh:
            self.triangles = np.ascontiguousarray(mesh["triangles"], np.int32)
            self.material = np.ascontiguousarray(mesh["material"], np.uint8)
            self.attribute = np.ascontiguousarray(np.c_[mesh["inner"], mesh["uv"]], np.float32)

    image: np.ndarray
    triangle: np.ndarray
    barycentric: np.ndarray
    depth: np.ndarray
    vertices: np.ndarray
    params: np.ndarray
    smile: np.ndarray

    def __len__(self) -> int:
        """Identities in the files, rendered or not yet."""
        return len(self.image)


@dataclass(frozen=True)
class Truth:
    """Maps float32 on the target's s×s pixels, views of one array `maps` [10,s,s]."""

    maps: np.ndarray

    @cached_property
    def flow(self) -> np.ndarray:
        """[2,s,s]: source position − target position in crop units (the crop is 2 wide); where `flow_valid`."""
        return self.maps[0:2]

    @property
    def flow_valid(self) -> np.ndarray:
        """1 on skin, eyes, hair, glasses and cloth."""
        return self.maps[2]

    @property
    def visible(self) -> np.ndarray:
        """1 where the source shows the same point, so that warping explains it; background counts as visible."""
        return self.maps[3]

    @property
    def inside(self) -> np.ndarray:
        """1 in the mouth: cavity, teeth, tongue, gums."""
        return self.maps[4]

    @property
    def upper(self) -> np.ndarray:
        """1 on upper teeth and their gums."""
        return self.maps[5]

    @property
    def lower(self) -> np.ndarray:
        """1 on lower teeth and their gums."""
        return self.maps[6]

    @property
    def teeth_uv(self) -> np.ndarray:
        """[2,s,s]: place in the arch's picture, see `teeth.template`; where `upper` or `lower`."""
        return self.maps[7:9]

    @property
    def tongue(self) -> np.ndarray:
        """1 on the tongue."""
        return self.maps[9]


def pair(shard: Shard, a: int, i: int, j: int, out: np.ndarray | None = None) -> Truth:
    """Truth of identity `a` from source pose `i` to target pose `j`; `out` float32[10,s,s] is written when given."""
    return between(
        shard.triangle[a, j], shard.barycentric[a, j], shard.vertices[a, i], shard.depth[a, i],
        shard.triangles, shard.material, shard.attribute, out,
    )  # fmt: skip


def between(
    triangle: np.ndarray,
    barycentric: np.ndarray,
    source_vertices: np.ndarray,
    source_depth: np.ndarray,
    triangles: np.ndarray,
    material: np.ndarray,
    attribute: np.ndarray,
    out: np.ndarray | None = None,
) -> Truth:
    """
    Truth from plain arrays: the target's triangle int16[s,s] and barycentric uint8[s,s,2], the source's vertices [n,3] and
    depth [s,s], and the mesh: triangles int32[m,3], material uint8[m], attribute float32[n,3] = interior, u, v.
    """
    side = triangle.shape[0]
    maps = np.empty((10, side, side), np.float32) if out is None else out
    library("truth").truth(
        side,
        pointer(np.ascontiguousarray(triangle), np.int16),
        pointer(np.ascontiguousarray(barycentric), np.uint8),
        pointer(np.ascontiguousarray(source_vertices, np.float32), np.float32),
        pointer(np.ascontiguousarray(source_depth, np.float32), np.float32),
        pointer(triangles, np.int32),
        pointer(material, np.uint8),
        pointer(attribute, np.float32),
        ctypes.c_float(HIDDEN_BIAS),
        pointer(maps, np.float32),
    )
    return Truth(maps)
