"""From the counts of evenings to the figures of a report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from installation.report.counts import BIN_SECONDS, EveningCounts, MeanMood, SpanCounts, StoryCounts
from installation.report.edit import last_edit
from installation.report.evenings import local
from installation.report.figures import (
    DayFigures,
    DayHourFigures,
    HourFigures,
    LossEvent,
    LossFigures,
    MoodBin,
    Report,
    SpanFigures,
)
from installation.report.told import Told
from installation.report.ways import choices_told, count_ways, flows_told, mood_bin, scenes_told

LOSSES_TOLD = 200
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report is of."""

    room: str
    first: date
    last: date
    zone: str
    made_at: datetime
    version: str


def build(evenings: Iterable[EveningCounts], asked: Asked) -> Report:
    """The report. ``evenings`` from ``first`` to ``last``, and some before, for trends and the last edit."""
    read = [evening for evening in evenings if evening.hours or evening.losses]
    days = [evening for evening in read if asked.first <= evening.day <= asked.last]
    told = Told()
    _count_spans(told, read, days, asked.zone)
    stories = merged_stories(days)
    count_ways(told, stories.values(), days, TOTAL)
    latest = max(stories.values(), key=lambda story: story.last_at, default=StoryCounts())
    return Report(
        room=asked.room,
        title=latest.title,
        first=asked.first,
        last=asked.last,
        timezone=asked.zone,
        made_at=asked.made_at,
        version=asked.version,
        total=told.figures(TOTAL),
        days=tuple(DayFigures(one.day, told.figures(one.day), one.opened, one.closed) for one in days),
        hours=tuple(HourFigures(hour, told.figures(("of day", hour))) for hour in sorted(_by_hour(days, asked.zone))),
        day_hours=tuple(
            DayHourFigures(one.day, local(hour, asked.zone), told.figures((one.day, hour)))
            for one in days
            for hour in sorted(one.hours)
        ),
        weeks=_spans_told(told, read, "week"),
        months=_spans_told(told, read, "month"),
        evening=_evening(days, asked.zone),
        scenes=scenes_told(told, latest, days),
        flows=flows_told(told, stories.values()),
        choices=choices_told(told, days),
        losses=_losses(days),
        loss_log=_loss_log(days, asked.zone),
        edit=last_edit(merged_stories(read), asked.zone),
        rehearsed=sum(one.rehearsed for one in days),
        unreadable=sum(one.unreadable for one in days),
    )


def merged_stories(evenings: Iterable[EveningCounts]) -> dict[str, StoryCounts]:
    """The versions of the story, by their hash."""
    merged: dict[str, StoryCounts] = {}
    for evening in evenings:
        for version, story in evening.stories.items():
            merged.setdefault(version, StoryCounts()).add(story)
    return merged


def week_of(day: date) -> str:
    """``2026-W48``, as ISO 8601 counts weeks."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def month_of(day: date) -> str:
    """``2026-11``."""
    return f"{day:%Y-%m}"


NAMES = {"week": week_of, "month": month_of}


def whole(spans: Iterable[SpanCounts]) -> SpanCounts:
    """All of them added up."""
    added = SpanCounts()
    for span in spans:
        added.add(span)
    return added


def _count_spans(told: Told, read: Sequence[EveningCounts], days: Sequence[EveningCounts], zone: str) -> None:
    own = {one.day for one in days}
    told.add_span(TOTAL, whole(span for one in days for span in one.hours.values()))
    for one in days:
        told.add_span(one.day, whole(one.hours.values()))
        for hour, span in one.hours.items():
            told.add_span((one.day, hour), span)
        told.spans_add_up([(one.day, hour) for hour in one.hours], one.day)
    told.spans_add_up([one.day for one in days], TOTAL)
    by_hour = _by_hour(days, zone)
    for hour, keys in by_hour.items():
        told.add_span(("of day", hour), whole(one.hours[start] for one, start in keys))
        told.spans_add_up([(one.day, start) for one, start in keys], ("of day", hour))
    told.spans_add_up([("of day", hour) for hour in by_hour], TOTAL)
    for word in NAMES:
        for name, of_it in _named(read, word).items():
            told.add_span((word, name), whole(span for one in of_it for span in one.hours.values()))
            told.spans_add_up([one.day for one in of_it if one.day in own], (word, name))


def _by_hour(days: Sequence[EveningCounts], zone: str) -> dict[int, list[tuple[EveningCounts, int]]]:
    found: defaultdict[int, list[tuple[EveningCounts, int]]] = defaultdict(list)
    for one in days:
        for start in one.hours:
            found[local(start, zone).hour].append((one, start))
    return found


def _spans_told(told: Told, read: Sequence[EveningCounts], word: str) -> tuple[SpanFigures, ...]:
    return tuple(
        SpanFigures(name, of_it[0].day, of_it[-1].day, len(of_it), told.figures((word, name)))
        for name, of_it in _named(read, word).items()
    )


def _named(read: Sequence[EveningCounts], word: str) -> dict[str, list[EveningCounts]]:
    """The evenings of each week or month, by its name."""
    named: dict[str, list[EveningCounts]] = {}
    for one in read:
        named.setdefault(NAMES[word](one.day), []).append(one)
    return named


def _evening(days: Sequence[EveningCounts], zone: str) -> tuple[MoodBin, ...]:
    """The mean mood by half hours of the day, over all days."""
    bins: defaultdict[float, MeanMood] = defaultdict(MeanMood)
    for one in days:
        for at, mood in one.moods.items():
            wall = local(at, zone).replace(tzinfo=None)
            midnight = datetime.combine(one.day, datetime.min.time())
            bins[(wall - midnight) / timedelta(hours=1)].add(mood)
    length = BIN_SECONDS / 3600
    return tuple(mood_bin(begin, begin + length, bins[begin]) for begin in sorted(bins))


def _losses(days: Sequence[EveningCounts]) -> tuple[LossFigures, ...]:
    known = any(span.numbers["lines"] for one in days for span in one.hours.values())
    times: defaultdict[str, int] = defaultdict(int)
    seconds: defaultdict[str, float] = defaultdict(float)
    for one in days:
        for gone in one.losses:
            times[gone.part] += 1
        for part, lost in one.lost_seconds.items():
            seconds[part] += lost
    return tuple(
        LossFigures(part, times[part], round(seconds[part] / 60, 1) if known else None)
        for part in sorted(times.keys() | seconds.keys(), key=lambda part: (-seconds[part], part))
    )


def _loss_log(days: Sequence[EveningCounts], zone: str) -> tuple[LossEvent, ...]:
    gone = sorted((one for day in days for one in day.losses), key=lambda one: one.at)
    return tuple(LossEvent(local(one.at, zone), one.part, one.why, one.seconds) for one in gone[-LOSSES_TOLD:])
