"""Contact sheet: identities (rows) × mouth shapes (columns). `python3 -m training.heads.sheet --out sheet.png`."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from .dataset import person
from .native import RUNS
from .poses import VISEMES


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="seed of the first identity")
    parser.add_argument("--identities", type=int, default=8)
    parser.add_argument("--size", type=int, default=128, help="pixels of one picture")
    parser.add_argument("--visemes", default=",".join(VISEMES), help="columns, comma-separated")
    parser.add_argument("--out", type=Path, default=RUNS / "heads.png")
    options = parser.parse_args()
    names = options.visemes.split(",")
    rows = []
    for seed in range(options.seed, options.seed + options.identities):
        _, view = person(seed)
        row = [view.render(np.array(VISEMES[name]), options.size).image for name in names]
        rows.append(np.concatenate(row, 1))
    header = np.full((18, rows[0].shape[1], 3), 255, np.uint8)
    for column, name in enumerate(names):
        cv2.putText(header, name, (column * options.size + 4, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(options.out), np.concatenate([header, *rows]))
    print(options.out)


if __name__ == "__main__":
    main()
