"""The table knows every sound that espeak-ng makes in our languages and every phone of the other synthesisers."""

from itertools import product

import numpy as np
import pytest

from training.speech.espeak import espeak
from training.speech.phonemes import BILABIAL, PARAMETERS, PHONEMES, SILENCE, UnknownPhoneme, parse
from training.speech.phonesets import PHONESETS, to_ipa
from training.speech.texts import vocabulary
from training.speech.voices import ESPEAK_LANGUAGES

LETTERS = {
    "ru": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "аеёиоуыэюя"),
    "kk": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі", "аәеоөұүыіиу"),
    "en": ("abcdefghijklmnopqrstuvwxyz", "aeiouy"),
}


@pytest.mark.parametrize("language", LETTERS)
def test_every_sound_of_a_language_has_a_mouth_shape(language: str) -> None:
    letters, vowels = LETTERS[language]
    words = ["".join(pair) for pair in product(letters, letters)]
    words += ["".join(triple) for triple in product(vowels, letters, vowels)]
    words += vocabulary(language)[:600]
    heard = set()
    for accent, voice in enumerate(ESPEAK_LANGUAGES[language]):
        for first in range(0, len(words), 60 if accent == 0 else 240):
            heard |= {phone.ipa for phone in espeak().say(" ".join(words[first : first + 60]), voice, 450).phones}
    assert len(heard) > 30
    assert [ipa for ipa in sorted(heard) if not parse(ipa)] == []


@pytest.mark.parametrize("name", PHONESETS)
def test_every_phone_of_a_phone_set_has_a_mouth_shape(name: str) -> None:
    for ipa in PHONESETS[name].values():
        assert parse(ipa)


def test_mouth_shapes_lie_in_their_ranges() -> None:
    for phoneme in PHONEMES.values():
        lowest = np.where(np.array(PARAMETERS) == "depress", -0.5, 0)
        assert np.all(phoneme.mouth >= lowest) and np.all(phoneme.mouth <= 1) and phoneme.dominance > 0


def test_marks_that_no_lip_shows_are_skipped() -> None:
    assert [p.ipa for p in parse("ˈaɪ")] == ["a", "ɪ"]
    assert [p.ipa for p in parse("t͡ʃʲ")] == ["tʃ"]
    assert [p.ipa for p in parse("mʲː")] == ["m"]
    assert parse("")[0].viseme == parse("ˌ")[0].viseme == SILENCE
    assert {parse(ipa)[0].viseme for ipa in ("p", "bʱ", "mʲ")} == {BILABIAL}


def test_unknown_symbols_are_named() -> None:
    with pytest.raises(UnknownPhoneme, match="U\\+2603"):
        parse("a☃")
    with pytest.raises(KeyError, match="radio has no phone xyz"):
        to_ipa("radio", "xyz")


def test_russian_y_is_no_rounded_vowel() -> None:
    heard = [phone.ipa for phone in espeak().say("ты мы вы", "ru").phones]
    assert "ɨ" in heard and "y" not in heard
