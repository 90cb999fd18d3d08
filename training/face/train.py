"""Trains the face net: `python3 -m training.face.train --data training/runs/faces --minutes 60`.

Stops after the given minutes and goes on from its checkpoint the next time. The learning rate stays level until
`--settle` asks for the last minutes to bring it down, so a run may be continued for as long as there is time.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Iterator

import torch

from .losses import losses, psnr
from .net import FaceNet
from .pairs import Batch, Pairs, prefetch, rendered
from .resident import ResidentPairs
from .state import Trainer
from .window import MOUTH

REPORT_EVERY = 500


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    shards = sorted(folder for folder in options.data.glob("train*") if rendered(folder))
    check = sorted(folder for folder in options.data.glob("check*") if rendered(folder))
    if not shards or not check:
        raise SystemExit(f"{options.data} needs shards train* and check*: make them with training.heads.dataset first.")
    trainer = Trainer(FaceNet().to(device), options.checkpoint, options.rate)
    held = [Pairs(check, seed=5, augment=False).batch(64).to(device) for _ in range(4)]
    batches = pairs(shards, options, device, options.seed + trainer.step)
    began, since, seen = time.monotonic(), time.monotonic(), 0
    while (minutes := (time.monotonic() - began) / 60) < options.minutes:
        trainer.set_rate(min(1.0, (options.minutes - minutes) / options.settle) if options.settle else 1.0)
        batch = next(batches).to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            sketch = trainer.net.sketch(batch.reference, batch.parameters)
        parts = losses(trainer.net, batch, sketch, trainer.net.draw(batch.reference, sketch))
        trainer.learn(parts.total(), parts)
        seen += len(batch.reference)
        if trainer.step % REPORT_EVERY == 0:
            rate = seen / (time.monotonic() - since)
            print(f"{trainer.step} {minutes:.1f} min {rate:.0f}/s {trainer.report()} {validate(trainer, held)}", flush=True)
            trainer.save()
            since, seen = time.monotonic(), 0
    trainer.save()


def pairs(shards: list[Path], options: argparse.Namespace, device: torch.device, seed: int) -> Iterator[Batch]:
    """Batches without end. A run that goes on must not see the same ones again: `seed` is another each time."""
    if device.type != "cuda":
        yield from prefetch(Pairs(shards, seed), options.batch, options.loaders)
    resident = ResidentPairs(shards, device, seed)
    while True:
        yield resident.batch(options.batch)


@torch.no_grad()
def validate(trainer: Trainer, held: list) -> str:
    """PSNR on heads not trained on, of the averaged weights, and of the reference itself."""
    net = trainer.average
    ours, copy = [], []
    for batch in held:
        drawing = net.draw(batch.reference, net.sketch(batch.reference, batch.parameters))
        ours.append(psnr(drawing.window, batch.target))
        copy.append(psnr(MOUTH.cut(batch.reference), batch.target))
    return f"psnr {torch.cat(ours).mean():.2f} (copy {torch.cat(copy).mean():.2f})"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("training/runs/faces"), help="folder of the shards")
    parser.add_argument("--checkpoint", type=Path, default=Path("training/runs/face/checkpoint.pt"))
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--settle", type=float, default=0, help="minutes at the end in which the learning rate falls to 0")
    parser.add_argument("--rate", type=float, default=2e-3, help="learning rate")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1, help="of the network")
    parser.add_argument("--loaders", type=int, default=1, help="threads that prepare pairs")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
