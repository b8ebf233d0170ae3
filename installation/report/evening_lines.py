"""The lines of one evening, as fast as they can be read: what no figure needs is passed over unparsed."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from installation.host.journal_files import LONGEST_LINE, open_day

HEAD = b'{"at":'
"""How a line of ours begins; the seconds follow."""
LAST_SECOND = 9_999_999_999
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
        self._mood_since = self._mood_until = b""
        """From and until when the last mood that was taken stands for all."""
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
        first, last = b"%010d" % max(0, int(begin)), b"%010d" % min(int(end), LAST_SECOND)
        later = 0
        for raw in iter(partial(file.readline, LONGEST_LINE), b""):
            if raw.startswith(HEAD) and raw[16:17] in b".,":  # by its ten digits, which is quicker than by its number
                second = raw[6:16]
                later = later + 1 if second > last else 0
                if later > LATER_LINES:
                    return
                if later or second < first or self._is_unused(raw, second):
                    continue
            line = self._parsed(raw)
            if line is not None and begin <= line["at"] < end:
                yield line

    def _is_unused(self, raw: bytes, second: bytes) -> bool:
        head = raw[:KIND_WITHIN]
        if MOOD in head:
            if self._mood_since <= second <= self._mood_until or b'"present":true' not in raw:
                return True
            self._mood_since, self._mood_until = second, b"%010d" % (int(second) + MOOD_SECONDS - 1)
            return False
        return any(kind in head for kind in UNUSED)

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
