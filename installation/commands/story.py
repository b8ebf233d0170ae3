"""``chiaro story``: tools for whoever writes a film."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from installation.commands import story_exchange
from installation.commands.story_diff import diff
from installation.commands.story_print import story_print
from installation.host.terminal import say

if TYPE_CHECKING:
    from scenes.machine.simulate import Tally
    from scenes.story.story import Story

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
    from scenes.story.graph import as_mermaid, as_text

    loaded = _load(story)
    say(as_mermaid(loaded) if mermaid else as_text(loaded))


def simulate(
    story: StoryFile,
    visitors: Annotated[int, typer.Option(min=1, help="How many visitors to simulate.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same visitors.")] = 1,
) -> None:
    """Send simulated visitors through the film: is every branch taken, every end reached, does a scene hold them?"""
    from installation.host.plain_console import progress_bar
    from scenes.machine.simulate import simulate as run

    loaded = _load(story)
    with progress_bar() as bar:
        task = bar.add_task("visitors", total=visitors)
        tally = run(loaded, visitors, seed, progress=lambda takes: bar.update(task, completed=takes))
    _show(loaded, tally)


def _load(path: Path) -> Story:
    from installation.host.errors import plain_errors
    from installation.host.options import story_file
    from scenes.story.story import load_story

    with plain_errors():
        story = load_story(story_file(str(path)))
    for warning in story.warnings:
        say(f"{path}: warning: {warning}", err=True)
    return story


def _show(story: Story, tally: Tally) -> None:
    import numpy as np
    from rich.table import Table

    from installation.host.plain_console import PlainConsole

    console = PlainConsole()
    hours = tally.show_seconds / 3600
    console.print(f"{story.title}: {tally.takes} takes in {hours:.0f} h of film time")
    table = Table("how it ended", "takes", "share")
    for outcome, count in tally.outcomes.most_common():
        table.add_row(outcome, str(count), f"{count / tally.takes:.1%}")
    console.print(table)
    table = Table("from", "to", "taken")
    for (source, target), count in sorted(tally.branches.items(), key=lambda item: (story.index(item[0][0]), -item[1])):
        table.add_row(source, target, str(count))
    console.print(table)
    short, middle, long = np.percentile(tally.take_seconds, (5, 50, 95))
    console.print(
        f"a take lasts {middle:.0f} s (median); 5 % are shorter than {short:.0f} s, 5 % longer than {long:.0f} s"
    )
    if tally.never_seen:
        console.print("scenes never seen: " + ", ".join(tally.never_seen))
    if tally.never_taken:
        console.print(
            "branches never taken: " + ", ".join(f"{source} -> {target}" for source, target in tally.never_taken)
        )
    for scene, count in tally.held.most_common():
        console.print(f"{scene}: {count} visitors gave up here; give the scene a way out or a shorter loop")
