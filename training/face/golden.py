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


#: BGR of skin, lips and eyes.
SKIN, LIPS, EYES = (0.5, 0.6, 0.78), (0.36, 0.36, 0.62), (0.2, 0.22, 0.25)
#: Where the crop has its eyes and its mouth: middle and half axes of ellipses, pixels.
MOUTH_PLACE, EYE_PLACES = (128, 159, 40, 14), ((88, 64, 16, 7), (168, 64, 16, 7))


def made_picture() -> Tensor:
    """[1, 3, 256, 256]: a face like a child's drawing, for on anything else the network opens no mouth.

    Drawn alike in the test.
    """
    y, x = torch.meshgrid(torch.arange(SIDE).double(), torch.arange(SIDE).double(), indexing="ij")

    def within(place: tuple[int, int, int, int]) -> Tensor:
        return ((x - place[0]) / place[2]) ** 2 + ((y - place[1]) / place[3]) ** 2 < 1

    eyes = within(EYE_PLACES[0]) | within(EYE_PLACES[1])
    lips = within(MOUTH_PLACE)
    seam = lips & ((y - MOUTH_PLACE[1]).abs() < 1.5)
    light = 1 + 0.08 * torch.sin((x + 2 * y) / 31) - 0.4 * seam.double()
    parts = [torch.where(eyes, EYES[c], torch.where(lips, LIPS[c], SKIN[c])) * light for c in range(3)]
    return torch.stack(parts)[None].float()


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
