"""When the house is open: the grammar that OpenStreetMap and museums' websites use, with public holidays by name.

``opening_hours`` (remi-dupre/opening-hours-rs) reads the grammar; the days of ``PH`` come from the package
``holidays``, which knows regions and names. Both are imported only where a venue has opening hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from calibration.files import did_you_mean, shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from opening_hours import OpeningHours

LONGEST = 1000
"""Letters of an expression; a museum's are under a hundred."""
WORDS_FOR_DAYS = {
    "Mo": "mon monday montag lundi",
    "Tu": "tue tues tuesday di dienstag mardi",
    "We": "wed wednesday mi mittwoch mercredi",
    "Th": "thu thur thurs thursday do donnerstag jeudi",
    "Fr": "fri friday freitag vendredi",
    "Sa": "sat saturday samstag samedi",
    "Su": "sun sunday so sonntag dimanche",
    "PH": "ph holiday holidays feiertag feiertage",
}
DAY_FOR_WORD = {word: day for day, words in WORDS_FOR_DAYS.items() for word in words.split()}
EXPECTED = {"minute": "minutes from 00 to 59", "timespan": "a time such as 10:00-18:00"}
"""What the parser misses, by its own word for it."""
OUTSIDE_QUOTES = r'(?=(?:[^"]*"[^"]*")*[^"]*$)'
RULES = re.compile(";" + OUTSIDE_QUOTES)
DAYS = re.compile(r"\s*((?:(?:PH|Mo|Tu|We|Th|Fr|Sa|Su)(?:\s*[-,]\s*|\s+|$))+)(.*)", re.DOTALL | re.IGNORECASE)
"""A rule that begins with days of the week and holidays: these, and what holds on them."""
SCHOOL_HOLIDAY = re.compile(r"\bSH\b" + OUTSIDE_QUOTES, re.IGNORECASE)
SUN = re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b" + OUTSIDE_QUOTES, re.IGNORECASE)
"""The parser does not know where the house is, and takes 7:00 and 19:00 all the year."""
HOLIDAY = re.compile(r"\bPH\b" + OUTSIDE_QUOTES, re.IGNORECASE)


def fault_of(expression: str) -> str:
    """What is wrong with opening hours, in words and with the column, or ''."""
    from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]  # its stub has no errors

    if school := SCHOOL_HOLIDAY.search(expression):
        return f"column {school.start() + 1}: school holidays (SH) are not known here; write dates, as in Jul 20-Aug 30"
    if sun := SUN.search(expression):
        return f"column {sun.start() + 1}: {sun[0]!r} is not known here; write times, as in Apr-Sep 10:00-20:00"
    try:
        OpeningHours(expression)
    except ParserError as error:
        return _in_words(expression, str(error))
    for rule in RULES.split(expression):
        if len(HOLIDAY.findall(rule)) != len(HOLIDAY.findall(_days(rule)[0])):
            place = [found.start() for found in HOLIDAY.finditer(rule)][-1] + expression.index(rule)
            return f"column {place + 1}: PH begins a rule, alone or with days: 'PH off' or 'Su,PH 11:00-16:00'"
    try:
        OpeningHours(with_dates(expression, {date(2026, 1, 1): ""}))
    except ParserError:
        return "PH and dates cannot stand in one rule; write two, as in 'PH off; Dec 24-26 off'"
    return ""


def _in_words(expression: str, said: str) -> str:
    place = re.search(r"-->\s*\d+:(\d+)", said)
    at = min(int(place[1]), len(expression) + 1) - 1 if place else 0
    word = next((found for found in re.finditer(r"[^\s;,-]+", expression) if found.start() <= at < found.end()), None)
    text, column = (word[0], word.start() + 1) if word else ("", at + 1)
    letters = re.match(r"[^\W\d]+", text)
    if letters and letters[0].lower() in DAY_FOR_WORD and letters[0] not in WORDS_FOR_DAYS:
        return f"column {column}: {letters[0]!r} is not how a day is written; write {DAY_FOR_WORD[letters[0].lower()]}"
    if re.fullmatch(r"\d\d?(\.\d\d|h\d?\d?)?", text):
        hour, minute = re.findall(r"\d+", f"{text}.00")[:2]
        return f"column {column}: {text!r} is not how a time is written; write {int(hour):02}:{minute}"
    missing = next((words for name, words in EXPECTED.items() if re.search(rf"expected {name}\b", said)), "")
    if missing:
        return f"column {at + 1}: expected {missing}"
    rest = shown(expression[at : at + 20])
    where = f"cannot be read from {rest!r} on" if rest.strip() else "ends too early"
    return f"column {at + 1}: {where}; expected rules such as 'Tu-Su 10:00-18:00; Th 10:00-20:00; PH off'"


def has_holidays(expression: str) -> bool:
    """Whether the expression speaks of public holidays."""
    return HOLIDAY.search(expression) is not None


def _days(rule: str) -> tuple[str, str]:
    """The days with which a rule begins, and the rest of it."""
    found = DAYS.match(rule)
    return (found[1], found[2]) if found else ("", rule)


def fault_of_country(country: str, region: str) -> tuple[str, str]:
    """What is wrong with the country, and with the region in it; '' where nothing is."""
    from holidays import list_supported_countries

    known = list_supported_countries(include_aliases=False)
    if country and country not in known:
        return f"is no country code; write two letters, such as DE{did_you_mean(country.upper(), list(known))}", ""
    regions = list(known.get(country, ()))
    if region and region not in regions:
        choice = f"; known in {country}: {', '.join(regions)}" if regions else ""
        return "", f"is no region of {country or 'a country that is not named'}{choice}"
    return "", ""


def fault_of_zone(name: str) -> str:
    """What is wrong with the name of a time zone, or ''."""
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return f"is no time zone{did_you_mean(name, sorted(available_timezones())) or '; write it as Europe/Berlin'}"
    return ""


@dataclass(frozen=True, slots=True)
class Day:
    """What is planned for one day: times from and to, and the public holiday that it is, if it is one."""

    date: date
    spans: tuple[tuple[datetime, datetime], ...]
    holiday: str
    remark: str = ""
    """What the expression says of it in quotes."""


class Timetable:
    """Opening hours at a place. Times are unix seconds; what is not said is asked of the machine's own clock and zone.

    The hours follow the clock on the wall: where summer time begins or ends in the night, a time that exists twice
    counts twice.
    """

    def __init__(self, expression: str, country: str = "", region: str = "", timezone: str = "") -> None:
        self._expression, self._country, self._region = expression, country, region
        self._zone = _zone_of(timezone)
        self._years: dict[int, tuple[OpeningHours, dict[date, str]]] = {}

    def is_open(self, wall: float) -> bool:
        """Whether visitors are let in."""
        local = self.local(wall)
        return self._year(local.year)[0].is_open(local)

    def next_change(self, wall: float) -> float | None:
        """When that changes next; None: never."""
        from opening_hours import State

        local = self.local(wall)
        hours, is_open = self._year(local.year)[0], self.is_open(wall)
        for start, _, state, _ in hours.intervals(local, local + timedelta(days=400)):
            if start > local and (state == State.OPEN) is not is_open:
                moments = [self._unix(start.replace(fold=fold)) for fold in (0, 1)]
                return next((moment for moment in moments if moment > wall), moments[-1])
        return None

    def opened_at(self, wall: float) -> float | None:
        """When the hours that run now began (a day ago at the earliest); None: it is closed by them."""
        from opening_hours import State

        local = self.local(wall)
        spans = self._year(local.year)[0].intervals(local - timedelta(days=1), local + timedelta(seconds=1))
        began = [start for start, end, state, _ in spans if state == State.OPEN and start <= local < end]
        return self._unix(began[-1]) if began and self.is_open(wall) else None

    def days(self, wall: float, count: int) -> Iterator[Day]:
        """The plan of so many days, today first."""
        from opening_hours import State

        first = self.local(wall).replace(hour=0, minute=0, second=0, microsecond=0)
        for number in range(count):
            start = first + timedelta(days=number)
            hours, holidays = self._year(start.year)
            spans, remark = [], ""
            for begins, ends, state, said in hours.intervals(start, start + timedelta(days=1)):
                remark = remark or said
                if state == State.OPEN:
                    spans.append((begins, ends))
            yield Day(start.date(), tuple(spans), holidays.get(start.date(), ""), remark)

    def in_words(self, wall: float) -> str:
        """``open until Tue 18:00`` or ``closed until Wed 10:00``."""
        change = self.next_change(wall)
        until = f"until {self.local(change):%a %H:%M}" if change else "without an end"
        return f"{'open' if self.is_open(wall) else 'closed'} {until}"

    def local(self, wall: float) -> datetime:
        """What the clock on the wall says, without its zone."""
        return datetime.fromtimestamp(wall, self._zone).replace(tzinfo=None)

    def _unix(self, local: datetime) -> float:
        return local.replace(tzinfo=self._zone).timestamp()

    def _year(self, year: int) -> tuple[OpeningHours, dict[date, str]]:
        """The hours with the holidays of this year and its neighbours, and those by date."""
        if year not in self._years:
            from opening_hours import OpeningHours

            holidays = _holidays(self._country, self._region, year) if self._country else {}
            self._years = {year: (OpeningHours(with_dates(self._expression, holidays)), holidays)}
        return self._years[year]


def _zone_of(name: str) -> ZoneInfo | None:
    if not name:
        return None
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _holidays(country: str, region: str, year: int) -> dict[date, str]:
    from holidays import country_holidays

    years = range(year - 1, year + 2)
    return dict(country_holidays(country, subdiv=region or None, years=years, language="en_US"))


def with_dates(expression: str, holidays: dict[date, str]) -> str:
    """The expression with each rule about ``PH`` said again for the dates of the holidays.

    The parser's own holidays know no regions and have no names; without a country its ``PH`` is no day at all.
    """
    rules = []
    for rule in RULES.split(expression):
        rules.append(rule)
        days, rest = _days(rule)
        if HOLIDAY.search(days) and holidays:
            rules.append(f"{','.join(f'{day:%Y %b %d}' for day in sorted(holidays))} {rest}")
    return ";".join(rules)
