"""Speech of every voice → mel columns and the mouth that belongs to them.

    python3 -m training.speech.dataset    # writes training/runs/speech/<role>/<voice>/

Per voice, all clips one after another: `mel.npy` float16[n, 80], `params.npy` float16[n, 7], `viseme.npy` uint8[n],
`lengths.npy` int32[clips]. A voice already there is left alone, so an interrupted run goes on where it stopped.
"""

import argparse
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np

from training.speech.augment import augmented
from training.speech.mel import mel_spectrogram
from training.speech.phonemes import UnknownPhoneme
from training.speech.texts import sentences
from training.speech.tracks import mouth_track, viseme_track
from training.speech.utterance import RATE, Utterance
from training.speech.voices import VOICES, Voice

DATA = Path("training/runs/speech")
CLIPS_PER_UTTERANCE = 3
_BATCH = 20
_LANGUAGE_SHARES = {"ru": 5, "kk": 5, "en": 3}


def main() -> None:
    arguments = _arguments()
    wanted = [voice for voice in VOICES if voice.role in arguments.roles and voice.id.startswith(arguments.voices)]
    with ProcessPoolExecutor(arguments.processes) as pool:
        jobs = {pool.submit(make_voice, v, arguments.out, _minutes(v, arguments.scale)): v for v in wanted}
        for done, job in enumerate(as_completed(jobs), 1):
            print(f"{done}/{len(jobs)} {jobs[job].id}: {job.result()}", flush=True)


def make_voice(voice: Voice, out: Path, minutes: float) -> str:
    """Writes `minutes` of a voice's own speech, each sentence in CLIPS_PER_UTTERANCE guises; says what it did."""
    folder = out / voice.role.replace(" ", "-") / voice.id.replace("/", "-")
    if folder.exists():
        return "there already"
    rng = np.random.default_rng(voice.seed)
    augment = voice.role == "train"
    mels, params, visemes, seconds, unknown = [], [], [], 0.0, 0
    for utterance in utterances(voice, rng):
        try:
            for clip in range(CLIPS_PER_UTTERANCE if augment else 1):
                mel, track, labels = example(utterance, rng, augment and clip > 0)
                mels.append(mel)
                params.append(track)
                visemes.append(labels)
        except UnknownPhoneme:
            unknown += 1
        seconds += len(utterance.pcm) / utterance.rate
        if seconds > 60 * minutes:
            break
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    np.save(partial / "lengths.npy", np.array([len(mel) for mel in mels], np.int32))
    for name, parts, kind in (("mel", mels, np.float16), ("params", params, np.float16), ("viseme", visemes, np.uint8)):
        np.save(partial / f"{name}.npy", np.concatenate(parts).astype(kind))
    partial.rename(folder)
    return f"{seconds / 60:.1f} min, {len(mels)} clips, {unknown} sentences with unknown phonemes left out"


def utterances(voice: Voice, rng: np.random.Generator) -> Iterator[Utterance]:
    """Endless speech of at least half a second, ru, kk and en more often than other languages."""
    weights = np.array([_LANGUAGE_SHARES.get(language, 0.6) for language in voice.languages], float)
    while True:
        language = str(rng.choice(voice.languages, p=weights / weights.sum()))
        source = sentences(language, rng)
        texts = [next(source) for _ in range(2 if voice.synthesiser == "espeak" else _BATCH)]
        yield from (spoken for spoken in voice.speak(language, texts, rng) if len(spoken.pcm) > spoken.rate / 2)


def example(utterance: Utterance, rng: np.random.Generator, augment: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(mel [n, 80], params [n, 7], visemes [n]) of one guise of an utterance, with silence around it."""
    speed = float(np.exp(rng.uniform(-0.25, 0.25))) if augment else 1.0
    spoken = utterance.resampled(RATE, speed).padded(*rng.uniform(0.0, 0.5, 2))
    pcm = augmented(spoken.pcm, rng) if augment else spoken.pcm
    mel = mel_spectrogram(np.round(pcm * 32767) / 32768).T
    return mel, mouth_track(spoken.phones, len(mel)), viseme_track(spoken.phones, len(mel))


def _minutes(voice: Voice, scale: float) -> float:
    """Recorded voices are few and near to people, espeak's variants many and alike."""
    if voice.role == "validate":
        return 2
    return scale * {"flite": 16, "festival": 14, "espeak": 0.8}[voice.synthesiser]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--scale", type=float, default=1.0, help="times the usual minutes per voice")
    parser.add_argument("--roles", nargs="+", default=["train", "validate"], choices=["train", "validate"])
    parser.add_argument("--voices", default="", help='only those whose id starts so: "espeak", "festival/czech"')
    parser.add_argument("--processes", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
