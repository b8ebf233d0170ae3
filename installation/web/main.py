"""The console's own process: ``python -m installation.web.main fd:NUMBER``, started by the stage, ended with it.

It hears the stage over the inherited socket and serves pages. Whatever pages do to it, the film does not notice.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import orjson

from installation.host.ending import die_with_the_stage
from installation.host.priority import PAGES, lower_session_priority
from installation.host.terminal import say
from installation.web.access import Access
from installation.web.app import HERE, Console, make_app
from installation.web.connection import Bounds
from installation.web.constellation import Constellation
from installation.web.live import Live
from installation.web.machine import Machine
from installation.web.reports import REPORTS
from installation.web.server import make_server, open_port
from installation.web.stage_line import Document, StageLine, request
from installation.web.static_files import StaticFiles
from installation.web.thumbnails import Thumbnails
from installation.web.token import Tokens, new_tokens, read_tokens
from installation.web.venue_routes import Checking
from installation.web.wire import Wire

LISTENING, FAILED = "listening", "failed"
"""The requests by which the stage is told the address that was opened, host and port; and why none was."""


def main(arguments: Sequence[str]) -> int:
    """Serve until the stage closes the line."""
    kind, _, number = arguments[0].partition(":") if arguments else ("", "", "")
    if kind != "fd" or not number.isdecimal():
        say("installation.web.main is started by the show; chiaro run serves the console", err=True)
        return 78
    lower_session_priority(PAGES)
    die_with_the_stage()
    wire = Wire(socket.socket(fileno=int(number)))
    messages = wire.messages()
    first = next(messages, None)
    if first is None:
        return 0  # the stage was gone at once
    hello = orjson.loads(first)
    try:
        listener = open_port(hello["listen"], hello["port"])
    except OSError as error:
        with suppress(ConnectionError):
            why = f"[console] listen = {hello['listen']!r} cannot be opened: {error.strerror or error}"
            wire.send(request(0, "console", FAILED, (why,)))
        return 69
    access = Access(_tokens(Path(hello["state_folder"])), listener.getsockname()[1])
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(hello, wire, messages, listener, access))
    return 0


def _tokens(folder: Path) -> Tokens:
    try:
        return read_tokens(folder)
    except OSError as error:  # whoever sits at this machine needs none
        say(f"nobody can log in to the console from the network: the tokens cannot be kept: {error}", err=True)
        return new_tokens()


async def serve(
    hello: Document,
    wire: Wire,
    messages: Iterator[bytes],
    listener: socket.socket,
    access: Access,
    bounds: Bounds | None = None,
) -> None:
    """Serve until ``messages`` end."""
    live, stage, state = Live(), StageLine(wire), Path(hello["state_folder"])
    machine, thumbnails, checking = Machine(state), Thumbnails(state / "thumbnails"), Checking()
    files = StaticFiles(HERE / "static"), StaticFiles(HERE / "strings")
    console = Console(hello, live, stage, access, *files, thumbnails, state / REPORTS, checking)
    server = make_server(make_app(console), bounds)

    def hear(document: Document, message: bytes) -> None:
        live.heard(document, message)
        if document["kind"] == "story":
            thumbnails.follow(document)

    def end() -> None:
        live.close()
        server.should_exit = True

    stage.start(messages, hear, end)
    loop = asyncio.get_running_loop()

    def read(reading: Document) -> None:
        loop.call_soon_threadsafe(live.publish, "machine", reading)

    machine.start(read)
    museum = _constellation(hello, live, stage)
    host, port = listener.getsockname()[:2]
    stage.say("console", LISTENING, host, port)
    await server.serve(sockets=[listener])
    machine.close()
    if museum:
        museum.close()
    await thumbnails.close()
    await checking.close()


def _constellation(hello: Document, live: Live, stage: StageLine) -> Constellation | None:
    if not hello.get("constellation"):
        return None
    museum = Constellation(hello, live, stage)
    museum.start()
    return museum


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
