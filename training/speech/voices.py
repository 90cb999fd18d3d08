"""Every voice, who may learn from it, and how to make it speak."""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from training.speech import espeak, festival, flite
from training.speech.utterance import Utterance

Role = Literal["train", "validate", "held out"]

HELD_OUT_LIST = Path(__file__).parents[1] / "evaluation/voices.json"
VALIDATION = {"festival/ked_diphone", "festival/czech_krb", "espeak/f2", "espeak/klatt2"}
"""Voices for choosing between trainings, so that the held-out ones choose nothing."""

_FESTIVAL = (
    # name, language, phone set, encoding of its text
    ("kal_diphone", "en", "radio", "latin-1"),
    ("ked_diphone", "en", "radio", "latin-1"),
    ("cmu_us_slt_arctic_hts", "en", "radio", "latin-1"),
    ("msu_ru_nsh_clunits", "ru", "msu_ru", "utf-8"),
    ("czech_dita", "cs", "czech", "iso8859-2"),
    ("czech_krb", "cs", "czech", "iso8859-2"),
    ("czech_machac", "cs", "czech", "iso8859-2"),
    ("czech_ph", "cs", "czech", "iso8859-2"),
    ("lp_diphone", "it", "italian", "latin-1"),
    ("pc_diphone", "it", "italian", "latin-1"),
    ("hy_fi_mv_diphone", "fi", "finnish", "latin-1"),
    ("suo_fi_lj_diphone", "fi", "finnish", "latin-1"),
    ("upc_ca_ona_hts", "ca", "catalan", "latin-1"),
    ("hindi_NSK_diphone", "hi", "indian", "utf-8"),
    ("telugu_NSK_diphone", "te", "indian", "utf-8"),
)
_ESPEAK_VARIANTS = (
    "m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 klatt klatt2 klatt3 klatt4 klatt5 klatt6 Alex Alicia Andrea Andy Annie "
    "Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Marco Mario Michael Mike Storm adam anika announcer antonio aunty "
    "belinda benjamin boris caleb croak david ed edward edward2 grandma grandpa gustave iven iven2 john kaukovalta "
    "linda marcelo max michel miguel norbert pablo paul pedro quincy rob robert sandro shelby steph steph2 steph3 "
    "travis victor whisper whisperf zac"
).split()
ESPEAK_LANGUAGES = {
    "ru": ("ru",),
    "kk": ("kk",),
    "en": ("en-us", "gmw/en", "gmw/en-GB-scotland", "gmw/en-GB-x-rp", "gmw/en-029", "gmw/en-GB-x-gbclan"),
    "tr": ("tr",),
    "uk": ("uk",),
    "ky": ("ky",),
    "de": ("de",),
    "es": ("es",),
    "fr": ("roa/fr",),
    "pl": ("pl",),
}


@dataclass(frozen=True)
class Voice:
    """`languages` are keys of `texts`; `phoneset` and `encoding` are festival's."""

    synthesiser: Literal["espeak", "flite", "festival"]
    name: str
    languages: tuple[str, ...]
    phoneset: str = ""
    encoding: str = ""

    @property
    def id(self) -> str:
        return f"{self.synthesiser}/{self.name}"

    @property
    def seed(self) -> int:
        """The same for the same voice, whatever else is in the list."""
        return zlib.crc32(self.id.encode())

    @property
    def role(self) -> Role:
        if (self.synthesiser, self.name) in _held_out():
            return "held out"
        return "validate" if self.id in VALIDATION else "train"

    def speak(self, language: str, texts: Iterable[str], rng: np.random.Generator) -> Iterator[Utterance]:
        """The texts, in this voice, at random tempi (and pitches where the synthesiser can)."""
        if self.synthesiser == "flite":
            return flite.speak(self.name, texts, rng)
        if self.synthesiser == "festival":
            return festival.speak(f"voice_{self.name}", texts, rng, self.phoneset, self.encoding)
        accents = ESPEAK_LANGUAGES[language]
        return espeak.speak(f"{accents[rng.integers(len(accents))]}+{self.name}", texts, rng)


@cache
def _held_out() -> frozenset[tuple[str, str]]:
    listed = json.loads(HELD_OUT_LIST.read_text("utf-8"))["voices"]
    return frozenset((voice["synthesiser"], voice["voice"]) for voice in listed)


VOICES: tuple[Voice, ...] = (
    *(Voice("flite", name, ("en",)) for name in ("awb", "rms", "kal", "kal16", "slt")),
    *(Voice("festival", name, (language,), phones, code) for name, language, phones, code in _FESTIVAL),
    *(Voice("espeak", name, tuple(ESPEAK_LANGUAGES)) for name in _ESPEAK_VARIANTS),
)
