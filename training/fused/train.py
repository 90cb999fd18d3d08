"""Trains the 200 ms network on the speech data set: `python3 -m training.fused.train`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..face.state import Trainer
from ..mouth.data import CROP, Sampler, load_voices
from ..speech.dataset import DATA
from ..speech.phonemes import PARAMETERS
from .net import FRAME_MIDDLE, WINDOW, WindowNet

CHECKPOINT = Path("training/runs/fused/window.pt")
#: Windows taken from every clip of four seconds.
PER_CLIP = 24
#: Jaw and lips that meet are seen first.
WEIGHTS = {"jaw": 1.5, "press": 2.0, "pucker": 1.5, "tongue": 0.6}


class Parts(NamedTuple):
    error: Tensor


def windows(sampler: Sampler, clips: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """mel [clips·PER_CLIP, 80, 16] and the parameters [clips·PER_CLIP, 7] in the middle of the frame that begins there."""
    batch = sampler.batch(clips)
    starts = torch.from_numpy(rng.integers(0, CROP - WINDOW, PER_CLIP))
    mel = torch.cat([batch.mel[:, :, start : start + WINDOW] for start in starts])
    column, share = int(FRAME_MIDDLE), FRAME_MIDDLE % 1
    params = [batch.params[:, s + column] * (1 - share) + batch.params[:, s + column + 1] * share for s in starts]
    return mel, torch.cat(params)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--checkpoint", type=Path, default=CHECKPOINT)
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    trainer = Trainer(WindowNet(), options.checkpoint, rate=2e-3)
    rng = np.random.default_rng(1 + trainer.step)
    sampler = Sampler(load_voices(DATA / "train"), rng)
    weights = torch.tensor([WEIGHTS.get(name, 1.0) for name in PARAMETERS])
    began = time.monotonic()
    while (share := (time.monotonic() - began) / 60 / options.minutes) < 1:
        trainer.set_rate(0.5 + 0.5 * np.cos(np.pi * share))
        mel, params = windows(sampler, 16, rng)
        gap = (trainer.net(mel) - params).abs()
        error = ((gap + 2 * gap * gap) * weights).mean()
        trainer.learn(error, Parts(error))
        if trainer.step % 200 == 0:
            print(f"{trainer.step} {share:.0%} {trainer.report()}", flush=True)
            trainer.save()
    trainer.save()


if __name__ == "__main__":
    main()
