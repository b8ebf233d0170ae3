"""``chiaro dataset check``: what is wrong with a set of faces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from installation.host.terminal import say

if TYPE_CHECKING:
    from models.dataset.checking import CheckedSet


def check(
    folder: Path = typer.Argument(..., help="Your set, or any folder of class-named folders"),
    as_json: bool = typer.Option(False, "--json", help="Print everything as JSON, with all files"),
) -> None:
    """Say everything that is wrong with a set, with its files. Exit code 1 if something has to be mended, else 0."""
    from installation.host.errors import plain_errors

    with plain_errors():
        import json
        from dataclasses import asdict

        from calibration.errors import Exit
        from installation.host.plain_console import progress_bar
        from models.dataset.checking import check_set
        from models.dataset.examined import examine
        from models.dataset.table import read_table

        rows = read_table(folder)
        with progress_bar() as bar:
            task = bar.add_task("looking at faces", total=1.0)
            seen = examine(folder, rows, lambda _what, share: bar.update(task, completed=share))
        found = check_set(rows, seen)
        say(json.dumps(asdict(found) | {"good": found.good}, indent=2) if as_json else _lines(found, len(rows)))
        if not found.good:
            raise typer.Exit(Exit.NOT_AS_WANTED)


def _lines(found: CheckedSet, faces: int) -> str:
    classes = ", ".join(f"{label} {count}" for label, count in found.classes.items())
    lines = [f"{faces} faces of {found.people or 'unknown'} people: {classes}"]
    if found.parts:
        lines.append("split: " + ", ".join(f"{part} {count}" for part, count in sorted(found.parts.items())))
    lines += [f"{'x' if one.serious else '-'} {one.line()}" for one in found.findings]
    serious = sum(one.serious for one in found.findings)
    lines.append("nothing has to be mended" if found.good else f"{serious} to be mended (x)")
    return "\n".join(lines)
