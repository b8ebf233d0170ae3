"""One line of a report on the machine: what was looked at, and how it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.markup import escape

from installation.host.plain_console import PlainConsole


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was looked at."""

    name: str
    what: str
    state: Literal["ok", "warning", "missing"] = "ok"
    """missing: the show needs it and would not begin, or nobody would see it; warning: it goes on without."""


MARKS = {"ok": "[green]ok[/]     ", "warning": "[yellow]warning[/]", "missing": "[bold red]missing[/]"}


def print_rows(rows: Sequence[Row]) -> None:
    """One line each, however long: a command in it can be copied whole."""
    console = PlainConsole(soft_wrap=True)
    column = max(len(row.name) for row in rows) + 2
    for row in rows:
        console.print(f"{MARKS[row.state]} [bold]{row.name:<{column}}[/]{escape(row.what)}", markup=True)
