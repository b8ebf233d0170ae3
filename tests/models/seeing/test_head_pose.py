"""Where a head is turned, from five landmarks (figures on computed heads: ``models.evaluation.pose``)."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.settings import EyeSettings
from models import MAPS
from models.rendering.simulated_visitor import read_portraits
from models.seeing.detector import open_detector
from models.seeing.head_pose import POINTS, facing, head_pose


def seen(yaw: float, pitch: float, roll: float, eyes_apart: float = 30.0) -> np.ndarray:
    """The landmarks of a head that is rolled, then raised, then turned, from far away."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    turned = POINTS @ (about_y @ about_x @ about_z).T
    return np.asarray(eyes_apart * turned[:, :2] + (320, 200), np.float32)


@given(st.floats(-60, 60), st.floats(-40, 40), st.floats(-45, 45), st.floats(10, 300))
def test_the_pose_of_a_head_of_the_mean_shape_is_found_exactly(
    yaw: float, pitch: float, roll: float, size: float
) -> None:
    pose = head_pose(seen(yaw, pitch, roll, size))
    assert pose is not None
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((yaw, pitch, roll), abs=0.05)
    assert pose.eyes_apart == pytest.approx(size, rel=1e-3)


def test_a_nose_to_the_right_is_a_head_turned_to_the_right_and_a_high_one_is_raised() -> None:
    right, up = seen(0, 0, 0), seen(0, 0, 0)
    right[2, 0] += 8
    up[2, 1] -= 5
    turned, raised = head_pose(right), head_pose(up)
    assert turned is not None
    assert raised is not None
    assert turned.yaw > 10
    assert raised.pitch > 5


@pytest.mark.parametrize(
    "landmarks",
    [
        seen(0, 0, 0, eyes_apart=6),
        seen(0, 0, 0)[[0, 1, 3, 2, 4]],
        np.full((5, 2), 7, np.float32),
        np.full((5, 2), np.nan, np.float32),
        np.zeros((5, 2), np.float32) + np.arange(5, dtype=np.float32)[:, None] * 20,
    ],
    ids=["too small", "a landmark is lost", "one point", "no numbers", "a line"],
)
def test_nothing_is_known_of_landmarks_that_are_no_face(landmarks: np.ndarray) -> None:
    assert head_pose(landmarks) is None


def test_who_looks_at_the_screen_faces_it_wherever_the_camera_stands() -> None:
    assert facing(0, 0) == 1
    assert facing(30, 0) == pytest.approx(0.5)
    assert facing(0, -30) == pytest.approx(0.5)
    assert facing(50, 0) == 0
    assert facing(30, -10, screen_yaw=30, screen_pitch=-10) == 1
    assert facing(0, 0, screen_yaw=60) == 0


def test_a_portrait_that_is_turned_is_told_so_by_the_detector_s_landmarks() -> None:
    portraits, depths = read_portraits(MAPS / "visitors.npz")
    rows, columns = np.mgrid[:336, :400].astype(np.float32)
    detector, yaws = open_detector(EyeSettings()), []
    for turn in (-0.35, 0.0, 0.35):
        moved = cv2.remap(portraits[0]["neutral", 1.0], columns - turn * depths[0], rows, cv2.INTER_LINEAR)
        best = max(detector.detect(np.asarray(moved, np.uint8)), key=lambda one: one.score)
        pose = head_pose(best.landmarks)
        assert pose is not None
        assert abs(pose.pitch) < 15
        yaws.append(pose.yaw)
    assert yaws[0] < yaws[1] - 5 < yaws[2] - 10
    assert abs(yaws[1]) < 8
