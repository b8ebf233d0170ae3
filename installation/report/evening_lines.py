"""The lines of one evening, as fast as they can be read: what no figure needs is passed over unparsed."""

from __future__ import annotations

import io
import math
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from installation.host.journal_files import LONGEST_LINE, open_day

HEAD = b'{"at":'
"""How a line of ours begins."""
KIND_WITHIN = 90
"""Bytes of a line in which its kind stands."""
UNUSED = (b'"kind":"signal"', b'"kind":"thread"', b'"kind":"state"')
MOOD = b'"kind":"mood"'
MOOD_SECONDS = 2
"""Of a mood, one sample in so long is enough for a mean."""
LATER_LINES = 50
"""So many lines after the end, one after the other, and what is asked for is over; fewer are those of a wrong clock."""

Line = dict[str, Any]


class EveningLines:
    """Lines of ``files`` with a time in ``within`` (unix seconds); ``unreadable`` counts what was none."""

    def __init__(self, files: tuple[Path, ...], within: tuple[float, float]) -> None:
        self._files, self._within = files, within
        self._last_mood = -1
        self.unreadable = 0

    def __iter__(self) -> Iterator[Line]:
        for path in self._files:
            try:
                with open_day(path) as file:
                    yield from self._of(file)
            except (OSError, EOFError, zlib.error):  # a disk that fails, or a compressed file that was cut
                self.unreadable += 1

    def _of(self, file: io.BufferedReader) -> Iterator[Line]:
        begin, end = self._within
        later = 0
        for raw in iter(partial(file.readline, LONGEST_LINE), b""):
            at = _time(raw)
            later = later + 1 if at >= end else 0
            if later > LATER_LINES:
                return
            if later or at < begin or self._is_unused(raw, at):
                continue
            line = self._parsed(raw)
            if line is not None and begin <= line["at"] < end:
                yield line

    def _is_unused(self, raw: bytes, at: float) -> bool:
        head = raw[:KIND_WITHIN]
        if MOOD not in head:
            return any(kind in head for kind in UNUSED)
        sample = int(at) // MOOD_SECONDS if at == at else -1
        if sample == self._last_mood or b'"present":true' not in raw:
            return True
        self._last_mood = sample
        return False

    def _parsed(self, raw: bytes) -> Line | None:
        try:
            line = orjson.loads(raw)
        except ValueError:
            self.unreadable += bool(raw.strip())
            return None
        if isinstance(line, dict) and isinstance(line.get("at"), int | float):
            return line
        self.unreadable += 1
        return None


def _time(raw: bytes) -> float:
    """Of a line of ours, unparsed; NaN where that cannot be told."""
    if raw.startswith(HEAD):
        try:
            return float(raw[len(HEAD) : raw.index(b",")])
        except ValueError:
            pass
    return math.nan
