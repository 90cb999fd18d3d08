"""The net's shapes, its look-ahead and what it does not care about."""

import numpy as np
import pytest
import torch

from training.mouth.augment import augmented_mels, warped
from training.mouth.data import Batch
from training.mouth.golden import babble_mel
from training.mouth.losses import mouth_loss
from training.mouth.net import FREE_COLUMNS, REST_COLUMNS, MouthNet, moving
from training.mouth.train import follow, learning_rate


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("columns", [1, 2, 7, 100, 101])
def test_one_row_per_column_in_range(streaming: bool, columns: int) -> None:
    params = MouthNet(streaming).eval()(torch.randn(2, 80, columns))
    assert params.shape == (2, columns, 7)
    assert params.min() > -0.5 and params[..., [0, 1, 2, 3, 4, 6]].min() > 0 and params.max() < 1


def changed_columns(net: MouthNet, at: int) -> torch.Tensor:
    mel = torch.randn(1, 80, 120)
    other = mel.clone()
    other[:, :, at:] += 1
    with torch.no_grad():
        return ((net(mel) - net(other)).abs().amax(2)[0] > 1e-7).nonzero()[:, 0]


@pytest.mark.parametrize("at", [60, 61])
def test_the_streaming_net_sees_nine_columns_ahead_and_no_more(at: int) -> None:
    net = MouthNet(streaming=True).eval()
    assert 8 <= at - int(changed_columns(net, at).min()) <= 9


def test_the_other_net_sees_two_fifths_of_a_second_to_each_side() -> None:
    net = MouthNet().eval()
    mel = torch.randn(1, 80, 200, requires_grad=True)
    net(mel)[0, 100].sum().backward()
    assert mel.grad[0, :, 100 - 34].abs().max() > 0 and mel.grad[0, :, 100 + 34].abs().max() > 0


@pytest.mark.parametrize("streaming", [False, True])
def test_the_mouth_rests_where_nothing_sounds(streaming: bool) -> None:
    mel = torch.full((1, 80, 120), -4.0)
    mel[:, 20:50, 60:70] = torch.randn(30, 10)
    with torch.no_grad():
        moves = MouthNet(streaming).eval()(mel)[0].abs().amax(1)
        weight = moving(mel, streaming)[0, 0]
    last = 69 + REST_COLUMNS
    assert torch.all(moves[:44] == 0) and torch.all(moves[last:] == 0) and torch.all(moves[62 : 69 + FREE_COLUMNS] > 0)
    assert torch.all(weight[60:70] == 1) and weight[69 + 12] == pytest.approx(0.5)
    assert weight[60 - 12] == pytest.approx(0.0 if streaming else 0.5)


def test_loudness_and_microphone_change_nothing() -> None:
    net = MouthNet().eval()
    mel = torch.from_numpy(babble_mel())[None] * 0.5
    with torch.no_grad():
        plain, louder = net(mel), net(mel + 0.4)
    assert (plain - louder).abs().max() < 1e-4


def test_a_step_down_the_gradient_lowers_the_loss() -> None:
    net = MouthNet()
    batch = Batch(torch.randn(2, 80, 64), torch.rand(2, 64, 7) * 0.5, torch.randint(0, 20, (2, 64)))
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    losses = []
    for _ in range(12):
        loss = mouth_loss(net, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]


def test_the_press_curve_is_monotone_and_moves_press_alone() -> None:
    net = MouthNet()
    logits = torch.linspace(-3, 3, 30).repeat(1, 7, 1)
    plain = net.parameters_of(logits)
    net.press_curve.copy_(torch.tensor([1.5, 0.8]))
    sharp = net.parameters_of(logits)
    assert torch.all(sharp[0, :, 1].diff() > 0) and torch.any(sharp[..., 1] != plain[..., 1])
    others = [0, 2, 3, 4, 5, 6]
    assert torch.equal(sharp[..., others], plain[..., others])


def test_averaged_weights_follow() -> None:
    slow, fast = MouthNet(), MouthNet()
    before = slow.mouth.weight.clone()
    follow(slow, fast, 0.75)
    assert torch.allclose(slow.mouth.weight, 0.75 * before + 0.25 * fast.mouth.weight)


def test_the_learning_rate_rises_and_falls() -> None:
    rates = [learning_rate(step, 5000) for step in range(5001)]
    assert rates[0] < rates[299] and max(rates) == pytest.approx(3e-3, rel=0.02) and rates[-1] < 2e-5


def test_augmented_mels_stay_mels() -> None:
    mels = np.random.default_rng(0).uniform(-4, 4, (4, 80, 50)).astype(np.float32)
    changed = augmented_mels(mels, np.random.default_rng(1))
    assert changed.shape == mels.shape and changed.min() >= -4 and changed.max() <= 4
    assert np.allclose(warped(mels, np.ones(4), np.zeros(4))[:, :79], mels[:, :79], atol=1e-6)
