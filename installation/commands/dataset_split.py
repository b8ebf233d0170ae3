"""``chiaro dataset split``: a set divided by person into what is learned from, chosen on and measured on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from installation.host.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.dataset.table import FaceRow


def split(
    folder: Path = typer.Argument(..., help="Your set"),
    valid: float = typer.Option(0.15, min=0.01, max=0.8, help="Share to choose epoch and temperature on"),
    test: float = typer.Option(0.15, min=0.0, max=0.8, help="Share that is only measured on; 0 = none"),
    seed: int = typer.Option(1, min=0, help="Another seed divides people otherwise"),
) -> None:
    """Divide a set by person: nobody, and no doubles, in two parts. Exit code 1 where there are too few people."""
    from installation.host.errors import plain_errors

    with plain_errors():
        from calibration.errors import BadInput, Exit
        from installation.host.plain_console import progress_bar
        from models.dataset.examined import examine
        from models.dataset.splitting import split_by_person
        from models.dataset.table import alone_in, read_table, write_table

        if valid + test > 0.9:
            raise BadInput(f"{valid:g} and {test:g} leave too little to learn from", where="--valid and --test")
        with alone_in(folder):
            rows = read_table(folder)
            with progress_bar() as bar:
                task = bar.add_task("looking for doubles", total=1.0)
                seen = examine(folder, rows, lambda _what, share: bar.update(task, completed=share))
            place = {row.path: i for i, row in enumerate(rows)}
            doubles = [(place[seen.faces[a].row.path], place[seen.faces[b].row.path]) for a, b in seen.doubles]
            found = split_by_person(rows, doubles, (1 - valid - test, valid, test), seed)
            for remark in found.remarks:
                say(f"- {remark}")
            if not found.usable:
                say("x not split: at least two people are needed, one to learn from and one to choose on; record more")
                raise typer.Exit(Exit.NOT_AS_WANTED)
            write_table(folder, found.rows)
        say(_lines(found.rows))


def _lines(rows: Sequence[FaceRow]) -> str:
    from models.dataset.parts import faces_per_class
    from models.dataset.table import PARTS, people_of

    lines = []
    for part in PARTS:
        there = [row for row in rows if row.part == part]
        people = len(people_of(there))
        classes = ", ".join(f"{label} {count}" for label, count in faces_per_class(there).items())
        if there:
            who = "1 person" if people == 1 else f"{people or 'unknown'} people"
            lines.append(f"{part:<6}{len(there):>6} faces, {who}: {classes}")
    return "\n".join(lines)
