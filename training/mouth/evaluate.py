"""The mouth net on the held-out voices and sentences, from audio alone.

    python3 -m training.mouth.evaluate             # the whole-utterance net
    python3 -m training.mouth.evaluate --stream

Prints a Markdown table: correlation of every parameter with the truth, the share of p, b, m that close, the share of
vowels that close by mistake, and the lag.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from training.mouth.measure import Measures, measure, predict, summary
from training.mouth.net import MouthNet
from training.mouth.train import RUNS
from training.speech.dataset import example
from training.speech.voices import VOICES, Voice

SENTENCES = Path(__file__).parents[1] / "evaluation/sentences.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stream", action="store_true")
    parser.add_argument("--checkpoint", type=Path, help="instead of training/runs/mouth/{batch,stream}.pt")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    net = load_net(arguments.checkpoint or RUNS / ("stream.pt" if arguments.stream else "batch.pt"), arguments.stream)
    print(summary(measure_held_out(net)))


def load_net(checkpoint: Path, streaming: bool) -> MouthNet:
    """The averaged weights of a checkpoint, ready to predict."""
    net = MouthNet(streaming)
    net.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
    return net.eval()


def measure_held_out(net: MouthNet) -> Iterator[Measures]:
    """One row per held-out voice and language."""
    sentences = json.loads(SENTENCES.read_text("utf-8"))
    for voice in VOICES:
        if voice.role == "held out":
            for language in voice.languages:
                if language in sentences:
                    yield measure_voice(net, voice, language, [entry["text"] for entry in sentences[language]])


def measure_voice(net: MouthNet, voice: Voice, language: str, texts: list[str]) -> Measures:
    """Speaks `texts` (the same way every time) and compares what the net hears with the phonemes' truth."""
    rng = np.random.default_rng(voice.seed)
    examples = [example(utterance, rng, augment=False) for utterance in voice.speak(language, texts, rng)]
    guesses = [predict(net, mel.T) for mel, _, _ in examples]
    return measure(f"{voice.id} {language}", guesses, [e[1] for e in examples], [e[2] for e in examples])


if __name__ == "__main__":
    main()
