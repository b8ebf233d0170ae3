"""``chiaro hours``: when a venue is open in the next days, with the holidays by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from installation.host.terminal import say

if TYPE_CHECKING:
    from calibration.opening_hours import Day


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def hours(
        venue: Annotated[str, typer.Argument(help="Venue file (a path or NAME.toml), or a venue's name.")],
        days: Annotated[int, typer.Option(min=1, max=400, help="How many days, from today on.")] = 14,
    ) -> None:
        """Print when a venue is open: the next fortnight, with the public holidays by name."""
        import time

        from calibration.opening_hours import Timetable
        from installation.host.errors import plain_errors
        from installation.host.options import venue_of

        with plain_errors():
            found = venue_of(venue)
        if not found.hours.open:
            say(f"{found.name}: always open (no [hours] in {venue}; see docs/hours.md)")
            return
        now, plan = time.time(), found.hours
        timetable = Timetable(plan.open, plan.country, plan.region, plan.timezone)
        say(f"{found.name}: {timetable.in_words(now)} by this machine's clock ({plan.timezone or 'its own time zone'})")
        for day in timetable.days(now, days):
            say(line_of(day))


def line_of(day: Day) -> str:
    """``Fri 25 Dec 2026  closed                Christmas Day``."""
    times = ", ".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in day.spans) or "closed"
    return f"{day.date:%a %d %b %Y}  {times:<20}  {', '.join(filter(None, (day.holiday, day.remark)))}".rstrip()
