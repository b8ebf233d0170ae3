"""The eye's process of a simulated month: it sees what it is told to see, and dies as it is told to.

A real process under the real supervisor, so that it can be killed and stopped; it imports nothing of ours, for it is
begun some hundred times. ``eye_stub.py DOOR fd:NUMBER``: the socket of the scripted sight, and the line to the stage.
"""

from __future__ import annotations

import os
import select
import socket
import sys

HELLO, REPORT, COMMAND, DIE = b"H", b"R", b"C", b"X"


def main(door: str, line: str) -> None:
    """Pass on each report of the sight, and to it each command of the stage, until one of them is gone."""
    start = sys.stdin.buffer.read()
    stage = socket.socket(fileno=int(line.partition(":")[2]))
    sight = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    own = f"{door}.{os.getpid()}"
    sight.bind(own)
    try:
        sight.connect(door)
        sight.send(HELLO + start)
        _pass_on(stage, sight)
    except ConnectionError:
        pass  # the show has ended
    finally:
        os.unlink(own)  # noqa: PTH108 - pathlib is a hundredth of a second


def _pass_on(stage: socket.socket, sight: socket.socket) -> None:
    while True:
        for end in select.select([stage, sight], [], [])[0]:
            message = end.recv(1 << 18)
            if end is stage:
                if not message or b'"stop"' in message:
                    return
                sight.send(COMMAND + message)
            elif message[:1] == DIE:
                os._exit(int(message[1:]))
            else:
                stage.send(message[1:])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
