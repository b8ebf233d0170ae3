"""A stub of the console's process: it does one thing, named by its first argument. No pages, no network."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from installation.web.wire import Wire


def main(what: str, note: str, address: str) -> None:
    """``note``: a file into which the documents go, one a line."""
    wire = Wire(socket.socket(fileno=int(address.removeprefix("fd:"))))

    def ask(number: int, name: str, *arguments: object) -> None:
        wire.send(
            json.dumps(
                {"kind": "request", "number": number, "who": "Anna", "name": name, "arguments": arguments}
            ).encode()
        )

    if what == "fails":
        ask(0, "failed", "192.0.2.1 port 8470: cannot assign requested address")
        sys.exit(69)
    if what == "dies":
        sys.exit(7)
    if what == "reads nothing":
        time.sleep(60)
    ask(0, "listening", "127.0.0.1", 8470)
    if what == "floods":
        for number in range(1, 2001):
            ask(number, "next")
    if what == "says nonsense":
        wire.send(b'{"kind": "request", "number": {}}')
        ask(9, "ping")
    with Path(note).open("a") as told:
        for message in wire.messages():
            told.write(f"{os.getpid()} {message.decode()}\n")
            told.flush()
    if what == "stays":
        time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
