"""Parsing, templates, poses, light and framing; needs no MakeHuman data."""

from __future__ import annotations

import numpy as np
import pytest

from training.heads import landmarks, light, makehuman, mouth, noise, poses, teeth
from training.heads.native import Scene
from training.heads.raster import vertex_normals


def test_obj_polygons_become_fans_and_groups_stay_apart() -> None:
    text = "# c\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\ng a\nf 1/9 2/9 3/9 4/9\ng b\nf 1 3 4\n"
    vertices, groups = makehuman.parse_obj(text)
    assert vertices.shape == (4, 3)
    assert groups["a"].tolist() == [[0, 1, 2], [0, 2, 3]]
    assert groups["b"].tolist() == [[0, 2, 3]]


def test_target_moves_only_what_it_names() -> None:
    parsed = makehuman.parse_target("# basis\n\n2 .5 0 -1\n0 0 1 0\n")
    made = makehuman.MakeHuman(np.zeros((4, 3), np.float32), {}, {"mouth/wide": parsed})
    assert made.delta({"mouth/wide": 2.0}).tolist() == [[0, 2, 0], [0, 0, 0], [1, 0, -2], [0, 0, 0]]
    with pytest.raises(KeyError):
        made.delta({"mouth/none": 1.0})


def test_missing_makehuman_names_the_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("MAKEHUMAN_DIR", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="set MAKEHUMAN_DIR"):
        makehuman.makehuman_dir()


@pytest.mark.parametrize("arch", ["upper", "lower"])
def test_template_shows_gums_above_pale_crowns_and_mirrors(arch: str) -> None:
    picture = teeth.template(arch, 96, 400)
    assert picture.shape == (96, 400, 3) and picture.dtype == np.float32
    assert 0 <= picture.min() and picture.max() <= 1
    gum, crown = picture[:24].mean((0, 1)), picture[65:80, 190:198].mean((0, 1))
    assert gum[2] > 1.3 * gum[1]
    assert crown.min() > 0.55 and crown.mean() > gum.mean() + 0.2
    assert np.abs(picture - picture[:, ::-1]).max() < 0.06


def test_strip_meets_its_template_and_curves_back() -> None:
    points, uv, triangles = teeth.strip("upper", 41, 5)
    edge = np.flatnonzero((uv[:, 0] == 0) & (uv[:, 1] == 1))[0]
    assert abs(points[edge, 1]) < 0.01
    assert points[np.argmax(uv[:, 0]), 2] < points[edge, 2] - 0.15
    assert triangles.max() == len(points) - 1
    assert vertex_normals(triangles, points)[20, 2] > 0.5


def test_poses_stay_in_range_and_follow_their_seed() -> None:
    drawn = np.stack([poses.sample(np.random.default_rng([4, k]), k) for k in range(300)])
    again = np.stack([poses.sample(np.random.default_rng([4, k]), k) for k in range(300)])
    assert (drawn == again).all()
    assert (drawn[0] == 0).all() and drawn[1].max() < 0.31
    assert (drawn >= mouth.LOWEST).all() and drawn.max() <= 1
    # Every parameter is shown strongly by some pose, and lips both closed and tucked.
    assert (drawn.max(0) > 0.8).all() and drawn[:, 5].min() < -0.3
    assert 0.08 < (drawn[:, 1] > 0.7).mean() < 0.4


def test_noise_wraps_around_and_is_normalised() -> None:
    field = noise.fractal(np.random.default_rng(1), 64, 96, (16, 8))
    assert abs(field.mean()) < 1e-3 and field.std() == pytest.approx(1, abs=1e-3)
    inner = np.abs(np.diff(field, axis=1)).mean()
    assert np.abs(field[:, 0] - field[:, -1]).mean() < 1.5 * inner


def test_shadow_projection_looks_along_the_light() -> None:
    key = np.array([0.6, 0.0, 0.8])
    rows = light.shadow_projection(key, 256)
    place = lambda p: rows[:, :3] @ p + rows[:, 3]  # noqa: E731
    here, nearer = place(np.array([0.1, 6.8, 0.7])), place(np.array([0.1, 6.8, 0.7]) + key)
    assert here[:2] == pytest.approx(nearer[:2], abs=1e-3)
    assert here[2] - nearer[2] == pytest.approx(1, abs=1e-5)


def test_frame_sets_eyes_and_mouth_at_their_heights_however_the_head_is_turned() -> None:
    points = np.zeros((468, 2), np.float32)
    flat = {33: (-60, 0), 133: (-25, 0), 362: (25, 0), 263: (60, 0), 61: (-30, 80), 291: (30, 80), 13: (0, 80)}
    turn = np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    for index, place in flat.items():
        points[index] = turn @ place + [200, 150]
    crop = landmarks.frame(points).to_crop()
    place = lambda index: crop[:, :2] @ points[index] + crop[:, 2]  # noqa: E731
    assert place(13) == pytest.approx([0, 2 * 0.62 - 1], abs=1e-4)
    assert (place(33) + place(263)) / 2 == pytest.approx([0, 2 * 0.25 - 1], abs=1e-4)


def test_scene_refuses_what_c_would_misread() -> None:
    assert Scene.of(light=[1, 2, 3]).light[1] == 2
    with pytest.raises(TypeError):
        Scene.of(lihgt=[1, 2, 3])
    with pytest.raises(ValueError):
        Scene.of(light=[1, 2])
