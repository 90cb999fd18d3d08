"""FaceMesh (arXiv:1907.06724) through OpenCV, and the crop it frames: the same arithmetic as src/avatar/align.ts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from .native import RUNS

MODELS = RUNS.parents[1] / "models" / "face"
SIDE = 192
MARGIN = 1.5
MIN_SCORE = 0.5
RIGHT_EYE, LEFT_EYE, CORNERS, UPPER_LIP_INNER, LOWER_LIP_INNER = (33, 133), (362, 263), (61, 291), 13, 14

#: Framing of kind `soyle`: v of eyes and mouth, centred on the mouth.
EYES_AT, MOUTH_AT = 0.25, 0.62


@dataclass(frozen=True)
class Framing:
    """A turned square in a picture: its middle and side in pixels, its angle clockwise in radians."""

    x: float
    y: float
    side: float
    angle: float

    def to_crop(self) -> np.ndarray:
        """Affine map [2,3] from pixels of the picture to crop coordinates −1…1."""
        scale = 2 / self.side
        c, s = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        return np.array([[c, s, -c * self.x - s * self.y], [-s, c, s * self.x - c * self.y]])


@cache
def _network() -> cv2.dnn.Net:
    """FaceMesh for OpenCV, which wants the kernel size of each convolution spelt out."""
    patched = RUNS / "facemesh-opencv.onnx"
    if not patched.exists():
        import onnx

        model = onnx.load(str(MODELS / "mesh.onnx"))
        weights = {w.name: list(w.dims) for w in model.graph.initializer}
        for node in model.graph.node:
            if node.op_type == "Conv" and not any(a.name == "kernel_shape" for a in node.attribute):
                node.attribute.append(onnx.helper.make_attribute("kernel_shape", weights[node.input[1]][2:]))
        patched.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(f"{patched}.{os.getpid()}")
        onnx.save(model, str(partial))
        partial.replace(patched)
    # OpenCV 5's new engine sees other landmarks, pixels away; the classic one agrees with onnxruntime.
    classic = getattr(cv2.dnn, "ENGINE_CLASSIC", None)
    return cv2.dnn.readNetFromONNX(str(patched), *([] if classic is None else [classic]))


def find(image: np.ndarray, guess: Framing, looks: int = 3) -> tuple[np.ndarray, float]:
    """
    Landmarks float32[468,2] in pixels and the probability 0…1 of the face near `guess` in a BGR picture uint8. Each look
    starts from where the last one saw the face.
    """
    region, points, score = guess, np.zeros((468, 2), np.float32), 0.0
    for _ in range(looks):
        to_crop = region.to_crop()
        to_input = (to_crop + [[0, 0, 1], [0, 0, 1]]) * SIDE / 2
        window = cv2.warpAffine(image, to_input, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        network = _network()
        network.setInput(cv2.dnn.blobFromImage(window, 1 / 255, swapRB=True))
        outputs = network.forward(network.getUnconnectedOutLayersNames())
        mesh, chance = sorted(outputs, key=lambda o: -o.size)[:2]
        score = float(chance.ravel()[0])
        inverse = cv2.invertAffineTransform(to_input)
        points = (mesh.reshape(-1, 3)[:, :2] @ inverse[:, :2].T + inverse[:, 2]).astype(np.float32)
        region = _around(points)
    return points, score


def _around(points: np.ndarray) -> Framing:
    """The square the mesh network wants to see, turned with the eyes."""
    direction = points[LEFT_EYE[1]] - points[RIGHT_EYE[0]]
    angle = float(np.arctan2(direction[1], direction[0]))
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    seen = points @ axes.T
    middle = axes.T @ (seen.min(0) + seen.max(0)) / 2
    return Framing(float(middle[0]), float(middle[1]), float(np.ptp(seen, axis=0).max()) * MARGIN, angle)


def frame(points: np.ndarray) -> Framing:
    """The crop of kind `soyle` for landmarks float[468,2]."""
    right, left = points[list(RIGHT_EYE)].mean(0), points[list(LEFT_EYE)].mean(0)
    eyes = (right + left) / 2
    mouth = (points[list(CORNERS)].mean(0) + points[UPPER_LIP_INNER]) / 2
    along, down = left - right, mouth - eyes
    first, second = np.arctan2(along[1], along[0]), np.arctan2(down[1], down[0]) - np.pi / 2
    angle = float(np.arctan2(np.sin(first) + np.sin(second), np.cos(first) + np.cos(second)))
    x_axis, y_axis = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    side = float((mouth - eyes) @ y_axis) / (MOUTH_AT - EYES_AT)
    centre = x_axis * (mouth @ x_axis) + y_axis * (eyes @ y_axis + (0.5 - EYES_AT) * side)
    return Framing(float(centre[0]), float(centre[1]), side, angle)
