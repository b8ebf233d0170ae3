"""``chiaro report``: the morning after, from the journal alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from installation.host.terminal import say

if TYPE_CHECKING:
    from installation.report.figures import Figures, Report, Share
    from installation.report.gather import Source


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("report")(report)


def report(  # noqa: PLR0913 - an option each, read from the signature
    day: Annotated[
        str,
        typer.Argument(
            help="Evening, such as 2026-11-26, today or yesterday. Default: the newest one.", metavar="DATE"
        ),
    ] = "",
    since: Annotated[str, typer.Option(metavar="DATE", help="All evenings from this one on, up to DATE.")] = "",
    week: Annotated[bool, typer.Option("--week", help="The seven evenings that end with DATE.")] = False,
    out: Annotated[str, typer.Option(help="File to write; its ending says as what.")] = "",
    csv: Annotated[
        str, typer.Option(metavar="FILE", help="Write the counts of each evening and hour as a table.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON.")] = False,
    venue: Annotated[str, typer.Option(help="Venue file (a path or NAME.toml), or a venue's name.")] = "",
) -> None:
    """Tell of an evening, a week or more: visits, takes, ways, moods, losses, and what the last edit changed.

    All of it comes from the journal. A figure of fewer than five visits is not told.
    """
    from installation.host.errors import plain_errors
    from installation.host.options import venue_of
    from installation.host.plain_console import progress_bar
    from installation.report.gather import gather, source_of
    from installation.report.save import as_json as json_of
    from installation.report.save import check_ending, save

    with plain_errors():
        source = source_of(venue_of(venue), named=bool(venue))
        for path, endings in ((out, ()), (csv, (".csv",))):
            check_ending(path, *endings)
        first, last = _span(source, day, since, week)
        with progress_bar() as bar:
            task = bar.add_task("", total=1.0)
            found = gather(source, first, last, lambda what, share: bar.update(task, description=what, completed=share))
        for path in filter(None, (out, csv)):
            save(found, Path(path))
            say(f"{path} is written", err=as_json)
        if as_json:
            say(json_of(found).decode(), nl=False)
        elif not (out or csv):
            _show(found)


def _span(source: Source, day: str, since: str, week: bool) -> tuple[date, date]:
    """First and last evening. Raises ``BadInput``."""
    from calibration.errors import BadInput
    from installation.report.gather import last_evening

    if since and week:
        raise BadInput("cannot be used together with --since; choose one", where="--week")
    newest = last_evening(source)
    if newest is None:
        raise BadInput(f"there is none in {source.folder}; a show writes it (chiaro run)", where="journal")
    last = _date(day, "DATE") if day else newest
    first = _date(since, "--since") if since else last - timedelta(days=6) if week else last
    if first > last:
        raise BadInput(f"{first} is after {last}", where="--since")
    return first, last


def _date(typed: str, where: str) -> date:
    from calibration.errors import BadInput

    today = datetime.now().date()
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return named.get(typed) or date.fromisoformat(typed)
    except ValueError:
        raise BadInput(f"{typed!r} is not a date; expected, for example, 2026-11-26", where=where) from None


def _show(found: Report) -> None:
    """The main figures, for a terminal."""
    from rich.table import Table

    from installation.host.plain_console import PlainConsole

    span = f"{found.first}" if found.first == found.last else f"{found.first} to {found.last}"
    say(f"{found.room}, {span}{found.title and ': '}{found.title}")
    if found.empty:
        say("nothing was noted in the journal of these days")
        return
    heads = ("evening", "visits", "stopped", "dwell", "takes", "completed", "holding", "open", "blind")
    table = Table(*heads, box=None, pad_edge=False)
    for one in found.days:
        table.add_row(f"{one.day:%a %d %b}", *_cells(one.figures))
    if len(found.days) > 1:
        table.add_section()
        table.add_row("all", *_cells(found.total))
    PlainConsole().print(table)
    for loss in found.losses:
        minutes = "" if loss.minutes is None else f", {loss.minutes:g} minutes"
        say(f"{loss.part} lost: {loss.times} x{minutes}")
    say("holding: length of a take by that of its film; blind: open, and nobody could be seen; -: not known, or fewer")
    say("than five visits, or such could be found from it. All figures: --json; the counts as a table: --csv FILE")


def _cells(one: Figures) -> list[str]:
    blind = None if one.open_seconds is None or one.seeing_seconds is None else one.open_seconds - one.seeing_seconds
    return [
        _number(one.visits),
        _share(one.stopped),
        _number(one.dwell.median, " s"),
        _number(one.takes),
        _share(one.completed),
        "-" if one.holding is None else f"{one.holding:.0%}",
        "-" if one.open_seconds is None else f"{one.open_seconds / 3600:.1f} h",
        "-" if blind is None else f"{blind / 60:.0f} min",
    ]


def _number(value: float | None, unit: str = "") -> str:
    return "-" if value is None else f"{value:g}{unit}"


def _share(one: Share) -> str:
    if one.share is not None:
        return f"{one.share:.0%}"
    if one.at_least is not None:
        return f">= {one.at_least:.0%}"
    return "-" if one.at_most is None else f"<= {one.at_most:.0%}"
