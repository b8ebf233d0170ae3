"""The console's real process at a real socket, with a double of the stage at the other end of its line."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from installation.web.access import TRIES
from installation.web.document import CameraPicture, Request
from installation.web.incoming import BODY_AT_MOST
from installation.web.token import read_tokens
from tests.installation.waiting import LONG, wait_until
from tests.installation.web.stage_double import StageDouble

JSON = {"Content-Type": "application/json"}
FROM_OUTSIDE = {"X-Forwarded-For": "10.0.0.7"}
"""What a proxy on this machine adds; such a caller is from the network, and this needs none to be tested."""


def answers(request: Request) -> tuple[int, str]:
    return (5, "not in the attract scene") if request.name == "next" else (0, "ok")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StageDouble]:
    folder = tmp_path_factory.mktemp("state")
    (folder / "secret.html").write_text("secret")
    (folder / "reports").mkdir()
    (folder / "reports" / "2026-11-20.html").write_text("<p>visits</p>")
    with StageDouble(folder, answers, rate=20.0) as stage:
        assert stage.port
        yield stage


def ask(
    stage: StageDouble, method: str, path: str, body: bytes | None = None, /, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=LONG)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return response.status, found, response.read() if "content-length" in found else b""  # events have no end
    finally:
        connection.close()


def post(stage: StageDouble, path: str, document: Any, **headers: str) -> tuple[int, dict[str, str], Any]:
    status, found, content = ask(stage, "POST", path, json.dumps(document).encode(), **(JSON | headers))
    return status, found, json.loads(content)


def raw(stage: StageDouble, request: bytes, seconds: float = LONG) -> bytes:
    """All that the server says to these bytes until it closes, or has been silent for so long."""
    with socket.create_connection(("127.0.0.1", stage.port), timeout=seconds) as end:
        found = b""
        try:
            end.sendall(request)
            while part := end.recv(65536):
                found += part
        except (TimeoutError, ConnectionError):
            pass
        return found


class OpenPage:
    """A page that follows the events."""

    def __init__(self, stage: StageDouble, headers: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=LONG)
        self._connection.request("GET", "/api/events", headers=headers or {})
        self.response = self._connection.getresponse()

    def next(self, kind: str) -> Any:
        """The next event of this kind."""
        while line := self.response.readline():
            if line == f"event: {kind}\n".encode():
                while not line.startswith(b"data: "):
                    line = self.response.readline()
                return json.loads(line[6:])
        raise AssertionError(f"the line was closed before a {kind}")

    def close(self) -> None:
        self.response.close()
        self._connection.close()


def log_in(stage: StageDouble, token: str, name: str = "") -> dict[str, str]:
    status, headers, _ = post(stage, "/api/login", {"token": token, "name": name}, **FROM_OUTSIDE)
    assert status == 200
    cookie = headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    return FROM_OUTSIDE | {"Cookie": cookie.partition(";")[0]}


def test_a_page_follows_the_show(stage: StageDouble) -> None:
    page = OpenPage(stage)
    assert page.response.getheader("content-type") == "text/event-stream"
    hello = page.next("hello")
    assert (hello["room"], hello["role"]) == ("Hall 2", "operator")
    assert page.next("story")["first"] == "arrival"
    first = page.next("state")["number"]
    assert page.next("state")["number"] > first
    page.close()


def test_a_command_reaches_the_stage_and_its_answer_the_page(stage: StageDouble) -> None:
    status, _, reply = post(stage, "/api/command", {"name": "goto", "arguments": ["storm"]})
    assert (status, reply) == (200, {"code": 0, "reason": "ok"})
    assert stage.asked("goto")[-1].arguments == ("storm",)
    assert stage.asked("goto")[-1].who == "127.0.0.1"
    status, _, reply = post(stage, "/api/command", {"name": "next"})
    assert (status, reply) == (200, {"code": 5, "reason": "not in the attract scene"})  # the show's no is no fault


def test_from_the_network_nothing_is_told_without_a_token(stage: StageDouble) -> None:
    for path in ("/api/events", "/metrics", "/reports/", "/reports/2026-11-20.html", "/thumbnails/arrival.jpg"):
        assert ask(stage, "GET", path, None, **FROM_OUTSIDE)[0] == 401, path
    assert post(stage, "/api/command", {"name": "next"}, **FROM_OUTSIDE)[0] == 401


def test_a_viewer_sees_all_and_may_change_nothing(stage: StageDouble) -> None:
    cookie = log_in(stage, read_tokens(stage.folder).viewer, "Vi")
    page = OpenPage(stage, cookie)
    assert page.next("hello")["role"] == "viewer"
    assert page.next("state")
    page.close()
    assert ask(stage, "GET", "/reports/2026-11-20.html", None, **cookie)[2] == b"<p>visits</p>"
    before = len(stage.requests)
    for name in ("next", "blackout", "show_camera", "restart"):
        assert post(stage, "/api/command", {"name": name, "arguments": [60]}, **cookie)[0] == 403
    assert len(stage.requests) == before


def test_a_scraper_shows_the_viewer_s_token_and_is_told_figures(stage: StageDouble) -> None:
    wait_until(lambda: b"chiaro_up 1.0\n" in ask(stage, "GET", "/metrics")[2], LONG)
    tokens = read_tokens(stage.folder)
    assert ask(stage, "GET", "/metrics", None, **FROM_OUTSIDE, Authorization="Bearer wrong")[0] == 401
    for kind in ("text/plain", "application/openmetrics-text"):
        shown = FROM_OUTSIDE | {"Authorization": f"Bearer {tokens.viewer}", "Accept": f"{kind};version=1.0.0"}
        status, headers, content = ask(stage, "GET", "/metrics", None, **shown)
        assert (status, headers["content-type"].partition(";")[0]) == (200, kind)
        assert b"chiaro_film_pictures_total" in content
        assert tokens.viewer.encode() not in content


def test_the_camera_goes_to_the_operator_who_asked(stage: StageDouble) -> None:
    token = read_tokens(stage.folder).operator
    ann, bo = log_in(stage, token, "Ann"), log_in(stage, token, "Bo")
    pages = OpenPage(stage, ann), OpenPage(stage, bo)
    assert post(stage, "/api/command", {"name": "show_camera", "arguments": [60]}, **ann)[0] == 200
    assert stage.asked("show_camera")[-1].who == "Ann"
    stage.send(CameraPicture(at=1.0, jpeg="AAAA"))
    assert pages[0].next("picture")["jpeg"] == "AAAA"
    seen = [pages[1].response.readline() for _ in range(40)]
    assert b"event: picture\n" not in seen
    for page in pages:
        page.close()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"next"', b'{"name": 3}', b'{"name": "a b"}', b'{"name": "next", "arguments": {}}', b"\xff"],
)
def test_a_request_that_is_none_is_refused_and_asks_nothing(stage: StageDouble, body: bytes) -> None:
    before = len(stage.requests)
    status, _, content = ask(stage, "POST", "/api/command", body, **JSON)
    assert status == 400
    assert json.loads(content)["reason"]
    assert len(stage.requests) == before


def test_a_form_of_another_page_is_refused_for_its_type(stage: StageDouble) -> None:
    form = {"Content-Type": "text/plain"}
    assert ask(stage, "POST", "/api/command", b'{"name": "next"}', **form)[0] == 415


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8470", "127.0.0.1.evil.example", "a@127.0.0.1", "a@localhost", ""]
)
def test_a_name_that_is_not_ours_is_refused(stage: StageDouble, host: str) -> None:
    assert ask(stage, "GET", "/reports/", Host=host)[0] in (400, 403)
    assert post(stage, "/api/command", {"name": "next"}, Host=host)[0] in (400, 403)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:9000", "[::1]:8470", "192.168.1.20:8470", "LOCALHOST"])
def test_a_name_that_is_ours_or_a_number_is_taken(stage: StageDouble, host: str) -> None:
    assert post(stage, "/api/command", {"name": "mute", "arguments": [1]}, Host=host)[0] == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost", ""])
def test_another_page_of_the_browser_may_not_command(stage: StageDouble, origin: str) -> None:
    before = len(stage.requests)
    assert post(stage, "/api/command", {"name": "next"}, Origin=origin)[0] == 403
    assert post(stage, "/api/command", {"name": "next"}, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert ask(stage, "GET", "/reports/2026-11-20.html", None, **{"Sec-Fetch-Site": "same-site"})[0] == 403
    assert len(stage.requests) == before


def test_our_own_page_may_and_a_link_may_be_followed(stage: StageDouble) -> None:
    ours = f"http://127.0.0.1:{stage.port}"
    assert post(stage, "/api/command", {"name": "mute"}, Origin=ours, **{"Sec-Fetch-Site": "same-origin"})[0] == 200
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert ask(stage, "GET", "/reports/2026-11-20.html", None, **followed)[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../main.py",
        "/static/%2e%2e/main.py",
        "/static/..%2fmain.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/..\\main.py",
        "/static/%00",
        "/strings/..%2fmain.py",
        "/reports/..%2fsecret.html",
        "/reports/%2e%2e/secret.html",
        "/reports/../console-tokens",
        "/thumbnails/..%2f..%2fconsole-tokens.jpg",
        "/console-tokens",
        "/" + "a" * 8000,
    ],
)
def test_nothing_outside_its_folder_is_served(stage: StageDouble, path: str) -> None:
    status, _, content = ask(stage, "GET", path)
    assert status == 404
    assert content == b'{"reason":"there is nothing under this address"}'


def test_every_answer_has_safe_headers(stage: StageDouble) -> None:
    for path in ("/", "/none", "/reports/", "/static/none.js"):
        _, headers, _ = ask(stage, "GET", path)
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-frame-options"], headers["referrer-policy"]) == ("DENY", "no-referrer")
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers
    assert "access-control-allow-origin" not in ask(stage, "OPTIONS", "/api/command", Origin="http://127.0.0.1")[1]


def test_what_is_too_large_is_refused_before_it_is_read(stage: StageDouble) -> None:
    status, headers, _ = ask(stage, "POST", "/api/command", b" " * (BODY_AT_MOST + 1), **JSON)
    assert (status, headers["connection"]) == (413, "close")
    endless = b"POST /api/command HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head = endless + b"Transfer-Encoding: chunked\r\n\r\n" + b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    assert b" 413 " in raw(stage, head + (b"8000\r\n" + b" " * 0x8000 + b"\r\n") * 3).partition(b"\r\n")[0]
    assert raw(stage, b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: " + b"a" * 70_000).startswith(b"HTTP/1.1 4")


def test_no_second_request_is_smuggled_in_a_first(stage: StageDouble) -> None:
    inner = b'POST /api/command HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 15\r\n\r\n{"name":"next"}'
    before = len(stage.asked("next"))
    for framing in (
        b"Content-Length: 5\r\nContent-Length: %d\r\n" % len(inner),
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % len(inner),
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Content-Length: +5\r\n",
        b" Content-Length: 5\r\n",
        b"Host: evil.example\r\n",
    ):
        head = b"POST /api/command HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + framing + b"\r\n"
        said = raw(stage, head + b"0\r\n\r\n" + inner, 2.0)
        assert b"200 OK" not in said, framing
    assert len(stage.asked("next")) == before


def test_nonsense_ends_nothing(stage: StageDouble) -> None:
    chance = random.Random(17)
    good = b"POST /api/command HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    good += b"Content-Length: 2\r\n\r\n{}"
    for _ in range(150):
        broken = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            place = chance.randrange(len(broken))
            broken[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 4))
        with socket.create_connection(("127.0.0.1", stage.port), timeout=LONG) as end:
            end.sendall(broken)
            end.shutdown(socket.SHUT_WR)
            end.settimeout(0.05)
            with suppress(TimeoutError, ConnectionError):
                assert b" 500 " not in end.recv(200)
    assert post(stage, "/api/command", {"name": "mute"})[0] == 200
    assert stage.log.read_text() == ""


def test_two_hundred_open_pages_all_hear_the_show(stage: StageDouble) -> None:
    pages = [OpenPage(stage) for _ in range(200)]
    assert all(page.next("state")["number"] for page in pages)
    assert post(stage, "/api/command", {"name": "mute"})[0] == 200
    for page in pages:
        page.close()


def test_tokens_stand_in_no_answer_and_no_log(stage: StageDouble) -> None:
    tokens = read_tokens(stage.folder)
    said = b""
    for token in (tokens.operator, tokens.viewer, "wrong" + tokens.operator):
        for document in ({"token": token}, {"token": [token]}, {"token": token, "name": {}}):
            said += repr(post(stage, "/api/login", document, **FROM_OUTSIDE)[1:]).encode()
        said += ask(stage, "GET", f"/none?token={token}", Cookie=f"a={token}", Authorization=f"Bearer {token}")[2]
        said += ask(stage, "GET", f"/{token}")[2]
    page = OpenPage(stage)
    said += json.dumps([page.next(kind) for kind in ("hello", "state", "machine")]).encode()
    page.close()
    for secret in (tokens.operator, tokens.viewer):
        assert secret.encode() not in said
        assert secret not in stage.log.read_text()


def test_tokens_cannot_be_tried_for_ever_a_taken_port_is_told_and_the_console_ends_with_the_stage(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        stage = StageDouble(tmp_path, port=taken.getsockname()[1])
        assert stage.port not in (0, taken.getsockname()[1])
        page = OpenPage(stage)
        assert page.next("state")
        tried = [post(stage, "/api/login", {"token": f"guess-{n}"}, **FROM_OUTSIDE)[0] for n in range(TRIES + 1)]
        assert tried == [401] * TRIES + [429]
        assert page.next("state")  # those who are in stay in
        assert stage.close() == 0
        page.close()
    assert stage.log.read_text() == ""


def test_an_address_that_is_not_this_machines_is_told_in_words(tmp_path: Path) -> None:
    stage = StageDouble(tmp_path, listen="203.0.113.77")  # an address for documentation: nobody has it
    assert stage.process.wait(LONG) == 69
    wait_until(lambda: stage.asked("failed"), LONG)
    (failed,) = stage.asked("failed")
    assert "'203.0.113.77' cannot be opened" in failed.arguments[0]
    stage.close()


def test_where_no_tokens_can_be_kept_the_machine_itself_is_served_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    with StageDouble(tmp_path, state_folder=str(tmp_path / "state")) as stage:
        assert post(stage, "/api/command", {"name": "mute"})[0] == 200
        assert post(stage, "/api/command", {"name": "mute"}, **FROM_OUTSIDE)[0] == 401
        assert "the tokens cannot be kept" in stage.log.read_text()


def test_a_stage_that_does_not_answer_holds_up_no_other_page(tmp_path: Path) -> None:
    gate = threading.Event()

    def late(_: Request) -> tuple[int, str]:
        gate.wait(LONG)
        return 0, "late"

    with StageDouble(tmp_path, late) as stage:
        assert stage.port
        waits = threading.Thread(target=lambda: post(stage, "/api/command", {"name": "next"}))
        waits.start()
        page = OpenPage(stage)
        assert page.next("state")
        page.close()
        gate.set()
        waits.join(LONG)
