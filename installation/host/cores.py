"""All cores of the machine for work that can be cut into parts."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

Done = TypeVar("Done", covariant=True)


class Part(Protocol[Done]):
    """A part of the work; it and its result can be sent to another process."""

    def run(self) -> Done:
        """Do it."""


def usable_cores() -> int:
    """Those that this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Cores:
    """One process for each core but this one's, begun at once. With a single core none is begun.

    ``importing``: the module that each of them will need, where they cannot begin as copies of this process.
    """

    def __init__(self, importing: str, cores: int | None = None) -> None:
        others = (cores or usable_cores()) - 1
        # A fork has imported all by then, but would copy the locks of threads that run here.
        alone = sys.platform == "linux" and threading.active_count() == 1
        context = multiprocessing.get_context("fork" if alone else "spawn")
        self._pool = ProcessPoolExecutor(others, context, _prepare, (importing,)) if others else None
        for _ in range(others):
            if self._pool:
                self._pool.submit(_nothing)  # a process is begun for each thing that is asked for

    def __enter__(self) -> Cores:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def run(self, parts: Iterable[Part[Done]]) -> Iterator[Done]:
        """The result of each part, in order. This process works too: it takes the last part that nobody has begun."""
        listed = list(parts)
        if self._pool is None or len(listed) == 1:
            yield from (part.run() for part in listed)
            return
        asked: list[Future[Done]] = [self._pool.submit(_run, part) for part in listed]
        mine: dict[int, Done] = {}
        last = len(listed)
        for number, future in enumerate(asked):
            while number not in mine and not future.done() and last > number and asked[last - 1].cancel():
                last -= 1
                with _garbage_left():
                    mine[last] = listed[last].run()
            yield mine.pop(number) if number in mine else future.result()


@contextmanager
def _garbage_left() -> Iterator[None]:
    """Little is made that is not freed at once; looking for it would cost a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _prepare(module: str) -> None:
    gc.disable()
    importlib.import_module(module)


def _nothing() -> None:
    """What a process does that is begun before there is work."""


def _run(part: Part[Done]) -> Done:
    return part.run()
