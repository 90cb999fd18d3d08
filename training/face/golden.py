"""Golden values of the exported face net: `python3 -m training.face.golden`.

Writes what PyTorch makes of a made picture, so that a test can hold onnxruntime to it (src/lipsync/golden.test.ts).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from .export import SIDE, load

#: The output is kept as means over blocks of this many pixels.
BLOCK = 8
PARAMETERS = [0.55, 0.1, 0.2, 0.3, 0.25, 0.35, 0.4]


def made_picture() -> Tensor:
    """[1, 3, 256, 256]: waves of another length and direction for each channel; written alike in the test."""
    y, x = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    waves = [0.5 + 0.4 * torch.sin((x * (c + 2) + y * (5 - c)).double() / 31) for c in range(3)]
    return torch.stack(waves)[None].float()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, default=Path("training/runs/face/checkpoint.pt"))
    parser.add_argument("--out", type=Path, default=Path("test/fixtures/lips/face-golden.json"))
    options = parser.parse_args()
    with torch.no_grad():
        crop = load(options.checkpoint)(made_picture(), torch.tensor([PARAMETERS]))
    blocks = F.avg_pool2d(crop, BLOCK).flatten().tolist()
    options.out.write_text(
        json.dumps({"params": PARAMETERS, "block": BLOCK, "crop": [round(value, 5) for value in blocks]})
    )


if __name__ == "__main__":
    main()
