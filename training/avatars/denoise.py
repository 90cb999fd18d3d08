"""Removes what noise path tracing leaves, with Open Image Denoise's U-Net (weights Apache-2.0) run in PyTorch.

    python3 -m training.avatars.denoise FOLDER/still

reads the pictures of render.py and writes FOLDER/still_clean.png (16 bit). OIDN_WEIGHTS names the folder with `rt_*.tza`.
"""
from __future__ import annotations

import argparse
import os
import struct
from functools import lru_cache
from pathlib import Path

os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"

import cv2
import numpy as np
import torch
import torch.nn.functional as F


def weights_dir() -> Path:
    """Folder of the weights; raises RuntimeError naming the cure."""
    folder = Path(os.environ.get("OIDN_WEIGHTS", ""))
    if not (folder / "rt_ldr_calb_cnrm.tza").is_file():
        raise RuntimeError(f"Set OIDN_WEIGHTS to the `tzas` folder of the npm package `denoiser` 0.0.11; it is {str(folder)!r}.")
    return folder


def read_tza(path: Path) -> dict[str, torch.Tensor]:
    """Tensors of a .tza archive: header (magic, version, offset of the table), then names, shapes, types and offsets."""
    data = path.read_bytes()
    position = struct.unpack_from("<HBBQ", data, 0)[3]
    (count,) = struct.unpack_from("<I", data, position)
    position += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, position)
        name = data[position + 2 : position + 2 + length].decode()
        position += 2 + length
        rank = data[position]
        shape = struct.unpack_from(f"<{rank}I", data, position + 1)
        position += 1 + 4 * rank + rank  # the layout's letters are not needed
        kind = np.float32 if data[position : position + 1] == b"f" else np.float16
        (offset,) = struct.unpack_from("<Q", data, position + 1)
        position += 9
        values = np.frombuffer(data, kind, int(np.prod(shape)), offset).astype(np.float32)
        tensors[name] = torch.from_numpy(values.reshape(shape).copy())
    return tensors


class UNet:
    """Open Image Denoise 1.x's network, of whatever inputs its weights take."""

    def __init__(self, name: str) -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.tensors = {k: v.to(self.device) for k, v in read_tza(weights_dir() / f"{name}.tza").items()}

    def _conv(self, name: str, x: torch.Tensor) -> torch.Tensor:
        return F.relu(F.conv2d(x, self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"], padding=1))

    @torch.no_grad()
    def __call__(self, *images: np.ndarray) -> np.ndarray:
        """float[H,W,3] each → float[H,W,3]."""
        stacked = np.concatenate(images, -1).transpose(2, 0, 1)[None].astype(np.float32)
        height, width = stacked.shape[2:]
        x = torch.from_numpy(np.ascontiguousarray(stacked)).to(self.device)
        x = F.pad(x, (0, -width % 16, 0, -height % 16), mode="replicate")
        skips, conv = [x], self._conv
        x = conv("enc_conv0", x)
        for k in (1, 2, 3, 4):
            x = F.max_pool2d(conv(f"enc_conv{k}", x), 2)
            skips.append(x)
        x = conv("enc_conv5b", conv("enc_conv5a", skips.pop()))
        for k in (4, 3, 2, 1):
            x = torch.cat([F.interpolate(x, scale_factor=2, mode="nearest"), skips.pop()], 1)
            x = conv(f"dec_conv{k}b", conv(f"dec_conv{k}a", x))
        x = F.conv2d(x, self.tensors["dec_conv0.weight"], self.tensors["dec_conv0.bias"], padding=1)
        return x[0, :, :height, :width].cpu().numpy().transpose(1, 2, 0)


@lru_cache(maxsize=None)
def network(name: str) -> UNet:
    return UNet(name)


def denoise(colour: np.ndarray, albedo: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """colour, albedo 0…1 (display-referred, linear), normal −1…1, each float[H,W,3] → colour without noise."""
    clean_albedo = np.clip(network("rt_alb")(np.clip(albedo, 0, 1)), 0, 1)
    clean_normal = np.clip(network("rt_nrm")(np.clip(normal * 0.5 + 0.5, 0, 1)), 0, 1)
    return np.clip(network("rt_ldr_calb_cnrm")(colour, clean_albedo, clean_normal), 0, 1)


def read_picture(path: str) -> np.ndarray:
    """PNG or EXR → float[H,W,3] RGB, integers scaled to 0…1."""
    pixels = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise FileNotFoundError(f"{path} cannot be read")
    top = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535}.get(pixels.dtype, 1)
    return pixels[..., 2::-1].astype(np.float32) / top


def clean(stem: Path, keep: float = 0.0) -> np.ndarray:
    """Denoises the render `stem`; `keep` of the original stays in, as fine grain."""
    colour = read_picture(f"{stem}.png")
    result = denoise(colour, read_picture(f"{stem}_albedo.exr"), read_picture(f"{stem}_normal.exr"))
    result += keep * (colour - result)
    cv2.imwrite(f"{stem}_clean.png", (result[..., ::-1] * 65535 + 0.5).astype(np.uint16))
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python3 -m training.avatars.denoise", description="Denoises a picture of render.py.")
    parser.add_argument("stem", type=Path, help="path without ending")
    parser.add_argument("--keep", type=float, default=0.15, help="share of the noisy original that stays in")
    options = parser.parse_args()
    clean(options.stem, options.keep)
