"""``chiaro dataset forget``: somebody withdraws, and all of theirs is deleted."""

from __future__ import annotations

from pathlib import Path

import typer

from installation.host.terminal import say


def forget(
    folder: Path = typer.Argument(..., help="The set"),
    person: str = typer.Argument(
        ..., help="The code that was told to the person at the recording; or the name in the table"
    ),
) -> None:
    """Delete every picture, every line and the consent of one person. Exit code 1 if nobody has this code.

    What was computed from the set and kept in it is deleted too.
    """
    from installation.host.errors import plain_errors

    with plain_errors():
        from calibration.errors import Exit
        from models.dataset.withdrawal import forget_person

        done = forget_person(folder, person)
        if not done.anything:
            say(f"x nobody in {folder} has the code {person}: nothing was deleted")
            raise typer.Exit(Exit.NOT_AS_WANTED)
        consent = " and the consent" if done.consents else ""
        say(f"{done.pictures} pictures, {done.lines} lines of the table{consent} of {person} are deleted")
        for file in done.outside:
            say(f"! {file} is still there: the set has only a link to it; delete it yourself")
        say(
            "Networks that were trained on them still hold what they learned: delete their folders, train again, and"
            " delete copies of the set"
        )
