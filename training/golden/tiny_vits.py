"""Writes test/fixtures/voices/: VITS networks with random weights, so that tests run a real sherpa-onnx without a real
voice. They hum; nobody should take them for speech, hence `random-weights` in every name.

    random-weights.onnx           as Piper exports one speaker, without the metadata that sherpa-onnx asks for
    random-weights-speakers.onnx  the same with two speakers
    random-weights-mms.onnx       as sherpa-onnx wants Meta's MMS voices: characters instead of phonemes, metadata inside
    random-weights.json           Piper's configuration of the first two; tests fill in language and sample rate

What is real about them is the contract (names, types and shapes of inputs and outputs) and how they work: every token
lasts a while of its own, the tokens are stretched to frames, and a decoder turns each frame into samples.

    python3 training/golden/tiny_vits.py
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path("test/fixtures/voices")
SYMBOLS, SPEAKERS, CHANNELS = 256, 2, 12
HOP = 256
"""Samples of one frame."""

PIPER_PHONEMES = (
    "_^$ !'(),-.:;?abcdefhijklmnopqrstuvwxyzæçðøħŋœǀǁǂǃɐɑɒɓɔɕɖɗɘəɚɛɜɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʘʙʛʜʝʟʡʢʲ"
    "ˈˌːˑ˞βθχᵻⱱ0123456789\u0327\u0303\u032a\u032f\u0329ʰˤε↓#\"↑"
)
"""The symbols of Piper's voices, in the order of their numbers."""
MMS_CHARACTERS = "|абвгдеёжзийклмнопрстуфхцчшщъыьэюя "


def const(name: str, values: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(values), name)


def weights(seed: int) -> list[onnx.TensorProto]:
    """Frames per symbol [256], embeddings [256, C] and of speakers [2, C], and the decoder [C, hop]."""
    rng = np.random.default_rng(seed)
    frames = rng.uniform(3.5, 5, SYMBOLS)
    frames[:4] = 0.75, 1, 1, 2  # padding, beginning, end, space
    # A decoder of a few harmonics of the frame rate: a hum, not noise.
    time = np.arange(HOP) / HOP
    harmonics = np.stack([np.sin(2 * np.pi * (1 + i // 2) * time + (i % 2) * np.pi / 2) for i in range(CHANNELS)])
    return [
        const("frames_of", frames.astype(np.float32)),
        const("embedding", rng.normal(0, 1, (SYMBOLS, CHANNELS)).astype(np.float32)),
        const("speakers", rng.normal(0, 1, (SPEAKERS, CHANNELS)).astype(np.float32)),
        const("decoder", (0.12 * harmonics / np.sqrt(1 + np.arange(CHANNELS) // 2)[:, None]).astype(np.float32)),
        const("zero", np.float32(0)),
        const("one", np.float32(1)),
        const("first", np.int64(0)),
        const("along", np.array([1], np.int64)),
        const("flat", np.array([-1], np.int64)),
        const("column", np.array([-1, 1], np.int64)),
        const("row", np.array([1, -1], np.int64)),
    ]


def synthesis(tokens: str, noise: str, stretch: str, output: str, speaker: str | None) -> list[onnx.NodeProto]:
    """tokens int64 [1, T] -> samples: lengths, alignment by their running sum, embedding of each frame, decoder."""
    node = helper.make_node
    nodes = [
        node("Reshape", [tokens, "flat"], ["ids"]),
        node("Gather", ["frames_of", "ids"], ["own_frames"]),
        node("Mul", ["own_frames", stretch], ["frames"]),
        node("CumSum", ["frames", "first"], ["ends"]),
        node("ReduceMax", ["ends"], ["length"], keepdims=0),
        node("Ceil", ["length"], ["whole_length"]),
        node("Range", ["zero", "whole_length", "one"], ["clock"]),
        # The token of a frame is the number of tokens that have ended before it.
        node("Reshape", ["clock", "column"], ["clock_column"]),
        node("Reshape", ["ends", "row"], ["ends_row"]),
        node("GreaterOrEqual", ["clock_column", "ends_row"], ["ended"]),
        node("Cast", ["ended"], ["ended_count"], to=TensorProto.INT64),
        node("ReduceSum", ["ended_count", "along"], ["aligned"], keepdims=0),
        node("Gather", ["ids", "aligned"], ["frame_ids"]),
        node("Gather", ["embedding", "frame_ids"], ["mean"]),
        node("RandomNormalLike", ["mean"], ["normal"], scale=0.3, seed=1.0),
        node("Mul", ["normal", noise], ["deviation"]),
        node("Add", ["mean", "deviation"], ["latent"]),
    ]
    latent = "latent"
    if speaker:
        nodes += [node("Gather", ["speakers", speaker], ["own"]), node("Add", ["latent", "own"], ["voiced"])]
        latent = "voiced"
    return nodes + [
        node("Tanh", [latent], ["activation"]),
        node("MatMul", ["activation", "decoder"], ["sound"]),
        node("Reshape", ["sound", "shape"], [output]),
    ]


def save(name: str, nodes: list, inputs: list, outputs: list, initializers: list, metadata: dict[str, str]) -> None:
    graph = helper.make_graph(nodes, "random_weights", inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    onnx.save(model, str(FOLDER / name))


def tensor(name: str, kind: int, shape: list) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def piper(name: str, seed: int, speaker: str | None) -> None:
    """input, input_lengths, scales (noise, length, duration noise)[, sid] -> output [1, 1, 1, samples]."""
    pick = [
        helper.make_node("Gather", ["scales", "first_index"], ["noise"]),
        helper.make_node("Gather", ["scales", "second_index"], ["stretch"]),
    ]
    inputs = [
        tensor("input", TensorProto.INT64, ["batch_size", "phonemes"]),
        tensor("input_lengths", TensorProto.INT64, ["batch_size"]),
        tensor("scales", TensorProto.FLOAT, [3]),
    ] + ([tensor(speaker, TensorProto.INT64, ["batch_size"])] if speaker else [])
    outputs = [tensor("output", TensorProto.FLOAT, ["batch_size", 1, "channels", "time"])]
    indices = [const("first_index", np.array([0], np.int64)), const("second_index", np.array([1], np.int64))]
    shape = [const("shape", np.array([1, 1, 1, -1], np.int64))]
    nodes = pick + synthesis("input", "noise", "stretch", "output", speaker)
    save(name, nodes, inputs, outputs, weights(seed) + indices + shape, {})


def mms(name: str, seed: int) -> None:
    """x, x_length, noise_scale, length_scale, noise_scale_w -> y [1, 1, samples]."""
    scales = ["noise_scale", "length_scale", "noise_scale_w"]
    inputs = [tensor("x", TensorProto.INT64, ["N", "L"]), tensor("x_length", TensorProto.INT64, ["N"])]
    inputs += [tensor(scale, TensorProto.FLOAT, [1]) for scale in scales]
    outputs = [tensor("y", TensorProto.FLOAT, ["N", 1, "samples"])]
    shape = [const("shape", np.array([1, 1, -1], np.int64))]
    metadata = {
        "model_type": "vits",
        "comment": "mms",
        "frontend": "characters",
        "language": "Russian",
        "add_blank": "1",
        "n_speakers": "1",
        "sample_rate": "16000",
    }
    nodes = synthesis("x", "noise_scale", "length_scale", "y", None)
    save(name, nodes, inputs, outputs, weights(seed) + shape, metadata)
    lines = [f"{character} {number}" for number, character in enumerate(MMS_CHARACTERS)]
    (FOLDER / "random-weights-mms.tokens.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def configuration() -> None:
    config = {
        "audio": {"sample_rate": 22050, "quality": "random-weights"},
        "espeak": {"voice": "ru"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": {symbol: [number] for number, symbol in enumerate(PIPER_PHONEMES)},
        "num_symbols": SYMBOLS,
        "num_speakers": 1,
        "speaker_id_map": {},
        "language": {"code": "ru_RU", "family": "ru", "region": "RU", "name_english": "Russian"},
        "dataset": "random-weights",
    }
    text = json.dumps(config, ensure_ascii=False)
    (FOLDER / "random-weights.json").write_text(f"{text}\n", encoding="utf-8")


FOLDER.mkdir(parents=True, exist_ok=True)
piper("random-weights.onnx", 1, None)
piper("random-weights-speakers.onnx", 2, "sid")
mms("random-weights-mms.onnx", 3)
configuration()
