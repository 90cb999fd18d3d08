"""Writes the face net as ONNX: `python3 -m training.face.export`.

Training works on crops of 128 pixels; the exported network takes and gives 256.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from .net import PARAMETERS, FaceNet

#: Opset with GridSample; onnxruntime 1.12 and later read it.
OPSET = 16
SIDE = 256
#: Detail given back where pixels moved, 0 … 1: with it lips and skin have the reference's Laplacian energy on
#: rendered heads (.80 of it at 0, 1.25 at .6; `npm run eval:lips` prints it as sharpness).
SHARPEN = 0.25


def load(checkpoint: Path, sharpen: float = SHARPEN) -> FaceNet:
    """The averaged weights of a training run."""
    if not checkpoint.exists():
        raise SystemExit(f"{checkpoint} is missing: train first (python3 -m training.face.train --minutes 60).")
    net = FaceNet()
    net.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
    net.sharpen.fill_(sharpen)
    return net.eval()


def export(net: FaceNet, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    names = ["reference", "params", "crop"]
    torch.onnx.export(
        net,
        (torch.rand(2, 3, SIDE, SIDE), torch.rand(2, PARAMETERS)),
        str(path),
        opset_version=OPSET,
        input_names=names[:2],
        output_names=names[2:],
        dynamic_axes={name: {0: "N"} for name in names},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, default=Path("training/runs/face/checkpoint.pt"))
    parser.add_argument("--out", type=Path, default=Path("models/lips/face.onnx"))
    parser.add_argument("--sharpen", type=float, default=SHARPEN, help="detail given back where pixels moved, 0 … 1")
    options = parser.parse_args()
    export(load(options.checkpoint, options.sharpen), options.out)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
