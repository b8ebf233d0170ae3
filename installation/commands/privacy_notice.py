"""``chiaro privacy notice``: what a visitor reads and hears of the room."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from installation.commands.choices import chosen, completion, shown
from installation.host.terminal import say

if TYPE_CHECKING:
    from installation.privacy.sheet import Size

SIZES = ("a3", "a4")


def notice(
    story: Annotated[
        str,
        typer.Argument(
            help="Story file (.toml) or the folder of a story.toml. Default: the venue's story, else the demo film."
        ),
    ] = "",
    venue: Annotated[str, typer.Option(help="Venue file (a path or NAME.toml), or a venue's name.")] = "",
    out: Annotated[Path, typer.Option(help="Folder to write to; it is made where it is not there.")] = Path("notice"),
    language: Annotated[
        list[str] | None,
        typer.Option(help="en, de, fr, it, es, nl or pt, or two on one sign: de+en. Default: privacy.languages."),
    ] = None,
    size: Annotated[
        str, typer.Option(help="Of the sheets.", metavar=shown(SIZES), autocompletion=completion(SIZES))
    ] = "a3",
) -> None:
    """Write the sign for the door, the page behind its QR code, and the easy and the spoken version.

    All of it follows the venue's settings, so write it anew after a change. This is no legal advice: whoever shows
    the work reads it and answers for it. Exit code 78: no notice makes this place lawful.
    """
    from installation.host.errors import both, plain_errors
    from installation.privacy.facts import read_facts
    from installation.privacy.notice import signs_of, unsaid, write_notice

    with plain_errors():
        facts = read_facts(story, venue)
        signs, sheet = both(
            lambda: signs_of(language or [], facts.privacy), lambda: cast("Size", chosen(size, SIZES, "--size"))
        )
        for written in write_notice(facts, signs, sheet, out, date.today()):
            say(str(written.path))
            if written.remark:
                say(f"warning: {written.path.name}: {written.remark}", err=True)
        for line in unsaid(facts.privacy):
            say(f"warning: {line}", err=True)
