"""The table of a set: what is written is read, what leads out of its folder is refused, and codes are nobody's name."""

import stat
from pathlib import Path

import numpy as np
import pytest

from calibration.errors import BadFile
from models.dataset.consent import is_code, new_code
from models.dataset.table import FaceRow, make_dataset_folder, read_table, write_table
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
    with pytest.raises(BadFile, match="column missing: label"):
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
    assert all(map(is_code, codes))
    assert not any(map(is_code, ("", "anna", "ABCDE1", "ABCDEFG")))


def test_a_table_that_an_office_program_saved_is_read_and_what_somebody_added_stays(tmp_path: Path) -> None:
    written = "\ufeffFile;Emotion;Person;Notes\r\nhappy\\a.png; Happy ;Zoe\u0308;beard, hat\r\n;;;\r\nb.png;sad;;\r\n"
    (tmp_path / "labels.csv").write_bytes(written.encode())
    rows = read_table(tmp_path)
    assert rows == [FaceRow("happy/a.png", "happiness", "Zoë"), FaceRow("b.png", "sadness")]
    write_table(tmp_path, rows[:1])
    assert (tmp_path / "labels.csv").read_text().splitlines() == [
        "path,label,person,session,light,group,part,Notes",
        'happy/a.png,happiness,Zoë,,,,,"beard, hat"',
    ]


def test_whatever_a_picture_is_called_its_line_is_read_again(tmp_path: Path) -> None:
    names = [" happy/p1/1.png", "anger/p1/12:30.png", "anger/p1/back\\slash.png", 'anger/p 1/"q", é.png']
    for name in names:
        write_picture(tmp_path / name, drawn(1))
    rows = read_table(tmp_path)
    assert sorted(row.path for row in rows) == sorted(names)
    write_table(tmp_path, rows)
    assert read_table(tmp_path) == rows
    with pytest.raises(BadFile, match="rename that file"):
        write_table(tmp_path, [*rows, FaceRow("anger/p1/torn\udce9.png", "anger")])
    assert read_table(tmp_path) == rows


def test_a_picture_has_one_line_and_no_more_faults_are_told_than_can_be_read(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("path,label\na/1.png,anger\n./a//1.png,fear\n")
    with pytest.raises(BadFile, match=r"line 3: 'a/1.png' stands in line 2 already"):
        read_table(tmp_path)
    table.write_text("path,label\n" + "a.png,envy\n" * 99)
    with pytest.raises(BadFile) as told:
        read_table(tmp_path)
    assert told.value.problems[-1] == "49 more problems"
    table.write_text('path,label\n"a.png,anger\nb.png,anger\n')
    with pytest.raises(BadFile, match="line 3: is not a table"):
        read_table(tmp_path)
