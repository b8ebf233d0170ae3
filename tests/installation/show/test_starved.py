"""The real show beside many busy processes: nothing is killed for being slow (FAULTS: the machine is starved)."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.installation.show.test_show_end_to_end import RunningShow, linux

SECONDS = float(os.environ.get("CHIARO_STARVED_SECONDS", "300"))
BURNERS = 15
"""For each processor."""


@pytest.fixture
def beats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Where the show's heartbeat arrives, as with systemd."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(path)
        heard.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        monkeypatch.setenv("WATCHDOG_USEC", "2000000")
        yield heard


@linux
@pytest.mark.slow
def test_on_a_starved_machine_little_is_lost_and_all_is_back(beats: socket.socket, tmp_path: Path) -> None:
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})  # the show and the burners share one
    with ExitStack() as stack:
        stack.callback(os.sched_setaffinity, 0, processors)
        show = RunningShow(tmp_path, "--camera", "visitor")
        stack.callback(show.process.kill)
        show.wait(lambda: any(line["trusted"] for line in show.journal("mood")), "the eye's first look", 60.0)
        for _ in range(BURNERS):
            burner = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            stack.callback(burner.kill)
        last, longest, until = time.monotonic(), 0.0, time.monotonic() + SECONDS
        while (now := time.monotonic()) < until:
            with suppress(BlockingIOError):
                if b"WATCHDOG=1" in beats.recv(4096):
                    longest, last = max(longest, now - last), now
            time.sleep(0.01)
        told = show.told()
        lost = re.findall(r"WARNING +([a-z' ]+) lost: (.*)", told)
        print(f"longest heartbeat {longest:.1f} s\n{told}")
        assert max(longest, time.monotonic() - last) < 5.0
        assert len([part for part, _ in lost if part == "eye"]) <= 2
        assert [part for part, _ in lost if part not in ("eye", "machine")] == []
        assert show.process.poll() is None
    assert show.process.wait(10) is not None
