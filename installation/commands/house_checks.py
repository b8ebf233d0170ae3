"""What the check finds of the house: its hours, the way to the display's power, the battery."""

from __future__ import annotations

import time
from collections.abc import Iterator

from calibration.opening_hours import Timetable
from calibration.venue import Venue
from installation.commands.finding import Finding, ok, problem, warning


def check_house(venue: Venue) -> Iterator[Finding]:
    """Each of the three is tried where the venue has it. Nothing is switched: only asked."""
    from installation.house.display import driver_of
    from installation.house.display_driver import DisplayFault
    from installation.house.ups import UpsFault, ask_upsc

    hours = venue.hours
    if hours.open:
        timetable = Timetable(hours.open, hours.country, hours.region, hours.timezone)
        yield ok("hours", hours.open, f"the house is {timetable.in_words(time.time())}")
    driver = driver_of(venue.display)
    if driver is not None:
        where = f"display.power = {venue.display.power}"
        try:
            yield ok("display power", where, "; ".join((f"is {driver.lamp()}", *driver.remarks())))
        except DisplayFault as fault:
            yield problem("display power", where, str(fault))
    if venue.ups.name:
        try:
            status = ask_upsc(venue.ups.name)
        except UpsFault as fault:
            yield warning("ups", venue.ups.name, f"{fault}; without it a loss of the mains is not noticed")
        else:
            find = warning if "OB" in status.split() else ok
            yield find("ups", venue.ups.name, f"says {status}")
