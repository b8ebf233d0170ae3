"""The journal on disk: one file for each room and day, old days compressed, never more than its cap.

A day is ``2026-11-26.gallery.jsonl``; when the next one begins, it becomes ``2026-11-26.gallery.jsonl.gz``. Files of
earlier versions (``2026-11-26.jsonl``, without a room) are read, compressed and deleted like the room's own.
"""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import re
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from calibration.errors import BadFile
from calibration.file_writer import make_private_folder, open_private

FILE_NAME = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(\.(?P<room>[^.]+))?\.jsonl(?P<packed>\.gz)?")
LONGEST_LINE = 1_000_000
"""Bytes; a longer one is none of ours, and is passed over."""
PART = ".part"
"""At the end of a file's name while it is written."""
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class DayFile:
    """One day of one room."""

    path: Path
    day: str
    packed: bool


class DayFiles:
    """Appends lines to the file of their day. Only the journal's thread calls it; ``OSError`` goes to the caller.

    ``bytes_at_most`` holds for all files of the room together, ``days_at_most`` for their number. Days are counted
    and not subtracted: a clock that is wrong for one evening deletes nothing.
    """

    def __init__(self, folder: Path, room: str, bytes_at_most: int, days_at_most: int) -> None:
        self.folder, self._room = folder, room
        self._bytes_at_most, self._days_at_most = bytes_at_most, days_at_most
        self._day = self._full = ""
        self._path = folder
        self._size = self._others = 0
        self._file: BinaryIO | None = None

    def write(self, at: float, line: str) -> bool:
        """Append ``line`` to the day of ``at`` (unix seconds). Raises ``OSError``.

        False: all other days are gone, and this one alone has reached the cap.
        """
        day = time.strftime("%Y-%m-%d", time.localtime(at))
        if day != self._day or not self._is_open():
            self.close()
            self._open(day)
        text = line.encode() + b"\n"
        while self._others + self._size + len(text) > self._bytes_at_most and self._full != day:
            if not self._drop_oldest():
                self._full = day
        if self._full == day:
            return False
        self._append(text)
        return True

    def since(self, at: float) -> list[Path]:
        """The room's files from the day of ``at`` (unix seconds) on, oldest first; today's is closed for it."""
        self.close()
        first = time.strftime("%Y-%m-%d", time.localtime(at))
        found = [file for file in self._other_days() if first <= file.day <= self._day]
        return [file.path for file in found] + ([self._path] if self._path.exists() else [])

    def close(self) -> None:
        """Close today's file; the next line opens it again. Raises ``OSError``."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _is_open(self) -> bool:
        """Whether what is open is what lies there: a folder may have been put back, or a disk mounted again."""
        try:
            return self._file is not None and os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except OSError:
            return False

    def _open(self, day: str) -> None:
        make_private_folder(self.folder)
        self._day, self._full = day, ""
        self._path = self.folder / f"{day}.{self._room}.jsonl"
        for part in self.folder.glob(f"*.{self._room}.jsonl*{PART}"):
            with suppress(OSError):
                part.unlink()  # the power went while a file was rewritten
        others = self._other_days()
        for file in others:
            if not file.packed:
                compress(file.path)
        while len({file.day for file in self._other_days()}) >= self._days_at_most and self._drop_oldest():
            pass
        self._others = sum(file.path.stat().st_size for file in self._other_days())
        self._file = open_private(self._path, "ab", buffering=0)
        self._size = self._path.stat().st_size
        if self._size and not ends_with_newline(self._path):  # the power went in mid-line: the next one stands alone
            self._append(b"\n")

    def _append(self, text: bytes) -> None:
        if self._file is None:
            raise OSError(errno.EBADF, "the journal's file is closed")
        written = self._file.write(text)
        self._size += written
        if written < len(text):  # the disk took a part: the rest would join the next line
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _other_days(self) -> list[DayFile]:
        """The room's files but today's, the first to be deleted first.

        Days after today come from a clock that was wrong, or is: they go before those that are certain.
        """
        found = []
        for path in self.folder.iterdir():
            name = FILE_NAME.fullmatch(path.name)
            if name and name["room"] in (None, self._room) and path != self._path:
                found.append(DayFile(path, name["day"], bool(name["packed"])))
        return sorted(found, key=lambda file: (file.day <= self._day, file.day, file.path.name))

    def _drop_oldest(self) -> bool:
        others = self._other_days()
        if not others:
            return False
        others[0].path.unlink(missing_ok=True)
        self._others = sum(file.path.stat().st_size for file in others[1:])
        return True


def ends_with_newline(path: Path) -> bool:
    """Whether the last line is whole; reads one byte, however long the day was."""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def compress(path: Path) -> None:
    """Put ``path.gz`` in the place of ``path``, whole or not at all. Where the disk has no space, ``path`` stays.

    A ``path.gz`` that is there already (the clock went back a day) gets the lines appended.
    """
    packed, part = path.with_name(path.name + ".gz"), path.with_name(f"{path.name}.gz{PART}")
    try:
        if not _was_compressed(path, packed):
            with open_private(part, "wb") as whole:
                if packed.exists():
                    with packed.open("rb") as before:
                        shutil.copyfileobj(before, whole)
                with path.open("rb") as lines, gzip.GzipFile("", "wb", 6, whole) as file:
                    shutil.copyfileobj(lines, file)
                whole.flush()
                os.fsync(whole.fileno())
            part.replace(packed)
        path.unlink()
    except OSError:
        part.unlink(missing_ok=True)


def _was_compressed(path: Path, packed: Path) -> bool:
    """The power went between the two steps of ``compress``: the lines are in ``packed`` already."""
    if not packed.exists():
        return False
    try:
        return gzip.decompress(packed.read_bytes()).endswith(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        return False


def is_copied(path: Path) -> bool:
    """The lines of this file are all in the compressed one beside it, as a power cut may leave the two."""
    return path.suffix != ".gz" and _was_compressed(path, path.with_name(path.name + ".gz"))


def open_day(path: Path) -> io.BufferedReader:
    """A day's file, as its lines are: compressed or not. Raises ``OSError``."""
    with path.open("rb") as file:
        packed = file.read(2) == GZIP_MAGIC
    return io.BufferedReader(gzip.open(path) if packed else io.FileIO(path), 1 << 18)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of one day, compressed or not; torn and foreign ones are passed over. Raises ``BadFile``."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            for text in _texts(gzip.GzipFile(fileobj=raw) if packed else raw):
                try:
                    line = json.loads(text)
                except (ValueError, RecursionError):
                    continue
                if isinstance(line, dict):
                    yield line
    except OSError as error:
        raise BadFile(path, [f"cannot be read: {error.strerror or error}"]) from error


def _texts(file: io.BufferedIOBase | BinaryIO) -> Iterator[str]:
    """Line after line; a compressed file that ends in the middle gives what is whole."""
    try:
        while text := file.readline(LONGEST_LINE):
            yield text.decode("utf-8", errors="replace")
    except (EOFError, zlib.error):
        return
