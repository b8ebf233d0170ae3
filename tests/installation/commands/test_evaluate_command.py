"""``chiaro evaluate`` tells of any classifier's file what it is worth on anybody's faces."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from calibration.errors import Exit
from installation.cli import app
from models.arrays import Gray, Indices
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.seeing.classifier import open_classifier
from tests.models.tiny_classifier import make_classifier


def _pictures(n: int) -> Gray:
    rng = np.random.default_rng(4)
    blurred = [cv2.GaussianBlur(rng.integers(0, 256, (48, 48), np.uint8), (0, 0), 3) for _ in range(n)]
    return np.stack(blurred).astype(np.uint8)


def _predictions(model: Path, images: Gray) -> Indices:
    landmarks, _ = find_landmarks(list(images))
    probabilities, _ = open_classifier(model, "cpu").classify(aligned_faces(list(images), landmarks))
    return np.asarray(probabilities.argmax(1), np.intp)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", *arguments])


def test_faces_labelled_as_the_network_sees_them_are_all_right_and_the_json_says_so(tmp_path: Path) -> None:
    model = make_classifier(tmp_path / "tiny.onnx")
    images = _pictures(12)
    labels = _predictions(model, images)
    np.savez(tmp_path / "faces.npz", images=images, labels=labels)
    done = _run(
        str(tmp_path / "faces.npz"), "--model", str(model), "--json", "--pictures", str(tmp_path / "seen"), "--dark"
    )
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert (figures["n"], figures["accuracy"], figures["macro_f1"]) == (12, 1.0, 1.0)
    assert len(figures["dark"]) == 12
    assert 0 < figures["jitter"] < 1
    # every face is right in the light, so here the same answer in the dark is a right one
    assert [row["same_answer"] for row in figures["dark"]] == [row["accuracy"] for row in figures["dark"]]
    assert min(row["same_answer"] for row in figures["dark"]) < 1
    for name in ("confusion.png", "reliability.png"):
        assert cv2.imread(str(tmp_path / "seen" / name)) is not None


def test_one_wrong_of_four_is_three_quarters_also_when_read_from_folders(tmp_path: Path) -> None:
    model = make_classifier(tmp_path / "tiny.onnx")
    images = _pictures(4)
    labels = _predictions(model, images)
    labels[2] = (labels[2] + 1) % 8
    from models.labels import LABELS

    for k, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = tmp_path / "faces" / LABELS[label]
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / f"{k}.png"), image)
    done = _run(str(tmp_path / "faces"), "--model", str(model), "--pictures", str(tmp_path / "seen"))
    assert "accuracy  0.7500" in done.output
    assert "n         4" in done.output


def test_faces_without_a_label_and_a_file_in_the_folders_place_are_told_in_a_line(tmp_path: Path) -> None:
    np.savez(tmp_path / "nameless.npz", images=_pictures(2), labels=np.array([-1, -1]))
    np.savez(tmp_path / "none.npz", images=_pictures(2)[:0], labels=np.array([], int))
    np.savez(tmp_path / "faces.npz", images=_pictures(2), labels=np.array([0, 1]))
    for name, pictures in (("nameless", "seen"), ("none", "seen"), ("faces", "none.npz")):
        done = _run(str(tmp_path / f"{name}.npz"), "--pictures", str(tmp_path / pictures))
        assert done.exit_code == Exit.BAD_CONFIGURATION, name
        assert "Traceback" not in done.output


@pytest.mark.parametrize(("faces", "model"), [("missing", ""), ("faces.npz", "missing.onnx")])
def test_what_is_not_there_is_told_in_a_line(tmp_path: Path, faces: str, model: str) -> None:
    np.savez(tmp_path / "faces.npz", images=_pictures(1), labels=np.array([0]))
    arguments = [str(tmp_path / faces), *(["--model", str(tmp_path / model)] if model else [])]
    done = _run(*arguments)
    assert done.exit_code == Exit.BAD_CONFIGURATION
    assert "Traceback" not in done.output
