"""Labelled faces are read the same from a sheet, folders and an .npz, and what is wrong with them is told."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.errors import BadFile
from models.evaluation.dataset import majority, read_faces
from models.labels import LABELS

HEAD = "id," + ",".join(LABELS) + ",unknown,no_face\n"


def _sheet(folder: Path, rows: list[str]) -> Path:
    sheet = np.zeros((48, 48 * 128), np.uint8)
    for k in range(len(rows)):
        sheet[:, 48 * k : 48 * (k + 1)] = 10 * (k + 1)
    cv2.imwrite(str(folder / "faces.png"), sheet)
    (folder / "faces.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return folder / "faces.png"


def test_single_votes_do_not_count_and_half_is_no_majority() -> None:
    votes = np.array(
        [
            [4, 0, 0, 1, 3, 2, 0, 0, 0, 0],  # 4 of 9: none
            [6, 0, 1, 1, 0, 0, 0, 0, 2, 0],  # 6 of 8: neutral
            [0, 5, 1, 1, 1, 1, 1, 0, 0, 0],  # only happiness is left
            [0, 5, 0, 0, 5, 0, 0, 0, 0, 0],  # just half: none
            [0, 0, 0, 0, 0, 0, 0, 2, 8, 0],  # unknown wins: none
            [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],  # nothing left
        ]
    )
    shares, labels = majority(votes)
    assert labels.tolist() == [-1, 0, 1, -1, -1, -1]
    assert shares[0] == pytest.approx([4 / 9, 0, 0, 0, 3 / 9, 2 / 9, 0, 0])
    assert shares[2] == pytest.approx([0, 1, 0, 0, 0, 0, 0, 0])
    assert not shares[4].any(), "a face whose emotion nobody could name teaches nothing"
    assert not shares[5].any()


def test_a_contact_sheet_gives_its_faces_in_the_order_of_its_rows(tmp_path: Path) -> None:
    faces = read_faces(_sheet(tmp_path, ["0,10,0,0,0,0,0,0,0,0,0", "1,0,0,9,0,0,0,0,0,1,0", "2,0,0,0,0,0,0,0,0,0,10"]))
    assert [int(image.mean()) for image in faces.images] == [10, 20, 30]
    assert faces.labels.tolist() == [0, 2, -1]
    assert len(faces.with_label()) == 2


def test_folders_and_npz_hold_the_same_faces(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (3, 48, 48), np.uint8)
    for image, name in zip(images, ("anger", "fear", "neutral"), strict=True):
        (tmp_path / "faces" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "faces" / name / "one.png"), image)
    np.savez(tmp_path / "faces.npz", images=images, labels=np.array([4, 6, 0]))
    folders, npz = read_faces(tmp_path / "faces"), read_faces(tmp_path / "faces.npz")
    assert folders.labels.tolist() == npz.labels.tolist() == [4, 6, 0]
    assert folders.fingerprint() == npz.fingerprint()
    assert np.array_equal(npz.vote_shares, np.eye(8, dtype=np.float32)[[4, 6, 0]])


def test_faces_that_cannot_be_used_are_refused_with_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no such file"):
        read_faces(tmp_path / "nothing.npz")
    np.savez(tmp_path / "odd.npz", images=np.zeros((2, 4, 4), np.float32), labels=np.array([0, 9]))
    with pytest.raises(BadFile) as told:
        read_faces(tmp_path / "odd.npz")
    assert len(told.value.problems) == 2, "all faults at once"
    (tmp_path / "cut.npz").write_bytes((tmp_path / "odd.npz").read_bytes()[:200])
    np.save(tmp_path / "one.npy", np.zeros(3))
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    for name in ("cut.npz", "one.npz"):
        with pytest.raises(BadFile, match="needs arrays"):
            read_faces(tmp_path / name)
    np.savez(tmp_path / "dots.npz", images=np.zeros((2, 0, 4), np.uint8), labels=np.array([0, 1]))
    with pytest.raises(BadFile, match="smaller than"):
        read_faces(tmp_path / "dots.npz")
    (tmp_path / "folders" / "smirk").mkdir(parents=True)
    with pytest.raises(BadFile, match="no pictures inside"):
        read_faces(tmp_path / "folders")
    cv2.imwrite(str(tmp_path / "folders" / "smirk" / "one.png"), np.zeros((48, 48), np.uint8))
    with pytest.raises(BadFile, match=r"smirk \(1\).*happiness"):
        read_faces(tmp_path / "folders")
    sheet = _sheet(tmp_path, ["0,10,0,0,0,0,0,0,0,0,0"])
    sheet.with_suffix(".csv").write_text("id,neutral\n0,10\n", encoding="utf-8")
    with pytest.raises(BadFile, match="column missing: contempt"):
        read_faces(sheet)
