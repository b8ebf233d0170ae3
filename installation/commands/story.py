"""``chiaro story``: tools for whoever writes a film."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from installation.commands import story_exchange
from installation.commands.story_diff import diff
from installation.commands.story_print import story_print
from installation.commands.story_simulate import simulate
from installation.host.terminal import say

StoryFile = Annotated[Path, typer.Argument(help="Story file (.toml) or its folder.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    commands = typer.Typer(
        no_args_is_help=True, help="Tools for writing a story: schema, graph, versions, simulated visitors, Twine."
    )
    commands.command("schema")(schema)
    commands.command("graph")(graph)
    commands.command("diff")(diff)
    commands.command("print")(story_print)
    commands.command("simulate")(simulate)
    story_exchange.register(commands)
    app.add_typer(commands, name="story")


def schema() -> None:
    """Print the JSON Schema that editors use to complete and check a story as it is written."""
    from scenes.story.schema import schema_text

    say(schema_text(), nl=False)


def graph(
    story: StoryFile,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Print a Mermaid flowchart instead.")] = False,
) -> None:
    """Print which scene leads where, and under which condition."""
    from installation.host.errors import plain_errors
    from installation.host.options import story_file
    from scenes.story.graph import as_mermaid, as_text
    from scenes.story.story import load_story

    with plain_errors():
        loaded = load_story(story_file(str(story)))
    for warning in loaded.warnings:
        say(f"{story}: warning: {warning}", err=True)
    say(as_mermaid(loaded) if mermaid else as_text(loaded))
