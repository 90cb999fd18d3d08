"""The lists hold together, and the prepared truth is read at the right times."""

import numpy as np
import pytest

from training.evaluation.lists import identities, sentences, voices
from training.evaluation.speech import frame_parameters


def test_identities_are_held_out_and_many() -> None:
    lists = identities()
    seeds = lists["pictures"] + lists["sequences"]
    assert len(lists["pictures"]) >= 64 and len(set(seeds)) == len(seeds)
    assert min(seeds) >= lists["trainingSeedsBelow"]
    assert all(len(values) == len(lists["parameters"]) for values in lists["poses"].values())


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_sentences_are_distinct_and_spoken_by_a_held_out_voice(language: str) -> None:
    texts = [text for _, text in sentences(language)]
    assert len(texts) >= 12 and len(set(texts)) == len(texts)
    assert any(language in voice.languages for voice in voices())


def test_speaking_heads_say_listed_sentences() -> None:
    known = {name for language in ("ru", "kk", "en") for name, _ in sentences(language)}
    assert set(identities()["sequenceSentences"]) <= known


def test_frames_read_the_track_at_their_middles() -> None:
    track = np.repeat(np.arange(33, dtype=np.float32)[:, None], 7, axis=1)
    frames = frame_parameters(track, 3)
    # The middle of frame i lies (i + 0.5) · 3.2 columns from the start.
    np.testing.assert_allclose(frames[:, 0], [1.6, 4.8, 8.0], atol=1e-5)
