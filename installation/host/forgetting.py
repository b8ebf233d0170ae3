"""Taking a visitor's lines out of the journal again: of a take that is forgotten only a number stays."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibration.file_writer import open_private
from installation.host.journal_files import FILE_NAME, PART, open_day

OF_VISITORS = frozenset(
    {
        *("enter", "leave", "mood", "signal", "take_start", "take_end", "scene_start", "scene_end"),
        *("thread", "branch", "state", "command"),
    }
)
"""Kinds of lines that tell of a take, or when there was one: a button that somebody pressed is a command."""
BY_VISITORS = ("asked", "not_asked")
"""Why the eye was opened or shut (kind ``looking``), where a visitor's own wish did it; staff and doors stay told."""
COUNT = "forgotten"
_SHOW_BEGINS = b'"kind":"show_start"'
_TENTH = 0.1
"""The seconds of a visit are written as tenths."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is to be forgotten: the lines between two moments of the show's own seconds."""

    since: float
    until: float
    takes: int
    """How many that are, for the count."""
    since_at: float
    """``since`` in unix seconds, for the day."""

    def has(self, line: dict[str, Any]) -> bool:
        """Whether this line goes. The end of a visit that began before stays: it is somebody else's."""
        t = float(line["t"])
        of_visitor = line["kind"] in OF_VISITORS or (line["kind"] == "looking" and line["why"] in BY_VISITORS)
        if not of_visitor or not self.since <= t <= self.until:
            return False
        return line["kind"] != "leave" or t - float(line["seconds"]) >= self.since - _TENTH


def rewrite(path: Path, forgotten: Forgotten, takes: int) -> None:
    """Take the lines out of the newest show in a day's file, whole or not at all. Raises ``OSError``.

    ``takes``: so many more are counted there as forgotten, with the time at which the show began and no other.
    """
    part = path.with_name(path.name + PART)
    try:
        with open_private(part, "wb") as file:
            if path.suffix == ".gz":
                with gzip.GzipFile("", "wb", 6, file) as packed:
                    packed.writelines(_kept(path, forgotten, takes))
            else:
                file.writelines(_kept(path, forgotten, takes))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _kept(path: Path, forgotten: Forgotten, takes: int) -> Iterator[bytes]:
    head, start = _newest_show(path)
    with open_day(path) as lines:
        for number, text in enumerate(lines):
            line = _read(text) if number >= head else None
            if number == head:
                counted = int(line["takes"]) if line and line["kind"] == COUNT else 0
                if counted + takes:
                    count = {**start, "kind": COUNT, "takes": counted + takes}
                    yield json.dumps(count, separators=(",", ":")).encode() + b"\n"
                if counted:
                    continue
            # What cannot be read is a line that the disk had no room for: nobody knows whose.
            if number < head or (line is not None and not forgotten.has(line)):
                yield text


def _newest_show(path: Path) -> tuple[int, dict[str, Any]]:
    """The number of the line after the last start of a show, and that line's times; of the day where there is none."""
    name = FILE_NAME.fullmatch(path.name)
    midnight = time.mktime(time.strptime(name["day"], "%Y-%m-%d")) if name else 0.0
    head, start = 0, {"at": midnight, "t": 0.0}
    with open_day(path) as lines:
        for number, text in enumerate(lines):
            if _SHOW_BEGINS in text and (line := _read(text)):
                head, start = number + 1, {"at": line["at"], "t": line["t"]}
    return head, start


def _read(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
        float(line["t"]), line["kind"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return dict(line)
