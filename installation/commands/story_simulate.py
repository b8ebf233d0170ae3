"""``chiaro story simulate``: simulated visitors go through a film."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from installation.host.terminal import say

if TYPE_CHECKING:
    from installation.host.plain_console import PlainConsole
    from scenes.machine.simulate import Tally
    from scenes.story.story import Story

FEW = 500
"""Visitors who are through before another process has begun."""


def simulate(
    story: Annotated[Path, typer.Argument(help="Story file (.toml) or its folder.", show_default=False)],
    visitors: Annotated[int, typer.Option(min=1, help="How many visitors to simulate.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same visitors.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Send simulated visitors through the film: is every branch taken, every end reached, does a scene hold them?"""
    from installation.host.cores import Cores
    from installation.host.errors import plain_errors
    from installation.host.options import story_file
    from installation.host.plain_console import PlainConsole, progress_bar
    from scenes.machine.simulate import simulate as run
    from scenes.story.story import load_story

    with plain_errors():
        loaded = load_story(story_file(str(story)))
    for warning in loaded.warnings:
        say(f"{story}: warning: {warning}", err=True)
    # the processes begin before the bar does, which is a thread
    with Cores("scenes.machine.simulate", 1 if visitors <= FEW else None) as cores, progress_bar() as bar:
        task = bar.add_task("visitors", total=visitors)
        tally = run(loaded, visitors, seed, cores.run, lambda through: bar.update(task, completed=through))
    if as_json:
        say(json.dumps(_as_json(loaded, tally, seed), indent=2))
    else:
        _show(PlainConsole(), loaded, tally)


def _ways(story: Story, tally: Tally) -> Iterator[tuple[str, str, int, float]]:
    """From, to, how often, and the share of those who left that scene; in the story's order, the widest way first."""
    leaving = {name: sum(n for (source, _), n in tally.branches.items() if source == name) for name in story.names}
    for (source, target), count in sorted(tally.branches.items(), key=lambda way: (story.index(way[0][0]), -way[1])):
        yield source, target, count, count / leaving[source]


def _percentiles(tally: Tally) -> tuple[float, float, float]:
    """Length of a take in seconds: 5 % are shorter, half of them, 5 % are longer."""
    import numpy as np

    short, middle, long = np.percentile(tally.take_seconds or [0.0], (5, 50, 95))
    return float(short), float(middle), float(long)


def _as_json(story: Story, tally: Tally, seed: int) -> dict[str, Any]:
    ways = [{"from": one, "to": to, "count": count, "share": share} for one, to, count, share in _ways(story, tally)]
    return {
        "title": story.title,
        "seed": seed,
        "visitors": tally.visitors,
        "takes": tally.takes,
        "outcomes": dict(tally.outcomes.most_common()),
        "scenes": {name: tally.scenes[name] for name in story.names},
        "ways": ways,
        "take_seconds": dict(zip(("p5", "p50", "p95"), _percentiles(tally), strict=True)),
        "never_seen": tally.never_seen(story),
        "never_taken": [{"from": source, "to": to, "asks": asks} for source, to, asks in tally.never_taken(story)],
        "held": dict(tally.held.most_common()),
        "not_simulated": tally.not_simulated(story),
    }


def _show(console: PlainConsole, story: Story, tally: Tally) -> None:
    from rich.table import Table

    hours = tally.show_seconds / 3600
    console.print(f"{story.title}: {tally.visitors} visitors, {tally.takes} takes in {hours:.0f} h of film time")
    table = Table("how it ended", "takes", "share")
    for outcome, count in tally.outcomes.most_common():
        table.add_row(outcome, str(count), f"{count / tally.takes:.1%}")
    console.print(table)
    table = Table("from", "to", "taken", "share of those who left it")
    for source, target, count, share in _ways(story, tally):
        table.add_row(source, target, str(count), f"{share:.1%}")
    console.print(table)
    short, middle, long = _percentiles(tally)
    console.print(
        f"a take lasts {middle:.0f} s (median); 5 % are shorter than {short:.0f} s, 5 % longer than {long:.0f} s"
    )
    if unseen := tally.never_seen(story):
        console.print("scenes never seen: " + ", ".join(unseen))
    if untaken := tally.never_taken(story):
        console.print(
            "branches never taken: " + "; ".join(f"{source} -> {to} ({asks})" for source, to, asks in untaken)
        )
    for scene, count in tally.held.most_common():
        console.print(f"{scene}: {count} visitors gave up here; give the scene a way out or a shorter loop")
    if absent := tally.not_simulated(story):
        console.print(f"not simulated, so that what asks for it never holds: {', '.join(absent)}")
