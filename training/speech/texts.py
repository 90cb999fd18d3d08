"""Random sentences: common words and invented ones, rich in bilabials and rounded vowels.

The evaluation's sentences are fixed texts in `training/evaluation/sentences.json`; nothing here can repeat one.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

_FOLDER = Path(__file__).parent
_CMU_DICTIONARY = Path("/usr/share/festival/dicts/cmu/cmudict-0.4.out")

# Consonants and vowels of invented words; a letter that stands twice comes twice as often.
_SPELLING = {
    "ru": ("ббппммвфгджзклнрстхцчшщ", "а а е ё и о о у у ы э ю я"),
    "kk": ("ббппммвғгджзкқлнңрстшйф", "а ә е о ө ұ ү у ы і"),
    "en": ("b b p p m m f v w d g h j k l n r s t z sh ch th", "a e i o u oo ee ou ai"),
    "cs": ("b b p p m m f v c č d ď g h ch j k l n ň r ř s š t ť z ž", "a á e é i í o o u ú ů ou"),
    "it": ("b b p p m m f v c d g l n r s t z gn sc gli", "a e i o o u u ia uo"),
    "fi": ("p p p m m m v h j k l n r s t b f", "a ä e i o o ö u u y aa ee uu öö"),
    "ca": ("b b p p m m f v c d g l n ny r s t x ll j", "a e i o o u u"),
    "hi": ("ब ब भ प प फ म म व क ख ग च ज ट ड त द न य र ल श स ह", "ा ि ी ु ू े ो ौ"),
    "te": ("బ బ భ ప ప మ మ వ క గ చ జ ట డ త ద న య ర ల శ స హ", "ా ి ీ ు ూ ె ే ొ ో"),
    "tr": ("b b p p m m f v c ç d g ğ h j k l n r s ş t y z", "a e ı i o o ö u u ü"),
    "uk": ("ббппммвфгджзклнрстхцчшщ", "а е и і о о у у ю я є ї"),
    "ky": ("ббппммгджзклнңрстчш", "а е о о ө у у ү ы и"),
    "de": ("b b p p m m f w v pf d g h j k l n r s sch t z ch", "a e i o o u u ä ö ü ei au eu"),
    "es": ("b b p p m m f v d g j l ll n ñ r rr s t ch z c", "a e i o o u u ie ue"),
    "fr": ("b b p p m m f v d g j l n r s t ch z gn", "a é è i o ou ou u eu on an in au"),
    "pl": ("b b p p m m f w c cz d dz g h j k l ł n ń r rz s sz ś t z ż", "a e i o o u u ó y ą ę"),
}
LANGUAGES = tuple(_SPELLING)


def sentences(language: str, rng: np.random.Generator) -> Iterator[str]:
    """Endless sentences of 4 to 11 words in a language of LANGUAGES; about 7 seconds each."""
    words = vocabulary(language)
    while True:
        text = ""
        for _ in range(rng.integers(4, 12)):
            known = words and rng.random() < 0.65
            text += str(rng.choice(words)) if known else invented(language, rng)
            text += ", " if rng.random() < 0.1 else " "
        yield text.strip(", ") + str(rng.choice(list("..!?")))


def invented(language: str, rng: np.random.Generator) -> str:
    """One to four syllables of consonant, vowel and now and then a consonant."""
    consonants, vowels = (spelling.split() if " " in spelling else list(spelling) for spelling in _SPELLING[language])
    word = ""
    for _ in range(rng.integers(1, 5)):
        word += "" if not word and rng.random() < 0.15 else str(rng.choice(consonants))
        word += str(rng.choice(vowels))
        word += str(rng.choice(consonants)) if rng.random() < 0.3 else ""
    return word


@cache
def vocabulary(language: str) -> tuple[str, ...]:
    """Real words, none for languages that only get invented ones; English adds the CMU dictionary where installed."""
    path = _FOLDER / "words" / f"{language}.txt"
    words = tuple(path.read_text("utf-8").split()) if path.exists() else ()
    if language == "en" and _CMU_DICTIONARY.exists():
        found = re.findall(r'^\("([a-z]{3,9})"', _CMU_DICTIONARY.read_text("latin-1"), re.MULTILINE)
        rich = [word for word in found if re.search("[bpmfvw]|oo|ou", word)]
        words += tuple(rich[:: max(1, len(rich) // 4000)])
    return words
