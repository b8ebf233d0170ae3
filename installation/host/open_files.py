"""What a process holds open, as Linux tells it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def open_files(process: int | str) -> Iterator[str]:
    """Path, ``socket:[inode]`` or ``pipe:[inode]`` of each open file of a process.

    A file that it closes while it is being asked is left out. Raises OSError where the system does not tell: the
    process has ended, is another user's, or this is not Linux.
    """
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield str(link.readlink())
