"""A random person: shape from MakeHuman's targets, skin, colours of eyes and mouth, and what is worn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import accessories, makehuman, mesh, mouth, skin
from .raster import ambient_occlusion, vertex_normals

DETAIL_COUNT, DETAIL_STRENGTH = 36, 0.55
#: Detail targets that bend a head out of what passes for a person.
GENTLE = ("neck/", "ears/")


@dataclass(frozen=True)
class Identity:
    """A head that can speak. Colours are linear BGR."""

    articulation: mouth.Articulation
    skin: skin.Skin
    occlusion: np.ndarray
    eye: np.ndarray
    colours: dict[str, np.ndarray]
    smile: float
    traits: dict[str, object]

    def pose(self, parameters: np.ndarray) -> np.ndarray:
        """Vertices float32[vertices,3] at the mouth parameters [7]."""
        return self.articulation.pose(parameters, self.smile)


def create(rng: np.random.Generator, child: bool = False) -> Identity:
    """Draws a person, or the `child` of about ten that they were; everything follows from the state of `rng`."""
    head, made = mesh.load(), makehuman.load()
    races = rng.dirichlet([0.6, 0.6, 0.6])
    male = float(rng.random() < 0.5) if rng.random() < 0.7 else float(rng.random())
    old = float(rng.random()) if rng.random() < 0.35 else 0.0
    weights = _weights(rng, made, races, male, old)
    shape = _centred(made.vertices + made.delta(_grown_down(weights) if child else weights))
    articulation = mouth.articulate(shape, races)
    # African targets come with dark skin more often than not, but any face may have any skin.
    mean = 0.18 * races[0] + 0.78 * races[1] + 0.32 * races[2]
    darkness = float(np.clip(rng.normal(mean, 0.17), 0, 1)) if rng.random() < 0.8 else float(rng.random())
    painted = skin.paint(rng, darkness, old, male)
    smile = 0.0 if rng.random() < 0.5 else float(rng.uniform(0, 0.8))

    points = articulation.shape
    left_eye = made.groups["helper-l-eye"]
    eye_centre = shape[np.unique(left_eye)].mean(0)
    normals = vertex_normals(head.triangles, points)
    hair = str(rng.choice(["none", "curtain", "strands"], p=[0.58, 0.24, 0.18] if male < 0.5 else [0.86, 0.05, 0.09]))
    worn = {"glasses": bool(rng.random() < 0.16), "scarf": bool(rng.random() < 0.15)}
    if hair != "none":
        points[head.parts["strands"]] = accessories.strands(rng, points, normals, hair)
    if worn["glasses"]:
        points[head.parts["glasses"]] = accessories.glasses(rng, points[: head.parts["head"].stop], eye_centre)
    if worn["scarf"]:
        chin = points[: head.parts["head"].stop][np.abs(head.rest[: head.parts["head"].stop, 0]) < 0.1]
        points[head.parts["scarf"]] = accessories.scarf(rng, points, float(chin[chin[:, 2] > 1.2][:, 1].min()))
    occlusion = ambient_occlusion(head.triangles, head.kind, points, normals)
    occlusion[head.parts["strands"].start :] = 0.7

    def tint(colour: tuple[float, float, float], spread: float, dark: float = 0.75, bright: float = 1.15) -> np.ndarray:
        display = np.array(colour) * rng.uniform(dark, bright) * (1 + rng.normal(0, spread, 3))
        return np.clip(display, 0.005, 1) ** 2.2

    irises = ((0.1, 0.18, 0.3), (0.35, 0.3, 0.2), (0.5, 0.4, 0.25), (0.2, 0.35, 0.3), (0.05, 0.09, 0.15))
    blood = 0.55 + 0.45 * painted.complexion.mean() / 0.4
    colours = {
        "iris": tint(irises[rng.integers(5 if darkness < 0.5 else 1) if rng.random() < 0.7 else 4], 0.05),
        "sclera": tint((0.70, 0.71, 0.75), 0.015, 0.88, 1.04),
        "tongue": tint((0.46, 0.44, 0.70), 0.03, 0.85, 1.08) * blood,
        "cavity": tint((0.15, 0.14, 0.29), 0.04, 0.8, 1.1) * blood,
        "teeth": np.clip(np.array([1.0, 1.0, 1.0]) * rng.uniform(0.72, 1.0) * [rng.uniform(0.82, 1.06), rng.uniform(0.96, 1.02), 1.0], 0, 1.1),
        "hair": painted.hair,
        "frame": tint(tuple(rng.choice([[0.05, 0.05, 0.05], [0.1, 0.15, 0.3], [0.6, 0.6, 0.62], [0.3, 0.1, 0.1]])), 0.1),
        "cloth": tint(tuple(rng.random(3)), 0.1, 0.2, 1.0),
    }  # fmt: skip
    ancestry = makehuman.RACES[int(np.argmax(races))]
    traits = {
        "ancestry": ancestry, "male": male, "old": old, "darkness": darkness, "beard": painted.beard, "hair": hair,
        "smile": smile, **worn,
    }  # fmt: skip
    iris = head.rest[np.unique(head.triangles[head.material == mesh.EYE])]
    middle = iris[iris[:, 0] > 0].mean(0)
    return Identity(articulation, painted, occlusion, np.array([middle[0], middle[1] + rng.normal(0, 0.004), 0.064]), colours, smile, traits)


def _centred(shape: np.ndarray) -> np.ndarray:
    """Moves and scales a head so that the way from eyes to mouth is where the base mesh has it."""
    made = makehuman.load()
    eyes = np.unique(np.concatenate([made.groups["helper-l-eye"], made.groups["helper-r-eye"]]))

    def ends(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return points[eyes].mean(0), points[[mesh.UPPER_SEAM, mesh.LOWER_SEAM]].mean(0)

    (eye, lip), (base_eye, base_lip) = ends(shape), ends(made.vertices)
    scale = np.linalg.norm(base_eye - base_lip) / np.linalg.norm(eye - lip)
    return ((shape - (eye + lip) / 2) * scale + (base_eye + base_lip) / 2).astype(np.float32)


def _weights(rng: np.random.Generator, made: makehuman.MakeHuman, races: np.ndarray, male: float, old: float) -> dict[str, float]:
    """Weights of the macro details (ancestry × sex × age) and of some random details."""
    weights: dict[str, float] = {}
    for sex, share in (("male", male), ("female", 1 - male)):
        for age, part in (("old", old), ("young", 1 - old)):
            for race, amount in zip(makehuman.RACES, races, strict=True):
                weights[f"macrodetails/{race}-{sex}-{age}"] = float(amount * share * part)
            weights[f"macrodetails/universal-{sex}-{age}-averagemuscle-averageweight"] = share * part
    details = [name for folder in makehuman.DETAILS for name in made.named(f"{folder}/")]
    for name in rng.choice(details, size=DETAIL_COUNT, replace=False):
        strength = DETAIL_STRENGTH * rng.random() * (0.4 if str(name).startswith(GENTLE) else 1)
        weights[str(name)] = weights.get(str(name), 0) + float(strength)
    return weights


def _grown_down(weights: dict[str, float]) -> dict[str, float]:
    """The same person as a child, without what makes a grown face one of a kind."""
    return {name.replace("-young", "-child"): weight for name, weight in weights.items() if name.startswith("macrodetails/")}
