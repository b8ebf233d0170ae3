"""Faces of other people's data sets are found and aligned; what cannot be used is told, and ends no comparison."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.errors import BadFile
from calibration.progress import no_progress
from models import MAPS
from models.arrays import Image
from models.comparison.face_set import FaceSet, read_face_set
from models.evaluation.dataset import LabelledFaces
from models.labels import LABELS
from models.seeing.align import TEMPLATE


@pytest.fixture(scope="module")
def photograph() -> Image:
    """A rendered person who smiles, as a colour photograph."""
    with np.load(MAPS / "visitors.npz") as visitors:
        return np.asarray(cv2.imdecode(visitors["0/happiness/1"], cv2.IMREAD_COLOR), np.uint8)


def test_photographs_and_faces_are_aligned_and_the_rest_is_told(photograph: Image, tmp_path: Path) -> None:
    for name in ("anna/Happy", "anna/sad", "bored", "contempt"):
        (tmp_path / "set" / name).mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "set/anna/Happy/1.png"), photograph.astype(np.uint16) * 257)
    cv2.imwrite(str(tmp_path / "set/anna/Happy/wall.webp"), np.full((200, 300, 3), 90, np.uint8))
    cv2.imwrite(str(tmp_path / "set/anna/sad/2.bmp"), np.full((48, 48), 90, np.uint8))  # small: taken for a face
    cv2.imwrite(str(tmp_path / "set/bored/3.png"), np.full((48, 48), 90, np.uint8))
    (tmp_path / "set/anna/sad/torn.jpg").write_bytes(b"no picture")
    found = read_face_set(tmp_path / "set", tmp_path / "cache", no_progress)
    assert [LABELS[i] for i in found.faces.labels] == ["happiness", "sadness"]
    assert found.people == ("anna", "anna")
    assert np.abs(found.landmarks[0] - TEMPLATE).max() < 6, "the photograph's face lies as every aligned face does"
    told = "\n".join(found.told)
    for said in ("bored (1)", "1 of 4 files cannot be read", "1 of 4 files show no face", "wall.webp", "contempt"):
        assert said in told
    again = read_face_set(tmp_path / "set", tmp_path / "cache", no_progress)
    assert again.faces.fingerprint() == found.faces.fingerprint()
    assert again.told == found.told, "what was aligned is kept, and so is what was left out"


def test_a_set_without_one_face_is_refused_with_all_that_was_wrong(tmp_path: Path) -> None:
    (tmp_path / "set/happy").mkdir(parents=True)
    (tmp_path / "set/happy/1.png").write_bytes(b"no picture")
    with pytest.raises(BadFile, match=r"1 of 1 files cannot be read(.|\n)*no face is left"):
        read_face_set(tmp_path / "set", tmp_path / "cache", no_progress)


def test_nobody_is_in_both_parts_of_a_set() -> None:
    people = tuple("abcdefghij"[i % 10] for i in range(60))
    faces = LabelledFaces((np.zeros((64, 64), np.uint8),) * 60, np.zeros((60, 8), np.float32), np.zeros(60, np.int64))
    first, second = FaceSet("all", faces, np.zeros((60, 5, 2), np.float32), people).split(0.3)
    assert not set(first.people) & set(second.people)
    assert len(second) == 18
