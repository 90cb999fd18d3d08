"""Training pairs from shards that lie in the GPU's memory, where they are also put together: no loader can keep up there."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..heads.truth import Shard
from ..heads.truth_torch import Mesh, between
from .pairs import REFERENCE_POSES, Batch, mirror, photometric, rendered
from .window import MOUTH


class Heads(NamedTuple):
    """Heads rendered in the same number of poses; see `training.heads.dataset` for what each holds."""

    image: Tensor
    triangle: Tensor
    barycentric: Tensor
    depth: Tensor
    vertices: Tensor
    params: Tensor


class ResidentPairs:
    """Draws the same kind of pairs as `Pairs`, in batches that are on `device` already.

    Needs room for everything the shards in `folders` hold, about 1.1 GB for 8,000 pictures.
    """

    def __init__(self, folders: list[Path], device: torch.device, seed: int, augment: bool = True) -> None:
        shards = [(Shard(folder), rendered(folder)) for folder in folders]
        first = shards[0][0]
        self.mesh = Mesh(
            *(torch.from_numpy(part).to(device) for part in (first.triangles.astype(int), first.material.astype(int), first.attribute))
        )
        poses = sorted({shard.image.shape[1] for shard, _ in shards})
        self.groups = [
            Heads(*(gathered([(s, n) for s, n in shards if s.image.shape[1] == count], name, device) for name in Heads._fields))
            for count in poses
        ]
        sizes = np.array([len(group.params) for group in self.groups], float)
        self.weights = sizes / sizes.sum()
        self.random, self.device, self.augment = np.random.default_rng(seed), device, augment

    def batch(self, size: int) -> Batch:
        """`size` pairs, all from heads with the same number of poses."""
        heads = self.groups[self.random.choice(len(self.groups), p=self.weights)]
        count, poses = heads.params.shape[:2]
        head = self.index(self.random.integers(count, size=size))
        source = self.index(self.reference_poses(size, poses))
        target = self.index(self.random.integers(poses, size=size))
        rows, columns = slice(MOUTH.top, MOUTH.bottom), slice(MOUTH.left, MOUTH.right)
        truth = between(
            heads.triangle[head, target, rows, columns].long(), heads.barycentric[head, target, rows, columns],
            heads.vertices[head, source].float(), heads.depth[head, source].float(), self.mesh, MOUTH.top, MOUTH.left,
        )  # fmt: skip
        batch = Batch(
            reference=planar(heads.image[head, source]),
            parameters=heads.params[head, target],
            target=planar(heads.image[head, target, rows, columns]),
            flow=truth.flow,
            flow_valid=truth.flow_valid,
            hidden=1 - truth.visible,
            inside=truth.inside,
            arches=truth.arches,
            teeth_uv=truth.teeth_uv,
        )
        return photometric(mirror(batch, self.random), self.random) if self.augment else batch

    def reference_poses(self, size: int, poses: int) -> np.ndarray:
        fixed = self.random.choice(len(REFERENCE_POSES) + 1, size, p=[*REFERENCE_POSES, 1 - sum(REFERENCE_POSES)])
        return np.where(fixed < len(REFERENCE_POSES), fixed, self.random.integers(poses, size=size))

    def index(self, values: np.ndarray) -> Tensor:
        return torch.from_numpy(values).to(self.device)


def gathered(shards: list[tuple[Shard, int]], name: str, device: torch.device) -> Tensor:
    """One array of all shards' rendered heads, filled shard by shard so that nothing lies in memory twice."""
    arrays = [getattr(shard, name)[:heads] for shard, heads in shards]
    whole = torch.empty(
        (sum(map(len, arrays)), *arrays[0].shape[1:]), dtype=torch.from_numpy(arrays[0][:0].copy()).dtype, device=device
    )
    at = 0
    for array in arrays:
        whole[at : at + len(array)] = torch.from_numpy(np.array(array))
        at += len(array)
    return whole


def planar(pictures: Tensor) -> Tensor:
    """uint8 [N, h, w, 3] → float32 [N, 3, h, w] in 0 … 1."""
    return pictures.permute(0, 3, 1, 2).float().div_(255).contiguous()
