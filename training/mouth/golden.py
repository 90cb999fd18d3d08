"""Golden vectors: what PyTorch makes of a short, invented mel, for those who run the ONNX files."""

import json
from pathlib import Path

import numpy as np

from training.mouth.measure import predict
from training.mouth.net import MouthNet
from training.speech.mel import mel_spectrogram
from training.speech.utterance import RATE

TARGET = Path("test/fixtures/lips/mouth-golden.json")


def write_golden(nets: dict[str, MouthNet], target: Path = TARGET) -> None:
    """{"mel": [80·T, band after band], "columns": T, "batch": [T·7], "stream": [T·7]}, row after row."""
    mel = np.round(babble_mel(), 4)
    outputs = {name: np.round(predict(net, mel), 5).ravel().tolist() for name, net in nets.items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {"columns": mel.shape[1], "mel": mel.ravel().astype(float).round(4).tolist(), **outputs}
    target.write_text(json.dumps(content, separators=(",", ":")) + "\n")


def babble_mel() -> np.ndarray:
    """float32[80, 61]: three quarters of a second of buzzing formants, closed twice; no one's voice."""
    time = np.arange(int(0.75 * RATE)) / RATE
    pitch = 2 * np.pi * np.cumsum(120 + 20 * np.sin(9 * time)) / RATE
    formants = (500 + 250 * np.sin(11 * time), 1500 + 500 * np.cos(7 * time), np.full_like(time, 2600.0))
    buzz = sum(
        np.exp(-0.5 * ((120 * harmonic - formant) / 180) ** 2) * np.sin(harmonic * pitch)
        for harmonic in range(1, 40)
        for formant in formants
    )
    mouth = np.clip(1.6 * np.abs(np.sin(2 * np.pi * 2 * time)) - 0.25, 0.003, 1)
    return mel_spectrogram((0.1 * buzz * mouth).astype(np.float32))
