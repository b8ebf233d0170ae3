"""Everything that is wrong with a set is found, and takes of one recording are no doubles."""

from pathlib import Path

import cv2
import numpy as np

from models.dataset.checking import CheckedSet, check_set
from models.dataset.doubles import find_doubles
from models.dataset.examined import examine
from models.dataset.table import FaceRow
from models.evaluation.landmarks import aligned_faces
from models.seeing.align import TEMPLATE
from tests.models.dataset.faces import drawn, photograph, write_picture


def kinds(found: CheckedSet, serious: bool) -> set[str]:
    return {one.kind for one in found.findings if one.serious is serious}


def checked(folder: Path, rows: list[FaceRow]) -> CheckedSet:
    return check_set(rows, examine(folder, rows))


def test_a_photograph_that_was_scaled_compressed_or_dimmed_is_a_double_and_another_face_is_none() -> None:
    face = drawn(1)
    small = cv2.resize(cv2.resize(face, (32, 32), interpolation=cv2.INTER_AREA), (48, 48))
    dim = (face * 0.4 + 20).astype(np.uint8)
    packed = cv2.imdecode(cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_GRAYSCALE)
    images = [face, np.asarray(small, np.uint8), dim, np.asarray(packed, np.uint8), *(drawn(k) for k in range(2, 8))]
    flat = np.full((48, 48), 30, np.uint8)
    flat[:, 20:22] = 31
    images += [flat, flat]  # nothing that could be the same
    aligned = aligned_faces(images, np.repeat(TEMPLATE[None] * 48 / 64, len(images), axis=0))
    assert {(0, 1), (0, 2), (0, 3)} <= set(find_doubles(aligned))
    assert {i for pair in find_doubles(aligned) for i in pair} == {0, 1, 2, 3}


def test_contradictions_and_doubles_across_people_and_parts_are_serious(tmp_path: Path) -> None:
    rows = [
        FaceRow("anger/a.png", "anger", "A", part="train"),
        FaceRow("fear/b.png", "fear", "B", part="valid"),
        FaceRow("fear/c.png", "fear", "B", part="train"),
    ]
    for row, seed in zip(rows, (1, 1, 2), strict=True):
        write_picture(tmp_path / row.path, drawn(seed))
    found = checked(tmp_path, rows)
    assert kinds(found, True) == {
        *("contradiction", "double_across_people", "double_across_parts", "person_in_two_parts"),
        *("too_few", "no_neutral"),
    }
    told = next(one for one in found.findings if one.kind == "contradiction")
    assert told.files == ("anger/a.png = fear/b.png",)
    assert found.parts == {"train": 2, "valid": 1}


def test_takes_of_one_recording_that_look_alike_are_only_good_to_know(tmp_path: Path) -> None:
    rows = [FaceRow(f"{label}/{k}.png", label, "A", "s1") for k in range(20) for label in ("neutral", "sadness")]
    for row in rows:
        write_picture(tmp_path / row.path, drawn(1))
    found = checked(tmp_path, rows)
    assert found.good, found.findings
    assert kinds(found, False) >= {"weak", "few_people", "absent"}
    assert "double" not in kinds(found, False)


def test_what_cannot_be_seen_is_listed_with_its_files(tmp_path: Path) -> None:
    whole = photograph(0, "neutral")
    pictures = {"good": whole, "dark": whole // 40, "blurred": cv2.GaussianBlur(whole, (0, 0), 6), "none": drawn(3)}
    rows = [FaceRow(f"neutral/{name}.png", "neutral", name) for name in (*pictures, "torn", "gone")]
    for name, picture in pictures.items():
        write_picture(tmp_path / "neutral" / f"{name}.png", np.asarray(picture, np.uint8))
    (tmp_path / "neutral" / "torn.png").write_bytes(b"no picture")
    listed = {one.kind: one.files for one in checked(tmp_path, rows).findings}
    assert listed["unreadable"] == ("neutral/torn.png",)
    assert listed["missing"] == ("neutral/gone.png",)
    assert "neutral/dark.png" in listed["dark"]
    assert "neutral/blurred.png" in listed["blurred"]
    assert "neutral/none.png" in listed["no_face"]
    assert not [files for files in listed.values() if "neutral/good.png" in files]


def test_pictures_that_nothing_says_anything_of_are_told(tmp_path: Path) -> None:
    for name in ("anger/p1/1.png", "bored/p1/2.png", ".cache/anger/3.png"):
        write_picture(tmp_path / name, drawn(1))
    (tmp_path / "anger" / "p1" / "4.HEIC").touch()
    rows = [FaceRow("anger/p1/1.png", "anger", "p1")]
    listed = {one.kind: one.files for one in checked(tmp_path, rows).findings}
    assert listed["unnamed"] == ("anger/p1/4.HEIC", "bored/p1/2.png")
