"""Writes test/fixtures/tiny-wav2lip-96.onnx: a network of kind `wav2lip` with no training in it, so that tests know
its answer: output = reference crop + 0.1 * mean of the mel window. Like the public exports it is 96x96, names its
inputs its own way, takes the face first and fixes the batch (here to 2).

    python3 training/golden/tiny_wav2lip.py
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BATCH, SIZE = 2, 96


def const(name, values):
    return numpy_helper.from_array(np.asarray(values), name)


nodes = [
    helper.make_node("Slice", ["video_frames", "from", "to", "axis"], ["reference"]),
    helper.make_node("ReduceMean", ["mel_spectrogram"], ["loudness"], axes=[1, 2, 3], keepdims=1),
    helper.make_node("Mul", ["loudness", "tenth"], ["light"]),
    helper.make_node("Add", ["reference", "light"], ["predicted_frames"]),
]
graph = helper.make_graph(
    nodes,
    "tiny_wav2lip",
    [
        helper.make_tensor_value_info("video_frames", TensorProto.FLOAT, [BATCH, 6, SIZE, SIZE]),
        helper.make_tensor_value_info("mel_spectrogram", TensorProto.FLOAT, [BATCH, 1, 80, 16]),
    ],
    [helper.make_tensor_value_info("predicted_frames", TensorProto.FLOAT, [BATCH, 3, SIZE, SIZE])],
    [
        const("from", np.array([3], np.int64)),
        const("to", np.array([6], np.int64)),
        const("axis", np.array([1], np.int64)),
        const("tenth", np.array(0.1, np.float32)),
    ],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, "test/fixtures/tiny-wav2lip-96.onnx")
