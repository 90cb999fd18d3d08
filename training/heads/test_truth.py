"""Flow against finite differences on a small made mesh, what hides what, and the interior; needs no MakeHuman data."""

from __future__ import annotations

import numpy as np
import pytest

from training.heads import mesh, truth
from training.heads.raster import rasterise

SIDE = 64


def grid(columns: int = 9, rows: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """A flat sheet over −0.9…0.9 at depth 0: vertices [n,3] and triangles."""
    x, y = np.meshgrid(np.linspace(-0.9, 0.9, columns), np.linspace(-0.9, 0.9, rows))
    return np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], 1).astype(np.float32), mesh.band(rows, columns)


def move(points: np.ndarray, amount: float) -> np.ndarray:
    """A smooth motion of the plane, known in closed form."""
    out = points.copy()
    out[:, 0] += amount * (0.06 + 0.05 * np.sin(2 * points[:, 1]))
    out[:, 1] += amount * (0.08 * np.cos(1.5 * points[:, 0]) - 0.02)
    return out


def draw(points: np.ndarray, triangles: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a data set stores of a pose: triangle int16, barycentric uint8, depth float16."""
    screen = points.copy()
    screen[:, :2] = (points[:, :2] + 1) * (SIDE / 2)
    index, weights, depth = rasterise(SIDE, triangles, screen, kind)
    assert weights is not None
    return index.astype(np.int16), (weights * 255 + 0.5).astype(np.uint8), depth.astype(np.float16)


def maps(source: np.ndarray, target: np.ndarray, triangles: np.ndarray, material: np.ndarray, kind: np.ndarray,
         attribute: np.ndarray) -> truth.Truth:  # fmt: skip
    """Truth of a pair of shapes of one mesh."""
    index, weights, _ = draw(target, triangles, kind)
    _, _, depth = draw(source, triangles, kind)
    return truth.between(index, weights, source.astype(np.float16), depth, triangles, material, attribute)


def plain(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Material, kind and attributes of skin outside the mouth."""
    count = len(triangles)
    return np.zeros(count, np.uint8), np.zeros(count, np.uint8), np.zeros((len(points), 3), np.float32)


def test_flow_carries_each_pixel_to_where_its_point_was() -> None:
    points, triangles = grid()
    material, kind, attribute = plain(points, triangles)
    found = maps(points, move(points, 1), triangles, material, kind, attribute)
    assert found.flow_valid.mean() > 0.6
    y, x = np.nonzero(found.flow_valid)
    here = np.stack([(x + 0.5) / SIDE * 2 - 1, (y + 0.5) / SIDE * 2 - 1, 0 * x], 1)
    there = here.copy()
    there[:, :2] += found.flow[:, y, x].T
    # The sheet's motion is linear within a triangle only; its curvature moves a point by far less than half a pixel.
    assert np.abs(move(there, 1) - here)[:, :2].max() < 0.25 * 2 / SIDE


def test_flow_of_a_small_motion_is_its_derivative() -> None:
    points, triangles = grid()
    material, kind, attribute = plain(points, triangles)
    step = 0.25
    half = maps(points, move(points, step), triangles, material, kind, attribute)
    whole = maps(points, move(points, 2 * step), triangles, material, kind, attribute)
    both = (half.flow_valid * whole.flow_valid) > 0
    difference = (whole.flow - half.flow)[:, both]
    assert np.abs(difference).mean() > 0.01
    assert np.abs(difference - half.flow[:, both]).max() < 0.006


def test_no_motion_means_no_flow_and_everything_visible() -> None:
    points, triangles = grid()
    material, kind, attribute = plain(points, triangles)
    found = maps(points, points, triangles, material, kind, attribute)
    # A weight is stored to 1/255: on triangles 0.225 wide that is half a thousandth.
    assert np.abs(found.flow).max() < 0.002
    assert found.visible.min() == 1
    assert found.inside.max() == 0


def test_what_stood_behind_something_nearer_is_not_visible() -> None:
    points, triangles = grid()
    board = np.array([[-0.3, -0.3, -1], [0.3, -0.3, -1], [-0.3, 0.3, -1], [0.3, 0.3, -1]], np.float32)
    aside = board + np.array([5, 0, 0], np.float32)
    triangles = np.concatenate([triangles, mesh.band(2, 2) + len(points)])
    before, after = np.concatenate([points, board]), np.concatenate([points, aside])
    found = maps(before, after, triangles, *plain(before, triangles))
    centre, edge = found.visible[24:40, 24:40], found.visible[8:16, 8:56]
    assert centre.max() == 0
    assert edge.min() == 1


def test_teeth_are_seen_through_the_open_lips_only_and_carry_their_template() -> None:
    points, triangles = grid()
    middle = np.abs(points[triangles].mean(1)).max(1) < 0.25
    material, kind, attribute = plain(points, triangles)
    kind[middle] = mesh.APERTURE
    attribute[np.unique(triangles[middle]), 0] = 1
    # Across the whole sheet, and in front of it: only the aperture lets them show.
    teeth = np.array([[-0.9, -0.9, -0.5], [0.9, -0.9, -0.5], [-0.9, 0.9, -0.5], [0.9, 0.9, -0.5]], np.float32)
    uv = np.array([[0, -1, -1], [0, 1, -1], [0, -1, 1], [0, 1, 1]], np.float32)
    corners = mesh.band(2, 2)
    everything = np.concatenate([points, teeth])
    found = maps(
        everything, everything, np.concatenate([triangles, corners + len(points)]),
        np.concatenate([material, np.full(2, mesh.UPPER_TEETH, np.uint8)]),
        np.concatenate([kind, np.full(2, mesh.INTERIOR, np.uint8)]), np.concatenate([attribute, uv]),
    )  # fmt: skip
    assert found.upper.sum() > 50
    y, x = np.nonzero(found.upper)
    assert max(np.abs((x + 0.5) / SIDE * 2 - 1).max(), np.abs((y + 0.5) / SIDE * 2 - 1).max()) < 0.3
    assert found.teeth_uv[0, y, x] == pytest.approx(((x + 0.5) / SIDE * 2 - 1) / 0.9, abs=0.01)
    assert found.teeth_uv[1, y, x] == pytest.approx(((y + 0.5) / SIDE * 2 - 1) / 0.9, abs=0.01)
    assert (found.inside[y, x] == 1).all() and (found.flow_valid[y, x] == 0).all()
    assert found.lower.max() == 0 and found.tongue.max() == 0
