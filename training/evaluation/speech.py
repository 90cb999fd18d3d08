"""Held-out sentences in held-out voices: WAV, phonemes with times, true mouth parameters of every video frame."""

import json
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from training.evaluation.lists import Voice, sentences, voices
from training.speech import espeak, festival, flite
from training.speech.mel import COLUMNS_PER_SECOND
from training.speech.phonemes import VISEMES, VOWELS
from training.speech.tracks import mouth_track, timed_phonemes
from training.speech.utterance import RATE, Utterance

FPS = 25
WORDS_PER_MINUTE = 165
_SAMPLES_PER_FRAME = RATE // FPS
_ESPEAK_LANGUAGE = {"ru": "ru", "kk": "kk", "en": "en-us"}
_FESTIVAL = {"ru": ("msu_ru", "utf-8"), "en": ("radio", "latin-1")}
"""Phone set and text encoding of festival's voices of a language."""


def prepare_speech(folder: Path) -> list[dict]:
    """Speaks everything into `folder`/speech and writes `folder`/speech.json; gives its utterances."""
    target = folder / "speech"
    target.mkdir(parents=True, exist_ok=True)
    utterances = []
    for voice in voices():
        for language in voice.languages:
            utterances += [_write(target, voice, language, *spoken) for spoken in _spoken(voice, language)]
            print(f"  {voice.id} {language}: {len(utterances)} utterances so far", flush=True)
    vowels = [name for index, name in enumerate(VISEMES) if index in VOWELS]
    (folder / "speech.json").write_text(json.dumps({"vowels": vowels, "utterances": utterances}, ensure_ascii=False))
    return utterances


def _spoken(voice: Voice, language: str) -> Iterator[tuple[str, str, Utterance]]:
    for sentence, text in sentences(language):
        for utterance in _say(voice, language, text):
            yield sentence, text, utterance


def _say(voice: Voice, language: str, text: str) -> Iterator[Utterance]:
    """One utterance, or none where festival cannot speak the text."""
    if voice.synthesiser == "espeak":
        yield espeak.espeak().say(text, f"{_ESPEAK_LANGUAGE[language]}+{voice.voice}", WORDS_PER_MINUTE)
    elif voice.synthesiser == "flite":
        with tempfile.TemporaryDirectory() as name:
            yield flite.say(text, voice.voice, 1.0, Path(name) / "speech.wav")
    else:
        phoneset, encoding = _FESTIVAL[language]
        rng = np.random.default_rng(0)
        yield from festival.speak(f"voice_{voice.voice}", [text], rng, phoneset, encoding)


def _write(target: Path, voice: Voice, language: str, sentence: str, text: str, spoken: Utterance) -> dict:
    """WAV and parameters of a whole number of video frames, a quarter of a second of silence around the speech."""
    utterance = spoken.resampled().padded(0.24, 0.24)
    pcm = np.pad(utterance.pcm, (0, -len(utterance.pcm) % _SAMPLES_PER_FRAME))
    frames = len(pcm) // _SAMPLES_PER_FRAME
    name = f"{voice.id}-{sentence}"
    with wave.open(str(target / f"{name}.wav"), "wb") as file:
        file.setparams((1, 2, RATE, len(pcm), "NONE", ""))
        file.writeframes((np.clip(pcm, -1, 1) * 32767).astype("<i2").tobytes())
    np.save(target / f"{name}.npy", frame_parameters(mouth_track(utterance.phones, 1 + len(pcm) * COLUMNS_PER_SECOND // RATE), frames))
    phones = [[round(a, 4), round(b, 4), p.ipa, VISEMES[p.viseme]] for a, b, p in timed_phonemes(utterance.phones)]
    return {
        "id": name, "voice": voice.id, "language": language, "sentence": sentence, "text": text,
        "frames": frames, "phones": phones,
    }  # fmt: skip


def frame_parameters(track: np.ndarray, frames: int) -> np.ndarray:
    """float32[columns, 7] at 80 columns a second → float32[frames, 7] at the middles of video frames."""
    middles = (np.arange(frames) + 0.5) / FPS * COLUMNS_PER_SECOND
    columns = np.arange(len(track))
    return np.stack([np.interp(middles, columns, track[:, k]) for k in range(track.shape[1])], axis=1).astype(np.float32)
