"""The one-shot detector's answers are read right. A graph of a few nodes stands in for the trained network."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save_model

from calibration.errors import BadFile
from calibration.settings import CameraSettings, EyeSettings
from models.arrays import Image
from models.rendering.simulated_visitor import SimulatedVisitor
from models.seeing.detector import open_detector
from models.seeing.one_shot import SHIPPED, STRIDES, VALUES, OneShot, card_of
from models.seeing.runtime import why_no_cuda


def make_one_shot(path: Path) -> Path:
    """A "network" that takes each white cell for a face as wide as two strides, landmarks in its middle."""
    nodes, constants, names = [], [], []
    for stride in STRIDES:
        size = [stride, stride]
        row = np.zeros((1, VALUES), np.float32)
        row[0, 0] = (35 + stride / 8) / 255  # the larger face is the surer one
        constants.append(numpy_helper.from_array(row, f"row{stride}"))
        nodes += [
            helper.make_node("AveragePool", ["picture"], [f"mean{stride}"], kernel_shape=size, strides=size),
            helper.make_node("Reshape", [f"mean{stride}", "column"], [f"cells{stride}"]),
            helper.make_node("MatMul", [f"cells{stride}", f"row{stride}"], [f"part{stride}"]),
        ]
        names.append(f"part{stride}")
    nodes += [
        helper.make_node("Concat", names, ["all"], axis=1),
        helper.make_node("Sub", ["all", "doubt"], ["faces"]),
    ]
    doubt = np.zeros((1, 1, VALUES), np.float32)
    doubt[0, 0, 0] = 30
    constants += [
        numpy_helper.from_array(doubt, "doubt"),
        numpy_helper.from_array(np.array([1, -1, 1], np.int64), "column"),
    ]
    graph = helper.make_graph(
        nodes,
        "one_shot",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 1, "h", "w"])],
        [helper.make_tensor_value_info("faces", TensorProto.FLOAT, [1, "cells", VALUES])],
        constants,
    )
    save_model(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    card_of(path).write_text(json.dumps({"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}))
    return path


def white_square(side: int, at: tuple[int, int]) -> Image:
    picture = np.full((720, 1280, 3), 70, np.uint8)  # bright enough to be left alone
    picture[at[1] : at[1] + side, at[0] : at[0] + side] = 255
    return picture


def test_a_white_square_is_found_where_it_is_and_once(tmp_path: Path) -> None:
    detector = OneShot(smallest_face=100, score=0.9, path=make_one_shot(tmp_path / "one.onnx"))
    (face,) = detector.detect(white_square(64, (640, 320)))  # one cell of stride 32 in the picture halved to 360 rows
    assert face.score > 0.99
    assert face.box == pytest.approx((608, 288, 128, 128), abs=1)
    assert np.allclose(face.landmarks, (672, 352), atol=1)


def test_faces_smaller_than_the_venue_s_are_left_out(tmp_path: Path) -> None:
    path = make_one_shot(tmp_path / "one.onnx")
    small = white_square(16, (640, 320))  # one cell of stride 8: a face of 32 pixels
    assert OneShot(smallest_face=40, path=path).detect(small) == []
    assert len(OneShot(smallest_face=30, path=path).detect(small)) == 1


def test_a_picture_of_any_size_is_searched_to_its_edge(tmp_path: Path) -> None:
    detector = OneShot(smallest_face=20, path=make_one_shot(tmp_path / "one.onnx"))
    picture = np.full((129, 161), 70, np.uint8)
    assert detector.detect(picture) == []
    picture[96:128, 128:160] = 255
    assert max(face.box[2] for face in detector.detect(picture)) == pytest.approx(64, abs=1)


def test_a_file_that_is_none_or_has_no_card_is_told(tmp_path: Path) -> None:
    path = make_one_shot(tmp_path / "one.onnx")
    card_of(path).write_text("[]")
    with pytest.raises(BadFile, match="not the card of a face detector"):
        OneShot(path=path)
    path.write_bytes(b"torn")
    card_of(path).write_text(json.dumps({"sha256": hashlib.sha256(b"torn").hexdigest()}))
    with pytest.raises(BadFile, match="onnx"):
        OneShot(path=path)
    with pytest.raises(BadFile):
        OneShot(path=tmp_path / "none.onnx")


@pytest.fixture(scope="module")
def visitor() -> Callable[[float], Image]:
    simulated = SimulatedVisitor(CameraSettings(), seed=0)
    simulated.read(0.0)
    return simulated.read


def test_the_shipped_network_finds_a_visitor_in_the_light_and_in_the_dark(visitor: Callable[[float], Image]) -> None:
    detector = open_detector(EyeSettings(detector="chiaro"))
    rng = np.random.default_rng(1)
    for second in (6.0, 10.0, 14.0):  # the visitor of this seed stands in the light
        picture = visitor(second)
        electrons = rng.poisson(picture) + rng.normal(0, 3, picture.shape)
        dark = np.clip(np.round(electrons / 4), 0, 255).astype(np.uint8)
        for image in (picture, dark):
            (face,) = detector.detect(image)
            left, right, nose, left_mouth, right_mouth = face.landmarks
            assert left[0] < nose[0] < right[0]
            assert left_mouth[0] < right_mouth[0]
            assert max(left[1], right[1]) < nose[1] < min(left_mouth[1], right_mouth[1])


def test_the_shipped_network_finds_nobody_in_an_empty_dark_room(visitor: Callable[[float], Image]) -> None:
    assert open_detector(EyeSettings(detector="chiaro")).detect(visitor(0.0)) == []


def test_a_venue_may_name_a_network_that_it_trained_itself(tmp_path: Path) -> None:
    own = make_one_shot(tmp_path / "own.onnx")
    settings = EyeSettings(detector="chiaro", detector_file=str(own), smallest_face_pixels=100)
    assert len(open_detector(settings).detect(white_square(64, (640, 320)))) == 1


def test_the_shipped_network_is_that_of_its_card() -> None:
    card = json.loads(card_of(SHIPPED).read_text())
    assert card["sha256"] == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    assert SHIPPED.stat().st_size < 500_000


@pytest.mark.skipif(not why_no_cuda(), reason="there is a GPU: run tools/gpu_check.py itself")
def test_without_a_gpu_the_check_of_it_says_so_in_one_line() -> None:
    tool = Path(__file__).parents[3] / "tools" / "gpu_check.py"
    ran = subprocess.run([sys.executable, tool], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr == f"nothing was checked: {why_no_cuda()}\n"


@pytest.mark.slow
def test_the_check_of_a_gpu_goes_its_whole_way_on_the_cpu(tmp_path: Path) -> None:
    tool, figures = Path(__file__).parents[3] / "tools" / "gpu_check.py", tmp_path / "figures.json"
    asked = [sys.executable, str(tool), "--on-cpu", "--rounds", "1", "--json", str(figures)]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    found = json.loads(figures.read_text())
    assert len(found["checks"]) > 30
    assert all(found["checks"].values())
    assert {f"{n} faces: all of it" for n in (1, 4, 16)} <= set(found["milliseconds"])
