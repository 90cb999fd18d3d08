"""A training run that can be stopped and continued at any step."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

WARM_UP = 200
#: Share of the running average of the weights that one step leaves; the average is what is validated and exported.
DECAY = 0.998
MAX_NORM = 1.0


class Trainer:
    """The network, its optimiser and the running average of its weights, kept in one checkpoint file."""

    def __init__(self, net: nn.Module, checkpoint: Path, rate: float) -> None:
        self.net = net.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net).eval()
        self.checkpoint, self.rate, self.step = checkpoint, rate, 0
        self.optimiser = torch.optim.AdamW(net.parameters(), rate, betas=(0.9, 0.98), weight_decay=1e-4)
        self.sums = torch.zeros(())
        self.counted = 0
        if checkpoint.exists():
            self.load()

    def set_rate(self, share: float) -> None:
        warm = min(1.0, (self.step + 1) / WARM_UP)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * max(share, 0.005) * warm

    def learn(self, total: Tensor, parts: NamedTuple) -> None:
        """One step down the gradient of `total`; `parts` are only reported."""
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), MAX_NORM)
        self.optimiser.step()
        self.step += 1
        decay = min(DECAY, self.step / (self.step + 10))
        with torch.no_grad():
            means = list(self.average.parameters())
            torch._foreach_mul_(means, decay)
            torch._foreach_add_(means, list(self.net.parameters()), alpha=1 - decay)
            # Summed where they are: reading a number here would make a GPU wait at every step.
            self.sums = self.sums.to(total.device) + torch.stack([part.detach().float() for part in parts])
        self.counted += 1

    def report(self) -> str:
        """Mean of every part of the loss since the last report."""
        means = " ".join(f"{total / self.counted:.4f}" for total in self.sums.tolist())
        self.sums, self.counted = torch.zeros(()), 0
        return f"[{means}]"

    def save(self) -> None:
        """Written beside and renamed, so that a run killed in between leaves the last checkpoint whole."""
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        beside = self.checkpoint.with_suffix(".new")
        torch.save(
            {
                "step": self.step,
                "net": self.net.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
            },
            beside,
        )
        os.replace(beside, self.checkpoint)

    def load(self) -> None:
        saved = torch.load(self.checkpoint, map_location="cpu")
        self.step = saved["step"]
        self.net.load_state_dict(saved["net"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
