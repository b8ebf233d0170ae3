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
        heard = [supervisor.recv(100).decode() for _ in range(5)]
    assert heard == ["READY=1\nWATCHDOG_USEC=4000000", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_how_the_show_is_is_told_on_change_and_in_one_line(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(address)
        supervisor.settimeout(1.0)
        heart = Heartbeat({"NOTIFY_SOCKET": address})
        for scene in ("rain", "rain", "forge\nMAINPID=1"):
            heart.status(f"scene {scene}")
        heart.stopping()
        heard = [supervisor.recv(100).decode() for _ in range(3)]
    assert heard == ["STATUS=scene rain", "STATUS=scene forge\\nMAINPID=1", "STOPPING=1"]


def test_where_there_are_no_unix_sockets_it_beats_on_a_port_of_this_machine() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(("127.0.0.1", 0))
        supervisor.settimeout(5.0)
        heart = Heartbeat({"NOTIFY_SOCKET": f"udp:127.0.0.1:{supervisor.getsockname()[1]}"})
        heart.beat(100.0)
        heart.stopping()
        assert [supervisor.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_a_show_that_waits_or_replaces_itself_asks_for_patience_and_the_next_one_takes_it_back(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(address)
        supervisor.settimeout(1.0)
        environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "4000000"}
        heart = Heartbeat(environment)
        heart.waiting("waits for a display", 30.0)
        heart.restarting()
        following = Heartbeat(environment)
        following.beat(100.0)
        following.close()
        heard = [supervisor.recv(100).decode() for _ in range(4)]
    assert heard == [
        "STATUS=waits for a display",
        "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=30000000",
        "WATCHDOG_USEC=60000000\nWATCHDOG=1",
        "READY=1\nWATCHDOG_USEC=4000000",
    ]


def test_without_a_supervisor_no_socket_is_opened_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setattr(socket, "socket", lambda *kind: opened.append(kind))
    heart = Heartbeat()
    heart.beat(0.0)
    heart.stopping()
    assert opened == []
