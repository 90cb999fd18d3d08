import numpy as np
import pytest

from training.avatars import mesh

OBJ = """v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
v 5 5 5
v 6 5 5
v 6 6 5
vt 0 0
vt 1 0
g body
f 1/1 2/2 3/2 4/1
g helper
f 5 6 7
"""

MHCLO = """# fitted
x_scale 0 1 0.5
verts 0
material cloth.mhmat
2
0 1 2 0.5 0.25 0.25 0.1 0.2 0.3
delete_verts
3 5 - 7 9
"""


def test_obj_keeps_groups_and_counts_from_zero(tmp_path):
    path = tmp_path / "a.obj"
    path.write_text(OBJ)
    read = mesh.read_obj(path)
    assert read.vertices.shape == (7, 3)
    assert read.faces == [[0, 1, 2, 3], [4, 5, 6]]
    assert read.face_uvs == [[0, 1, 1, 0], [0, 0, 0]]
    assert list(read.groups) == ["body", "helper"]
    assert list(read.components()) == [0, 0, 0, 0, 4, 4, 4]


def test_select_renumbers_what_is_left(tmp_path):
    path = tmp_path / "a.obj"
    path.write_text(OBJ)
    used, faces, _ = mesh.read_obj(path).select(np.array([1]))
    assert list(used) == [4, 5, 6]
    assert faces == [[0, 1, 2]]


def test_mhclo_rows_ranges_and_scaled_offsets(tmp_path):
    path = tmp_path / "a.mhclo"
    path.write_text(MHCLO)
    fitting = mesh.read_mhclo(path)
    assert list(fitting.hidden) == [3, 5, 6, 7, 9]
    base = np.array([[0, 0, 0], [2, 0, 0], [0, 4, 0]], float)
    fitted = fitting.fit(base)
    assert np.allclose(fitted[0], base[2])
    # x's offset grows with the distance of vertices 0 and 1, which is 2 where 0.5 was the reference.
    assert np.allclose(fitted[1], [0.5 + 0.1 * 4, 1.0 + 0.2, 0.3])


def test_a_missing_makehuman_folder_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("MAKEHUMAN_DIR", str(tmp_path))
    with pytest.raises(RuntimeError, match="MAKEHUMAN_DIR"):
        mesh.makehuman_dir()
