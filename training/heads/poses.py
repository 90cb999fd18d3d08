"""Which mouth shapes a data set shows: speech, mixtures of speech sounds, and anything else a mouth can do."""

from __future__ import annotations

import numpy as np

from .mouth import LOWEST

#: Mouth shapes of speech (order of `PARAMETERS`); the phoneme table of training/speech moves within these.
VISEMES: dict[str, tuple[float, ...]] = {
    "rest": (0, 0, 0, 0, 0, 0, 0),
    "a": (0.8, 0, 0, 0.12, 0.15, 0.35, 0),
    "ae": (0.75, 0, 0, 0.35, 0.25, 0.4, 0.1),
    "e": (0.48, 0, 0, 0.45, 0.25, 0.42, 0.2),
    "i": (0.2, 0, 0, 0.7, 0.38, 0.62, 0.45),
    "schwa": (0.32, 0, 0, 0.1, 0.1, 0.22, 0.1),
    "o": (0.45, 0, 0.7, 0, 0.03, 0.05, 0),
    "open-o": (0.6, 0, 0.5, 0, 0.05, 0.15, 0),
    "u": (0.15, 0, 1, 0, 0, 0, 0),
    "front-u": (0.25, 0, 0.85, 0, 0.05, 0.05, 0.2),
    "pbm": (0, 1, 0.05, 0, 0, 0, 0),
    "pbm-round": (0, 1, 0.45, 0, 0, 0, 0),
    "fv": (0.1, 0.15, 0, 0.08, 0.6, -0.45, 0),
    "l": (0.25, 0, 0, 0.15, 0.2, 0.25, 0.95),
    "th": (0.15, 0, 0, 0.2, 0.3, 0.35, 0.9),
    "tdn": (0.15, 0, 0, 0.2, 0.25, 0.35, 0.75),
    "r": (0.2, 0, 0.4, 0, 0.2, 0.25, 0.3),
    "s": (0.05, 0, 0, 0.45, 0.4, 0.6, 0.4),
    "sh": (0.08, 0, 0.5, 0, 0.45, 0.45, 0.35),
    "k": (0.3, 0, 0, 0.1, 0.12, 0.25, 0.05),
}
_TABLE = np.array(list(VISEMES.values()))
#: Open smiles: teeth show while nothing is said, as in many photographs that people bring.
OPEN_SMILES = np.array([(0.12, 0, 0, 0.45, 0.5, 0.55, 0), (0.3, 0, 0, 0.5, 0.55, 0.5, 0), (0.05, 0, 0, 0.3, 0.45, 0.35, 0)])


def sample(rng: np.random.Generator, index: int) -> np.ndarray:
    """
    Parameters float32[7] of pose number `index` of an identity: 0 is at rest, 1 nearly, 2 open (talking, or an open
    smile, the picture of a person one may start from), the others what speech does, and a third anything at all.
    """
    if index == 0:
        return np.zeros(7, np.float32)
    if index == 1:
        return (rng.random(7) * [0.1, 0.3, 0.05, 0.3, 0.2, 0.2, 0.1]).astype(np.float32)
    if index == 2:
        base = OPEN_SMILES[rng.integers(len(OPEN_SMILES))] if rng.random() < 0.6 else _TABLE[rng.choice([1, 2, 3, 4, 7])]
        return _bound(base * rng.uniform(0.7, 1.2) + rng.normal(0, 0.04, 7))
    kind = rng.random()
    if kind < 0.2:
        return _bound(_TABLE[rng.integers(len(_TABLE))] * rng.uniform(0.85, 1.1) + rng.normal(0, 0.02, 7))
    if kind < 0.3:
        return _bound(_TABLE[rng.choice([10, 11, 12])] + rng.normal(0, 0.03, 7))
    if kind < 0.7:
        first, second = _TABLE[rng.integers(len(_TABLE), size=2)]
        share = rng.random()
        return _bound((first * share + second * (1 - share)) * rng.uniform(0.6, 1.3) + rng.normal(0, 0.04, 7))
    return _bound(_anything(rng))


def toothy(rng: np.random.Generator) -> np.ndarray:
    """An open smile float32[7], from a few teeth to all of the upper ones, gums included."""
    base = OPEN_SMILES[rng.integers(len(OPEN_SMILES))] * rng.uniform(0.9, 2.0)
    return _bound(base * [1, 1, 1, 1.2, 1.2, 1.1, 1] + rng.normal(0, 0.05, 7) * [1, 0, 0, 1, 1, 1, 1])


def _anything(rng: np.random.Generator) -> np.ndarray:
    """Each parameter alone, often near 0, without the combinations that no face can do."""
    p = rng.beta(0.5, 1.1, 7)
    p[5] = p[5] * 1.4 - 0.4
    if rng.random() < 0.7:
        p[1] = 0
    if p[1] > 0.3:
        p[[0, 4, 5]] *= [0.15, 0.3, 0.3]
    if p[2] > 0.4:
        p[3] *= 0.3
    return p


def _bound(p: np.ndarray) -> np.ndarray:
    return np.clip(p, LOWEST, 1).astype(np.float32)
