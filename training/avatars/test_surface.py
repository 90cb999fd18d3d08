import numpy as np

from training.avatars.strands import Comb, Texture, grow, resample, taper
from training.avatars.surface import Surface, hidden_vertices, smoothstep, triangulate


def ball(count: int = 24) -> tuple[np.ndarray, list[list[int]]]:
    """A unit ball of quads, counter-clockwise seen from outside."""
    theta, phi = np.meshgrid(np.linspace(0.02, np.pi - 0.02, count), np.linspace(0, 2 * np.pi, 2 * count, endpoint=False), indexing="ij")
    points = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], -1).reshape(-1, 3)
    at = lambda i, j: i * 2 * count + j % (2 * count)  # noqa: E731
    faces = [[at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)] for i in range(count - 1) for j in range(2 * count)]
    return points, faces


def test_lift_finds_the_front_and_carries_it_over():
    points, faces = ball()
    reference, shape, normal = Surface(points, points * 2 + [1, 0, 0], faces).lift(np.array([[0.3, 0.2], [-0.5, 0.1]]))
    assert np.allclose(reference[:, :2], [[0.3, 0.2], [-0.5, 0.1]], atol=1e-6)
    assert np.allclose(reference[:, 2], np.sqrt(1 - (reference[:, :2] ** 2).sum(1)), atol=0.02)
    assert np.allclose(shape, reference * 2 + [1, 0, 0])
    assert (np.einsum("nd,nd->n", normal, reference) > 0.98).all()


def test_nearest_is_signed():
    surface = Surface(*(points := ball())[:1], points[0], points[1])
    distance, normal = surface.nearest(np.array([[0, 0, 1.5], [0.8, 0, 0.0]]))
    assert np.allclose(distance, [0.5, -0.2], atol=0.05)
    assert normal[0, 2] > 0.98


def test_samples_follow_the_density():
    points, faces = ball()
    reference, _, _ = Surface(points, points, faces).sample(500, (points[:, 1] > 0.3).astype(float), np.random.default_rng(1))
    assert reference[:, 1].min() > 0.1


def test_vertices_inside_a_closed_mesh_are_hidden():
    points, faces = ball()
    every = np.vstack([points, [[0, 0, 0.2], [0, 0, 1.6]]])
    assert hidden_vertices(every, triangulate(faces), np.array([len(points), len(points) + 1])).tolist() == [True, False]


def test_smoothstep_runs_both_ways():
    assert smoothstep(0, 1, np.array([-1, 0.5, 2])).tolist() == [0, 0.5, 1]
    assert smoothstep(1, 0, np.array([-1, 0.5, 2])).tolist() == [1, 0.5, 0]


def test_resample_spaces_evenly_and_can_cut():
    curve = np.array([[[0, 0, 0], [1, 0, 0], [4, 0, 0]]], float)
    assert np.allclose(resample(curve, 5)[0, [0, 4], 0], [0, 4])
    assert np.allclose(resample(curve, 3, np.array([0.5]))[0, :, 0], [0, 1, 2], atol=0.3)


def test_taper_thins_towards_the_tip():
    radius = taper(10, np.array([2.0]), tip=0.25)
    assert np.isclose(radius[0, 0], 2) and np.isclose(radius[0, -1], 0.5)
    assert (np.diff(radius[0]) <= 0).all()


def test_hair_clings_to_the_head_and_never_enters_it():
    points, faces = ball()
    surface = Surface(points, points, faces)
    rng = np.random.default_rng(2)
    roots, skin, normals = surface.sample(200, (points[:, 1] > 0.5).astype(float), rng)
    comb = Comb(lambda r: np.full(len(r), 0.8), lambda place, root: np.tile([0, -1.0, 0], (len(place), 1)), lambda r: np.full(len(r), 0.05))
    curves = grow(roots, skin, normals, surface, comb, Texture(frizz=0, lock=0, flyaway=0), rng)
    distance = np.linalg.norm(curves[:, 2:], axis=2) - 1
    assert distance.min() > -0.01
    assert distance.max() < 0.12
    assert (curves[:, -1, 1] < curves[:, 0, 1]).all()
