"""``chiaro dataset import``: faces of other sets, brought into one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from installation.host.terminal import say

if TYPE_CHECKING:
    from models.dataset.importing import Imported

NAMES_SHOWN = 10
"""Of what could not be used for one reason; --json lists all."""


def import_set(
    source: Path = typer.Argument(
        ...,
        help="Class-named folders; a table path,label[,person][,group] or emotion,pixels,Usage (.csv); a contact sheet"
        " with its .csv; an .npz",
    ),
    folder: Path = typer.Argument(..., help="Your set; made if it does not exist"),
    votes: Path | None = typer.Option(None, help="The FER+ votes (.csv) of a table of pixels: their majority counts"),
    name: str = typer.Option("", help="What the source is called in the table; '' = its file name"),
    light: str = typer.Option("", help="In what light it was taken, in a word, for the table"),
    as_json: bool = typer.Option(False, "--json", help="Print the result as JSON, with all that could not be used"),
) -> None:
    """Copy faces of another set into your own; the source is not changed. Exit code 1 if none of it could be used."""
    from installation.host.errors import plain_errors

    with plain_errors():
        import json
        from dataclasses import asdict

        from calibration.errors import Exit
        from installation.host.plain_console import progress_bar
        from models.dataset.importing import import_faces

        with progress_bar() as bar:
            task = bar.add_task("reading", total=None)
            done = import_faces(
                source,
                folder,
                name or source.resolve().stem,
                light,
                votes,
                lambda what, _share: bar.update(task, description=what or None),
            )
        say(json.dumps(asdict(done), indent=2) if as_json else _lines(done, folder))
        if not done.faces and not done.known:
            raise typer.Exit(Exit.NOT_AS_WANTED)


def _lines(done: Imported, folder: Path) -> str:
    classes = ", ".join(f"{label} {count}" for label, count in done.classes.items())
    lines = [f"{done.faces} faces copied into {folder}{': ' if classes else ''}{classes}"]
    if done.known:
        lines.append(f"{done.known} were there already")
    if done.unused:
        lines.append(f"{len(done.unused)} could not be used:")
    reasons: dict[str, list[str]] = {}
    for name, reason in done.unused:
        reasons.setdefault(reason, []).append(name)
    for reason, names in reasons.items():
        more = len(names) - NAMES_SHOWN
        told = ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more (--json lists all)" if more > 0 else "")
        lines.append(f"  {reason}: {told}")
    return "\n".join(lines)
