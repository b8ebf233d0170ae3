"""The real ``chiaro house`` as a process, and a page that follows it by its events."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.import_graph import ROOT
from tests.installation.waiting import LONG, wait_until

BEGINS_WITHIN = 60.0
"""A program that begins reads a hundred files: on a busy machine that takes its time."""


class Following:
    """One page: the newest of each room, of the house, and all lines."""

    def __init__(self, port: int, room: str = "") -> None:
        self.rooms: dict[str, dict[str, Any]] = {}
        self.newest: dict[str, dict[str, Any]] = {}
        self.lines: dict[str, list[dict[str, Any]]] = {"alarm": [], "command": []}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
        self._connection.request("GET", f"/api/events?room={room}")
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        kind = ""
        with suppress(OSError, ValueError, AttributeError, http.client.HTTPException):  # closed
            while line := self._answer.readline():
                if line.startswith(b"event: "):
                    kind = line[7:].decode().strip()
                elif line.startswith(b"data: "):
                    self._take(kind, json.loads(line[6:]))

    def _take(self, kind: str, document: dict[str, Any]) -> None:
        if kind == "room":
            self.rooms[document["room"]] = document
        elif kind == "gone":
            self.rooms.pop(document["room"], None)
        elif kind in self.lines:
            self.lines[kind].append(document)
        self.newest[kind] = document

    def until(self, room: str, need: str) -> None:
        """Wait until a room is so."""
        try:
            wait_until(lambda: self.rooms.get(room, {}).get("need") == need, BEGINS_WITHIN)
        except AssertionError:
            raise AssertionError(f"{room} is not {need}: {self.rooms.get(room)}; {self.newest.get('state')}") from None

    def alarms(self, begun: bool, room: str) -> list[dict[str, Any]]:
        """The lines of a room's alarms; '' the broker's."""
        return [one for one in self.lines["alarm"] if one["begun"] is begun and one["room"] == room]

    def close(self) -> None:
        """Follow no more."""
        self._connection.close()


class RunningHouse:
    """The process, and what it says."""

    def __init__(self, folder: Path, settings: str) -> None:
        file = folder / "house.toml"
        file.write_text(settings)
        self.log = folder / "house.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "installation", "house", str(file), "--console", "127.0.0.1:0"],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env=os.environ | {"CHIARO_STATE": str(folder / "state")},
            )

    def begin(self) -> None:
        """Wait for its pages."""
        wait_until(lambda: self._port() or self.process.poll() is not None, BEGINS_WITHIN)
        assert self._port(), self.log.read_text()

    def _port(self) -> int:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.log.read_text())
        return int(found[1]) if found else 0

    @property
    def port(self) -> int:
        """Of its pages."""
        return self._port()

    def ask(self, method: str, path: str, document: Any = None) -> tuple[int, Any]:
        """One request; a JSON answer as what it says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG)
        try:
            body = None if document is None else json.dumps(document)
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, json.loads(content) if is_json else content.decode()
        finally:
            connection.close()

    def command(self, kind: str, to: str, name: str, *arguments: Any) -> dict[str, Any]:
        """Ask rooms for something; what became of it."""
        status, answer = self.ask(
            "POST", "/api/command", {"kind": kind, "to": to, "name": name, "arguments": arguments}
        )
        assert status == 200, answer
        return dict(answer)

    @contextmanager
    def page(self, room: str = "") -> Iterator[Following]:
        """A page that follows."""
        page = Following(self.port, room)
        try:
            yield page
        finally:
            page.close()

    def close(self) -> int:
        """End it as the system does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(BEGINS_WITHIN)
        finally:
            self.process.kill()


@contextmanager
def running_house(folder: Path, settings: str) -> Iterator[RunningHouse]:
    """One that runs, and is gone at the end."""
    house = RunningHouse(folder, settings)
    try:
        house.begin()
        yield house
    finally:
        house.close()
