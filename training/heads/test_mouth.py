"""The mouth's own movements on a mouth of a dozen vertices; needs no MakeHuman data."""

from __future__ import annotations

import numpy as np
import pytest

from training.heads.mouth import PARAMETERS, UNITS, Articulation

#: Upper lip, lower lip (five vertices each, left to right), edge of the upper teeth, root and tip of the tongue.
UPPER, LOWER, TEETH, TONGUE = slice(0, 5), slice(5, 10), slice(10, 11), slice(11, 13)


@pytest.fixture
def mouth() -> Articulation:
    """Lips 0.6 wide that part by 0.01 at rest; jaw opens by 0.3, raising lifts the upper lip by 0.05."""
    x = np.linspace(-0.3, 0.3, 5)
    shape = np.zeros((13, 3), np.float32)
    shape[UPPER] = np.stack([x, np.full(5, 0.005), 1 - x * x], 1)
    shape[LOWER] = np.stack([x, np.full(5, -0.005), 1 - x * x], 1)
    shape[TEETH] = [0, -0.03, 0.9]
    shape[TONGUE] = [[0, -0.1, 0.3], [0, -0.1, 0.8]]
    units = np.zeros((len(UNITS), 13, 3), np.float32)
    inner = 1 - (x / 0.3) ** 2
    units[0, LOWER, 1] = -0.3 * inner
    units[3, UPPER, 1] = 0.05 * inner
    return Articulation(
        shape=shape, units=units, lips=np.arange(10), vermilion=np.ones(10, np.float32), around=np.ones(10, np.float32),
        upper=np.repeat([1.0, 0.0], 5).astype(np.float32), seam=np.array([0, 0, 1], np.float32), half_width=0.3,
        corners=(4, 0), middle=(2, 7), upper_teeth=TEETH, tongue=TONGUE, tip=np.array([0.0, 1.0]),
    )  # fmt: skip


def at(**values: float) -> np.ndarray:
    """Parameters by name, the others 0."""
    return np.array([values.get(name, 0.0) for name in PARAMETERS])


def gap(points: np.ndarray) -> float:
    """Distance of the lips on the midline."""
    return float(points[2, 1] - points[7, 1])


def test_rest_is_the_shape_but_for_the_lowered_tongue(mouth: Articulation) -> None:
    points = mouth.pose(at())
    assert points[:11] == pytest.approx(mouth.shape[:11])
    assert (points[TONGUE, 1] < mouth.shape[TONGUE, 1]).all()


def test_jaw_opens_and_press_closes_whatever_it_opened(mouth: Articulation) -> None:
    assert gap(mouth.pose(at(jaw=1))) > 0.15
    for jaw in (0.0, 0.3, 1.0):
        closed = mouth.pose(at(jaw=jaw, press=1))
        assert -0.001 < gap(closed) < 0.008
        # No lip passes through the other anywhere along the seam.
        assert (closed[UPPER, 1] - closed[LOWER, 1] > -0.004).all()


def test_pucker_narrows_the_mouth_brings_it_forward_and_parts_it(mouth: Articulation) -> None:
    rest, round_ = mouth.pose(at()), mouth.pose(at(pucker=1))
    assert np.ptp(round_[UPPER, 0]) < 0.75 * np.ptp(rest[UPPER, 0])
    assert round_[2, 2] > rest[2, 2] + 0.05
    assert gap(round_) > gap(rest) + 0.03
    assert gap(mouth.pose(at(pucker=0.5, press=1))) < 0.008


def test_lower_lip_meets_the_upper_teeth_for_f_and_v(mouth: Articulation) -> None:
    points = mouth.pose(np.array([0.1, 0.15, 0, 0.08, 0.6, -0.45, 0]))
    edge = points[TEETH, 1][0]
    assert abs(points[7, 1] - edge) < 0.02
    assert points[2, 1] > edge + 0.03
    assert points[7, 2] < mouth.shape[7, 2] - 0.03


def test_tongue_lifts_its_tip_and_not_its_root(mouth: Articulation) -> None:
    low, high = mouth.pose(at(jaw=0.5)), mouth.pose(at(jaw=0.5, tongue=1))
    assert high[12, 1] - low[12, 1] > 0.1
    assert high[11, 1] == pytest.approx(low[11, 1])


def test_parameters_beyond_their_range_are_held_at_its_ends(mouth: Articulation) -> None:
    assert mouth.pose(at(jaw=3)) == pytest.approx(mouth.pose(at(jaw=1)))
    assert mouth.pose(at(depress=-2)) == pytest.approx(mouth.pose(at(depress=-0.5)))


def test_posing_leaves_the_shape_alone(mouth: Articulation) -> None:
    before = mouth.shape.copy()
    mouth.pose(np.array([1, 1, 1, 1, 1, -0.5, 1]), smile=1)
    assert (mouth.shape == before).all()
