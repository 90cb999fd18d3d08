"""Mouth parameters to the shape of the lips, jaw, lower teeth and tongue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import makehuman, mesh

#: Order of the parameters everywhere; all 0…1 but `depress`, which is −0.5…1.
PARAMETERS = ("jaw", "press", "pucker", "wide", "raise", "depress", "tongue")
LOWEST = np.array([0, 0, 0, 0, 0, -0.5, 0], np.float32)

#: MakeHuman's expression units and how much of each a parameter of 1 means. More jaw tears the cheeks.
UNITS = {
    "open": 0.58, "pursing": 1.0, "retraction": 0.9, "elevation": 0.7, "depression-retraction": 0.7, "corner-puller": 0.6,
}  # fmt: skip


@dataclass(frozen=True)
class Articulation:
    """How one identity's mouth moves. `units` are offsets float32[6,vertices,3] in the order of `UNITS`."""

    shape: np.ndarray
    units: np.ndarray
    lips: np.ndarray
    """Vertices near the lips, and how much the vermilion follows the seam, 0…1."""
    vermilion: np.ndarray
    around: np.ndarray
    upper: np.ndarray
    """Of the same vertices: 1 on the upper lip, 0 on the lower, which goes with the jaw."""
    seam: np.ndarray
    half_width: float
    corners: tuple[int, int]
    middle: tuple[int, int]
    """Vertices of the upper and the lower lip where they meet, on the midline."""
    upper_teeth: slice
    tongue: slice
    tip: np.ndarray
    """Of the tongue's vertices: 0 at its root, 1 at its tip."""

    def pose(self, parameters: np.ndarray, smile: float = 0.0) -> np.ndarray:
        """Vertices float32[vertices,3] at the seven parameters and a smile, 0…1."""
        jaw, press, pucker, wide, lift, depress, tongue = (float(x) for x in np.clip(parameters, LOWEST, 1))
        jaw_share = jaw * (1 - 0.85 * press)
        weights = np.array([jaw_share, 0.75 * pucker, wide * (1 - 0.8 * pucker), lift, depress, smile * (1 - 0.5 * pucker)], np.float32)
        weights *= np.array(list(UNITS.values()), np.float32)
        points = self.shape + np.tensordot(weights, self.units, 1)
        self._round(points, pucker, jaw_share)
        self._tuck(points, lift, depress)
        self._press(points, press)
        self._tongue(points, jaw_share, tongue)
        return points

    def _seam_height(self, points: np.ndarray) -> tuple[float, float]:
        upper, lower = self.middle
        return float(points[upper, 1]), float(points[lower, 1])

    def _round(self, points: np.ndarray, pucker: float, jaw: float) -> None:
        """Rounded lips: corners come in, lips come forward and part a little."""
        if pucker == 0:
            return
        lips, weight = self.lips, (pucker * self.around)[:, None]
        offset = points[lips] - self.seam
        offset[:, 0] *= 1 - 0.30 * weight[:, 0]
        offset[:, 2] += 0.07 * weight[:, 0] * np.exp(-((offset[:, 0] / 0.3) ** 2))
        upper, lower = self._seam_height(points)
        gap = 0.032 * pucker * (1 - min(1, jaw * 2))
        middle = (upper + lower) / 2 - self.seam[1]
        side = 2 * self.upper - 1
        spread = np.clip(1 - (offset[:, 0] / (0.7 * self.half_width)) ** 2, 0, 1)
        offset[:, 1] += side * gap * spread * self.vermilion * np.exp(-(((offset[:, 1] - middle) / 0.2) ** 2))
        points[lips] = offset + self.seam

    def _tuck(self, points: np.ndarray, lift: float, depress: float) -> None:
        """For f and v the lower lip meets the edge of the upper teeth and rolls in, and the upper lip bares them a little."""
        amount = max(0.0, -depress) / 0.45
        if amount == 0:
            return
        lips = self.lips
        upper, lower = self._seam_height(points)
        edge = float(points[self.upper_teeth, 1].min())
        bare = max(0.0, edge + 0.05 - upper) * min(1.0, lift / 0.6)
        above = self.upper
        across = np.clip(1 - ((points[lips, 0] - self.seam[0]) / (1.1 * self.half_width)) ** 2, 0, 1)
        points[lips, 1] += min(1.0, amount) * self.vermilion * across * (above * bare + (1 - above) * (edge + 0.008 - lower))
        points[lips, 2] -= amount * (1 - above) * self.vermilion * 0.045

    def _press(self, points: np.ndarray, press: float) -> None:
        """Closed lips: whatever gap is left closes at its middle, and the red of the lips rolls in."""
        if press == 0:
            return
        lips, weight = self.lips, press * self.vermilion
        self.meet(points, press, 0.002)
        middle = sum(self._seam_height(points)) / 2
        points[lips, 1] -= 0.46 * weight * (points[lips, 1] - middle)
        points[lips, 2] -= 0.035 * weight

    def meet(self, points: np.ndarray, share: float, left: float) -> None:
        """Brings the lips together until a gap of `left` remains; `share` 0…1 goes only part of the way."""
        upper, lower = self._seam_height(points)
        gap = max(0.0, upper - lower - left)
        across = np.clip(1 - ((points[self.lips, 0] - self.seam[0]) / (1.05 * self.half_width)) ** 2, 0, 1)
        points[self.lips, 1] += share * self.vermilion * across * (0.5 - self.upper) * gap

    def _tongue(self, points: np.ndarray, jaw: float, tongue: float) -> None:
        """MakeHuman's tongue sits too high; raised, its tip reaches the upper teeth."""
        part, tip = self.tongue, self.tip
        points[part, 1] += -0.05 - 0.10 * jaw * tip + tongue * (0.06 + 0.14 * jaw) * tip**1.5
        points[part, 2] += -0.06 * (1 - 0.7 * tongue)


def articulate(shape: np.ndarray, races: np.ndarray) -> Articulation:
    """
    Movements of an identity whose MakeHuman vertices are `shape` [all,3], blended from the expression units of the three
    ancestries by `races` [3]. Teeth and tongue, which identity targets leave behind, are set behind its own lips.
    """
    head, made = mesh.load(), makehuman.load()
    points = np.zeros_like(head.rest)
    body = head.parts["head"]
    points[body] = shape[head.source]
    at = [head.vertex(i) for i in (mesh.UPPER_SEAM, mesh.LOWER_SEAM)]
    seam = points[at].mean(0)
    corners = [int(np.argmin(np.linalg.norm(head.rest[body] - mesh.CORNER * [s, 1, 1], axis=1))) for s in (1, -1)]
    half_width = float(points[corners[0], 0] - points[corners[1], 0]) / 2
    width = float(np.clip(half_width / mesh.CORNER[0], 0.85, 1.2))
    wall = float(points[[head.vertex(i) for i in mesh.INNER_LIPS], 2].min())

    units = np.zeros((len(UNITS), *points.shape), np.float32)
    for unit, name in enumerate(UNITS):
        blend = {f"expression/units/{race}/mouth-{name}": float(w) for race, w in zip(makehuman.RACES, races, strict=True)}
        units[unit, body] = made.delta(blend)[head.source]
    part = head.parts["tongue"]
    centre = head.rest[part].mean(0)
    points[part] = (head.rest[part] - centre) * [width, 1, 1] + centre + (seam - mesh.SEAM) + [0, 0, wall - 1.496]
    _place_arch(points, units, "upper", np.array([0, seam[1] - 0.03, wall - 0.03]), width, None)
    jaw = made.groups["helper-lower-teeth"]
    blend = {f"expression/units/{race}/mouth-open": float(w) for race, w in zip(makehuman.RACES, races, strict=True)}
    rigid = _affine(made.vertices[np.unique(jaw)], made.delta(blend)[np.unique(jaw)])
    _place_arch(points, units, "lower", np.array([0, seam[1] - 0.055, wall - 0.06]), width, rigid)

    rest = head.rest[body]
    near = np.exp(-(((rest[:, 1] - 6.605) / 0.115) ** 4) - (rest[:, 0] / 0.37) ** 6) * (rest[:, 2] > 1.2)
    far = np.exp(-(((rest[:, 1] - 6.605) / 0.27) ** 4) - (rest[:, 0] / 0.5) ** 4) * np.clip((rest[:, 2] - 0.9) / 0.3, 0, 1)
    near[part], far[part] = 0, 0
    lips = np.flatnonzero(far > 0.02)
    one = Articulation(
        shape=points.astype(np.float32),
        units=units,
        lips=lips,
        vermilion=near[lips].astype(np.float32),
        around=far[lips].astype(np.float32),
        seam=seam.astype(np.float32),
        upper=_upper_lip(made, head)[lips],
        half_width=half_width,
        corners=(corners[0], corners[1]),
        middle=(at[0], at[1]),
        upper_teeth=head.parts["upper"],
        tongue=part,
        tip=np.clip((head.rest[part, 2] - 0.75) / 0.6, 0, 1),
    )
    # Some identity targets part the lips; at rest they all but touch.
    one.meet(one.shape, 1.0, 0.012)
    return one


def _upper_lip(made: makehuman.MakeHuman, head: mesh.HeadMesh) -> np.ndarray:
    """1 for vertices that stay when the jaw opens, 0 for those that go with it, float32[vertices]."""
    down = made.delta({"expression/units/caucasian/mouth-open": 1.0})[:, 1]
    share = np.clip(1.5 - 2 * down[head.source] / (down[mesh.LOWER_SEAM] + down[mesh.UPPER_SEAM]), 0, 1)
    return np.concatenate([share, np.zeros(len(head.rest) - len(share))]).astype(np.float32)


def _affine(points: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Least-squares map [4,3] from positions to offsets: the jaw turns rigidly, whatever vertices it was sampled at."""
    return np.linalg.lstsq(np.c_[points, np.ones(len(points))], offset, rcond=None)[0]


def _place_arch(points: np.ndarray, units: np.ndarray, name: str, edge: np.ndarray, width: float, jaw: np.ndarray | None) -> None:
    """Sets an arch with the middle of its edge at `edge`, and lets the lower one turn with the jaw."""
    head = mesh.load()
    part = head.parts[name]
    points[part] = head.rest[part] * [width, 1, width] + edge
    if jaw is not None:
        rest = head.rest[part] + [0, mesh.SEAM[1] - 0.055, 1.44]
        units[0, part] = np.c_[rest, np.ones(len(rest))] @ jaw
