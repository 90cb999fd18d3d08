"""The press curve applied afterwards is the net's own; the golden vectors are what the net says."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from training.mouth.data import VoiceData
from training.mouth.export import MOST_REACH, curved, export, reach_of, sharpest_curve
from training.mouth.golden import babble_mel, write_golden
from training.mouth.measure import predict
from training.mouth.net import MouthNet
from training.speech.phonemes import BILABIAL, VOWELS


@pytest.fixture()
def net() -> MouthNet:
    torch.manual_seed(3)
    return MouthNet().eval()


def test_a_curve_afterwards_is_the_nets_own(net: MouthNet) -> None:
    plain = predict(net, babble_mel())
    net.press_curve.copy_(torch.tensor([1.5, 0.4]))
    assert np.allclose(curved(plain, 1.5, 0.4), predict(net, babble_mel()), atol=1e-5)


def voice_with(press_of_bilabials: float, press_of_vowels: float) -> tuple[VoiceData, np.ndarray]:
    """Ten closures between vowels, and parameters that hear them so strongly."""
    labels = np.tile(np.repeat([min(VOWELS), BILABIAL], 12), 10).astype(np.uint8)
    closed = (labels == BILABIAL)[:, None]
    sway = 0.01 * np.random.default_rng(0).random((len(labels), 7))
    truth = sway + closed
    guess = (sway + np.where(closed, press_of_bilabials, press_of_vowels)).astype(np.float32)
    return VoiceData("x", np.zeros((len(labels), 80)), truth, labels, np.array([0]), np.array([len(labels)])), guess


def test_weak_closures_are_sharpened() -> None:
    voice, guess = voice_with(0.5, 0.05)
    assert sharpest_curve([voice], [[guess]]) == (1.0, 0.4)


def test_closures_that_suffice_are_left_alone() -> None:
    voice, guess = voice_with(0.8, 0.05)
    assert sharpest_curve([voice], [[guess]]) == (1.0, 0.0)


def test_vowels_stay_open() -> None:
    voice, guess = voice_with(0.5, 0.53)
    assert sharpest_curve([voice], [[guess]]) == (1.0, 0.0)


@pytest.mark.parametrize(("heard", "wanted"), [(0.9, 1 / 0.9), (1.1, 1.0), (0.4, MOST_REACH)])
def test_a_voice_heard_too_small_is_given_its_reach_but_for_press(heard: float, wanted: float) -> None:
    voice, _ = voice_with(1, 0)
    reach = reach_of([voice], [[(heard * voice.params).astype(np.float32)]])
    assert reach[1] == 1 and np.allclose(np.delete(reach, 1), wanted, atol=1e-4)


def test_reach_is_the_nets_own(net: MouthNet) -> None:
    plain = predict(net, babble_mel())
    net.reach[0] = 1.2
    far = predict(net, babble_mel())
    assert np.allclose(far[:, 0], np.minimum(1, 1.2 * plain[:, 0]), atol=1e-5) and np.allclose(far[:, 1:], plain[:, 1:])


def test_golden_vectors_are_the_nets_output(net: MouthNet, tmp_path: Path) -> None:
    write_golden({"batch": net}, tmp_path / "golden.json")
    golden = json.loads((tmp_path / "golden.json").read_text())
    mel = np.array(golden["mel"], np.float32).reshape(80, golden["columns"])
    assert np.abs(predict(net, mel).ravel() - golden["batch"]).max() < 1e-5


@pytest.mark.parametrize("streaming", [False, True])
def test_files_stay_small(streaming: bool, tmp_path: Path) -> None:
    export(MouthNet(streaming).eval(), tmp_path / "net.onnx")
    assert 1e6 < (tmp_path / "net.onnx").stat().st_size < 2e6


def test_the_committed_files_name_their_golden_vectors() -> None:
    """The server's tests run the ONNX files against these numbers; here their shape."""
    golden = json.loads(Path("test/fixtures/lips/mouth-golden.json").read_text())
    assert len(golden["mel"]) == 80 * golden["columns"]
    assert len(golden["batch"]) == len(golden["stream"]) == 7 * golden["columns"]
