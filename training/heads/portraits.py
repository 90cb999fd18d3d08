"""Portraits of people who are hard to make speak: glasses, a beard, a child, a profile. `python3 -m training.heads.portraits --out folder`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from . import identity, mesh
from .native import RUNS
from .view import View

#: Crop sides per decimetre, and how far below the middle the face is: head and shoulders.
SCALE, DROP = 0.66, 0.1
BACKDROP = (0.55, 0.52, 0.48)
MOUTH_AT_REST = np.zeros(7)


@dataclass(frozen=True)
class Portrait:
    """Whose face, and how it is held; degrees."""

    seed: int
    yaw: float = 0
    child: bool = False


PORTRAITS = {
    "glasses": Portrait(900042, 6),
    "beard": Portrait(899001, -5),
    "child": Portrait(900021, 4, child=True),
    "profile": Portrait(900029, 42),
}


def draw(portrait: Portrait, side: int) -> np.ndarray:
    """Head and shoulders before a plain wall, BGR uint8[side,side,3]."""
    person = identity.create(np.random.default_rng([portrait.seed, 0]), portrait.child)
    view = View(person, np.random.default_rng([portrait.seed, 1, 0]))
    view.blur, view.quality, view.noise = 0.0, 0, 0.003
    view.turn = mesh.rotation(*np.radians([portrait.yaw, 0, 0]))
    view.to_crop = np.array([[SCALE, 0, 0], [0, SCALE, DROP]])
    view.scenery = np.ones_like(view.scenery) * np.array(BACKDROP, np.float32)
    return view.render(MOUTH_AT_REST, side).image


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=1080, help="pixels of one picture")
    parser.add_argument("--out", type=Path, default=RUNS / "portraits")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, portrait in PORTRAITS.items():
        cv2.imwrite(str(options.out / f"{name}.png"), draw(portrait, options.side))
        print(options.out / f"{name}.png")


if __name__ == "__main__":
    main()
