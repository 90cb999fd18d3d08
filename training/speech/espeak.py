"""espeak-ng (GPL-3) through ctypes, with the sample position of every phoneme."""

import ctypes
from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np

from training.speech.utterance import Phone, Utterance

_SYNCHRONOUS, _PHONEME_EVENTS, _IPA = 2, 1, 2
_UTF8, _EVENT_END, _EVENT_PHONEME = 1, 0, 7
_RATE, _PITCH, _RANGE = 1, 3, 4

RESPELLED = {"ru": {"y": "ɨ"}}
"""What a language's voice calls by another sound's IPA name: Russian ы is no rounded vowel."""

VOICELESS_STOPS = "ptkqcʈ"
LONGEST_CLOSURE = 1800
"""Samples at espeak's 22,050 Hz."""
SILENT = 30
"""Of 32,768."""
ECHO = 0.08
"""Of the preceding sound's peak: what variants with an echo let sound into the closure."""


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """The library keeps global state: one per process, see `espeak()`."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self.rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS | _IPA)
        if self.rate <= 0:
            raise RuntimeError("espeak-ng found no voices: install espeak-ng-data")
        self._pcm: list[np.ndarray] = []
        self._events: list[tuple[int, str]] = []
        self._callback = _Callback(self._receive)
        self._library.espeak_SetSynthCallback(self._callback)

    def _receive(self, samples, count: int, events) -> int:
        if samples and count > 0:
            self._pcm.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while events[index].type != _EVENT_END:
            if events[index].type == _EVENT_PHONEME:
                name = bytes(events[index].id.string).split(b"\0")[0]
                self._events.append((events[index].sample, name.decode("utf-8", "ignore")))
            index += 1
        return 0

    def say(
        self, text: str, voice: str, words_per_minute: int = 170, pitch: int = 50, intonation: int = 50
    ) -> Utterance:
        """`voice` is a language with or without a variant ("ru+f2"); pitch, intonation 0…99. ValueError: no such voice."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice}")
        for parameter, value in ((_RATE, words_per_minute), (_PITCH, pitch), (_RANGE, intonation)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._pcm.clear()
        self._events.clear()
        encoded = text.encode() + b"\0"
        self._library.espeak_Synth(encoded, len(encoded), 0, 1, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        pcm = np.concatenate(self._pcm) if self._pcm else np.zeros(0, np.int16)
        ends = [sample for sample, _ in self._events[1:]] + [len(pcm)]
        names = RESPELLED.get(voice.split("+")[0], {})
        phones = [Phone(a, b, names.get(ipa, ipa)) for (a, ipa), b in zip(self._events, ends) if b > a]
        timed = (Phone(a / self.rate, b / self.rate, ipa) for a, b, ipa in _with_closures(phones, pcm))
        return Utterance(pcm.astype(np.float32) / 32768, self.rate, tuple(timed))


def _with_closures(phones: list[Phone], pcm: np.ndarray) -> list[Phone]:
    """Voiceless stops (times in samples) get their closure back and lose half of their release.

    Espeak announces them at the burst; the 30–60 ms of digital silence before it would belong to the vowel.
    """
    mended = list(phones)
    for index, (start, end, ipa) in enumerate(phones):
        if ipa[:1] not in VOICELESS_STOPS or not ipa:
            continue
        earliest = max(0, start - LONGEST_CLOSURE)
        if index:
            earliest = max(earliest, int(mended[index - 1].start + phones[index - 1].end) // 2)
        before = np.abs(pcm[phones[index - 1].start if index else 0 : start]).max(initial=0)
        sounding = np.flatnonzero(np.abs(pcm[earliest:start]) > max(SILENT, ECHO * before))
        closed = earliest + int(sounding[-1]) + 1 if len(sounding) else earliest
        opened = (start + end) // 2
        mended[index] = Phone(closed, opened, ipa)
        if index:
            mended[index - 1] = mended[index - 1]._replace(end=closed)
        if index + 1 < len(phones):
            mended[index + 1] = mended[index + 1]._replace(start=opened)
    return mended


@cache
def espeak() -> Espeak:
    """The process's one espeak-ng."""
    return Espeak()


def speak(voice: str, texts: Iterable[str], rng: np.random.Generator) -> Iterator[Utterance]:
    """Each text at a rate, pitch and intonation of its own."""
    for text in texts:
        rate, pitch, intonation = rng.integers((115, 15, 20), (235, 86, 91)).tolist()
        yield espeak().say(text, voice, rate, pitch, intonation)
