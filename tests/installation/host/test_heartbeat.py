"""The beat that the service supervisor hears."""

import socket
from pathlib import Path

import pytest

from installation.host.heartbeat import Heartbeat


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_the_watchdog_hears_the_tick_at_twice_its_rate_and_the_end(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(address)
        supervisor.settimeout(1.0)
        heart = Heartbeat({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "4000000"})
        for tick in range(150):  # five seconds of ticks
            heart.beat(100.0 + tick / 30)
        heart.stopping()
        heard = [supervisor.recv(100).decode() for _ in range(4)]
    assert heard == ["READY=1\nWATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


def test_without_a_supervisor_no_socket_is_opened_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setattr(socket, "socket", lambda *kind: opened.append(kind))
    heart = Heartbeat()
    heart.beat(0.0)
    heart.stopping()
    assert opened == []
