"""The table of a set: what is written is read, what leads out of its folder is refused, and codes are nobody's name."""

import stat
from pathlib import Path

import numpy as np
import pytest

from calibration.errors import BadFile
from models.dataset.consent import Consent, new_code, read_consents, write_consents
from models.dataset.table import FaceRow, make_dataset_folder, read_table, write_table
from models.dataset.withdrawal import forget_person
from models.evaluation.dataset import read_faces
from tests.models.dataset.faces import drawn, write_picture


def test_what_is_written_is_read_and_only_its_owner_may(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    make_dataset_folder(folder)
    rows = [FaceRow("anger/a.png", "anger", "K7QX2P", "s1", "dim", "", "train"), FaceRow("fear/b.png", "fear")]
    write_table(folder, rows)
    write_table(folder, rows)
    assert read_table(folder) == rows
    assert sorted(file.name for file in folder.iterdir()) == [".gitignore", "labels.csv"], "no predecessor is kept"
    assert stat.S_IMODE((folder / "labels.csv").stat().st_mode) == 0o600
    assert "*" in (folder / ".gitignore").read_text()


def test_every_line_that_leads_out_of_the_folder_is_told_at_once(tmp_path: Path) -> None:
    lines = ["../a.png,anger", "/etc/a.png,anger", "a.png,envy", ",fear", "ok.png,happy"]
    (tmp_path / "labels.csv").write_text("path,label\n" + "\n".join(lines) + "\n")
    with pytest.raises(BadFile) as told:
        read_table(tmp_path)
    assert [problem.split(":")[0] for problem in told.value.problems] == ["line 2", "line 3", "line 4", "line 5"]
    (tmp_path / "labels.csv").write_text("file\na.png\n")
    with pytest.raises(BadFile, match="column missing: path"):
        read_table(tmp_path)


def test_a_folder_without_a_table_is_read_by_its_folders(tmp_path: Path) -> None:
    write_picture(tmp_path / "Happy" / "p1" / "x.png", drawn(1))
    assert read_table(tmp_path) == [FaceRow("Happy/p1/x.png", "happiness", "p1")]


def test_all_that_measures_reads_the_set_too(tmp_path: Path) -> None:
    write_picture(tmp_path / "anger" / "x.png", drawn(1))
    write_table(tmp_path, [FaceRow("anger/x.png", "anger")])
    faces = read_faces(tmp_path)
    assert faces.labels.tolist() == [4]
    assert np.array_equal(faces.images[0], drawn(1))


def test_codes_are_random_and_nobodys_twice() -> None:
    codes = {new_code(()) for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 6 and not set(code) & set("IO01") for code in codes)


def test_who_withdraws_leaves_nothing_behind(tmp_path: Path) -> None:
    make_dataset_folder(tmp_path)
    rows = [FaceRow(f"anger/{who}-s-01-{k}.png", "anger", who) for who in ("AAAAAA", "BBBBBB") for k in (1, 2)]
    for row in rows:
        write_picture(tmp_path / row.path, drawn(1))
    write_picture(tmp_path / "fear" / "AAAAAA-s-01-1.png", drawn(2))  # a kill left it without a line
    write_table(tmp_path, rows)
    write_consents(tmp_path, [Consent("AAAAAA", "today", "q"), Consent("BBBBBB", "today", "q")])
    done = forget_person(tmp_path, "AAAAAA")
    assert (done.pictures, done.lines, done.consents) == (3, 2, 1)
    left = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not [file for file in left if "AAAAAA" in file.name or b"AAAAAA" in file.read_bytes()]
    assert len(read_table(tmp_path)) == 2
    assert [one.person for one in read_consents(tmp_path)] == ["BBBBBB"]
    assert not forget_person(tmp_path, "AAAAAA").anything
    assert not forget_person(tmp_path, "").anything, "no code is nobody's"
