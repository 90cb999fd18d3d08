"""
Renders a shard of the face data set:
`python3 -m training.heads.dataset --shard train0 --seed 0 --identities 500 --poses 16`.

Files in `<out>/<shard>/`, memory-mappable: image, triangle, barycentric, depth, vertices, params, smile (.npy), mesh.npz
and identity.json. A stopped run goes on where it was. Identities with seeds from 900000 on are held out for evaluation.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap

from . import mesh
from .identity import Identity, create
from .native import RUNS
from .poses import sample, toothy
from .view import View

HELD_OUT = 900_000
MAX_VIEWS = 12


def person(seed: int, grins: bool = False) -> tuple[Identity, View]:
    """Identity and view of a seed: the first view in which FaceMesh finds the face. Throws `RuntimeError` after many.

    With `grins` the same person smiles broadly, whatever else is done.
    """
    identity = create(np.random.default_rng([seed, 0]))
    if grins:
        identity = replace(identity, smile=float(np.random.default_rng([seed, 3]).uniform(0.4, 1.2)))
    for attempt in range(MAX_VIEWS):
        view = View(identity, np.random.default_rng([seed, 1, attempt]))
        if view.aligned:
            return identity, view
    raise RuntimeError(f"FaceMesh found no face in {MAX_VIEWS} views of identity {seed}")


def poses_of(seed: int, count: int, grins: bool = False) -> np.ndarray:
    """Mouth parameters float32[count,7] of an identity; with `grins` poses 0 and 2 show the teeth, as in many a snapshot."""
    rng = np.random.default_rng([seed, 2])
    poses = np.stack([sample(rng, index) for index in range(count)])
    if grins:
        poses[[0, 2]] = [toothy(rng), toothy(rng)]
    return poses


def arrays(folder: Path, identities: int, poses: int, size: int) -> dict[str, np.ndarray]:
    """The shard's files as writable maps, made when absent. Throws `ValueError` when they hold another shape."""
    count, vertices = (identities, poses), len(mesh.load().rest)
    wanted = {
        "image": (np.uint8, (*count, size, size, 3)),
        "triangle": (np.int16, (*count, size, size)),
        "barycentric": (np.uint8, (*count, size, size, 2)),
        "depth": (np.float16, (*count, size, size)),
        "vertices": (np.float16, (*count, vertices, 3)),
        "params": (np.float32, (*count, 7)),
        "smile": (np.float32, (identities,)),
    }
    made: dict[str, np.ndarray] = {}
    for name, (dtype, shape) in wanted.items():
        file = folder / f"{name}.npy"
        made[name] = np.load(file, mmap_mode="r+") if file.exists() else open_memmap(file, "w+", dtype, shape)
        if made[name].shape != shape:
            raise ValueError(f"{file} holds {made[name].shape}, not {shape}: remove it or name another shard")
    return made


def generate(folder: Path, seed: int, identities: int, poses: int, size: int, grins: bool = False) -> None:
    """Renders what is still missing of a shard."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "identity.json"
    people: list[dict[str, object]] = json.loads(log.read_text()) if log.exists() else []
    if people and people[0]["seed"] != seed:
        raise ValueError(f"{log} begins with seed {people[0]['seed']}, not {seed}")
    files = arrays(folder, identities, poses, size)
    mesh.load().save(folder / "mesh.npz")
    began, before = time.monotonic(), len(people)
    for at in range(before, identities):
        identity, view = person(seed + at, grins)
        parameters = poses_of(seed + at, poses, grins)
        for pose in range(poses):
            picture = view.render(parameters[pose], size, take=pose)
            files["image"][at, pose] = picture.image
            files["triangle"][at, pose] = picture.triangle
            files["barycentric"][at, pose] = np.clip(picture.barycentric * 255 + 0.5, 0, 255)
            files["depth"][at, pose] = picture.depth
            files["vertices"][at, pose] = picture.vertices
        files["params"][at] = parameters
        files["smile"][at] = identity.smile
        people.append({"seed": seed + at, **identity.traits, "smile": identity.smile, **view.traits()})
        if at % 20 == 19 or at == identities - 1:
            for file in files.values():
                file.flush()
            partial = log.with_suffix(".partial")
            partial.write_text(json.dumps(people))
            partial.replace(log)
            pace = (time.monotonic() - began) / (at + 1 - before)
            print(f"{folder.name}: {at + 1}/{identities} identities, {pace / poses * 1000:.1f} ms an image, "
                  f"{pace * (identities - at - 1) / 60:.0f} min left", flush=True)  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shard", required=True, help="name of the folder that is written")
    parser.add_argument("--seed", type=int, required=True, help="seed of the first identity; the others follow it")
    parser.add_argument("--identities", type=int, required=True)
    parser.add_argument("--poses", type=int, default=16, help="pictures of each identity")
    parser.add_argument("--size", type=int, default=128, help="pixels; 256 for evaluation")
    parser.add_argument("--grins", action="store_true", help="broad, open smiles in every picture that one starts from")
    parser.add_argument("--out", type=Path, default=RUNS / "faces")
    options = parser.parse_args()
    if options.seed < HELD_OUT < options.seed + options.identities:
        parser.error(f"seeds from {HELD_OUT} on are held out for evaluation")
    generate(options.out / options.shard, options.seed, options.identities, options.poses, options.size, options.grins)


if __name__ == "__main__":
    main()
