"""Writes test/fixtures/lips/tiny-mouth.onnx and tiny-face.onnx: a model of kind `soyle` with no training in it, so that
tests know its answers.

Mouth network, mel [1, 80, T] -> parameters [1, T, 7]: with l = loudness of a column, the mean of its bands scaled to
0 ... 1, jaw = l, press = 0, pucker = l of the lower forty bands, wide = l of the upper forty, raise = l / 2,
depress = -l / 4, tongue = l / 4.

Face network, reference [N, 3, 32, 32] and parameters [N, 7] -> [N, 3, 32, 32]: the reference, and inside the mouth
window (rows 8 ... 32, columns 4 ... 28) seven stripes of three columns, to which a quarter of each parameter is added.

    python3 training/golden/tiny_soyle.py
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path("test/fixtures/lips")
BANDS, PARAMETERS, SIZE = 80, 7, 32
TOP, LEFT, STRIPE = 8, 4, 3
STRENGTH = 0.25


def const(name: str, values: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(values), name)


def ints(name: str, *values: int) -> onnx.TensorProto:
    return const(name, np.array(values, np.int64))


def save(name: str, graph: onnx.GraphProto) -> None:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(FOLDER / name))


def mouth() -> onnx.GraphProto:
    """(mel + 4) / 8, averaged over bands by a matrix, one column of it for each parameter."""
    weights = np.zeros((BANDS, PARAMETERS), np.float32)
    for column, strength in ((0, 1), (4, 0.5), (5, -0.25), (6, 0.25)):
        weights[:, column] = strength / BANDS
    weights[: BANDS // 2, 2] = 2 / BANDS
    weights[BANDS // 2 :, 3] = 2 / BANDS
    return helper.make_graph(
        [
            helper.make_node("Add", ["mel", "four"], ["above"]),
            helper.make_node("Div", ["above", "eight"], ["unit"]),
            helper.make_node("Transpose", ["unit"], ["columns"], perm=[0, 2, 1]),
            helper.make_node("MatMul", ["columns", "weights"], ["params"]),
        ],
        "tiny_mouth",
        [helper.make_tensor_value_info("mel", TensorProto.FLOAT, [1, BANDS, "T"])],
        [helper.make_tensor_value_info("params", TensorProto.FLOAT, [1, "T", PARAMETERS])],
        [const("four", np.float32(4)), const("eight", np.float32(8)), const("weights", weights)],
    )


def face() -> onnx.GraphProto:
    """The parameters as a picture of stripes, padded to the crop with zeros, on top of the reference."""
    rows, used = SIZE - TOP, PARAMETERS * STRIPE
    pads = ints("pads", 0, 0, TOP, LEFT, 0, 0, 0, SIZE - LEFT - used)
    picture = TensorProto.FLOAT, ["N", 3, SIZE, SIZE]
    return helper.make_graph(
        [
            helper.make_node("Mul", ["params", "strength"], ["light"]),
            helper.make_node("Reshape", ["light", "line"], ["bars"]),
            helper.make_node("Expand", ["bars", "stripes"], ["area"]),
            helper.make_node("Reshape", ["area", "window"], ["change"]),
            helper.make_node("Pad", ["change", "pads"], ["padded"]),
            helper.make_node("Add", ["reference", "padded"], ["crop"]),
        ],
        "tiny_face",
        [
            helper.make_tensor_value_info("params", TensorProto.FLOAT, ["N", PARAMETERS]),
            helper.make_tensor_value_info("reference", *picture),
        ],
        [helper.make_tensor_value_info("crop", *picture)],
        [
            const("strength", np.float32(STRENGTH)),
            ints("line", -1, 1, 1, PARAMETERS, 1),
            ints("stripes", 1, 1, rows, PARAMETERS, STRIPE),
            ints("window", -1, 1, rows, used),
            pads,
        ],
    )


FOLDER.mkdir(parents=True, exist_ok=True)
save("tiny-mouth.onnx", mouth())
save("tiny-face.onnx", face())
