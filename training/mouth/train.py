"""Trains the mouth net.

    python3 -m training.mouth.train             # the whole-utterance net
    python3 -m training.mouth.train --stream --start-from training/runs/mouth/batch.pt --steps 4000
                                                # then the one with 9 columns of look-ahead

Writes training/runs/mouth/{batch,stream}.pt: after every SAVE_EVERY steps the state to go on from, and the averaged
weights that export reads. Started again, it goes on; with more --steps, too. On CUDA where torch has it.
"""

import argparse
import copy
import time
from pathlib import Path

import numpy as np
import torch

from training.mouth.data import Sampler, load_voices
from training.mouth.losses import mouth_loss
from training.mouth.measure import measure_voices, summary
from training.mouth.net import MouthNet
from training.speech.dataset import DATA

RUNS = Path("training/runs/mouth")
SAVE_EVERY = 500
_PEAK_RATE, _WARM_UP, _AVERAGE = 3e-3, 300, 0.998


def main() -> None:
    arguments = _arguments()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    checkpoint = RUNS / ("stream.pt" if arguments.stream else "batch.pt")
    net = MouthNet(arguments.stream).to(device)
    average = copy.deepcopy(net).eval()
    optimiser = torch.optim.AdamW(net.parameters(), _PEAK_RATE, weight_decay=1e-2)
    first = _resume(checkpoint, arguments.start_from, net, average, optimiser)
    sampler = Sampler(load_voices(DATA / "train"), np.random.default_rng(arguments.seed + first))
    validation = load_voices(DATA / "validate")
    started, total = time.time(), 0.0
    for step in range(first, arguments.steps):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, arguments.steps)
        loss = mouth_loss(net, sampler.batch(arguments.batch).to(device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        follow(average, net, min(_AVERAGE, (1 + step) / (10 + step)))
        total += loss.item()
        if (step + 1) % 100 == 0:
            seconds = (time.time() - started) / (step + 1 - first)
            print(f"step {step + 1} loss {total / 100:.4f} {seconds:.3f} s/step", flush=True)
            total = 0.0
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == arguments.steps:
            _save(checkpoint, step + 1, net, average, optimiser)
            print(summary(measure_voices(average, validation)), flush=True)


def learning_rate(step: int, steps: int) -> float:
    """Linear warm-up, then a cosine to nearly nothing at the last step."""
    if step < _WARM_UP:
        return _PEAK_RATE * (step + 1) / _WARM_UP
    return 1e-5 + _PEAK_RATE * 0.5 * (1 + np.cos(np.pi * min(1.0, step / steps)))


@torch.no_grad()
def follow(average: MouthNet, net: MouthNet, keep: float) -> None:
    """average ← keep·average + (1 − keep)·net; running statistics are copied."""
    for old, new in zip(average.parameters(), net.parameters(), strict=True):
        old.lerp_(new, 1 - keep)
    for old, new in zip(average.buffers(), net.buffers(), strict=True):
        old.copy_(new)


def _resume(
    path: Path, start_from: Path | None, net: MouthNet, average: MouthNet, optimiser: torch.optim.Optimizer
) -> int:
    if path.exists():
        state = torch.load(path, map_location="cpu")
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        return state["step"]
    if start_from is not None:
        weights = torch.load(start_from, map_location="cpu")["average"]
        net.load_state_dict(weights)
        average.load_state_dict(weights)
    return 0


def _save(path: Path, step: int, net: MouthNet, average: MouthNet, optimiser: torch.optim.Optimizer) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = {"net": net, "average": average, "optimiser": optimiser}
    state = {"step": step, **{name: part.state_dict() for name, part in parts.items()}}
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").rename(path)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stream", action="store_true", help="train the streaming variant")
    parser.add_argument("--start-from", type=Path, help="a checkpoint whose averaged weights begin a new training")
    parser.add_argument("--steps", type=int, default=14_000)
    parser.add_argument("--batch", type=int, default=16, help="crops of four seconds per step")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
