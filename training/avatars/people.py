"""Who the avatars are: five invented people, as numbers. Colours are sRGB 0…1."""
from __future__ import annotations

from dataclasses import dataclass, field

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Skin:
    """Base and lip colour; weights of what is painted on top (0 none … 1 strong)."""

    colour: Colour
    lips: Colour
    lip_strength: float = 0.75
    blush: float = 1.0
    freckles: int = 120
    wrinkles: float = 0.0
    stubble: float = 0.0
    lid_shadow: float = 0.4
    shine: float = 1.0
    moles: int = 4


@dataclass(frozen=True)
class Hair:
    """Style (a function of hairstyles.py) and pigment: melanin and redness, or root-to-tip mix of two `colours`."""

    style: str
    melanin: float = 0.9
    redness: float = 0.2
    colours: tuple[Colour, Colour] | None = None
    brow_colours: tuple[Colour, Colour] | None = None
    brow_melanin: float = 0.85
    hairline: float = 0.0
    scalp: Colour = (0.16, 0.11, 0.08)
    scalp_strength: float = 0.6


@dataclass(frozen=True)
class Brows:
    """Hairs per side; breadth (1 = that of facial_hair.BROW_HALF) and lift in dm; `arch` raises the outer third."""

    hairs: int = 260
    thickness: float = 1.0
    lift: float = 0.0
    arch: float = 0.0


@dataclass(frozen=True)
class Clothes:
    """A MakeHuman garment, its colour and its cloth: "knit", "weave" or "wool"."""

    garment: str
    colour: Colour
    cloth: str


@dataclass(frozen=True)
class Person:
    """One avatar. `ethnicity` mixes MakeHuman's caucasian, african and asian heads; `shape` are targets (`*` = l and r).

    `rest` is the resting expression (see head.UNITS), `lip_overlap` how far its closed lips sink into each other (dm,
    full lips more), `backdrop` the colours of its edge and its middle, `frame` the
    height of the picture at the eyes in dm, `exposure` in stops.
    """

    id: str
    name: str
    seed: int
    female: float
    age: float
    ethnicity: tuple[float, float, float]
    skin: Skin
    hair: Hair
    clothes: Clothes
    iris: tuple[Colour, Colour]
    backdrop: tuple[Colour, Colour]
    shape: dict[str, float] = field(default_factory=dict)
    rest: dict[str, float] = field(default_factory=dict)
    brows: Brows = Brows()
    lash: float = 0.075
    lip_overlap: float = 0.003
    frame: float = 3.65
    exposure: float = 0.0


ANNA = Person(
    id="anna", name="Anna", seed=3, female=1.0, age=0.10, ethnicity=(0.80, 0.05, 0.15),
    skin=Skin(colour=(0.80, 0.615, 0.52), lips=(0.70, 0.39, 0.37), freckles=220),
    hair=Hair("bob", melanin=0.74, redness=0.35, brow_melanin=0.70, hairline=0.22, scalp=(0.22, 0.15, 0.11)),
    brows=Brows(hairs=280, thickness=0.95, arch=0.006),
    clothes=Clothes("female_casualsuit01", (0.17, 0.33, 0.38), "knit"),
    iris=((0.36, 0.24, 0.11), (0.17, 0.10, 0.05)),
    backdrop=((0.34, 0.345, 0.34), (0.70, 0.68, 0.65)),
    shape={
        "head/head-oval": 0.6, "head/head-scale-horiz-decr": 0.3, "ears/*-ear-scale-decr": 0.9, "ears/*-ear-wing-decr": 0.8, "chin/chin-width-decr": 0.4, "chin/chin-bones-decr": 0.3,
        "cheek/*-cheek-volume-decr": 0.25, "cheek/*-cheek-bones-incr": 0.25, "eyes/*-eye-scale-incr": 0.5,
        "nose/nose-width2-decr": 0.2, "nose/nose-scale-vert-decr": 0.15, "mouth/mouth-upperlip-volume-incr": 0.3,
        "mouth/mouth-lowerlip-volume-incr": 0.25, "mouth/mouth-angles-up": 0.3, "forehead/forehead-scale-vert-decr": 0.7,
        "neck/neck-scale-horiz-decr": 0.45, "neck/neck-scale-depth-decr": 0.3,
        "asym/asym-mouth-1-l": 0.15, "asym/asym-brown-1-r": 0.12, "asym/asym-nose-2-l": 0.15,
    },
    rest={"roll": -0.02, "yaw": 0.05, "smile": 0.42, "squint": 0.14, "brows": 0.10, "inner_brows": 0.10},
)

MAX = Person(
    id="max", name="Max", seed=8, female=0.0, age=0.22, ethnicity=(0.70, 0.10, 0.20),
    skin=Skin(colour=(0.745, 0.555, 0.455), lips=(0.60, 0.37, 0.34), lip_strength=0.6, blush=0.7, freckles=80, stubble=0.6, lid_shadow=0.15),
    hair=Hair("short", melanin=0.86, redness=0.25, brow_melanin=0.80, scalp=(0.17, 0.12, 0.09)),
    brows=Brows(hairs=260, thickness=1.0, lift=0.006, arch=0.0),
    clothes=Clothes("male_casualsuit01", (0.25, 0.29, 0.36), "weave"),
    iris=((0.30, 0.33, 0.31), (0.13, 0.16, 0.16)),
    backdrop=((0.22, 0.26, 0.30), (0.53, 0.57, 0.60)),
    shape={
        "head/head-oval": 0.35, "head/head-scale-horiz-decr": 0.25, "chin/chin-prominent-incr": 0.2, "cheek/*-cheek-bones-incr": 0.35,
        "eyes/*-eye-scale-incr": 0.45, "nose/nose-width1-decr": 0.25, "nose/nose-width2-decr": 0.15, "nose/nose-width3-decr": 0.3,
        "nose/nose-scale-vert-decr": 0.3, "nose/nose-volume-decr": 0.25, "mouth/mouth-angles-up": 0.35,
        "mouth/mouth-upperlip-volume-incr": 0.3, "mouth/mouth-lowerlip-volume-incr": 0.15, "forehead/forehead-scale-vert-decr": 0.3,
        "neck/neck-scale-horiz-decr": 0.15, "asym/asym-nose-1-l": 0.15, "asym/asym-mouth-2-r": 0.12, "asym/asym-jaw-1-l": 0.15,
    },
    rest={"roll": 0.02, "yaw": -0.05, "smile": 0.42, "squint": 0.08, "brows": 0.18, "inner_brows": 0.06},
    lash=0.055, frame=3.75,
)

VERA = Person(
    id="vera", name="Vera", seed=5, female=1.0, age=0.78, ethnicity=(0.78, 0.04, 0.18),
    skin=Skin(colour=(0.785, 0.61, 0.52), lips=(0.65, 0.39, 0.37), lip_strength=0.65, blush=0.9, freckles=260, wrinkles=1.0, moles=7),
    hair=Hair(
        "waves", colours=((0.70, 0.655, 0.59), (0.42, 0.375, 0.32)), brow_colours=((0.36, 0.30, 0.25), (0.22, 0.18, 0.15)),
        scalp=(0.58, 0.50, 0.44), scalp_strength=0.5,
    ),
    brows=Brows(hairs=240, thickness=0.85, arch=0.004),
    clothes=Clothes("female_elegantsuit01", (0.40, 0.19, 0.25), "wool"),
    iris=((0.30, 0.36, 0.38), (0.14, 0.19, 0.22)),
    backdrop=((0.29, 0.31, 0.27), (0.62, 0.63, 0.56)),
    shape={
        "head/head-oval": 0.4, "eyes/*-eye-scale-incr": 0.45, "mouth/mouth-angles-up": 0.5, "chin/chin-width-decr": 0.2,
        "mouth/mouth-upperlip-volume-incr": 0.4, "mouth/mouth-lowerlip-volume-incr": 0.25, "neck/neck-scale-horiz-decr": 0.3,
        "forehead/forehead-scale-vert-decr": 0.3, "mouth/mouth-laugh-lines-in": 0.4, "eyes/*-eye-bag-incr": 0.3,
        "asym/asym-mouth-1-r": 0.15, "asym/asym-eye-2-l": 0.12, "asym/asym-jaw-2-r": 0.15,
    },
    rest={"roll": 0.015, "yaw": 0.045, "smile": 0.46, "squint": 0.18, "brows": 0.12, "inner_brows": 0.12},
    lash=0.05,
)

KOFI = Person(
    id="kofi", name="Kofi", seed=13, female=0.0, age=0.12, ethnicity=(0.10, 0.90, 0.0),
    skin=Skin(colour=(0.43, 0.285, 0.21), lips=(0.43, 0.245, 0.22), lip_strength=0.6, blush=0.35, freckles=40, stubble=0.2, lid_shadow=0.0, shine=0.8),
    hair=Hair("coils", melanin=0.97, redness=0.1, brow_melanin=0.97, scalp=(0.10, 0.075, 0.06), scalp_strength=0.8),
    brows=Brows(hairs=240, thickness=0.95, lift=0.012, arch=0.004),
    clothes=Clothes("female_casualsuit01", (0.66, 0.60, 0.50), "knit"),
    iris=((0.24, 0.14, 0.08), (0.11, 0.065, 0.04)),
    backdrop=((0.33, 0.25, 0.20), (0.70, 0.58, 0.48)),
    shape={
        "head/head-oval": 0.35, "chin/chin-prominent-incr": 0.15, "cheek/*-cheek-bones-incr": 0.3, "eyes/*-eye-scale-incr": 0.4,
        "nose/nose-volume-decr": 0.35, "nose/nose-point-width-decr": 0.3, "mouth/mouth-angles-up": 0.35, "neck/neck-scale-horiz-decr": 0.15,
        "forehead/forehead-scale-vert-decr": 0.2, "asym/asym-nose-1-r": 0.15, "asym/asym-mouth-1-l": 0.15, "asym/asym-jaw-1-r": 0.15,
    },
    rest={"roll": -0.015, "yaw": -0.045, "smile": 0.46, "wide_eyes": 0.10, "brows": 0.22, "inner_brows": 0.08},
    lash=0.06, lip_overlap=0.022, frame=3.75, exposure=0.35,
)

AIGUL = Person(
    id="aigul", name="Aigul", seed=21, female=1.0, age=0.08, ethnicity=(0.22, 0.0, 0.78),
    skin=Skin(colour=(0.775, 0.58, 0.465), lips=(0.68, 0.36, 0.34), freckles=70, blush=0.8),
    hair=Hair("tied", melanin=0.96, redness=0.05, brow_melanin=0.80, hairline=0.28, scalp=(0.09, 0.07, 0.06), scalp_strength=0.85),
    brows=Brows(hairs=260, thickness=0.95, arch=0.003),
    clothes=Clothes("female_elegantsuit01", (0.62, 0.64, 0.66), "weave"),
    iris=((0.22, 0.12, 0.06), (0.10, 0.055, 0.03)),
    backdrop=((0.20, 0.29, 0.31), (0.50, 0.61, 0.62)),
    shape={
        "head/head-oval": 0.5, "chin/chin-width-decr": 0.35, "cheek/*-cheek-bones-incr": 0.35, "eyes/*-eye-scale-incr": 0.45,
        "nose/nose-width2-decr": 0.15, "mouth/mouth-upperlip-volume-incr": 0.25, "mouth/mouth-lowerlip-volume-incr": 0.2,
        "mouth/mouth-angles-up": 0.3, "forehead/forehead-scale-vert-decr": 0.75, "ears/*-ear-scale-decr": 0.4, "ears/*-ear-wing-decr": 0.7, "neck/neck-scale-horiz-decr": 0.45,
        "neck/neck-scale-depth-decr": 0.3, "asym/asym-mouth-1-r": 0.12, "asym/asym-brown-2-l": 0.1, "asym/asym-nose-2-r": 0.12,
    },
    rest={"roll": 0.02, "yaw": 0.04, "smile": 0.42, "squint": 0.08, "brows": 0.10, "inner_brows": 0.06},
)

PEOPLE = {person.id: person for person in (KOFI, AIGUL, ANNA, VERA, MAX)}
