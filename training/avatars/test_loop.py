import numpy as np

from training.avatars.loop import BLINK, BLINK_STARTS, FRAMES, Camera, basis_flows, seam, sway, warp, with_lids


def test_sway_closes_and_stays_small():
    path = np.array([sway(k, FRAMES, 0.0) for k in range(FRAMES + 1)])
    assert np.allclose(path[0], path[-1])
    steps = np.abs(np.diff(path, axis=0)).max(1)
    assert steps[-1] <= steps.max()
    assert np.abs(path[:, :3]).max() < np.radians(2)


def test_blinks_end_within_the_loop_and_apart():
    first, second = BLINK_STARTS
    assert first + len(BLINK) < second
    assert second + len(BLINK) < FRAMES


def scene(size: int = 96) -> tuple[np.ndarray, Camera]:
    """A flat upright card 2 dm wide, 10 dm before the camera, in Blender's axes."""
    camera = Camera(np.array([0, -10.0, 0]), np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float), 2.5, np.array([0, 0.3, 0]), np.array([0.1, 0.3, 0]), 1.0)
    rows, columns = np.mgrid[0:size, 0:size]
    x, z = ((columns + 0.5) / size - 0.5) * 4, (0.5 - (rows + 0.5) / size) * 4
    position = np.stack([x, np.full_like(x, -0.001), z], -1)
    position[np.abs(x) > 1] = 0
    return position.astype(np.float32), camera


def test_projection_puts_the_position_pass_on_its_own_pixels():
    position, camera = scene()
    rows, columns = np.mgrid[0:96, 0:96]
    on = np.abs(position[..., 0]) > 0
    expected = np.stack([columns + 0.5, rows + 0.5], -1)[on]
    assert np.abs(camera.project(position, 96)[on] - expected).max() < 0.02


def test_flow_of_a_roll_turns_the_head_and_leaves_the_backdrop():
    position, camera = scene()
    roll = basis_flows(position, camera)[2]
    # Above the pivot a roll about z moves points towards −x, that is to the left.
    assert roll[20, 48, 0] < -5
    assert np.abs(roll[90, 48]).max() < 1


def test_warp_moves_along_the_flow():
    picture = np.zeros((64, 64, 3), np.float32)
    picture[30:34, 20:24] = 1
    flow = np.zeros((64, 64, 2), np.float32)
    flow[..., 0] = 6
    moved = warp(picture, flow)
    assert np.allclose(moved[30:34, 26:30], 1, atol=0.01)
    assert abs(moved[30:34, 20:24]).max() < 0.01


def test_blink_picture_fills_its_window_alone():
    still, window = np.zeros((100, 100, 3), np.float32), np.ones((100, 100, 3), np.float32)
    laid = with_lids(still, window, (0.3, 0.7, 0.4, 0.8))
    assert laid[40, 50].tolist() == [1, 1, 1]  # rows count from the top: 0.6 from the bottom
    assert laid[:20].max() == 0 and laid[60:].max() == 0 and laid[:, :30].max() == 0


def test_seam_sees_a_jump():
    frames = [np.full((4, 4, 3), v, np.uint8) for v in (10, 11, 12, 13)]
    assert seam(frames) == (3.0, 1.0)


def test_eye_window_follows_the_turned_head():
    _, camera = scene()
    left, right, bottom, top = camera.eye_window()
    # 4 dm span the picture: eyes 0.1 dm right of and 0.3 dm above its middle.
    assert abs((left + right) / 2 - 0.525) < 0.002
    assert bottom < 0.575 < top
