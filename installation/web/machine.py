"""The machine's own figures for the pages, read in the console's process so that the stage need not."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

EVERY_SECONDS = 2.0
Ticks = tuple[tuple[int, int], ...]
"""Of each core: busy and all ticks since the start."""


class Machine:
    """Reads load, memory, temperature, disk and clock in a thread of its own: a disk that hangs holds up nobody."""

    def __init__(self, folder: Path, root: Path = Path("/")) -> None:
        self._folder, self._root, self._before = folder, root, core_ticks(root)
        self._closing = threading.Event()

    def start(self, on_reading: Callable[[dict[str, Any]], None]) -> None:
        """Call ``on_reading`` in that thread every two seconds."""

        def read() -> None:
            while not self._closing.wait(EVERY_SECONDS):
                with suppress(RuntimeError):  # the loop that is told has ended
                    on_reading(self.read())

        threading.Thread(target=read, name="machine", daemon=True).start()

    def close(self) -> None:
        """Read no more."""
        self._closing.set()

    def read(self) -> dict[str, Any]:
        """The figures now; None where this system does not tell one. Bytes, seconds, degrees Celsius; load 0 to 1."""
        now = core_ticks(self._root)
        before, self._before = self._before, now
        total, available = _memory(self._root)
        return {
            "clock": time.time(),
            "load": load_between(before, now),
            "memory_total": total,
            "memory_used": total - available if total is not None and available is not None else None,
            "temperature": _temperature(self._root),
            "disk_free": _disk_free(self._folder),
            "uptime": _first_number(self._root / "proc/uptime"),
        }


def core_ticks(root: Path = Path("/")) -> Ticks:
    """How busy each core has been since the machine's start; nothing where the system does not tell."""
    try:
        lines = (root / "proc/stat").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    cores = [line.split()[1:9] for line in lines if line.startswith("cpu") and not line.startswith("cpu ")]
    counts = [[int(tick) for tick in core] for core in cores]
    return tuple((sum(count) - sum(count[3:5]), sum(count)) for count in counts)  # the fourth and fifth: idle, waiting


def load_between(before: Ticks, now: Ticks) -> list[float]:
    """Of each core, the share of the time in which it was busy."""
    if len(before) != len(now):  # a core was switched on or off
        return []
    pairs = zip(before, now, strict=True)
    return [round(min(1.0, max(0.0, (b[0] - a[0]) / max(1, b[1] - a[1]))), 3) for a, b in pairs]


def _memory(root: Path) -> tuple[int | None, int | None]:
    """Bytes in all, and bytes that a program may still take."""
    try:
        lines = (root / "proc/meminfo").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None, None
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    total, available = (_kilobytes(found.get(name)) for name in ("MemTotal", "MemAvailable"))
    return total, available


def _kilobytes(words: str | None) -> int | None:
    return int(words.split()[0]) * 1024 if words else None


def _temperature(root: Path) -> float | None:
    """The hottest of what the kernel measures."""
    files: Sequence[Path] = sorted((root / "sys/class/thermal").glob("thermal_zone*/temp"))
    values = [value / 1000 for file in files if (value := _first_number(file)) is not None]
    return round(max(values), 1) if values else None


def _disk_free(folder: Path) -> int | None:
    with suppress(OSError):
        return shutil.disk_usage(folder).free
    return None


def _first_number(file: Path) -> float | None:
    with suppress(OSError, ValueError, IndexError):  # a zone that is asleep answers with an error
        return float(file.read_text(encoding="ascii").split()[0])
    return None
