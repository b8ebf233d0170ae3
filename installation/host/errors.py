"""The one place where an error becomes lines on stderr and an exit code; the tree is in ``calibration.errors``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import typer
from rich.text import Text

from calibration.errors import BadInput, ChiaroError
from calibration.extras import missing_extra
from calibration.plain import plain
from installation.host.plain_console import PlainConsole
from installation.host.system_libraries import missing_library

T = TypeVar("T")
U = TypeVar("U")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Wrap a command's body: an error of ours is printed in plain lines, and its own exit code ends the command."""
    try:
        yield
    except ChiaroError as error:
        print_errors(error)
        raise typer.Exit(error.exit_code) from None
    except ImportError as error:
        missing = missing_extra(error) or missing_library(error)
        if missing is None:
            raise
        print_errors(missing)
        raise typer.Exit(missing.exit_code) from None
    except ExceptionGroup as group:
        ours, others = group.split(ChiaroError)
        if ours is None or others is not None:
            raise
        errors = [error for error in ours.exceptions if isinstance(error, ChiaroError)]
        print_errors(*errors)
        raise typer.Exit(errors[0].exit_code) from None


def both(one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    """Make both; when either is a ``BadInput``, raise an ``ExceptionGroup``, so that one run shows every fault."""
    errors: list[BadInput] = []
    try:
        first = one()
    except BadInput as error:
        errors.append(error)
    try:
        second = other()
    except BadInput as error:
        errors.append(error)
    if errors:
        raise ExceptionGroup("input that cannot be used", errors)
    return first, second


def print_errors(*errors: ChiaroError) -> None:
    """Print all faults of all errors on stderr, one line each."""
    for error in errors:
        for line in error.lines():
            PlainConsole(stderr=True, soft_wrap=True).print(Text.assemble(("x", "bold red"), " ", plain(line)))
