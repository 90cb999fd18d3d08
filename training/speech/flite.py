"""CMU flite's recorded English voices; `-psdur` prints where each phone ends."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from training.speech.phonesets import to_ipa
from training.speech.utterance import Phone, Utterance
from training.speech.wav import read_wav


def speak(voice: str, texts: Iterable[str], rng: np.random.Generator) -> Iterator[Utterance]:
    """Each text at a tempo of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for text in texts:
            yield say(text, voice, float(rng.uniform(0.8, 1.25)), Path(folder) / "speech.wav")


def say(text: str, voice: str, stretch: float, target: Path) -> Utterance:
    """One text through `target`; `stretch` > 1 speaks slower. CalledProcessError: no such voice."""
    tempo = ["--setf", f"duration_stretch={stretch:.2f}"]
    command = ["flite", "-voice", voice, "-psdur", *tempo, "-t", text, "-o", str(target)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    phones, start = [], 0.0
    for word in printed.split():
        name, end = word.split(":")
        phones.append(Phone(start, float(end), to_ipa("radio", name)))
        start = float(end)
    pcm, rate = read_wav(target)
    return Utterance(pcm, rate, tuple(phones))
