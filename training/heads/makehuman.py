"""The CC0 base mesh and targets of MakeHuman, read from its text files once and cached as one npz."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from .native import RUNS

#: Folders of targets that shape a face; macro details give sex, age and ancestry.
DETAILS = ("mouth", "chin", "nose", "cheek", "head", "forehead", "eyes", "eyebrows", "ears", "neck")
RACES = ("caucasian", "african", "asian")


def makehuman_dir() -> Path:
    """Folder of MakeHuman's `data`. Throws `FileNotFoundError` that names the cure."""
    folder = Path(os.environ.get("MAKEHUMAN_DIR", "makehuman"))
    if not (folder / "data/3dobjs/base.obj").is_file():
        raise FileNotFoundError(
            f"no data/3dobjs/base.obj in {folder}: get MakeHuman's CC0 data (github.com/makehumancommunity/makehuman) "
            "and set MAKEHUMAN_DIR to the folder that holds its `data`"
        )
    return folder


def parse_obj(text: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Vertices float32[n,3] and the triangles int32[m,3] of each group of a Wavefront file; polygons become fans."""
    vertices: list[list[float]] = []
    groups: dict[str, list[list[int]]] = {}
    group = groups.setdefault("", [])
    for line in text.splitlines():
        key, _, rest = line.partition(" ")
        if key == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif key == "g":
            group = groups.setdefault(rest.strip(), [])
        elif key == "f":
            corner = [int(x.split("/")[0]) - 1 for x in rest.split()]
            group.extend([corner[0], corner[i], corner[i + 1]] for i in range(1, len(corner) - 1))
    return np.array(vertices, np.float32), {k: np.array(v, np.int32) for k, v in groups.items() if v}


def parse_target(text: str) -> tuple[np.ndarray, np.ndarray]:
    """A target: which vertices move, int32[k], and how far, float32[k,3]."""
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    index = np.array([int(r[0]) for r in rows], np.int32)
    return index, np.array([[float(x) for x in r[1:4]] for r in rows], np.float32).reshape(-1, 3)


@dataclass(frozen=True)
class MakeHuman:
    """Base mesh (decimetres; y up, z to the front) with its named targets."""

    vertices: np.ndarray
    groups: dict[str, np.ndarray]
    targets: dict[str, tuple[np.ndarray, np.ndarray]]

    def delta(self, weights: dict[str, float]) -> np.ndarray:
        """Weighted sum of targets, float32[n,3]. Throws `KeyError` for an unknown one."""
        total = np.zeros_like(self.vertices)
        for name, weight in weights.items():
            index, offset = self.targets[name]
            if weight:
                total[index] += np.float32(weight) * offset
        return total

    def named(self, prefix: str) -> list[str]:
        """Names of the targets below a folder, sorted."""
        return sorted(name for name in self.targets if name.startswith(prefix))


def _target_files(root: Path) -> list[Path]:
    patterns = [*(f"{d}/*.target" for d in DETAILS), "macrodetails/*.target", "expression/units/*/mouth-*.target"]
    return sorted(file for pattern in patterns for file in root.glob(pattern))


@cache
def load() -> MakeHuman:
    """Reads the mesh; the first call parses some 400 text files, later ones the cache in training/runs."""
    folder = makehuman_dir()
    cached = RUNS / "makehuman.npz"
    if not cached.exists():
        root = folder / "data/targets"
        vertices, groups = parse_obj((folder / "data/3dobjs/base.obj").read_text())
        files = _target_files(root)
        parsed = [parse_target(file.read_text()) for file in files]
        cached.parent.mkdir(parents=True, exist_ok=True)
        partial = cached.with_name(f"makehuman-{os.getpid()}.npz")
        np.savez_compressed(
            partial,
            vertices=vertices,
            names=np.array([str(f.relative_to(root))[: -len(".target")] for f in files]),
            sizes=np.array([len(index) for index, _ in parsed]),
            index=np.concatenate([index for index, _ in parsed]),
            offset=np.concatenate([offset for _, offset in parsed]),
            **{f"group:{name}": triangles for name, triangles in groups.items()},
        )
        partial.replace(cached)
    with np.load(cached) as data:
        ends = np.cumsum(data["sizes"])[:-1]
        parts = zip(np.split(data["index"], ends), np.split(data["offset"], ends), strict=True)
        targets = dict(zip(data["names"].tolist(), parts, strict=True))
        groups = {key[len("group:") :]: data[key] for key in data.files if key.startswith("group:")}
        return MakeHuman(data["vertices"], groups, targets)
