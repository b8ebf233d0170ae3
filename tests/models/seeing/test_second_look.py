"""What the second look decides counts. Graphs of a few nodes stand in for the trained networks."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save_model

from calibration.errors import BadFile
from models.seeing.align import TEMPLATE
from models.seeing.one_shot import SECOND_SHA256, SHIPPED, SURER, OneShot, card_of, second_of
from models.seeing.second_look import VALUES, put_back, wanted_of
from tests.models.seeing.test_one_shot import make_one_shot, white_square


def make_second_look(first: Path, logit: float) -> Path:
    """Beside ``first`` a "network" that answers ``logit`` for every face, with the template's landmarks."""
    answer = np.zeros((1, VALUES), np.float32)
    answer[0, 0] = logit
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["faces"], ["flat"]),
            helper.make_node("ReduceMean", ["flat"], ["mean"], axes=[1]),
            helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
            helper.make_node("Add", ["zero", "answer"], ["judged"]),
        ],
        "second_look",
        [helper.make_tensor_value_info("faces", TensorProto.FLOAT, ["n", 1, 64, 64])],
        [helper.make_tensor_value_info("judged", TensorProto.FLOAT, ["n", VALUES])],
        [numpy_helper.from_array(np.zeros(1, np.float32), "nothing"), numpy_helper.from_array(answer, "answer")],
    )
    path = second_of(first)
    save_model(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    card = {**json.loads(card_of(first).read_text()), SECOND_SHA256: hashlib.sha256(path.read_bytes()).hexdigest()}
    card_of(first).write_text(json.dumps(card))
    return path


def test_landmarks_come_back_from_the_upright_face_to_where_they_are_in_the_picture() -> None:
    turn = np.exp(0.6j) * 1.7
    z = (TEMPLATE @ np.array([1, 1j])) * turn + (300 + 200j)
    found = np.stack([z.real, z.imag], axis=1).astype(np.float32)
    truth = found + np.random.default_rng(1).normal(0, 3, (5, 2)).astype(np.float32)
    (back,) = put_back(wanted_of(truth, found)[None], found[None])
    assert np.allclose(back, truth, atol=1e-3)
    assert np.allclose(put_back(np.zeros((1, 5, 2), np.float32), found[None])[0], found, atol=1e-3)


def test_the_second_look_decides_what_is_a_face_and_where_its_landmarks_are(tmp_path: Path) -> None:
    path = make_one_shot(tmp_path / "one.onnx")
    picture = white_square(64, (640, 320))
    (alone,) = OneShot(smallest_face=100, score=0.9, path=path).detect(picture)
    make_second_look(path, 3.0)
    (face,) = OneShot(smallest_face=100, score=0.9, path=path).detect(picture)
    assert face.score == pytest.approx(1 / (1 + np.exp(-(9 + 3) / 2 - SURER)), abs=1e-3)  # 9: the first look's
    assert face.box == alone.box
    make_second_look(path, -8.0)
    assert OneShot(smallest_face=100, score=0.9, path=path).detect(picture) == []


def test_a_picture_full_of_what_looks_like_faces_costs_a_bounded_number_of_second_looks(tmp_path: Path) -> None:
    path = make_one_shot(tmp_path / "one.onnx")
    picture = np.full((360, 640), 70, np.uint8)
    for y in range(0, 352, 32):
        for x in range(0, 640, 32):
            picture[y : y + 8, x : x + 8] = 255
    assert len(OneShot(smallest_face=8, score=0.5, path=path).detect(picture)) > 100
    make_second_look(path, 3.0)
    assert len(OneShot(smallest_face=8, score=0.5, path=path).detect(picture)) == 64


def test_a_second_look_that_is_missing_torn_or_another_s_is_told(tmp_path: Path) -> None:
    path = make_one_shot(tmp_path / "one.onnx")
    second = make_second_look(path, 3.0)
    network = second.read_bytes()
    second.write_bytes(network + b"more")
    with pytest.raises(BadFile, match=r"second\.onnx.*is not the file of its card"):
        OneShot(path=path)
    second.write_bytes(b"torn")
    card = {**json.loads(card_of(path).read_text()), SECOND_SHA256: hashlib.sha256(b"torn").hexdigest()}
    card_of(path).write_text(json.dumps(card))
    with pytest.raises(BadFile, match=r"second\.onnx.*onnx file"):
        OneShot(path=path)
    second.unlink()
    with pytest.raises(BadFile, match=r"second\.onnx"):
        OneShot(path=path)


def test_the_shipped_second_look_is_that_of_the_card() -> None:
    card = json.loads(card_of(SHIPPED).read_text())
    assert card[SECOND_SHA256] == hashlib.sha256(second_of(SHIPPED).read_bytes()).hexdigest()
    assert second_of(SHIPPED).stat().st_size < 400_000
