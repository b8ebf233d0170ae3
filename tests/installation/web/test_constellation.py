"""A double of Constellation's server, made from its documented interface, hears the show and gives it commands."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import ValidationError

from calibration.web_settings import ConstellationSettings
from installation.web.constellation import Constellation
from installation.web.live import Live
from tests.installation.waiting import LONG, wait_until
from tests.installation.web.stage_double import made_state


class ServerDouble:
    """Keeps pings, and answers each with ``answer``."""

    def __init__(self) -> None:
        self.pings: list[tuple[str, Any]] = []
        self.answer = b'{"commands": []}'
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                double.pings.append((self.path, json.loads(body)))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(double.answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


class Line:
    """Stands for the line to the stage: keeps what is said."""

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []

    def say(self, who: str, name: str, *arguments: Any) -> None:
        self.said.append((who, name, *arguments))


@pytest.fixture
def server() -> Iterator[ServerDouble]:
    double = ServerDouble()
    yield double
    double.server.shutdown()
    double.server.server_close()


def component(port: int, live: Live, line: Line) -> Constellation:
    hello = {"constellation": (f"127.0.0.1:{port}", "Hall 2", "Film"), "state_folder": "/s", "version": "1"}
    return Constellation(hello, live, line, every=0.02)  # type: ignore[arg-type]


def test_the_museum_sees_the_show_and_closes_it(server: ServerDouble) -> None:
    live, line = Live(), Line()
    live.heard(made_state(1).model_dump(mode="json"), b"{}")
    server.answer = b'{"commands": ["sleepDisplay", "restart", "shutdown", "rm -rf", 3, null, "pauseVideo"]}'
    museum = component(server.server.server_address[1], live, line)
    museum.start()
    wait_until(lambda: len(line.said) >= 2, LONG)
    museum.close()
    assert line.said[:2] == [("Constellation", "close"), ("Constellation", "pause")]
    assert {name for _, name in line.said} == {"close", "pause"}
    path, ping = server.pings[0]
    assert path == "/system/ping"
    assert (ping["id"], ping["group"], ping["currentInteraction"]) == ("Hall 2", "Film", True)
    assert ping["error"] == {"sound": "no sound device opens"}
    assert "helperAddress" not in ping
    assert len({ping["uuid"] for _, ping in server.pings}) == 1


def test_a_stage_that_was_heard_too_long_ago_is_told_as_one_that_says_nothing() -> None:
    now = [10.0]
    live = Live(lambda: now[0])
    live.heard(made_state(1).model_dump(mode="json"), b"{}")
    museum = component(1, live, Line())
    assert museum.ping()["currentInteraction"] is True
    now[0] = 13.1
    assert museum.ping()["error"] == {"show": "says nothing"}
    assert museum.ping()["currentInteraction"] is False


@pytest.mark.parametrize("answer", [b"", b"[]", b"{", b'{"commands": "close"}', b'{"commands": 7}', b"\xff"])
def test_nonsense_from_the_server_ends_nothing(server: ServerDouble, answer: bytes) -> None:
    server.answer, line = answer, Line()
    museum = component(server.server.server_address[1], Live(), line)
    museum.start()
    wait_until(lambda: len(server.pings) >= 3, LONG)
    museum.close()
    assert line.said == []
    assert server.pings[0][1]["error"] == {"show": "says nothing"}  # no state was heard


@pytest.mark.parametrize("wrong", ["http://10.0.0.5", "10.0.0.5:", "10.0.0.5:x", "10.0.0.5:70000", ":80", "a b"])
def test_a_server_is_a_host_and_a_port(wrong: str) -> None:
    with pytest.raises(ValidationError, match="HOST:PORT"):
        ConstellationSettings(server=wrong)
    for good in ("", "10.0.0.5:8082", "hub.museum.example"):
        assert ConstellationSettings(server=good).server == good
