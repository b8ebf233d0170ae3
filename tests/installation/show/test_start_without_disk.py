"""The show begins on a machine whose disk is full or read-only, says so once, and writes again when it can."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.installation.show.test_show_end_to_end import RunningShow

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts a small disk in memory")


@contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """A disk of 64 KiB at ``place``; skips the test where this user may mount none."""
    place.mkdir()
    mount = shutil.which("mount") or "mount"
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], check=False, timeout=10)
    if done.returncode:
        pytest.skip("this user may not mount a disk; run the tests as root, or in a user namespace")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True, timeout=10)


def plays(show: RunningShow) -> bool:
    return bool(show.listener.values("/emo/scene/id"))


@pytest.mark.parametrize(
    ("disk", "options"),
    [
        ("full", []),
        ("read-only", ["--unattended"]),
        pytest.param("full", ["--unattended"], marks=pytest.mark.slow),
        pytest.param("read-only", [], marks=pytest.mark.slow),
    ],
)
def test_a_disk_that_takes_nothing_at_the_start_costs_the_journal_and_nothing_else(
    tmp_path: Path, disk: str, options: list[str]
) -> None:
    state = tmp_path / "state"
    with small_disk(state):
        if disk == "full":
            (state / "filler").write_bytes(bytes(64 << 10))
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(state)], check=True, timeout=10)
        show = RunningShow(tmp_path, "--camera", "visitor", *options)
        try:
            show.wait(lambda: plays(show), "the first picture", 60.0)
            show.wait(lambda: "journal lost" in show.told(), "a word of the journal", 60.0)
            if disk == "full":
                (state / "filler").unlink()
            else:
                subprocess.run(["mount", "-o", "remount,rw", str(state)], check=True, timeout=10)
            show.wait(lambda: bool(show.journal("mood")), "the journal", 60.0)
            show.wait(lambda: "journal is back" in show.told(), "a word of it", 60.0)
            assert show.told().count("journal lost") == 1
            assert show.end() == 0
        finally:
            show.process.kill()
            show.process.wait()
            show.log.close()
