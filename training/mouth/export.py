"""Checkpoints → `models/lips/mouth.onnx` and `mouth-stream.onnx`, and the golden vectors that tests hold them to.

    python3 -m training.mouth.export

`mel` float32[1, 80, T] → `params` float32[1, T, 7], T dynamic, opset 16. `--press-curve` gives `press` the curve that
closes most bilabials on the validation voices. The committed networks go without it: on drawn faces their lips meet in
98 % of p, b, m anyway, and the curve closed half as many vowels again. All are given their reach back (`reach_of`).
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from training.mouth.data import VoiceData, load_voices
from training.mouth.evaluate import load_net
from training.mouth.golden import write_golden
from training.mouth.losses import PRESS
from training.mouth.measure import compare, predict
from training.mouth.net import MouthNet
from training.mouth.train import RUNS
from training.speech.dataset import DATA
from training.speech.phonemes import PARAMETERS

FILES = {"batch": Path("models/lips/mouth.onnx"), "stream": Path("models/lips/mouth-stream.onnx")}
_CURVES = [(gain, bias) for gain in (1.0, 1.25, 1.5) for bias in (0.0, 0.4, 0.8, 1.2)]
_MOST_FALSE = 0.02
_MOVED = 0.3
MOST_REACH = 1.25
_CORRELATION_COST = 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--press-curve", action="store_true", help="sharpen press by what the validation voices say")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    nets = {}
    for variant, target in FILES.items():
        net = load_net(RUNS / f"{variant}.pt", variant == "stream")
        voices = load_voices(DATA / "validate")
        heard = [[predict(net, voice.mel[clip].T) for clip in voice.clips()] for voice in voices]
        net.reach.copy_(torch.from_numpy(reach_of(voices, heard)))
        print(f"{variant}: reach {net.reach.numpy().round(2)}")
        if arguments.press_curve:
            gain, bias = sharpest_curve(voices, heard)
            net.press_curve.copy_(torch.tensor([gain, bias]))
            print(f"{variant}: press = sigmoid({gain} logit + {bias})")
        export(net, target)
        print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")
        nets[variant] = net
    write_golden(nets)


def reach_of(voices: list[VoiceData], heard: list[list[np.ndarray]]) -> np.ndarray:
    """float32[7]: what each parameter is multiplied by so that it reaches as far as the truth where that moves clearly.

    A mean over `voices`, 1 to MOST_REACH. `press` stays: it has its own curve, and lips that hardly press must not close.
    """
    ratios = np.ones((len(voices), len(PARAMETERS)), np.float32)
    for row, (voice, clips) in enumerate(zip(voices, heard, strict=True)):
        guess = np.concatenate(clips)
        truth = np.concatenate([voice.params[clip] for clip in voice.clips()]).astype(np.float32)
        for k in range(len(PARAMETERS)):
            moved = truth[:, k] > _MOVED
            if k != PRESS and moved.any():
                ratios[row, k] = truth[moved, k].mean() / guess[moved, k].mean()
    return np.clip(ratios.mean(0), 1, MOST_REACH)


def sharpest_curve(voices: list[VoiceData], heard: list[list[np.ndarray]]) -> tuple[float, float]:
    """(gain, bias) that closes most bilabials, by the mean over `voices`; the gentlest wins a tie.

    `heard` holds the plain net's parameters [T, 7] of every clip of every voice. Curves that close too many vowels or
    cost correlation are out.
    """
    best, chosen, plain = 0.0, _CURVES[0], None
    for curve in _CURVES:
        rows = [compare(voice, [curved(params, *curve) for params in clips]) for voice, clips in zip(voices, heard)]
        closures, false, correlation = np.mean(
            [(row.closures, row.false_closures, row.correlation[PRESS]) for row in rows], axis=0
        )
        plain = correlation if plain is None else plain
        allowed = false <= _MOST_FALSE and correlation >= plain - _CORRELATION_COST
        if allowed and closures > best + 1e-3:
            best, chosen = closures, curve
    return chosen


def curved(params: np.ndarray, gain: float, bias: float) -> np.ndarray:
    """What a net without a press curve would have said with this one."""
    press = np.clip(params[:, PRESS], 1e-6, 1 - 1e-6)
    out = params.copy()
    out[:, PRESS] = 1 / (1 + np.exp(-(gain * np.log(press / (1 - press)) + bias)))
    return out


def export(net: MouthNet, target: Path) -> None:
    """Writes one ONNX file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net,
        torch.zeros(1, 80, 100),
        str(target),
        opset_version=16,
        input_names=["mel"],
        output_names=["params"],
        dynamic_axes={"mel": {2: "columns"}, "params": {1: "columns"}},
    )


if __name__ == "__main__":
    main()
