"""The second look learns from what a detector finds in drawn scenes, goes on after a stop, and gets into the card."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training of the second look was not tried: PyTorch is not installed")

import torch

from calibration.errors import BadFile
from calibration.progress import no_progress
from models.arrays import Floats
from models.darkroom.scenes import SceneConfig, Truth, upright_box
from models.seeing.align import TEMPLATE, similarity
from models.seeing.one_shot import OneShot, card_of
from models.seeing.second_look import VALUES
from models.training.detector_export import add_second_look
from models.training.second_look import (
    FoundFaces,
    SecondLookRun,
    face_meant,
    jittered,
    mirrored_half,
    second_look_losses,
    train_second_look,
)
from tests.models.darkroom.drawn_faces import drawn_scenes
from tests.models.seeing.test_one_shot import make_one_shot

CONFIG = SceneConfig(
    people=(1, 1), empty_share=0.0, faceless_share=0.0, hidden_share=0.0, widths=(60, 120), face_means=(100, 120)
)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> FoundFaces:
    torch.set_num_threads(1)
    path = make_one_shot(tmp_path_factory.mktemp("detector") / "one.onnx")  # it finds bright places: most are no face
    return FoundFaces(drawn_scenes(CONFIG), OneShot(1, path=path), np.random.default_rng(1))


def truth_of(five: Floats, counted: float = 1.0) -> Truth:
    one = np.array([counted], np.float32)
    return Truth(upright_box(five)[None], five[None], one, one)


def test_what_was_found_means_the_face_that_it_lies_on_or_none() -> None:
    five = np.asarray(TEMPLATE * 2 + 100, np.float32)
    assert face_meant(five + 3, truth_of(five)) == 0
    assert face_meant(five + 3, truth_of(five, counted=0.0)) == -1
    assert face_meant(five + 40, truth_of(five)) == -1  # a half of one is neither a face nor none
    assert face_meant(five + 200, truth_of(five)) is None
    empty, none = np.empty((0, 5, 2), np.float32), np.empty(0, np.float32)
    assert face_meant(five, Truth(np.empty((0, 4), np.float32), empty, none, none)) is None


def test_a_face_is_cut_elsewhere_than_it_was_found_by_a_little() -> None:
    five = np.asarray(TEMPLATE * 2 + 100, np.float32)
    rng = np.random.default_rng(1)
    moved = [similarity(jittered(five, 1.0, rng).astype(np.float64)) for _ in range(50)]
    scales = [2 * np.hypot(*turn[0, :2]) for turn in moved]
    degrees = [np.degrees(np.arctan2(turn[1, 0], turn[0, 0])) for turn in moved]
    assert 0.04 < np.std(np.log(scales)) < 0.16
    assert 5 < np.std(degrees) < 16
    assert np.allclose(jittered(five, 0.0, rng), five, atol=1e-3)


def test_the_second_look_learns_where_the_landmarks_of_a_face_are(faces: FoundFaces, tmp_path: Path) -> None:
    seen, wanted = (np.concatenate(parts) for parts in zip(*islice(faces, 6), strict=True))
    assert seen.shape[1:] == (64, 64)
    assert set(wanted[:, 0]) == {0.0, 1.0}
    face = np.flatnonzero(wanted[:, 0])[:24]
    run = SecondLookRun(tmp_path / "second.pt", 60)
    course = [run.train_step(seen[face], wanted[face])["landmarks"] for _ in range(16)]
    assert np.mean(course[-3:]) < 0.7 * np.mean(course[:3])
    assert second_look_losses(torch.zeros(3, VALUES), torch.zeros(3, VALUES))["landmarks"] == 0  # no face among them


def test_a_stopped_training_goes_on_and_its_file_answers_as_the_network(faces: FoundFaces, tmp_path: Path) -> None:
    first = SecondLookRun(tmp_path / "second.pt", 2)
    train_second_look(first, faces, no_progress)
    again = SecondLookRun(tmp_path / "second.pt", 2)
    again.resume()
    assert again.step == 2
    for a, b in zip(again.trained.parameters(), first.trained.parameters(), strict=True):
        assert torch.equal(a, b)
    detector = make_one_shot(tmp_path / "one.onnx")
    before = card_of(detector).read_text()
    add_second_look(again.trained, [detector], faces.some(8))
    assert card_of(detector).read_text() != before
    assert [path.name for path in sorted(tmp_path.glob("*.onnx"))] == ["one.onnx", "one.second.onnx"]
    OneShot(path=detector)
    (tmp_path / "second.pt").write_bytes(b"torn")
    with pytest.raises(BadFile, match="torn"):
        again.resume()


def test_a_mirrored_face_has_its_left_eye_on_the_left() -> None:
    faces = np.zeros((2, 64, 64), np.uint8)
    faces[:, 20, 10] = 255  # at the left eye, which is 9.5 pixels left of the template's
    wanted = np.zeros((2, VALUES), np.float32)
    wanted[:, 1] = (10 - TEMPLATE[0, 0]) / 24
    light, mirrored = mirrored_half(faces, wanted)
    assert light[0, 0, 20].argmax() == 53
    assert TEMPLATE[1, 0] + mirrored[0, 3] * 24 == pytest.approx(53)
    assert light[1, 0, 20].argmax() == 10
    assert (mirrored[1] == wanted[1]).all()
