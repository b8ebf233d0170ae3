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


def holds_udp_port(process: int, port: int) -> bool:
    """Whether a process has a UDP socket on ``port``; True where the system does not tell (not Linux, other users)."""
    try:
        links = set(open_files(process))
        lines = [
            line.split() for name in ("udp", "udp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()
        ]
    except OSError:
        return True
    return any(line[1].endswith(f":{port:04X}") and f"socket:[{line[9]}]" in links for line in lines)
