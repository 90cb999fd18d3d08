"""Festival's voices: one process speaks a whole batch, `utt.save.segs` tells where each phone ends."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from training.speech.phonesets import to_ipa
from training.speech.utterance import Phone, Utterance
from training.speech.wav import read_wav

LATE = {"voice_msu_ru_nsh_clunits": 0.015}
"""Seconds that a voice's own labels lie behind its sound, measured on the closures of stops between vowels."""
BATCH = 40
"""Sentences per process; festival leaks a little and a failing sentence ends it."""


def speak(
    voice: str, texts: Iterable[str], rng: np.random.Generator, phoneset: str, encoding: str
) -> Iterator[Utterance]:
    """Each text at a tempo of its own; sentences that festival cannot speak are left out."""
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == BATCH:
            yield from _spoken(voice, batch, rng, phoneset, encoding)
            batch = []
    yield from _spoken(voice, batch, rng, phoneset, encoding)


def _spoken(
    voice: str, texts: list[str], rng: np.random.Generator, phoneset: str, encoding: str
) -> Iterator[Utterance]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = _script(voice, texts, rng, folder)
        (folder / "batch.scm").write_bytes(script.encode(encoding, "ignore"))
        subprocess.run(["festival", "-b", str(folder / "batch.scm")], capture_output=True, check=False)
        for index in range(len(texts)):
            if (folder / f"{index}.lab").exists():
                yield _read(folder / str(index), phoneset, encoding, LATE.get(voice, 0.0))


def _script(voice: str, texts: list[str], rng: np.random.Generator, folder: Path) -> str:
    lines = [f"({voice})"]
    for index, text in enumerate(texts):
        quoted = text.replace("\\", "").replace('"', "")
        lines.append(
            f"(Parameter.set 'Duration_Stretch {rng.uniform(0.8, 1.25):.2f})\n"
            "(unwind-protect (begin"
            f' (set! u (utt.synth (eval (list \'Utterance \'Text "{quoted}"))))'
            f" (utt.save.wave u \"{folder / str(index)}.wav\" 'riff)"
            f' (utt.save.segs u "{folder / str(index)}.lab")) nil)'
        )
    return "\n".join(lines)


def _read(stem: Path, phoneset: str, encoding: str, late: float) -> Utterance:
    pcm, rate = read_wav(stem.with_suffix(".wav"))
    phones, start = [], 0.0
    for line in stem.with_suffix(".lab").read_text(encoding=encoding, errors="replace").splitlines():
        fields = line.split()
        if len(fields) == 3:
            end = max(0.0, float(fields[0]) - late)
            phones.append(Phone(start, end, to_ipa(phoneset, fields[2])))
            start = end
    return Utterance(pcm, rate, tuple(p for p in phones if p.end > p.start))
