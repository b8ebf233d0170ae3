"""Who withdraws leaves nothing behind, whatever a kill left, a link leads to or another set called them."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from calibration.errors import BadFile, Unavailable
from models.dataset.consent import Consent, read_consents, write_consents
from models.dataset.table import CACHE, FaceRow, alone_in, make_dataset_folder, read_table, write_table
from models.dataset.withdrawal import forget_person
from tests.models.dataset.faces import drawn, write_picture


def made(folder: Path, *people: str) -> list[FaceRow]:
    """A set with two faces of each."""
    make_dataset_folder(folder)
    rows = [FaceRow(f"anger/{who.replace(':', '-')}-s-01-{k}.png", "anger", who) for who in people for k in (1, 2)]
    for row in rows:
        write_picture(folder / row.path, drawn(1))
    write_table(folder, rows)
    return rows


def holds(folder: Path, word: str) -> list[Path]:
    """Files that have the word in their names or content."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if word in str(file.relative_to(folder)) or word.encode() in file.read_bytes()]


def test_who_withdraws_leaves_nothing_behind(tmp_path: Path) -> None:
    made(tmp_path, "AAAAAA", "BBBBBB")
    write_picture(tmp_path / "fear" / "AAAAAA-s-01-1.png", drawn(2))  # a kill left it without a line
    write_consents(tmp_path, [Consent("AAAAAA", "today", "q"), Consent("BBBBBB", "today", "q")])
    (tmp_path / CACHE).mkdir()
    np.savez(tmp_path / CACHE / "landmarks-1.npz", five=np.zeros(3))
    done = forget_person(tmp_path, "aaaaaa")
    assert (done.pictures, done.lines, done.consents, done.outside) == (3, 2, 1, ())
    assert holds(tmp_path, "AAAAAA") == []
    assert not (tmp_path / CACHE).exists(), "what was computed from the faces goes too"
    assert not (tmp_path / "fear").exists()
    assert len(read_table(tmp_path)) == 2
    assert [one.person for one in read_consents(tmp_path)] == ["BBBBBB"]
    assert not forget_person(tmp_path, "AAAAAA").anything
    assert not forget_person(tmp_path, "").anything, "no code is nobody's"
    assert len(holds(tmp_path, "BBBBBB")) == 4


def test_what_a_kill_left_of_the_tables_is_deleted_too(tmp_path: Path) -> None:
    made(tmp_path, "AAAAAA", "BBBBBB")
    write_consents(tmp_path, [Consent("AAAAAA", "today", "q")])
    forget_person(tmp_path, "AAAAAA")
    for name in ("labels.csv.previous", "labels.csv.new", "consent.csv.previous", "consent.csv.new"):
        (tmp_path / name).write_text("AAAAAA")
    forget_person(tmp_path, "AAAAAA")
    assert holds(tmp_path, "AAAAAA") == []


def test_a_code_is_known_in_sets_that_were_brought_in_and_other_names_only_word_for_word(tmp_path: Path) -> None:
    made(tmp_path, "lab:K7QX2P", "lab:7", "7", "K7QX2P-2")
    assert forget_person(tmp_path, "k7qx2p").lines == 2
    assert forget_person(tmp_path, "7").lines == 2
    assert sorted({row.person for row in read_table(tmp_path)}) == ["K7QX2P-2", "lab:7"]
    assert all((tmp_path / row.path).is_file() for row in read_table(tmp_path))


def test_pictures_of_others_whose_names_begin_alike_stay(tmp_path: Path) -> None:
    rows = [FaceRow("anger/AAAAAA-1.png", "anger", "AAAAAA"), FaceRow("anger/AAAAAA-2.png", "anger", "B")]
    for row in rows:
        write_picture(tmp_path / row.path, drawn(1))
    write_table(tmp_path, rows)
    assert forget_person(tmp_path, "AAAAAA").pictures == 1
    assert (tmp_path / rows[1].path).is_file()


def test_a_folder_of_the_persons_name_goes_with_its_last_picture(tmp_path: Path) -> None:
    for who in ("Zoë", "ben"):
        write_picture(tmp_path / "happy" / unicodedata.normalize("NFD", who) / "1.png", drawn(1))
    assert forget_person(tmp_path, "Zoë").pictures == 1, "as a keyboard writes it"
    assert [file.name for file in (tmp_path / "happy").iterdir()] == ["ben"]


def test_pictures_behind_a_link_are_told_and_not_deleted(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "set", tmp_path / "elsewhere"
    (folder / "fear").mkdir(parents=True)
    for name in ("folder/anna/1.png", "file.png"):
        write_picture(elsewhere / name, drawn(1))
    (folder / "anger").symlink_to(elsewhere / "folder")
    (folder / "fear" / "1.png").symlink_to(elsewhere / "file.png")
    write_table(folder, [FaceRow("anger/anna/1.png", "anger", "anna"), FaceRow("fear/1.png", "fear", "anna")])
    done = forget_person(folder, "anna")
    assert done.outside == (str(elsewhere / "file.png"), str(elsewhere / "folder" / "anna" / "1.png"))
    assert all(Path(file).is_file() for file in done.outside)
    assert done.lines == 2
    assert not (folder / "fear").exists(), "the link itself is gone"


def test_two_commands_never_write_into_one_set_at_once(tmp_path: Path) -> None:
    made(tmp_path, "AAAAAA")
    with alone_in(tmp_path), pytest.raises(Unavailable, match="try again"):
        forget_person(tmp_path, "AAAAAA")
    assert forget_person(tmp_path, "AAAAAA").anything
    with pytest.raises(BadFile, match="no such folder"):
        forget_person(tmp_path / "nowhere", "AAAAAA")
    assert not (tmp_path / "nowhere").exists()
