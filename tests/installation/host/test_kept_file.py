"""A file that outlasts a kill at any instant."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from installation.host.kept_file import read_kept, write_kept

WRITE_ON = """
import sys; from pathlib import Path; from installation.host.kept_file import write_kept
number = 0
while True:
    write_kept(Path(sys.argv[1]), b"%d " % number * 100_000)
    number += 1
    if number == 1: print("begun", flush=True)
"""
KILLS = 6


def test_what_was_written_is_read_and_only_its_owner_can(tmp_path: Path) -> None:
    file = tmp_path / "state" / "kept"
    write_kept(file, b"one")
    write_kept(file, b"two\nlines")
    assert read_kept(file) == (b"two\nlines", "")
    assert file.stat().st_mode & 0o077 == 0
    assert read_kept(tmp_path / "other") == (None, "")


@pytest.mark.parametrize("torn", [b"", b"0" * 64, b"\xff\x00" * 40, None])
def test_of_a_torn_file_the_version_before_counts_and_it_is_said(tmp_path: Path, torn: bytes | None) -> None:
    file = tmp_path / "kept"
    write_kept(file, b"one")
    write_kept(file, b"two")
    file.write_bytes(file.read_bytes()[:-1] if torn is None else torn)
    content, fault = read_kept(file)
    assert content == b"one"
    assert str(file) in fault
    file.with_name("kept.previous").write_bytes(b"torn too")
    content, fault = read_kept(file)
    assert content is None
    assert fault.count("damaged") == 2


def test_a_kill_in_mid_write_never_costs_more_than_the_write(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    for turn in range(KILLS):
        writer = subprocess.Popen([sys.executable, "-c", WRITE_ON, str(file)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.004 * turn)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        content, fault = read_kept(file)
        assert content is not None, fault
        assert fault == ""
        assert content == content[: content.index(b" ") + 1] * 100_000
