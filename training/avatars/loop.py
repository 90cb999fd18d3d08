"""From one still and a few pictures of closing eyes to a seamless idle loop.

Every pixel of the still knows its place in space (render.py's position pass). The head sways and the chest breathes by
periodic sums of sines; the movement of each pixel follows from its place, and the still is warped by it, so that hair and
skin cannot boil as they would if every frame were rendered. Blinks are separate renders of the eyes, laid in softly.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .denoise import read_picture
from .surface import smoothstep

FPS = 25
FRAMES = 150
# Lid closure of the frames of one blink: quick to close, slower to open. The non-zero values are the pictures needed.
BLINK = (0.35, 0.85, 1.0, 1.0, 0.85, 0.6, 0.35, 0.15)
BLINK_STARTS = (41, 112)
EYE_WINDOW = (0.64, 0.21, 0.17)  # half width and reach above and below the eyes, in dm of the base mesh
FEATHER = 0.07


@dataclass(frozen=True)
class Camera:
    """Where render.py looked from; `focal` is the distance at which one picture height spans one unit of length.

    `eye` lies between the eyes before the head was turned, which is where heights are counted from; `turned_eye` after.
    """

    location: np.ndarray
    rotation: np.ndarray
    focal: float
    eye: np.ndarray
    turned_eye: np.ndarray
    scale: float

    @classmethod
    def read(cls, path: str) -> "Camera":
        about = json.loads(Path(path).read_text())
        location, rotation, eye, turned_eye = (np.array(about[k]) for k in ("location", "rotation", "eye", "turned_eye"))
        return cls(location, rotation, about["focal"], eye, turned_eye, about["scale"])

    def project(self, points: np.ndarray, size: int) -> np.ndarray:
        """Blender's world points [...,3] → pixels [...,2] of a square picture."""
        seen = (points - self.location) @ self.rotation
        depth = np.maximum(-seen[..., 2], 1e-3)
        return np.stack([(0.5 + self.focal * seen[..., 0] / depth) * size, (0.5 - self.focal * seen[..., 1] / depth) * size], -1)

    def eye_window(self) -> tuple[float, float, float, float]:
        """left, right, bottom, top of the blink pictures in 0…1 from the lower left, as render.py's --border wants it."""
        between = np.array([self.turned_eye[0], -self.turned_eye[2] - 0.1 * self.scale, self.turned_eye[1]])
        x, y = self.project(between, 1)
        dm = self.focal * self.scale / np.linalg.norm(self.location - between)
        half, above, below = (v * dm for v in EYE_WINDOW)
        return float(x - half), float(x + half), float(1 - y - below), float(1 - y + above)


def sway(frame: int, frames: int, closure: float) -> np.ndarray:
    """yaw, pitch, roll (radians) and breath (0…1) of a frame; periodic in `frames`. A blink nods a hair's breadth.

    The loop begins where all of them turn round: there the seam's frames differ least.
    """
    p = 2 * np.pi * frame / frames
    yaw = 0.019 * np.cos(p) - 0.008 * np.cos(2 * p + 0.3)
    pitch = 0.009 * np.cos(2 * p + 0.2) - 0.007 * np.cos(p + 0.4) + 0.003 * closure
    roll = 0.010 * np.cos(p + 0.35) - 0.004 * np.cos(2 * p)
    return np.array([yaw, pitch, roll, 0.5 - 0.5 * np.cos(2 * p)])


def basis_flows(position: np.ndarray, camera: Camera) -> np.ndarray:
    """float32[4,H,W,2]: pixels moved per radian of yaw, pitch, roll and per breath; all so small that they add up."""
    size = position.shape[0]
    place = cv2.medianBlur(position.astype(np.float32), 5)
    person = ((np.abs(place).sum(2) > 1e-3) & (place[..., 1] < 4)).astype(np.uint8)
    person = cv2.erode(person, np.ones((5, 5), np.uint8)).astype(np.float32)
    upright = np.stack([place[..., 0], place[..., 2], -place[..., 1]], -1)  # MakeHuman's axes
    height = (upright[..., 1] - camera.eye[1]) / camera.scale
    pivot = np.array([0, camera.eye[1] - 1.33 * camera.scale, 0.25])
    head = smoothstep(-1.65, -0.75, height) * smoothstep(1.6, 1.2, np.abs(upright[..., 0]) / camera.scale)
    chest = smoothstep(-0.9, -2.4, height)
    x, y, z = np.moveaxis(upright - pivot, -1, 0)
    zero = np.zeros_like(x)
    turns = [np.stack(v, -1) * head[..., None] for v in ([z, zero, -x], [zero, -z, y], [-y, x, zero])]
    breath = camera.scale * np.stack([zero, 0.022 * (chest + 0.35 * head), 0.020 * chest], -1)
    start = camera.project(place, size)
    small = 0.01
    flows = []
    for k, move in enumerate([*turns, breath]):
        step = small if k < 3 else 1.0
        moved = upright + step * move
        flow = (camera.project(np.stack([moved[..., 0], -moved[..., 2], moved[..., 1]], -1), size) - start) / step
        flows.append(_extend((flow * person[..., None]).astype(np.float32), person))
    return np.stack(flows)


def _extend(flow: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Carries a flow from the person softly into the backdrop, where it dies away."""
    result, have = flow.copy(), known > 0
    for sigma in (3, 8, 20, 60):
        near, weight = cv2.GaussianBlur(flow, (0, 0), sigma), cv2.GaussianBlur(known, (0, 0), sigma)
        fresh = ~have & (weight > 0.02)
        result[fresh] = (near / np.maximum(weight, 1e-6)[..., None])[fresh]
        have |= fresh
    far = cv2.distanceTransform((known == 0).astype(np.uint8), cv2.DIST_L2, 3)
    return cv2.GaussianBlur(result * smoothstep(160, 20, far)[..., None].astype(np.float32), (0, 0), 2.5)


def warp(picture: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """Moves a picture along a forward flow: the inverse by fixed-point iteration, then Lanczos resampling."""
    rows, columns = np.mgrid[0 : flow.shape[0], 0 : flow.shape[1]].astype(np.float32)
    back = -flow
    for _ in range(3):
        back = -cv2.remap(flow, columns + back[..., 0], rows + back[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.remap(picture, columns + back[..., 0], rows + back[..., 1], cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)


def with_lids(still: np.ndarray, window: np.ndarray, border: tuple[float, float, float, float]) -> np.ndarray:
    """Lays a blink picture (only `border` of it is filled) over the still with a soft edge."""
    size = still.shape[0]
    left, right, bottom, top = border
    rows, columns = np.mgrid[0:size, 0:size] + 0.5
    soft = FEATHER * (right - left)
    u, v = columns / size, 1 - rows / size
    mask = smoothstep(left + 0.004, left + soft, u) * smoothstep(right - 0.004, right - soft, u)
    mask = mask * smoothstep(bottom + 0.004, bottom + soft, v) * smoothstep(top - 0.004, top - soft, v)
    return (still + mask[..., None] * (window - still)).astype(np.float32)


def make_frames(folder: Path, size: int, frames: int = FRAMES) -> list[np.ndarray]:
    """uint8[size,size,3] RGB frames from FOLDER/still_* and FOLDER/blink<percent>_*."""
    camera = Camera.read(f"{folder}/still.json")
    still = read_picture(f"{folder}/still_clean.png")
    flows = basis_flows(read_picture(f"{folder}/still_position.exr"), camera)
    lids = {0.0: still}
    for closure in sorted(set(BLINK)):
        stem = f"{folder}/blink{round(closure * 100)}"
        border = json.loads(Path(f"{stem}.json").read_text())["border"]
        lids[closure] = with_lids(still, read_picture(f"{stem}_clean.png"), border)
    closures = {start + k: closure for start in BLINK_STARTS for k, closure in enumerate(BLINK)}
    made = []
    for frame in range(frames):
        closure = closures.get(frame, 0.0)
        flow = np.tensordot(sway(frame, frames, closure).astype(np.float32), flows, 1)
        picture = cv2.resize(warp(lids[closure], flow), (size, size), interpolation=cv2.INTER_AREA)
        made.append((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    return made


def seam(frames: list[np.ndarray]) -> tuple[float, float]:
    """Mean absolute difference (0…255) of the last frame from the first, and the median of all neighbours."""
    differences = [float(cv2.absdiff(a, b).mean()) for a, b in zip(frames, frames[1:])]
    return float(cv2.absdiff(frames[-1], frames[0]).mean()), float(np.median(differences))
