"""The measurement of head poses: its truth is that of the mesh which it turns."""

import numpy as np
import pytest

from models.darkroom.heads import Head
from models.evaluation.pose import Turned
from models.rendering.mesh import rotated
from models.seeing.head_pose import POINTS, head_pose

NOTHING = Head(np.zeros((2, 2), np.float32), np.zeros((2, 2), np.float32), np.zeros((5, 2), np.float32))


@pytest.mark.parametrize(("yaw", "down", "roll"), [(30, 0, 0), (-20, 25, 0), (40, -20, 15), (0, 10, -30)])
def test_a_turned_mesh_is_told_to_be_turned_as_it_was(yaw: float, down: float, roll: float) -> None:
    flat = rotated(np.asarray(POINTS * [1, -1, 1], np.float32), yaw, down)[:, :2] * [40, -40]
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    pose = head_pose((flat @ np.array([[c, -s], [s, c]]).T + 100).astype(np.float32))
    assert pose is not None
    truth = Turned(NOTHING, NOTHING, yaw, down).seen(roll)
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx(truth, abs=0.1)
