"""Sets of others are copied into one's own, cut to the face, with every reason why something was not."""

import hashlib
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.errors import BadFile
from models.dataset.consent import Consent, read_consents, write_consents
from models.dataset.crop import CROP_SIDE
from models.dataset.importing import import_faces
from models.dataset.table import FaceRow, read_table, write_table
from tests.models.dataset.faces import drawn, photograph, write_picture

FER_PLUS = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"


def test_folders_of_other_names_are_brought_in_with_their_people_and_nothing_of_theirs_changes(tmp_path: Path) -> None:
    source = tmp_path / "theirs"
    write_picture(source / "Happy" / "anna" / "whole.png", photograph(0, "happiness"))
    write_picture(source / "angry" / "small.png", drawn(1))
    write_picture(source / "angry" / "tiny.png", drawn(2)[:20, :20])
    write_picture(source / "angry" / "nobody.png", np.full((300, 300), 90, np.uint8))
    write_picture(source / "bored" / "x.png", drawn(3))
    (source / "angry" / "torn.jpg").write_bytes(b"no picture")
    (source / "angry" / "telephone.HEIC").touch()
    before = {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in source.rglob("*.*")}
    done = import_faces(source, tmp_path / "own", "theirs", light="day")
    assert done.classes == {"happiness": 1, "anger": 1}
    reasons = dict(done.unused)
    assert reasons["angry/torn.jpg"] == "cannot be read as a picture"
    assert reasons["angry/nobody.png"] == "no face was found in it"
    assert reasons["angry/tiny.png"] == "is smaller than 24 pixels"
    assert "save it as PNG" in reasons["angry/telephone.HEIC"]
    assert reasons["bored (1)"] == "is the name of no emotion that is known here"
    happy, angry = sorted(read_table(tmp_path / "own"), key=lambda row: row.label, reverse=True)
    assert (happy.label, happy.person, happy.session, happy.light) == (
        "happiness",
        "theirs:anna",
        "import theirs",
        "day",
    )
    cut = cv2.imread(str(tmp_path / "own" / happy.path), cv2.IMREAD_UNCHANGED)
    assert cut is not None
    assert cut.shape == (CROP_SIDE, CROP_SIDE), "a whole photograph is cut to its face"
    kept = cv2.imread(str(tmp_path / "own" / angry.path), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(np.asarray(kept), drawn(1))
    assert {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in source.rglob("*.*")} == before
    again = import_faces(source, tmp_path / "own", "theirs")
    assert (again.faces, again.known) == (0, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_person_whose_folders_name_is_of_an_older_encoding_is_brought_in(tmp_path: Path) -> None:
    write_picture(tmp_path / "theirs" / "fear" / "a.png", drawn(1))
    (tmp_path / "theirs" / "fear" / "Jos\udce9").mkdir()
    (tmp_path / "theirs" / "fear" / "a.png").rename(tmp_path / "theirs" / "fear" / "Jos\udce9" / "a\udce9.png")
    import_faces(tmp_path / "theirs", tmp_path / "own", "theirs")
    (row,) = read_table(tmp_path / "own")
    assert row.person == "theirs:Jos\ufffd"


def test_tables_of_pixels_and_their_votes_are_read(tmp_path: Path) -> None:
    faces = [" ".join(map(str, drawn(k).ravel().tolist())) for k in range(4)]
    rows = [f"3,{faces[0]},Training", f"6,{faces[1]},PrivateTest", f"9,{faces[2]},Training", "0,1 2 3,PublicTest"]
    table = tmp_path / "fer.csv"
    table.write_text("emotion,pixels,Usage\n" + "\n".join(rows) + "\n")
    done = import_faces(table, tmp_path / "own", "fer")
    assert done.classes == {"neutral": 1, "happiness": 1}
    assert [name for name, _ in done.unused] == ["line 4", "line 5"]
    assert {row.label: row.part for row in read_table(tmp_path / "own")} == {"happiness": "train", "neutral": "test"}
    votes = tmp_path / "votes.csv"
    each = ["0,0,9,0,0,0,0,0,1,0", "0,0,0,9,0,0,0,0,1,0", "5,0,0,5,0,0,0,0,0,0", "9,0,0,0,0,0,0,0,0,0"]
    votes.write_text(FER_PLUS + "".join(f"Training,x.png,{one}\n" for one in each))
    voted = import_faces(table, tmp_path / "voted", "fer", votes=votes)
    assert voted.classes == {"surprise": 1, "sadness": 1}
    assert dict(voted.unused)["line 4"] == "has no majority of the votes"
    votes.write_text(FER_PLUS)
    with pytest.raises(BadFile, match="0 rows for 4 faces"):
        import_faces(table, tmp_path / "voted", "fer", votes=votes)


def test_arrays_and_tables_with_people_and_groups_are_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=np.stack([drawn(1), drawn(2)]), labels=np.array([4, -1]))
    done = import_faces(tmp_path / "a.npz", tmp_path / "own", "a")
    assert done.classes == {"anger": 1}
    assert done.unused == (("face 1", "has no label (no majority of the votes)"),)
    write_picture(tmp_path / "faces" / "x.png", drawn(3))
    (tmp_path / "t.csv").write_text("path,label,person,group\nfaces/x.png,sad,7,old\nfaces/gone.png,sad,7,old\n")
    done = import_faces(tmp_path / "t.csv", tmp_path / "own", "t")
    assert done.unused == (("faces/gone.png", "is named by the table and is not there"),)
    row = read_table(tmp_path / "own")[-1]
    assert (row.label, row.person, row.group) == ("sadness", "t:7", "old")


def test_pictures_that_lie_there_without_a_table_stay_in_the_set(tmp_path: Path) -> None:
    write_picture(tmp_path / "own" / "fear" / "a.png", drawn(9))
    write_picture(tmp_path / "theirs" / "anger" / "b.png", drawn(8))
    import_faces(tmp_path / "theirs", tmp_path / "own", "theirs")
    assert {row.label for row in read_table(tmp_path / "own")} == {"fear", "anger"}


def test_a_set_of_ours_is_added_to_another_with_its_codes_consents_and_faces_as_they_are(tmp_path: Path) -> None:
    theirs, own = tmp_path / "theirs", tmp_path / "own"
    # No face is found in it: it was cut out before.
    face = np.asarray(cv2.resize(drawn(8), (CROP_SIDE, CROP_SIDE)), np.uint8)
    write_picture(theirs / "fear" / "b.png", face)
    write_picture(theirs / "anger" / "c.png", drawn(9))
    rows = [
        FaceRow("fear/b.png", "fear", "K7QX2P", "s1", "dim", "old", "train"),
        FaceRow("anger/c.png", "anger", "x:1"),
    ]
    write_table(theirs, rows)
    write_consents(theirs, [Consent("K7QX2P", "today", "q")])
    write_picture(own / "fear" / "a.png", drawn(9))
    write_table(own, [FaceRow("fear/a.png", "fear", "AAAAAA")])
    for _ in range(2):
        import_faces(theirs, own, "theirs")
    first, second, third = read_table(own)
    assert first.person == "AAAAAA"
    assert (second.person, second.session, second.light, second.group, second.part) == (
        "K7QX2P",
        "s1",
        "dim",
        "old",
        "",
    )
    assert third.person == "theirs:x:1"
    assert np.array_equal(np.asarray(cv2.imread(str(own / second.path), cv2.IMREAD_UNCHANGED)), face)
    assert read_consents(own) == [Consent("K7QX2P", "today", "q")]
    with pytest.raises(BadFile, match="bring it into another folder"):
        import_faces(own, own, "own")


def test_who_a_picture_shows_is_known_also_after_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    for k in range(2):
        write_picture(tmp_path / "theirs" / "fear" / "p1" / f"{k}.png", drawn(k))
    with monkeypatch.context() as machine:
        machine.setattr("models.dataset.importing.write_table", writes := Writes())
        import_faces(tmp_path / "theirs", own, "theirs")
    assert writes.count == 2
    assert len(list((own / "fear").iterdir())) == 2
    assert read_table(own) == [], "killed before its lines were written"
    import_faces(tmp_path / "theirs", own, "theirs")
    assert [row.person for row in read_table(own)] == ["theirs:p1"] * 2


class Writes:
    """Writes the first table; the second comes too late."""

    count = 0

    def __call__(self, folder: Path, rows: list[FaceRow]) -> None:
        self.count += 1
        if self.count == 1:
            write_table(folder, rows)


def test_what_cannot_be_read_makes_no_folder_and_what_stops_an_import_leaves_no_picture_without_a_line(
    tmp_path: Path,
) -> None:
    own = tmp_path / "own"
    with pytest.raises(BadFile):
        import_faces(tmp_path / "nowhere", own, "nowhere")
    for k in range(40):
        write_picture(tmp_path / "theirs" / "fear" / f"{k}.png", drawn(k))
    with pytest.raises(BadFile, match="belong to a table of pixels"):
        import_faces(tmp_path / "theirs", own, "theirs", votes=tmp_path / "v.csv")
    assert not own.exists()

    def stop(what: str, _share: float) -> None:
        if what == "32 faces":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_faces(tmp_path / "theirs", own, "theirs", progress=stop)
    assert {row.path for row in read_table(own)} == {f"fear/{file.name}" for file in (own / "fear").iterdir()}
    assert import_faces(tmp_path / "theirs", own, "theirs").known == 32
