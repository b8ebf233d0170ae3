"""All cores of the machine for work that can be cut into parts."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Protocol, TypeVar

Done = TypeVar("Done", covariant=True)


class Part(Protocol[Done]):
    """A part of the work; it and its result can be sent to another process."""

    def run(self) -> Done:
        """Do it."""


def usable_cores() -> int:
    """Those that this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_on_cores(parts: Iterable[Part[Done]], cores: int | None = None) -> Iterator[Done]:
    """The result of each part, in order. A single part, or a single core, is worked off in this process."""
    listed = list(parts)
    number = min(cores or usable_cores(), len(listed))
    if number <= 1:
        yield from (part.run() for part in listed)
        return
    # Spawned, not forked: a fork would copy the locks of the threads that run here.
    with ProcessPoolExecutor(number, multiprocessing.get_context("spawn"), gc.disable) as pool:
        yield from pool.map(_run, listed)


def _run(part: Part[Done]) -> Done:
    return part.run()
