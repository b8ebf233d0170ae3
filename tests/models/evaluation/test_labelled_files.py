"""Data sets as people have them: class names in other words, people in folders, tables, pictures of every kind."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.errors import BadFile
from models.evaluation.class_names import label_of
from models.evaluation.dataset import read_faces
from models.evaluation.labelled_files import find_labelled_files
from models.evaluation.pictures import read_gray
from models.labels import LABELS

GRAY = np.full((48, 48), 77, np.uint8)


def _picture(path: Path, picture: NDArray[Any] = GRAY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture)
    return path


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Happy", "happiness"),
        ("0_angry", "anger"),
        ("3 - SURPRISED", "surprise"),
        ("fearful", "fear"),
        ("sad faces", "sadness"),
        ("Disgusted", "disgust"),
        ("not happy", None),
        ("3", None),
        ("ambient", None),
        ("", None),
    ],
)
def test_classes_of_other_names_are_ours_where_the_name_says_so(name: str, label: str | None) -> None:
    assert label_of(name) == (None if label is None else LABELS.index(label))


def test_people_may_lie_above_or_below_the_class(tmp_path: Path) -> None:
    for name in ("anna/happy/1.png", "train/Sad/ben/2.JPG", "test/sad/3.bmp", ".trash/sad/4.png", "sad/._5.png"):
        _picture(tmp_path / name)
    (tmp_path / "fear").mkdir()  # a class without faces
    found = find_labelled_files(tmp_path)
    assert [(LABELS[one.label], one.person) for one in found.files] == [
        ("happiness", "anna"),
        ("sadness", ""),
        ("sadness", "ben"),
    ]


def test_days_of_one_person_are_one_person_and_what_all_lie_in_is_nobody(tmp_path: Path) -> None:
    for name in ("anna/monday/happy/1.png", "anna/friday/sad/2.png", "ben/monday/sad/3.png"):
        _picture(tmp_path / "their faces" / name)
    found = find_labelled_files(tmp_path)
    assert [one.person for one in found.files] == ["anna", "anna", "ben"]


def test_a_day_below_the_class_is_no_person_where_there_is_one(tmp_path: Path) -> None:
    for name in (
        "anna/happy/2026-11-02/1.png",
        "anna/sad/2026-11-05/2.png",
        "ben/sad/session 2/3.png",
        "s012/sad/Monday/4.png",
    ):
        _picture(tmp_path / name)
    assert [one.person for one in find_labelled_files(tmp_path).files] == ["anna", "anna", "ben", "s012"]


def test_where_days_are_all_that_is_known_they_keep_pictures_of_one_day_together(tmp_path: Path) -> None:
    for name in ("happy/20261102/1.png", "sad/20261102/2.png", "sad/20261105/3.png"):
        _picture(tmp_path / name)
    assert [one.person for one in find_labelled_files(tmp_path).files] == ["20261102", "20261102", "20261105"]


def test_folders_behind_links_are_entered_once(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "set", tmp_path / "elsewhere"
    for place in (root / "fear" / "1.png", elsewhere / "p1" / "2.png"):
        _picture(place)
    for name, leads_to in (("happy", elsewhere), ("more happy", elsewhere), ("again", root / "fear"), ("up", tmp_path)):
        (root / name).symlink_to(leads_to)
    assert [one.path.relative_to(root).as_posix() for one in find_labelled_files(root).files] == [
        "fear/1.png",
        "happy/p1/2.png",
    ]


def test_a_table_names_pictures_classes_and_groups(tmp_path: Path) -> None:
    _picture(tmp_path / "in" / "1.png")
    _picture(tmp_path / "2.png")
    table = tmp_path / "labels.csv"
    table.write_text("image;emotion;group\nin\\1.png;Happy;f\n2.png;bored;m\ngone.png;sad;m\n", encoding="utf-8")
    for path in (table, tmp_path):
        found = find_labelled_files(path)
        assert [(one.path.name, one.label, one.group) for one in found.files] == [("1.png", 1, "f")]
        assert (found.unknown, found.missing) == ((("bored", 1),), ("gone.png",))
    with pytest.raises(BadFile, match=r"bored \(1\)(.|\n)*gone.png: no such file"):
        read_faces(table)
    for suffix in ("png", "PNG"):
        _picture(tmp_path / f"2.{suffix}")
        table.write_text(f"2.{suffix},sad\nin/1.png,happy\n", encoding="utf-8")
        assert read_faces(table).labels.tolist() == [3, 1], "without names of the columns"
    table.write_text("path,label\n2.png\n" + "x" * 300 + ".png,sad\nin/1.png,happy\n", encoding="utf-8")
    found = find_labelled_files(table)
    assert (len(found.files), found.unknown) == (1, (("(no label)", 1),))
    assert found.missing[0].startswith("xxx"), "longer than a name may be"
    table.write_text("path,label\n", encoding="utf-8")
    with pytest.raises(BadFile, match="names no picture"):
        find_labelled_files(table)
    table.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BadFile, match="column missing: path"):
        read_faces(table)


def test_a_group_follows_its_face(tmp_path: Path) -> None:
    for name in "12":
        _picture(tmp_path / f"{name}.png")
    (tmp_path / "labels.csv").write_text("path,label,group\n1.png,happy,f\n2.png,sad,m\n", encoding="utf-8")
    assert read_faces(tmp_path).subset(np.array([1])).groups == ("m",)


def test_pictures_of_every_depth_and_transparency_are_as_bright_as_they_are_meant(tmp_path: Path) -> None:
    deep = np.full((20, 20), 2**11, np.uint16)
    deep[0, 0] = 2**12 - 1
    clear = np.full((20, 20, 4), 255, np.uint8)
    clear[:, :10, 3] = 0
    made: dict[str, NDArray[Any]] = {
        "colour.webp": np.full((20, 20, 3), 77, np.uint8),
        "twelve_bits.png": deep,
        "clear.png": clear,
        "UPPER.JPG": np.full((20, 20), 200, np.uint8),
    }
    read = {}
    for name, picture in made.items():
        read[name] = read_gray(_picture(tmp_path / name, picture))
    shown = {name: [int(got[10, 2]), int(got[10, 18])] for name, got in read.items() if got is not None}
    assert shown == {
        "colour.webp": [pytest.approx(77, abs=3)] * 2,
        "twelve_bits.png": [128, 128],
        "clear.png": [128, 255],
        "UPPER.JPG": [200, 200],
    }


def test_photographs_are_held_small_and_faces_as_they_are(tmp_path: Path) -> None:
    for name, size in (("happy/1.jpg", (1500, 3000)), ("happy/2.png", (48, 40)), ("happy/3.png", (1, 9000))):
        _picture(tmp_path / name, np.full(size, 77, np.uint8))
    read = read_faces(tmp_path).images
    assert [image.shape for image in read] == [(640, 1280), (48, 40), (1, 1280)]
    assert abs(int(read[0].mean()) - 77) <= 1


def test_pictures_of_kinds_that_are_not_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "happy").mkdir()
    (tmp_path / "happy" / "1.heic").touch()
    with pytest.raises(BadFile, match=r"1.heic is a picture of a kind that is not read; save it as PNG"):
        read_faces(tmp_path)
    _picture(tmp_path / "happy" / "2.png")
    with pytest.raises(BadFile, match=r"1.heic: is a picture of a kind"):
        read_faces(tmp_path)


def test_what_is_no_picture_is_none(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    (tmp_path / "empty.jpg").touch()
    assert [read_gray(tmp_path / name) for name in ("text.png", "empty.jpg", "gone.bmp")] == [None] * 3
