"""YuNet's maps are read right. Its weights cannot be shipped: a graph of the same inputs and outputs stands in."""

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save_model

from calibration.errors import BadFile
from calibration.settings import EyeSettings
from models.seeing.detector import open_detector
from models.seeing.yunet import KINDS, STRIDES, YuNet, decoded

WIDTHS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}


def make_yunet(path: Path, leave_out: str = "") -> Path:
    """A "YuNet" that takes every white cell for a face as large as two strides, landmarks in its centre.

    Published for 640x640 like the real one; each map is the picture's blue channel, averaged over the stride,
    times a constant a column, so that cls and obj are 1 where the picture is white.
    """
    nodes, constants, outputs = [], [], []
    for stride in STRIDES:
        size = [stride, stride]
        nodes += [
            helper.make_node("AveragePool", ["input"], [f"mean{stride}"], kernel_shape=size, strides=size),
            helper.make_node("Slice", [f"mean{stride}", "zero", "one", "one"], [f"blue{stride}"]),
            helper.make_node("Reshape", [f"blue{stride}", "column"], [f"white{stride}"]),
        ]
        for kind in KINDS:
            if f"{kind}_{stride}" == leave_out:
                continue
            row = np.full((1, WIDTHS[kind]), 1 / 255, np.float32)
            if kind == "bbox":
                row = np.array([[0.5, 0.5, np.log(2), np.log(2)]], np.float32) / np.float32(255)
            if kind == "kps":
                row *= 0.5
            constants.append(numpy_helper.from_array(row, f"row_{kind}_{stride}"))
            nodes.append(helper.make_node("MatMul", [f"white{stride}", f"row_{kind}_{stride}"], [f"{kind}_{stride}"]))
            shape = [1, (640 // stride) ** 2, WIDTHS[kind]]
            outputs.append(helper.make_tensor_value_info(f"{kind}_{stride}", TensorProto.FLOAT, shape))
    for name, value in (("zero", [0]), ("one", [1]), ("column", [1, -1, 1])):
        constants.append(numpy_helper.from_array(np.array(value, np.int64), name))
    inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 640, 640])]
    graph = helper.make_graph(nodes, "yunet", inputs, outputs, constants)
    save_model(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path


def test_a_white_square_in_a_wide_picture_is_found_where_it_is(tmp_path: Path) -> None:
    picture = np.zeros((720, 1280, 3), np.uint8)
    picture[:] = 70  # bright enough to be left alone, too dark to be sure of
    picture[320:384, 640:704] = 255  # one cell of stride 32 in the picture halved to 360 rows
    found = YuNet(make_yunet(tmp_path / "yunet.onnx"), smallest_face=100, score=0.9).detect(picture)
    assert len(found) == 1
    assert found[0].score == pytest.approx(1.0)
    assert found[0].box == pytest.approx((608, 288, 128, 128), abs=1)
    assert np.allclose(found[0].landmarks, (672, 352), atol=1)


def test_faces_smaller_than_the_venue_wants_are_left_out(tmp_path: Path) -> None:
    picture = np.full((720, 1280, 3), 70, np.uint8)
    picture[320:336, 640:656] = 255  # one cell of stride 8
    path = make_yunet(tmp_path / "yunet.onnx")
    assert len(YuNet(path, smallest_face=20, score=0.9).detect(picture)) == 1
    assert YuNet(path, smallest_face=40, score=0.9).detect(picture) == []


def test_with_more_rows_a_smaller_face_is_found(tmp_path: Path) -> None:
    picture = np.full((720, 1280, 3), 70, np.uint8)
    picture[320:328, 640:648] = 255  # one cell of stride 8 at 720 rows, a quarter of one at 360
    path = make_yunet(tmp_path / "yunet.onnx")
    assert YuNet(path, smallest_face=8, score=0.9).detect(picture) == []
    assert len(YuNet(path, smallest_face=8, score=0.9, rows=720).detect(picture)) == 1


def test_each_map_is_read_row_by_row() -> None:
    maps = [np.zeros((1, 6, n), np.float32) for n in WIDTHS.values()]
    maps[0][0, 4], maps[1][0, 4] = 0.81, 1.0
    maps[3][0, 4] = np.arange(10) / 10
    boxes, scores, points = decoded(maps, 16, 48)
    assert scores[4] == pytest.approx(0.9)
    assert boxes[4].tolist() == [8, 8, 24, 24]  # column 1, row 1 of 3 columns
    assert np.allclose(points[4, 1], (16 + 3.2, 16 + 4.8))


def test_a_file_that_is_not_named_or_not_there_is_answered_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no file is named; 'chiaro models get yunet' downloads it"):
        open_detector(EyeSettings(detector="yunet"))
    with pytest.raises(BadFile, match="does not exist"):
        open_detector(EyeSettings(detector="yunet", detector_file=str(tmp_path / "gone.onnx")))


def test_another_network_is_refused(tmp_path: Path) -> None:
    other = make_yunet(tmp_path / "other.onnx", leave_out="kps_16")
    with pytest.raises(BadFile, match=r"(?s)is not a YuNet of 2023.*kps_16"):
        YuNet(other)
    other.write_bytes(b"nonsense")
    with pytest.raises(BadFile, match="is not a YuNet of 2023"):
        YuNet(other)
