"""One identity before one camera in one light: crop alignment, background, lens and sensor, pictures and their truth."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from . import landmarks, light, mesh, teeth
from .identity import Identity
from .native import Scene, library, pointer
from .raster import rasterise, vertex_normals
from .skin import texture_coordinates

PREVIEW, PREVIEW_SCALE = 256, 72.0
MAP_SIDE = 256
TEMPLATE = (96, 400)
YAW, PITCH, ROLL = 35.0, 15.0, 10.0


@dataclass(frozen=True)
class Picture:
    """A render: display BGR uint8[s,s,3] and what each of its pixels shows, see `rasterise`."""

    image: np.ndarray
    triangle: np.ndarray
    barycentric: np.ndarray
    depth: np.ndarray
    vertices: np.ndarray
    """float32[vertices,3]: crop coordinates −1…1 and depth."""


class View:
    """Draws camera, light and alignment from `rng`. `aligned` is false when FaceMesh finds no face in it."""

    def __init__(self, identity: Identity, rng: np.random.Generator) -> None:
        self.identity = identity
        # Between a normal distribution and a uniform one: frontal is common, wide angles are not rare.
        self.yaw = float(np.clip(rng.normal(0, 14), -YAW, YAW)) if rng.random() < 0.6 else float(rng.uniform(-YAW, YAW))
        self.pitch = float(np.clip(rng.normal(0, 6), -PITCH, PITCH))
        self.roll = float(np.clip(rng.normal(0, 4), -ROLL, ROLL))
        self.turn = mesh.rotation(*np.radians([self.yaw, self.pitch, self.roll]))
        self.distance = float(rng.uniform(8, 20))
        self.pivot = np.array([0, 6.9, 0.6], np.float32)
        self.lamp = light.draw(rng, self.turn)
        self.blur = float(rng.uniform(0, 0.75))
        self.noise = float(rng.beta(1, 3) * 0.012)
        self.quality = int(rng.integers(60, 97)) if rng.random() < 0.45 else 0
        self.relief = float(rng.uniform(0.1, 0.5))
        self.gloss = float(rng.uniform(0.03, 0.45))
        self.shininess = float(rng.uniform(8, 22))
        self.wet = float(rng.uniform(0.25, 0.9))
        self.gamma = 1 / 2.2
        self.exposure = 1.0
        self.grain = int(rng.integers(1 << 30))
        self.scenery = light.background(rng)
        brightness = 0.27 + 0.42 * float(identity.skin.complexion.mean()) ** 0.45 + rng.normal(0, 0.06)
        self.rest = identity.pose(np.zeros(7))
        self._attributes = self._static()
        self.to_crop = np.array([[PREVIEW_SCALE, 0, PREVIEW / 2], [0, PREVIEW_SCALE, PREVIEW / 2]]) * 2 / PREVIEW - [[0, 0, 1], [0, 0, 1]]
        self._expose(brightness)
        self.aligned = self._align()
        shift, scale, angle = rng.normal(0, 0.024, 2), 1 + rng.normal(0, 0.015), np.radians(rng.normal(0, 1))
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        self.to_crop = turn @ self.to_crop + np.c_[np.zeros((2, 2)), shift]

    def traits(self) -> dict[str, object]:
        """What the evaluation groups by; angles in degrees."""
        names = ("yaw", "pitch", "roll", "blur", "noise", "score")
        return {name: round(float(getattr(self, name)), 4) for name in names}

    def _static(self) -> np.ndarray:
        head = mesh.load()
        out = np.zeros((len(head.rest), 12), np.float32)
        uv = head.uv.copy()
        skin = head.parts["head"]
        tongue = head.parts["tongue"]
        kept = uv[tongue].copy()
        uv[skin] = texture_coordinates(uv[skin])
        uv[tongue] = kept
        out[:, 6:8] = uv
        out[:, 8:10] = head.rest[:, :2]
        out[:, 10] = head.inner
        out[:, 11] = self.identity.occlusion
        return out

    def project(self, points: np.ndarray) -> np.ndarray:
        """Head space to crop coordinates −1…1 and depth, float32[vertices,3]."""
        turned = (points - self.pivot) @ self.turn.T
        near = 1 / (1 - turned[:, 2:] / self.distance)
        plane = turned[:, :2] * near * [1, -1]
        return np.c_[plane @ self.to_crop[:, :2].T + self.to_crop[:, 2], -turned[:, 2]].astype(np.float32)

    def _expose(self, brightness: float) -> None:
        """Sets the exposure so that the skin's mean is as bright as a camera would make it."""
        points = self.rest
        linear, index = self._shade(points, self.project(points), 96, gamma=1.0)
        skin = linear[(index >= 0) & (mesh.load().material[np.maximum(index, 0)] == mesh.SKIN)]
        self.exposure = float(np.clip(brightness, 0.16, 0.72) ** 2.2 / max(float(np.mean(skin)), 1e-3))

    def _align(self) -> bool:
        """Frames the crop by the landmarks FaceMesh finds in a wide picture of the rest pose."""
        image, _ = self._shade(self.rest, self.project(self.rest), PREVIEW, gamma=self.gamma)
        picture = (image * 255).astype(np.uint8)
        guess = landmarks.Framing(PREVIEW / 2, PREVIEW / 2, 2.9 * PREVIEW_SCALE, 0)
        points, score = landmarks.find(picture, guess)
        self.score = score
        if score < landmarks.MIN_SCORE:
            return False
        from_preview = landmarks.frame(points).to_crop()
        inverse = np.array([[PREVIEW / 2, 0, PREVIEW / 2], [0, PREVIEW / 2, PREVIEW / 2]])
        pixels = np.c_[inverse[:, :2] @ self.to_crop[:, :2], inverse[:, :2] @ self.to_crop[:, 2] + inverse[:, 2]]
        self.to_crop = np.c_[from_preview[:, :2] @ pixels[:, :2], from_preview[:, :2] @ pixels[:, 2] + from_preview[:, 2]]
        return True

    def _scene(self, points: np.ndarray, gamma: float) -> tuple[Scene, np.ndarray]:
        """Light and colours of a pose, and its shadow map float32[256,256]."""
        head = mesh.load()
        rows = light.shadow_projection(self.lamp.key, MAP_SIDE)
        screen = points @ rows[:, :3].T + rows[:, 3]
        _, _, shadow_map = rasterise(MAP_SIDE, head.triangles, screen, head.kind, barycentric=False)
        mouth = self.identity.articulation
        upper, lower = points[list(mouth.middle)]
        width = float(np.ptp(points[list(mouth.corners), 0]))
        gap = float(max(0.0, upper[1] - lower[1]))
        scene = Scene.of(
            light=self.lamp.key, light_colour=self.lamp.key_colour, fill=self.lamp.fill, fill_colour=self.lamp.fill_colour,
            view=self.turn[2], ambient=self.lamp.ambient, ambient_slope=self.lamp.slope, shadow=rows,
            shadow_softness=self.lamp.softness, shadow_bias=0.03, gloss=self.gloss, shininess=self.shininess,
            wet_gloss=self.wet, relief=self.relief, eye=self.identity.eye, **self.identity.colours,
            lip=[(upper[1] + lower[1]) / 2, (upper[2] + lower[2]) / 2 - 0.02, 1.4], aperture=gap * width * 0.7 + 1e-4,
            exposure=self.exposure, gamma=gamma,
        )  # fmt: skip
        return scene, shadow_map

    def _shade(self, points: np.ndarray, crop: np.ndarray, side: int, gamma: float) -> tuple[np.ndarray, np.ndarray]:
        """Picture float32[side,side,3] and its triangles int32[side,side]."""
        head = mesh.load()
        screen = crop.copy()
        screen[:, :2] = (crop[:, :2] + 1) * (side / 2)
        index, weights, _ = rasterise(side, head.triangles, screen, head.kind)
        scene, shadow_map = self._scene(points, gamma)
        vertex = self._attributes.copy()
        vertex[:, 0:3] = points
        vertex[:, 3:6] = vertex_normals(head.triangles, points)
        vertex = np.ascontiguousarray(vertex)
        pair = _teeth()
        behind = np.ascontiguousarray(cv2.resize(self.scenery, (side, side), interpolation=cv2.INTER_LINEAR))
        out = np.empty((side, side, 3), np.float32)
        texture = self.identity.skin.texture
        library("render").shade(
            ctypes.byref(scene), side, pointer(head.triangles, np.int32), pointer(head.material, np.uint8),
            pointer(vertex, np.float32), pointer(index, np.int32), pointer(weights, np.float32), pointer(texture, np.float32),
            texture.shape[1], texture.shape[0], pointer(pair, np.float32), pair.shape[2], pair.shape[1], MAP_SIDE,
            pointer(shadow_map, np.float32), pointer(behind, np.float32), pointer(out, np.float32),
        )  # fmt: skip
        return out, index

    def render(self, parameters: np.ndarray, side: int, take: int = 0) -> Picture:
        """Picture of a pose at the given parameters [7], `side` pixels, from twice as many; `take` seeds its noise."""
        head = mesh.load()
        points = self.identity.pose(parameters)
        crop = self.project(points)
        large, _ = self._shade(points, crop, side * 2, self.gamma)
        image = cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA)
        if self.blur > 0.25:
            image = cv2.GaussianBlur(image, (0, 0), self.blur * side / 128)
        if self.noise > 0.001:
            grain = np.random.default_rng([self.grain, take]).standard_normal(image.shape, np.float32)
            image = image + self.noise * grain
        picture = np.clip(image * 255 + 0.5, 0, 255).astype(np.uint8)
        if self.quality:
            picture = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, self.quality])[1], cv2.IMREAD_COLOR)
        screen = crop.copy()
        screen[:, :2] = (crop[:, :2] + 1) * (side / 2)
        index, weights, depth = rasterise(side, head.triangles, screen, head.kind)
        return Picture(picture, index, weights, depth, crop)


@cache
def _teeth() -> np.ndarray:
    """Both arches' pictures, linear float32[2,h,w,3]."""
    return np.stack([teeth.template(arch, *TEMPLATE) ** 2.2 for arch in ("upper", "lower")])
