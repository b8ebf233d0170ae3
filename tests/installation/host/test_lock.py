"""One show a room."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from installation.host.lock import NameInMemory, RoomIsTaken, RoomLock

HOLD = (
    "import sys,time; from pathlib import Path; from installation.host.lock import RoomLock;"
    "lock = RoomLock(Path(sys.argv[1]), 'hall'); lock.acquire(); print('held', flush=True); time.sleep(60)"
)


def test_the_second_show_in_a_room_names_the_first_ones_process_and_a_kill_frees_the_room(tmp_path: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(RoomIsTaken) as refusal:
            RoomLock(tmp_path, "hall").acquire()
        assert refusal.value.pid == first.pid
        assert str(first.pid) in str(refusal.value)
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    RoomLock(tmp_path, "hall").acquire()


def test_two_rooms_of_one_machine_do_not_hinder_each_other(tmp_path: Path) -> None:
    hall, cellar = RoomLock(tmp_path, "hall"), RoomLock(tmp_path, "cellar")
    hall.acquire()
    cellar.acquire()
    for name in ("hall", "cellar"):  # both are held, each for itself
        with pytest.raises(RoomIsTaken):
            RoomLock(tmp_path, name).acquire()


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the lock without a disk is Linux's")


@linux
def test_where_no_disk_takes_the_lock_the_room_is_held_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder can be made under a file, by nobody")
    state = tmp_path / "file" / "state"
    first = RoomLock(state, "hall")
    first.acquire()
    assert str(state) in first.without_disk
    with pytest.raises(RoomIsTaken) as refusal:
        RoomLock(state, "hall").acquire()
    assert refusal.value.pid == os.getpid()
    assert RoomLock(state, "hall").is_taken()
    RoomLock(state, "cellar").acquire()
    first.release()
    assert not RoomLock(state, "hall").is_taken()
    RoomLock(state, "hall").acquire()


def test_where_no_name_in_memory_is_shared_the_file_holds_the_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS, and between two containers that share the state folder: the name is free for all (a stand-in)."""
    monkeypatch.setattr(NameInMemory, "acquire", lambda _: True)
    first = RoomLock(tmp_path, "hall")
    first.acquire()
    with pytest.raises(RoomIsTaken) as refusal:
        RoomLock(tmp_path, "hall").acquire()
    assert refusal.value.pid == os.getpid()
    first.release()
    RoomLock(tmp_path, "hall").acquire()


@linux
def test_the_state_folder_is_for_its_owner_alone_and_one_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        RoomLock(tmp_path / "state", "hall").acquire()
        (tmp_path / "old").mkdir(mode=0o755)
        RoomLock(tmp_path / "old", "hall").acquire()
    finally:
        os.umask(before)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o755
