"""Training pairs: one head in two poses, and the truth the renderer knows of the way from one to the other."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Iterator, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..heads.truth import Shard, pair
from .window import MOUTH

#: How often the reference shows the head at rest, nearly at rest, with an open mouth; else it is in any pose.
REFERENCE_POSES = (0.5, 0.15, 0.2)


class Batch(NamedTuple):
    """N pairs. Pictures are BGR 0 … 1; what concerns the target alone is cut to the mouth window (96×96)."""

    reference: Tensor  #: [N, 3, 128, 128]
    parameters: Tensor  #: [N, 7] of the target
    target: Tensor  #: [N, 3, 96, 96]
    flow: Tensor  #: [N, 2, 96, 96]
    flow_valid: Tensor  #: [N, 1, 96, 96]
    hidden: Tensor  #: [N, 1, 96, 96], 1 where the reference does not show what the target does
    inside: Tensor  #: [N, 1, 96, 96], 1 on cavity, tongue, gums and teeth
    arches: Tensor  #: [N, 2, 96, 96], 1 on upper and lower teeth
    teeth_uv: Tensor  #: [N, 2, 96, 96]

    def to(self, device: torch.device) -> Batch:
        return Batch(*(part.to(device, non_blocking=True) for part in self))


class Pairs:
    """Draws random pairs from the shards in `folders`; the same seed draws the same ones."""

    def __init__(self, folders: list[Path], seed: int, augment: bool = True) -> None:
        self.shards = [Shard(folder) for folder in folders]
        self.heads = [rendered(folder) for folder in folders]
        self.weights = np.array(self.heads, float) / sum(self.heads)
        self.random = np.random.default_rng(seed)
        self.augment = augment

    def batch(self, size: int) -> Batch:
        rows = [self.draw() for _ in range(size)]
        batch = Batch(*(torch.from_numpy(np.stack(part)) for part in zip(*rows)))
        return photometric(mirror(batch, self.random), self.random) if self.augment else batch

    def draw(self) -> tuple[np.ndarray, ...]:
        chosen = self.random.choice(len(self.shards), p=self.weights)
        shard, head = self.shards[chosen], int(self.random.integers(self.heads[chosen]))
        poses = shard.image.shape[1]
        source, target = self.reference_pose(poses), int(self.random.integers(poses))
        truth = pair(shard, head, source, target)
        cut = lambda part: np.ascontiguousarray(window(part), np.float32)
        return (
            planar(shard.image[head, source]),
            np.asarray(shard.params[head, target], np.float32),
            window(planar(shard.image[head, target])),
            cut(truth.flow),
            cut(truth.flow_valid[None]),
            1 - cut(truth.visible[None]),
            cut(truth.inside[None]),
            cut(np.stack([truth.upper, truth.lower])),
            cut(truth.teeth_uv),
        )

    def reference_pose(self, poses: int) -> int:
        chance = self.random.random()
        for pose, share in enumerate(REFERENCE_POSES):
            if chance < share:
                return pose
            chance -= share
        return int(self.random.integers(poses))


def rendered(folder: Path) -> int:
    """How many heads of a shard are there already: one may train while the others are still rendered."""
    log = folder / "identity.json"
    return len(json.loads(log.read_text())) if log.exists() else 0


def planar(picture: np.ndarray) -> np.ndarray:
    """uint8 [S, S, 3] → float32 [3, S, S] in 0 … 1."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32) / 255


def window(planes: np.ndarray) -> np.ndarray:
    return planes[..., MOUTH.top : MOUTH.bottom, MOUTH.left : MOUTH.right]


def mirror(batch: Batch, random: np.random.Generator) -> Batch:
    """Half of the pairs as seen in a mirror: what points left and right changes its sign."""
    chosen = torch.from_numpy(random.random(len(batch.reference)) < 0.5).to(batch.reference.device)
    turned = [torch.where(chosen.view(-1, 1, 1, 1), part.flip(-1), part) if part.dim() == 4 else part for part in batch]
    result = Batch(*turned)
    for sideways in (result.flow, result.teeth_uv):
        sideways[:, 0] *= torch.where(chosen, -1.0, 1.0).view(-1, 1, 1)
    return result


def photometric(batch: Batch, random: np.random.Generator) -> Batch:
    """The camera's tone curve, white balance and saturation, the same for both pictures of a pair.

    Mild, and only for half of the pairs: the look of a mouth's inside must stay predictable from the face around it.
    """
    count = len(batch.reference)
    chosen = random.random((count, 1, 1, 1)) < 0.5
    draw = lambda low, high, channels=1: torch.from_numpy(
        np.where(chosen, random.uniform(low, high, (count, channels, 1, 1)), 1.0).astype(np.float32)
    ).to(batch.reference.device)
    gamma, gain, balance, saturation = draw(0.75, 1.3), draw(0.8, 1.15), draw(0.94, 1.06, 3), draw(0.7, 1.25)

    def develop(picture: Tensor) -> Tensor:
        picture = picture.clamp_min(1e-3).pow(gamma) * gain * balance
        grey = picture.mean(1, keepdim=True)
        return (grey + (picture - grey) * saturation).clamp(0, 1)

    return batch._replace(reference=develop(batch.reference), target=develop(batch.target))


def prefetch(pairs: Pairs, size: int, threads: int = 1) -> Iterator[Batch]:
    """Batches without end, made by other threads while the network learns from the last one.

    With more than one thread the order of random draws, and so the batches, differ from run to run.
    """
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[Future[Batch]] = [pool.submit(pairs.batch, size) for _ in range(threads + 1)]
        while True:
            yield waiting.pop(0).result()
            waiting.append(pool.submit(pairs.batch, size))
