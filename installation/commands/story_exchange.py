"""``chiaro story import`` and ``chiaro story export``: stories from other programs, and for them."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from installation.host.terminal import say


def register(commands: typer.Typer) -> None:
    """Add the commands to those of ``chiaro story``."""
    commands.command("import")(import_story)
    commands.command("export")(export)


def import_story(
    file: Annotated[
        Path,
        typer.Argument(
            help="Twee 3 (.twee), HTML or an archive of Twine 2, or a config.json of RIOT or Perception.",
            show_default=False,
        ),
    ],
    to: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where the story is written; default: beside FILE.", show_default=False),
    ] = None,
) -> None:
    """Bring in a story from Twine or from the forebears. Nothing is written over.

    What is not understood is listed with its place, and kept in the story as a comment.
    """
    from installation.host.errors import plain_errors
    from scenes.exchange.bring_in import bring_in

    with plain_errors():
        imported = bring_in(file, to)
    for one in imported:
        scenes, notes = one.draft.raw["scenes"], one.draft.notes
        say(f"{one.draft.title}: {len(scenes)} scenes")
        for written in one.files:
            say(f"  written: {written}")
        if notes:
            say("  not understood, or assumed:" if len(notes) > 1 else "  not understood or assumed:")
        for note in notes:
            say(f"    {note}")
        say(f"  next: chiaro check {shlex.quote(str(one.story.parent))}")


def export(
    story: Annotated[Path, typer.Argument(help="Story file (.toml) or its folder.", show_default=False)],
    twee: Annotated[bool, typer.Option("--twee", help="Twee 3, for Twine and its relatives.")] = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="A Mermaid flowchart.")] = False,
    dot: Annotated[bool, typer.Option("--dot", help="A graph for Graphviz.")] = False,
) -> None:
    """Print a story in the form of another program; > FILE keeps it."""
    from calibration.errors import BadInput
    from calibration.files import read_toml
    from installation.host.errors import plain_errors
    from installation.host.options import story_file
    from scenes.exchange.bring_in import kept_for_twine
    from scenes.exchange.dot import as_dot
    from scenes.exchange.to_twine import twine_story
    from scenes.exchange.twee import write_twee
    from scenes.story.graph import as_mermaid
    from scenes.story.story import load_story

    with plain_errors():
        if twee + mermaid + dot != 1:
            raise BadInput("choose one of --twee, --mermaid and --dot")
        loaded = load_story(story_file(str(story)), forgive_clips=True)
        if twee:
            raw = read_toml(loaded.path, loaded.text)
            say(write_twee(twine_story(raw, loaded.text, kept_for_twine(loaded.path))), nl=False)
        else:
            say(as_mermaid(loaded) if mermaid else as_dot(loaded))
