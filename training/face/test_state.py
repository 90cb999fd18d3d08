"""A run that was stopped goes on where it was."""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .state import Trainer


class Parts(NamedTuple):
    error: Tensor


def learn(trainer: Trainer, steps: int) -> None:
    data = torch.linspace(-1, 1, 12).view(4, 3)
    for _ in range(steps):
        error = (trainer.net(data) - 1).pow(2).mean()
        trainer.learn(error, Parts(error))


def fresh(checkpoint: Path) -> Trainer:
    torch.manual_seed(3)
    return Trainer(nn.Linear(3, 1), checkpoint, rate=0.1)


def test_a_stopped_run_continues_as_if_it_had_not_been_stopped(tmp_path: Path) -> None:
    through, first = fresh(tmp_path / "none.pt"), fresh(tmp_path / "run.pt")
    learn(through, 6)
    learn(first, 3)
    first.save()
    second = fresh(tmp_path / "run.pt")
    assert second.step == 3
    learn(second, 3)
    for kept, expected in zip(second.net.parameters(), through.net.parameters()):
        assert torch.equal(kept, expected)
    for kept, expected in zip(second.average.parameters(), through.average.parameters()):
        assert torch.allclose(kept, expected)


def test_learning_lowers_the_error(tmp_path: Path) -> None:
    trainer = fresh(tmp_path / "run.pt")
    learn(trainer, 1)
    before = float(trainer.report().strip("[]"))
    learn(trainer, 100)
    assert float(trainer.report().strip("[]")) < before
