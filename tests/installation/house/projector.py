"""An emulator of a PJLink projector: real TCP, a lamp that warms up and cools down, and its bad habits."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Projector:
    """``power`` is what it answers to POWR: 0 off, 1 on, 2 cooling, 3 warming."""

    pjlink_class: int = 1
    password: str = ""
    power: str = "0"
    warming_seconds: float = 0.3
    cooling_seconds: float = 0.3
    lamp: str = "2345 1"
    faults: str = "000000"
    answer_after: float = 0.0
    silent: bool = False
    hangs_up_after: int = 1000
    """Answers before it drops the line."""
    refuses: str = ""
    """This error is the answer to every command that switches."""
    stray: bytes = b""
    """Sent before each answer."""
    greeting: bytes = b""
    """Instead of PJLink's."""
    heard: list[str] = field(default_factory=list)
    port: int = 0
    _until: float = 0.0

    def now(self) -> str:
        """Its power, after the time for warming and cooling."""
        if self.power in "23" and time.monotonic() >= self._until:
            self.power = "1" if self.power == "3" else "0"
        return self.power

    def answer(self, command: str) -> str:
        self.heard.append(command)
        kind, _, value = command[2:].partition(" ")
        match kind, value:
            case "POWR", "?":
                return self.now()
            case "POWR", _ if self.refuses:
                return self.refuses
            case "POWR", _ if self.now() in "23":
                return "ERR3"
            case "POWR", "1" if self.power == "0":
                self.power, self._until = "3", time.monotonic() + self.warming_seconds
                return "OK"
            case "POWR", "0" if self.power == "1":
                self.power, self._until = "2", time.monotonic() + self.cooling_seconds
                return "OK"
            case "POWR", _:
                return "OK"
            case "LAMP", _:
                return self.lamp
            case "ERST", _:
                return self.faults
            case "CLSS", _:
                return str(self.pjlink_class)
            case "FILT", _ if self.pjlink_class == 2:
                return "876"
        return "ERR1"

    def serve(self, line: socket.socket) -> None:
        """One connection."""
        random = "498e4a67"
        line.sendall(self.greeting or (f"PJLINK 1 {random}\r" if self.password else "PJLINK 0\r").encode())
        key = hashlib.md5((random + self.password).encode()).hexdigest() if self.password else ""  # noqa: S324 - as it is
        answers, read = 0, b""
        while more := line.recv(200):
            read += more
            while b"\r" in read:
                said, read = read.split(b"\r", 1)
                command = said.decode()
                if self.silent:
                    continue
                if key and not command.startswith(key):
                    line.sendall(b"PJLINK ERRA\r")
                    return
                command, key = command.removeprefix(key), ""
                answers += 1
                if answers > self.hangs_up_after:
                    return
                time.sleep(self.answer_after)
                line.sendall(self.stray + f"{command[:6]}={self.answer(command)}\r".encode())


@contextmanager
def projector(machine: Projector) -> Iterator[Projector]:
    """It listens on a free port of this machine until the end."""
    server = socket.create_server(("127.0.0.1", 0))
    machine.port = server.getsockname()[1]
    lines: list[socket.socket] = []

    def talk(line: socket.socket) -> None:
        with line, suppress(OSError):
            machine.serve(line)

    def listen() -> None:
        with suppress(OSError):
            while True:
                line, _ = server.accept()
                lines.append(line)
                threading.Thread(target=talk, args=(line,), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield machine
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        for line in lines:
            line.close()
        thread.join(2.0)
