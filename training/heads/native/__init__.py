"""Compiles the C sources of this folder on first use and calls them through ctypes."""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
from functools import cache
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
RUNS = FOLDER.parents[1] / "runs"
FLAGS = ["-O3", "-march=native", "-ffast-math", "-fPIC", "-shared"]

_FIELDS: list[tuple[str, int]] = [
    ("light", 3), ("light_colour", 3), ("fill", 3), ("fill_colour", 3), ("view", 3), ("ambient", 3),
    ("ambient_slope", 9), ("shadow", 12), ("shadow_softness", 1), ("shadow_bias", 1), ("gloss", 1),
    ("shininess", 1), ("wet_gloss", 1), ("relief", 1), ("iris", 3), ("sclera", 3), ("eye", 3), ("tongue", 3),
    ("cavity", 3), ("teeth", 3), ("hair", 3), ("frame", 3), ("cloth", 3), ("lip", 3), ("aperture", 1),
    ("exposure", 1), ("gamma", 1),
]  # fmt: skip


class Scene(ctypes.Structure):
    """Light, colours and camera of one picture; see `Scene` in render.c for the meaning of each field."""

    _fields_ = [(name, ctypes.c_float if size == 1 else ctypes.c_float * size) for name, size in _FIELDS]

    @classmethod
    def of(cls, **values: np.ndarray | float) -> Scene:
        """Builds a scene from arrays and numbers. Throws `TypeError` for unknown fields, `ValueError` for wrong sizes."""
        sizes = dict(_FIELDS)
        fields: dict[str, object] = {}
        for name, value in values.items():
            if name not in sizes:
                raise TypeError(f"a scene has no field {name}")
            flat = np.ravel(np.asarray(value, float)).tolist()
            if len(flat) != sizes[name]:
                raise ValueError(f"{name} needs {sizes[name]} numbers, not {len(flat)}")
            fields[name] = flat[0] if sizes[name] == 1 else (ctypes.c_float * sizes[name])(*flat)
        return cls(**fields)


@cache
def library(name: str) -> ctypes.CDLL:
    """The shared library of `<name>.c`, compiled into training/runs when the source is new. Needs a C compiler (`cc`)."""
    source = FOLDER / f"{name}.c"
    digest = hashlib.sha256(source.read_bytes() + " ".join(FLAGS).encode()).hexdigest()[:12]
    built = RUNS / "native" / f"{name}-{digest}.so"
    if not built.exists():
        built.parent.mkdir(parents=True, exist_ok=True)
        partial = built.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", *FLAGS, "-o", str(partial), str(source), "-lm"], check=True)
        partial.replace(built)
    return ctypes.CDLL(str(built))


def pointer(array: np.ndarray | None, dtype: type) -> ctypes.c_void_p | None:
    """Address of a contiguous array. Throws `TypeError` when C would read something else than was meant."""
    if array is None:
        return None
    if array.dtype != dtype or not array.flags.c_contiguous:
        raise TypeError(f"expected a contiguous array of {np.dtype(dtype)}, not {array.dtype}")
    return array.ctypes.data_as(ctypes.c_void_p)
