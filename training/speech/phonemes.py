"""IPA → mouth shape, dominance and viseme, from `phonemes.json`."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

_TABLE = json.loads((Path(__file__).parent / "phonemes.json").read_text("utf-8"))

PARAMETERS: tuple[str, ...] = tuple(_TABLE["parameters"])
VISEMES: tuple[str, ...] = tuple(dict.fromkeys(row["viseme"] for row in _TABLE["rows"]))
SILENCE, BILABIAL, LABIODENTAL = (VISEMES.index(name) for name in ("silence", "bilabial", "labiodental"))
VOWELS = frozenset(
    VISEMES.index(name)
    for name in (
        "open", "open front", "half open", "schwa", "mid front", "close front",
        "close central", "mid round", "open round", "close round",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Phoneme:
    """`mouth` float32[7]; `dominance` > 0: how strongly it resists its neighbours; `viseme` indexes VISEMES."""

    ipa: str
    mouth: np.ndarray
    dominance: float
    viseme: int


PHONEMES: dict[str, Phoneme] = {
    ipa: Phoneme(ipa, np.array(row["mouth"], np.float32), row["dominance"], VISEMES.index(row["viseme"]))
    for row in _TABLE["rows"]
    for ipa in (row["ipa"].split() or [""])
}

# Stress, length, syllable marks, ties, breaks, aspiration, palatalisation, tone, nasality, devoicing:
# nothing that one sees on the lips. Espeak adds digits and quotes to some phoneme names.
_INVISIBLE = re.compile("[ˈˌːˑ.|‖‿͜͡ʰʱʲʷˠˤˀ˞˥˦˧˨˩̩̯̥̬̤̰̼̹̜̟̠̈̽̃̚'’ʼ0-9_;:!?^~\"`\\-\\s̪̺̻̙̘̞̆]+")
_LONGEST = max(map(len, PHONEMES))


class UnknownPhoneme(ValueError):
    """An IPA string with a symbol that `phonemes.json` lacks."""


@lru_cache(maxsize=4096)
def parse(ipa: str) -> tuple[Phoneme, ...]:
    """The phonemes of one IPA string, longest first: "tʃ" is one, the diphthong "aɪ" two; "" is silence."""
    if ipa in PHONEMES:
        return (PHONEMES[ipa],)
    rest = _INVISIBLE.sub("", ipa)
    if not rest:
        return (PHONEMES[""],)
    found = []
    while rest:
        for length in range(min(_LONGEST, len(rest)), 0, -1):
            if rest[:length] in PHONEMES:
                found.append(PHONEMES[rest[:length]])
                rest = rest[length:]
                break
        else:
            raise UnknownPhoneme(f"no mouth shape for {rest[0]!r} (U+{ord(rest[0]):04X}) in {ipa!r}")
    return tuple(found)
