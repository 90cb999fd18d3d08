"""Who may learn from whom; and what the synthesisers say about time."""

import json
from pathlib import Path

import numpy as np
import pytest

from training.speech.dataset import example, make_voice
from training.speech.espeak import espeak
from training.speech.mel import mel_spectrogram
from training.speech.phonemes import BILABIAL, VOWELS
from training.speech.texts import LANGUAGES, sentences
from training.speech.tracks import viseme_track
from training.speech.utterance import Phone, Utterance
from training.speech.voices import HELD_OUT_LIST, VALIDATION, VOICES

BY_ID = {voice.id: voice for voice in VOICES}
EVALUATION = Path(__file__).parents[1] / "evaluation/sentences.json"


def test_the_evaluations_voices_are_held_out() -> None:
    listed = {f"{v['synthesiser']}/{v['voice']}" for v in json.loads(HELD_OUT_LIST.read_text())["voices"]}
    assert listed == {voice.id for voice in VOICES if voice.role == "held out"}
    assert {"flite/slt", "festival/cmu_us_slt_arctic_hts", "festival/msu_ru_nsh_clunits", "espeak/f4"} <= listed


def test_validation_voices_train_nothing() -> None:
    assert {voice.id for voice in VOICES if voice.role == "validate"} == VALIDATION


def test_ids_and_seeds_are_their_own() -> None:
    assert len({voice.seed for voice in VOICES}) == len(BY_ID) == len(VOICES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_have_bilabials_and_are_not_the_evaluations(language: str) -> None:
    fixed = {entry["text"] for entry in json.loads(EVALUATION.read_text()).get(language, [])}
    source = sentences(language, np.random.default_rng(1))
    some = [next(source) for _ in range(50)]
    assert len(set(some)) == 50 and not fixed & set(some)
    assert sum(any(letter in text for letter in "bpmбпмबपमబపమ") for text in some) > 35


@pytest.mark.parametrize("voice_id", ["flite/kal16", "festival/kal_diphone", "festival/czech_krb", "espeak/m3"])
def test_vowels_sound_where_they_are_said_to_be(voice_id: str) -> None:
    voice = BY_ID[voice_id]
    rng = np.random.default_rng(2)
    language = voice.languages[0]
    source = sentences(language, rng)
    for utterance in voice.speak(language, [next(source) for _ in range(3)], rng):
        assert all(a.end <= b.start + 1e-6 for a, b in zip(utterance.phones, utterance.phones[1:]))
        spoken = utterance.resampled()
        loudness = mel_spectrogram(spoken.pcm).mean(0)
        labels = viseme_track(spoken.phones, len(loudness))
        assert loudness[np.isin(labels, list(VOWELS))].mean() > loudness[labels == BILABIAL].mean() + 0.2


def test_espeaks_voiceless_stops_get_their_closure() -> None:
    utterance = espeak().say("апа", "ru+m1", 170)
    stop = next(phone for phone in utterance.phones if phone.ipa == "p")
    inside = utterance.pcm[int((stop.start + 0.012) * utterance.rate) : int((stop.start + 0.032) * utterance.rate)]
    assert stop.end - stop.start > 0.045 and np.abs(inside).max() < 0.002


def test_resampling_and_padding_carry_the_times_along() -> None:
    utterance = Utterance(np.zeros(22_050, np.float32), 22_050, (Phone(0.25, 0.5, "a"),))
    faster = utterance.resampled(16_000, speed=1.25).padded(0.1, 0.2)
    assert len(faster.pcm) == pytest.approx(0.8 * 16_000 + 0.3 * 16_000, abs=40)
    assert faster.phones[0].start == pytest.approx(0.3, abs=2e-3)
    assert faster.phones[0].end == pytest.approx(0.5, abs=2e-3)


def test_examples_agree_in_length() -> None:
    utterance = espeak().say("Бумага", "ru")
    mel, track, labels = example(utterance, np.random.default_rng(0), augment=True)
    assert len(mel) == len(track) == len(labels) and mel.shape[1] == 80 and track.shape[1] == 7


def test_a_voice_is_made_once(tmp_path: Path) -> None:
    voice = BY_ID["espeak/f2"]
    assert "clips" in make_voice(voice, tmp_path, 0.1)
    folder = tmp_path / "validate/espeak-f2"
    rows = np.load(folder / "lengths.npy").sum()
    assert np.load(folder / "mel.npy").shape == (rows, 80) and np.load(folder / "params.npy").shape == (rows, 7)
    assert make_voice(voice, tmp_path, 0.1) == "there already"
