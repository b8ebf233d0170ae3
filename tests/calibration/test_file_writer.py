"""Files are written whole or not at all, keep their mode and their links, and faces are for their owner alone."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibration.file_writer import make_private_folder, write_private, write_together, write_whole


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_full_disk_leaves_the_last_good_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "room.toml"
    write_whole(file, b"good")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"half")
    assert file.read_bytes() == b"good"
    assert [one.name for one in tmp_path.iterdir()] == ["room.toml"]


def test_the_last_good_file_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "room.toml"
    for content in (b"1", b"2", b"3"):
        write_whole(file, content)
    assert file.read_bytes() == b"3"
    assert (tmp_path / "room.toml.previous").read_bytes() == b"2"


def test_a_disk_that_fills_at_the_last_file_leaves_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {tmp_path / name: name.encode() for name in ("room.faces.npz", "room.html", "room.toml")}
    write_together(old)
    room_for = iter([True, True, False])

    def full(_: int) -> None:
        if not next(room_for):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_together(dict.fromkeys(old, b"new"))
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == old


def test_where_no_links_can_be_made_the_last_good_file_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    for content in (b"1", b"2"):
        write_whole(tmp_path / "room.toml", content)
    assert (tmp_path / "room.toml.previous").read_bytes() == b"1"


@pytest.mark.parametrize("was", [0o600, 0o640, 0o664])
def test_a_file_keeps_its_mode_and_so_does_its_predecessor(tmp_path: Path, was: int) -> None:
    file = tmp_path / "room.toml"
    file.write_bytes(b"1")
    file.chmod(was)
    write_whole(file, b"2")
    assert file.read_bytes() == b"2"
    assert mode(file) == was
    assert mode(tmp_path / "room.toml.previous") == was


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_a_file_that_root_calibrates_still_belongs_to_the_show_s_user(tmp_path: Path) -> None:
    file = tmp_path / "room.toml"
    file.write_bytes(b"1")
    os.chown(file, 1234, 4321)
    file.chmod(0o640)
    write_whole(file, b"2")
    assert (file.stat().st_uid, file.stat().st_gid, mode(file)) == (1234, 4321, 0o640)


def test_where_the_owner_cannot_be_kept_the_file_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    file = tmp_path / "room.toml"
    file.write_bytes(b"1")
    file.chmod(0o640)
    monkeypatch.setattr(os, "chown", refused)
    write_whole(file, b"2")
    assert file.read_bytes() == b"2"
    assert mode(file) == 0o640


def test_a_copied_predecessor_keeps_the_mode_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    file = tmp_path / "room.toml"
    file.write_bytes(b"1")
    file.chmod(0o600)
    write_whole(file, b"2")
    assert mode(tmp_path / "room.toml.previous") == 0o600


def test_new_files_of_faces_are_for_their_owner_and_others_follow_the_umask(tmp_path: Path) -> None:
    faces, room = tmp_path / "venues" / "room.faces.npz", tmp_path / "venues" / "room.toml"
    write_together({faces: b"1", room: b"1"}, private=[faces])
    assert mode(faces) == 0o600
    assert mode(room) == 0o644
    assert mode(tmp_path / "venues") == 0o700


def test_a_private_file_is_never_open_to_others_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "room.toml"
    file.write_bytes(b"1")
    file.chmod(0o600)
    (tmp_path / "room.toml.new").write_bytes(b"what a kill left, open to all")
    seen: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda number: seen.append(stat.S_IMODE(os.fstat(number).st_mode)))
    write_whole(file, b"2")
    assert seen == [0o600]


def test_a_link_stays_a_link_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "usb" / "hall.toml", tmp_path / "room.toml"
    target.parent.mkdir()
    target.write_bytes(b"1")
    target.chmod(0o600)
    link.symlink_to(Path("usb") / "hall.toml")
    write_whole(link, b"2")
    assert link.readlink() == Path("usb") / "hall.toml"
    assert target.read_bytes() == b"2"
    assert mode(target) == 0o600
    assert (tmp_path / "usb" / "hall.toml.previous").read_bytes() == b"1"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["room.toml", "usb"]


def test_a_link_that_leads_to_nothing_yet_makes_its_target(tmp_path: Path) -> None:
    (tmp_path / "room.toml").symlink_to(tmp_path / "usb" / "hall.toml")
    write_whole(tmp_path / "room.toml", b"1")
    assert (tmp_path / "usb" / "hall.toml").read_bytes() == b"1"
    assert (tmp_path / "room.toml").is_symlink()


def test_links_in_a_circle_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.toml").symlink_to(tmp_path / "b.toml")
    (tmp_path / "b.toml").symlink_to(tmp_path / "a.toml")
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        write_whole(tmp_path / "a.toml", b"1")
    assert (tmp_path / "a.toml").is_symlink()


def test_a_folder_that_is_made_is_for_its_owner_and_one_that_is_there_stays_open(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "takes" / "AB")
    assert mode(tmp_path) == 0o755
    assert mode(tmp_path / "takes") == mode(tmp_path / "takes" / "AB") == 0o700


def test_a_picture_of_somebody_is_for_its_owner_also_where_an_open_one_was(tmp_path: Path) -> None:
    file = tmp_path / "000.png"
    file.write_bytes(b"old")
    write_private(file, b"new")
    assert mode(file) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["000.png"]
