"""What a connection may take, at a real server in this process with bounds that are shorter than the real ones."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol

from installation.web import connection, incoming, live
from installation.web import server as server_module
from installation.web.access import Access
from installation.web.connection import Bounds
from installation.web.main import serve
from installation.web.token import Tokens
from installation.web.wire import Wire
from tests.installation.waiting import LONG, wait_until
from tests.installation.web.stage_double import made_hello, made_state, made_story

GET = b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n"
EVENTS = b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
SMALL = Bounds(head_seconds=0.3, read_seconds=0.3, connections=6, from_one_address=3, send_buffer=4096)


class Server:
    """The console's server in a thread, and the stage's end of its line."""

    def __init__(self, folder: Path) -> None:
        ours, theirs = socket.socketpair()
        self.stage, wire = Wire(ours), Wire(theirs)
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(listener.getsockname()[1])
        access, hello = Access(Tokens("o" * 30, "v" * 30), self.port), made_hello(folder).model_dump()
        going = serve(hello, wire, wire.messages(), listener, access, SMALL)
        self._thread = threading.Thread(target=asyncio.run, args=(going,))
        self._thread.start()

    def connect(self, receive_buffer: int = 0) -> socket.socket:
        end = socket.socket()
        if receive_buffer:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        end.settimeout(LONG)
        end.connect(("127.0.0.1", self.port))
        return end

    def close(self) -> None:
        self.stage.close()
        self._thread.join(LONG)
        assert not self._thread.is_alive()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.close()


def is_closed(end: socket.socket) -> bool:
    """The other end has closed, within a time that only a failing test waits for."""
    try:
        while end.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def test_a_head_that_comes_a_byte_at_a_time_is_not_waited_for(server: Server) -> None:
    silent, slow, second = server.connect(), server.connect(), server.connect()
    second.sendall(GET)
    assert b" 404 " in second.recv(65536)

    def drip() -> None:
        try:
            for byte in GET * 20:
                for end in (slow, second):
                    end.sendall(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()  # it would go on for far longer than the test waits
    assert is_closed(silent)
    assert is_closed(slow)
    assert is_closed(second)
    for end in (silent, slow, second):
        end.close()


def test_a_page_that_never_reads_is_closed_and_costs_no_memory(server: Server) -> None:
    server.stage.send(made_story().model_dump_json().encode())
    sleeper, reader = server.connect(2048), server.connect()
    sleeper.sendall(EVENTS)
    reader.sendall(EVENTS)
    said = bytearray()

    def read() -> None:
        while part := reader.recv(65536):
            said.extend(part)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    wait_until(lambda: b'"pages":2' in said, LONG)
    number = 0

    def pages_left() -> bool:
        nonlocal number
        number += 1
        server.stage.send(made_state(number).model_dump_json().encode())
        time.sleep(0.002)
        return b'"pages":1' in said

    wait_until(pages_left, LONG)
    reader.shutdown(socket.SHUT_RDWR)
    thread.join(LONG)
    sleeper.close()


def test_a_body_that_does_not_end_is_not_waited_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "BODY_WITHIN", 0.3)
    head = (
        b"POST /api/command HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    )
    with server.connect() as slow:
        slow.sendall(head + b"{")
        assert b" 408 " in slow.recv(65536)
        assert is_closed(slow)


def test_no_answer_waits_for_the_reader_to_confirm_its_first_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once: list[int] = []

    def recording(bounds: Bounds) -> type[H11Protocol]:
        class Recording(connection.guarded_connection(bounds)):  # type: ignore[misc]
            def connection_made(self, transport: asyncio.Transport) -> None:
                super().connection_made(transport)
                end = transport.get_extra_info("socket")
                at_once.append(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        return Recording

    monkeypatch.setattr(server_module, "guarded_connection", recording)
    server = Server(tmp_path)
    assert answered(server)
    server.close()
    assert at_once == [1]


def test_a_page_too_many_is_told_so_in_words(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_PAGES", 1)
    with server.connect() as first, server.connect() as second:
        first.sendall(EVENTS)
        assert b" 200 " in first.recv(65536)
        second.sendall(EVENTS)
        said = second.recv(65536)
        while b"\r\n\r\n{" not in said:
            said += second.recv(65536)
    assert b" 503 " in said
    assert b"too many pages are open" in said
    assert b"retry-after: 10" in said


def test_a_crowd_from_one_address_leaves_room_for_others(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "is_loopback", lambda _: False)  # a double of an address elsewhere
    crowd = [server.connect() for _ in range(SMALL.from_one_address + 1)]
    assert is_closed(crowd[-1])
    crowd[0].sendall(GET)
    assert b" 404 " in crowd[0].recv(65536)
    for end in crowd:
        end.close()


def test_more_connections_than_there_may_be_are_not_answered(server: Server) -> None:
    crowd = [server.connect() for _ in range(SMALL.connections)]
    for end in crowd:
        end.sendall(EVENTS)
        assert end.recv(65536)
    assert not answered(server)
    for end in crowd:
        end.close()
    wait_until(lambda: answered(server), LONG)  # and their places are free again


def answered(server: Server) -> bool:
    with server.connect() as end:
        try:
            end.sendall(GET)
            return b" 404 " in end.recv(65536)
        except ConnectionError:
            return False


def test_a_page_at_work_is_not_closed_for_being_old(server: Server) -> None:
    with server.connect() as page:
        page.sendall(EVENTS)
        said = b""
        begun = time.monotonic()
        number = 0
        while time.monotonic() - begun < 3 * SMALL.head_seconds:
            number += 1
            server.stage.send(made_state(number).model_dump_json().encode())
            said += page.recv(65536)
        server.stage.send(made_state(number + 1).model_dump_json().encode())
        wanted = json.dumps({"number": number + 1})[1:-1].replace(" ", "").encode()
        while wanted not in said:
            part = page.recv(65536)
            assert part
            said += part
