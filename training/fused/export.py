"""Writes the fused ONNX file: `python3 -m training.fused.export`, after the face net and `training.fused.train`."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from ..face.export import OPSET, SIDE, load
from ..speech.mel import BANDS
from .net import WINDOW, FusedNet, WindowNet
from .train import CHECKPOINT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--face", type=Path, default=Path("training/runs/face/checkpoint.pt"))
    parser.add_argument("--window", type=Path, default=CHECKPOINT)
    parser.add_argument("--out", type=Path, default=Path("models/lips/wav2lip.onnx"))
    options = parser.parse_args()
    if not options.window.exists():
        raise SystemExit(f"{options.window} is missing: run python3 -m training.fused.train first.")
    window = WindowNet()
    window.load_state_dict(torch.load(options.window, map_location="cpu")["average"])
    net = FusedNet(window, load(options.face)).eval()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net,
        (torch.rand(2, 1, BANDS, WINDOW), torch.rand(2, 6, SIDE, SIDE)),
        str(options.out),
        opset_version=OPSET,
        input_names=["mel", "face"],
        output_names=["crop"],
        dynamic_axes={name: {0: "N"} for name in ("mel", "face", "crop")},
    )
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
