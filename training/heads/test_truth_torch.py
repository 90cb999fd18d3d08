"""Both ways to the truth agree, pixel by pixel, on meshes of random triangles."""

from __future__ import annotations

import numpy as np
import torch

from . import truth
from .truth_torch import Mesh, between

SIDE, VERTICES, TRIANGLES = 48, 200, 300
TOP, LEFT = 12, 6


def test_it_says_what_the_c_code_says() -> None:
    rng = np.random.default_rng(4)
    triangles = rng.integers(0, VERTICES, (TRIANGLES, 3)).astype(np.int32)
    material = rng.integers(0, 5, TRIANGLES).astype(np.uint8)
    attribute = rng.random((VERTICES, 3)).astype(np.float32)
    triangle = rng.integers(-1, TRIANGLES, (3, SIDE, SIDE)).astype(np.int16)
    barycentric = rng.integers(0, 128, (3, SIDE, SIDE, 2)).astype(np.uint8)
    vertices = rng.uniform(-1.4, 1.4, (3, VERTICES, 3)).astype(np.float16)
    depth = rng.uniform(-0.6, 0.6, (3, SIDE, SIDE)).astype(np.float16)

    mesh = Mesh(*(torch.from_numpy(part) for part in (triangles.astype(int), material.astype(int), attribute)))
    cut = (slice(None), slice(TOP, TOP + 30), slice(LEFT, LEFT + 40))
    found = between(
        torch.from_numpy(triangle[cut].astype(int)), torch.from_numpy(barycentric[cut]),
        torch.from_numpy(vertices).float(), torch.from_numpy(depth).float(), mesh, TOP, LEFT,
    )  # fmt: skip
    for pair in range(3):
        wanted = truth.between(
            triangle[pair], barycentric[pair], vertices[pair], depth[pair], triangles, material, attribute
        ).maps[(slice(None), *cut[1:])]  # fmt: skip
        ours = torch.cat([part[pair] for part in found]).numpy()
        # flow 2, flow_valid, visible, inside, upper and lower, u and v; the tongue is not asked for.
        close = np.abs(ours - wanted[:9]) < 1e-4
        assert close.mean(axis=(1, 2)).min() > 0.999  # the C code's fast arithmetic may tip a pixel that lies on an edge
        assert all(0.02 < (ours[k] != 0).mean() < 0.98 for k in range(9))
