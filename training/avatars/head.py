"""From a person's description to posed vertices of the base mesh: identity, expression, closed lips, head and arms."""
from __future__ import annotations

from functools import cached_property

import numpy as np

from .mesh import BODY_VERTICES, morph, read_asset, read_base
from .people import Person
from .surface import Surface, hidden_vertices, smoothstep, triangulate, vertex_normals

ETHNICITIES = ("caucasian", "african", "asian")
EYES = "data/eyes/high-poly/high-poly"
# Expression controls and the MakeHuman unit each one weighs.
UNITS = {
    "blink": (("eye-left-closure", 1.0), ("eye-right-closure", 1.0)),
    "jaw": (("mouth-open", 0.58),),
    "smile": (("mouth-corner-puller", 0.6),),
    "squint": (("eye-left-slit", 1.0), ("eye-right-slit", 1.0)),
    "wide_eyes": (("eye-left-opened-up", 1.0), ("eye-right-opened-up", 1.0)),
    "brows": (("eyebrows-left-up", 1.0), ("eyebrows-right-up", 1.0)),
    "inner_brows": (("eyebrows-left-inner-up", 1.0), ("eyebrows-right-inner-up", 1.0)),
}
SEAM_Y = 6.6105  # where the lips of the base mesh meet
ARM_ANGLE = 0.5  # the mesh stands with its arms away from the body; radians by which they are lowered


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """3×3: yaw about y (towards the person's left), then pitch about x (down), then roll about z; radians."""
    cy, sy, cx, sx, cz, sz = (f(a) for a in (yaw, pitch, roll) for f in (np.cos, np.sin))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    return np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]]) @ about_x @ about_y


class Head:
    """A person in one pose. `pose` overrides the person's resting expression (see UNITS; yaw, pitch, roll in radians).

    reference  float[19158,3]: the base mesh, in which everything is painted and planted
    neutral    the identity without expression; hair is combed on it
    face       the identity with its expression; what must follow the face is fitted to it
    `place` turns head and lowers arms of any points at last.
    """

    def __init__(self, person: Person, pose: dict[str, float] | None = None) -> None:
        self.person = person
        self.pose = {**person.rest, **(pose or {})}
        self.base = read_base()
        self.reference = self.base.vertices
        self.neutral = self._identity()
        self.face = self._express(self.neutral.copy())

    def _identity(self) -> np.ndarray:
        person, vertices = self.person, self.reference.copy()
        for sex, sex_weight in (("male", 1 - person.female), ("female", person.female)):
            for age, age_weight in (("old", person.age), ("young", 1 - person.age)):
                weight = sex_weight * age_weight
                for name, share in zip(ETHNICITIES, person.ethnicity):
                    morph(vertices, f"macrodetails/{name}-{sex}-{age}", share * weight)
                morph(vertices, f"macrodetails/universal-{sex}-{age}-averagemuscle-averageweight", weight)
        for name, weight in person.shape.items():
            if "*" in name:  # both sides
                for side in "lr":
                    morph(vertices, name.replace("*", side), weight)
            else:
                morph(vertices, name, weight)
        return vertices

    def _express(self, vertices: np.ndarray) -> np.ndarray:
        for control, units in UNITS.items():
            for unit, scale in units:
                for name, share in zip(ETHNICITIES, self.person.ethnicity):
                    if share > 0.01:
                        morph(vertices, f"expression/units/{name}/{unit}", self.pose.get(control, 0) * scale * share)
        if not self.pose.get("jaw"):
            close_lips(self.reference, vertices, self.skin_triangles, self.person.lip_overlap)
        return vertices

    @cached_property
    def skin_faces(self) -> np.ndarray:
        """Polygon indices of the body from the chest upwards."""
        low = np.array([self.reference[f, 1].min() for f in self.base.faces])
        return np.flatnonzero((self.base.groups == "body") & (low > 2.2))

    @cached_property
    def skin_triangles(self) -> np.ndarray:
        """int[T,3] of the head."""
        return triangulate([self.base.faces[i] for i in self.skin_faces if self.reference[self.base.faces[i], 1].min() > 5.6])

    @cached_property
    def scalp(self) -> Surface:
        """Head without expression, for hair."""
        return self._surface(self.neutral)

    @cached_property
    def skin(self) -> Surface:
        """Head with expression, for brows, lashes, stubble."""
        return self._surface(self.face)

    def _surface(self, shape: np.ndarray) -> Surface:
        faces = [f for i in self.skin_faces if self.reference[f := self.base.faces[i], 1].min() > 5.6]
        return Surface(self.reference, shape, faces)

    @cached_property
    def mouth_inside(self) -> np.ndarray:
        """float[19158]: 1 on vertices of the mouth's cavity, which no ray from outside meets."""
        r = self.reference
        near = (np.abs(r[:, 0]) < 0.6) & (r[:, 1] > 6.2) & (r[:, 1] < 7.05) & (r[:, 2] > 0.5)
        near &= (np.arange(len(r)) < BODY_VERTICES) & ~((r[:, 1] > 6.75) & (r[:, 2] > 1.45))
        candidates = np.flatnonzero(near)
        around = r[self.skin_triangles].mean(1)
        muzzle = (np.abs(around[:, 0]) < 0.75) & (around[:, 1] > 6.0) & (around[:, 1] < 7.1) & (around[:, 2] > 0.4)
        inside = np.zeros(len(r))
        inside[candidates] = hidden_vertices(r, self.skin_triangles[muzzle], candidates)
        return inside

    @cached_property
    def eye_centre(self) -> np.ndarray:
        """float[3]: between the eyes."""
        eyes = read_asset(EYES)[1].fit(self.neutral)
        return (eyes.max(0) + eyes.min(0)) / 2

    @cached_property
    def scale(self) -> float:
        """Size of the head against the base mesh's."""
        height = lambda v: np.ptp(v[np.unique(self.skin_triangles), 1][self.reference[np.unique(self.skin_triangles), 1] > 6.2])  # noqa: E731
        return float(height(self.neutral) / height(self.reference))

    def joint(self, group: str) -> np.ndarray:
        """float[3]: a joint of the skeleton, the middle of its helper cube."""
        index = np.unique([v for f, g in zip(self.base.faces, self.base.groups) if g == group for v in f])
        return self.neutral[index].mean(0)

    def eyes(self) -> np.ndarray:
        """Vertices of both eyeballs, turned so that they look into the camera whatever the head does."""
        mesh, fitting = read_asset(EYES)
        eyes = fitting.fit(self.face)
        yaw, pitch = -self.pose.get("yaw", 0), self.pose.get("pitch", 0)
        for side in (1, -1):
            ball = mesh.vertices[:, 0] * side > 0
            low, high = eyes[ball].min(0), eyes[ball].max(0)
            centre = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2] + (high[1] - low[1]) / 2])
            eyes[ball] = centre + (eyes[ball] - centre) @ rotation(-side * 0.02 + yaw, -pitch, 0).T
        return eyes

    def place(self, points: np.ndarray) -> np.ndarray:
        """Lowers the arms and turns the head about the neck, softly; for everything that belongs to the person."""
        placed = np.array(points, float)
        for side, joint in ((1, "joint-l-shoulder"), (-1, "joint-r-shoulder")):
            shoulder = self.joint(joint)[:2]
            angle = -side * ARM_ANGLE * smoothstep(-0.45, 0.6, side * (placed[:, 0] - shoulder[0]))
            d = placed[:, :2] - shoulder
            turned = np.stack([np.cos(angle) * d[:, 0] - np.sin(angle) * d[:, 1], np.sin(angle) * d[:, 0] + np.cos(angle) * d[:, 1]], 1)
            placed[:, :2] = np.where(angle[:, None] != 0, shoulder + turned, placed[:, :2])
        angles = [self.pose.get(k, 0) for k in ("yaw", "pitch", "roll")]
        if any(angles):
            pivot = np.array([0, self.eye_centre[1] - 1.33 * self.scale, 0.25])
            height = (points[:, 1] - self.eye_centre[1]) / self.scale
            weight = smoothstep(-1.58, -0.78, height) * smoothstep(1.5, 1.2, np.abs(points[:, 0]))
            turn = rotation(*angles) - np.eye(3)  # small angles: linear in the weight
            placed += weight[:, None] * ((placed - pivot) @ turn.T)
        return placed


def close_lips(reference: np.ndarray, vertices: np.ndarray, triangles: np.ndarray, overlap: float) -> None:
    """Moves the lips' edges together, in place: smiles of MakeHuman's units part them a little towards the corners.

    They are let sink into each other by `overlap` dm, at the corners by 1.4 mm more, or one would look into the mouth
    from the side.
    """
    x, y, z = np.abs(reference[:, 0]), reference[:, 1] - SEAM_Y, reference[:, 2]
    depth = 1.512 - 0.10 * (np.clip(x, 0, 0.26) / 0.26) ** 1.5  # where upper and lower lip touch deepest
    lips = (np.arange(len(reference)) < BODY_VERTICES) & (x < 0.36) & (np.abs(y) < 0.13) & (z > depth - 0.06)
    up = vertex_normals(reference, triangles)[:, 1]
    upper = np.where(np.abs(y) < 0.03, up < 0, y > 0)
    edge = lips & (np.abs(y) < 0.02) & (z > depth - 0.004) & (x < 0.272)
    knots = np.linspace(0, 0.26, 9)
    for side in (1, -1):
        half = (reference[:, 0] * side) >= -1e-6
        gap = np.zeros(len(knots))
        for k, knot in enumerate(knots):
            near = edge & half & (np.abs(x - knot) < 0.022)
            above, below = vertices[near & upper, 1], vertices[near & ~upper, 1]
            if len(above) and len(below):
                gap[k] = above.min() - below.max() + overlap + 0.014 * smoothstep(0.13, 0.24, knot)
        # Smooth along the seam, but nowhere less than it takes to close it.
        gap = np.maximum(gap, np.convolve(np.pad(gap, 1, mode="edge"), (0.25, 0.5, 0.25), "valid"))
        move = 0.5 * np.interp(x, [*knots, 0.29, 0.33], [*gap, 0.6 * gap[-1], 0]) * np.exp(-((y / 0.07) ** 2)) * lips
        move = np.where(np.abs(reference[:, 0]) < 1e-6, move / 2, move)  # the midline belongs to both halves
        vertices[:, 1] += np.where(half, np.where(upper, -move, move), 0)
