"""``chiaro rehearse``: a month of the show in minutes, with everything that may go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from installation.host.terminal import say

if TYPE_CHECKING:
    from installation.month.month import MonthReport


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("rehearse")(rehearse)


def rehearse(
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days to simulate.")] = 28,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="The same seed gives the same visitors and faults. Default: any; it is printed."),
    ] = None,
    story: Annotated[
        str, typer.Option(help="Story file (.toml) or the folder of a story.toml. Default: the demo film.")
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", help="Print what the show would log.")] = False,
) -> None:
    """Simulate weeks of the show, with visitors, openings, summer time and a fault in each hour.

    The show is the real one: story, player, decoders, OSC, control port, journal, and the eye's supervisor with a
    process that can be killed. Simulated are time, what the eye sees, the sound device and the screen; small clips of
    the same lengths stand in for those of the story. At every tick it is checked what the show promises. Exit code 1
    with the first promise that is broken
    """
    import logging
    import random

    from installation.host.console import log, open_log
    from installation.host.errors import plain_errors
    from installation.host.memory import bound_arenas
    from installation.host.options import story_file
    from installation.host.plain_console import progress_bar
    from installation.host.system_libraries import require_libraries
    from scenes.story.story import load_story

    open_log(verbose)
    log.setLevel(logging.INFO if verbose else logging.CRITICAL)
    bound_arenas()
    chosen = random.randrange(10**6) if seed is None else seed  # noqa: S311 - dice, not secrets
    with plain_errors():
        require_libraries()
        from installation.month.month import rehearse as run

        loaded = load_story(story_file(story), forgive_clips=True)
        say(f"{loaded.title}: {days} simulated days, seed {chosen}")
        with progress_bar() as bar:
            task = bar.add_task("stand-ins", total=1.0)
            report = run(loaded, days, chosen, lambda what, share: bar.update(task, description=what, completed=share))
    _show(report)


def _show(report: MonthReport) -> None:
    from rich.table import Table

    from installation.host.plain_console import PlainConsole

    table = Table("fault", "times", "noticed", "slowest to heal", title="what went wrong, and how it healed")
    for name, tally in sorted(report.faults.items()):
        table.add_row(name, str(tally.times), str(tally.noticed), f"{tally.slowest:.1f} s")
    PlainConsole().print(table)
    first, last = report.nights[0], report.nights[-1]
    say(f"{report.days} days, {report.visits} visits, {report.ticks} ticks: every promise was kept")
    say(
        f"first and last night: {first.threads} and {last.threads} threads, {first.descriptors} and {last.descriptors} "
        f"descriptors, {first.megabytes:.0f} and {last.megabytes:.0f} MB, journal {first.journal_megabytes:.2f} and "
        f"{last.journal_megabytes:.2f} MB"
    )
