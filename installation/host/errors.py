"""Faults that a person can mend are told in plain lines with an exit code, never as a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from calibration.files import BadFile
from installation.host import exits
from installation.host.lock import RoomIsTaken

T = TypeVar("T")
U = TypeVar("U")


class NotNow(RuntimeError):
    """Something that comes back by itself is missing (a display, say): exit 69, and the supervisor tries later."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Wrap a command's body: known faults become lines on stderr and an exit code of ``installation.host.exits``."""
    try:
        yield
    except BadFile as error:
        tell(error)
        raise typer.Exit(exits.BAD_CONFIGURATION) from None
    except ExceptionGroup as group:
        files = [error for error in group.exceptions if isinstance(error, BadFile)]
        if len(files) < len(group.exceptions):
            raise
        tell(*files)
        raise typer.Exit(exits.BAD_CONFIGURATION) from None
    except RoomIsTaken as error:
        _stderr(str(error))
        raise typer.Exit(exits.BUSY) from None
    except NotNow as error:
        _stderr(str(error))
        raise typer.Exit(exits.UNAVAILABLE) from None


def both(one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    """Make both; when either is a ``BadFile``, raise an ``ExceptionGroup`` of all: one look, all faults."""
    made: list = []
    errors: list[BadFile] = []
    for make in (one, other):
        try:
            made.append(make())
        except BadFile as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("files that cannot be used", errors)
    return made[0], made[1]


def tell(*errors: BadFile) -> None:
    """All problems of all files, one line each."""
    for error in errors:
        for problem in error.problems:
            _stderr(f"{error.path}: {problem}")


def _stderr(text: str) -> None:
    Console(stderr=True, soft_wrap=True).print(f"[bold red]x[/] {escape(text)}", highlight=False)
