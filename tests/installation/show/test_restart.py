"""A show that an operator starts again, under a supervisor."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from tests.installation.show.test_show_end_to_end import RunningShow
from tests.installation.waiting import LONG, wait_until

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="no Unix datagram sockets with names in memory: not tried"
)


def test_it_asks_its_supervisor_for_patience_and_never_says_that_it_stops(tmp_path: Path) -> None:
    """systemd ends whatever says STOPPING=1 and goes on: the show that had begun again was killed after 8 s."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind("\0" + tmp_path.name)
        supervisor.setblocking(False)
        heard: list[str] = []

        def hears(wanted: str, times: int) -> bool:
            try:
                while True:
                    heard.extend(supervisor.recv(4096).decode().split("\n"))
            except BlockingIOError:
                return heard.count(wanted) >= times

        def with_passphrase() -> None:
            venue = tmp_path / "venue.toml"
            venue.write_text(venue.read_text().replace("[osc]\n", '[osc]\npassphrase = "abcdefgh"\n'))

        environment = {**os.environ, "NOTIFY_SOCKET": f"@{tmp_path.name}", "WATCHDOG_USEC": "10000000"}
        show = RunningShow(tmp_path, "--camera", "visitor", spoil=with_passphrase, environment=environment)
        try:
            wait_until(lambda: hears("READY=1", 1), LONG * 2)
            show.control("restart", "abcdefgh")
            wait_until(lambda: hears("READY=1", 2), LONG * 2)
        finally:
            show.process.kill()
            show.process.wait()
            show.log.close()
    assert "STOPPING=1" not in heard
    assert heard.index("WATCHDOG_USEC=60000000") > heard.index("READY=1")
    assert heard[-1] in ("READY=1", "WATCHDOG_USEC=10000000", "WATCHDOG=1")
