"""How long the threads of a process ran, and how long they waited for a processor (Linux)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

NANO = 1e-9


@dataclass(frozen=True, slots=True)
class ThreadTimes:
    """Seconds that one thread ran, and waited for a processor, since it began; and whether it wants one now."""

    ran: float
    waited: float
    runnable: bool


def thread_times(pid: int) -> dict[str, ThreadTimes]:
    """The times of a process's threads, by their numbers; empty where the system does not tell, or it has ended."""
    found = {}
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            ran, waited, _ = (task / "schedstat").read_text().split()
            state = (task / "stat").read_text().rpartition(")")[2].split()[0]
            found[task.name] = ThreadTimes(int(ran) * NANO, int(waited) * NANO, state == "R")
    except (OSError, ValueError):
        return {}
    return found
