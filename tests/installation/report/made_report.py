"""Reports for tests: figures from dice, not from visitors."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from installation.report.figures import (
    ChoiceFigures,
    DayFigures,
    Difference,
    Edit,
    Figures,
    Flow,
    HourFigures,
    LossEvent,
    LossFigures,
    MoodBin,
    Quartiles,
    Report,
    SceneFigures,
    Share,
    SpanFigures,
    WayDifference,
    WayStood,
)
from models.labels import LABELS

DAY = date(2026, 11, 26)
UTC = UTC
NOBODY = Figures(
    visits=0,
    stopped=Share(None, 0, 0),
    dwell=Quartiles(None, None, None),
    takes=0,
    completed=Share(None, 0, 0),
    take_seconds=Quartiles(None, None, None),
    holding=None,
    needed_seconds=None,
    open_seconds=28800.0,
    seeing_seconds=27000.0,
    visits_per_hour=0.0,
    pictures=864000,
    pictures_late=12,
)


def figures(visits: int) -> Figures:
    """Of so many visits."""
    takes, stopped = visits * 3 // 5, visits * 4 // 5
    done = takes * 7 // 10
    return replace(
        NOBODY,
        visits=visits if visits >= 5 or not visits else None,
        stopped=Share(stopped / max(visits, 1), stopped, visits, 0.74, 0.86),
        dwell=Quartiles(21.0, 64.0, 151.0),
        takes=takes if takes >= 5 or not takes else None,
        completed=Share(done / max(takes, 1), done, takes, 0.6, 0.78),
        take_seconds=Quartiles(60.0, 142.0, 180.0),
        holding=0.83,
        needed_seconds=171.0,
        visits_per_hour=visits / 7.5,
    )


def mood(dice: random.Random) -> tuple[float, ...]:
    """A distribution in which neutral is half."""
    parts = [1.0, *(dice.random() for _ in LABELS[1:])]
    return tuple(part / sum(parts) for part in parts)


def made_report(
    scenes: tuple[str, ...] = ("opening", "crossing", "rain", "forge", "dawn", "ash"), seed: int = 1
) -> Report:
    """An evening of 132 visits through ``scenes``, the last two of which are endings."""
    dice = random.Random(seed)
    first, *middle, good, bad = scenes
    flows = [Flow("", first, "", 80), Flow(first, "", "left", 7)]
    flows += [Flow(first, name, "", 20 + 3 * number) for number, name in enumerate(middle)]
    flows += [Flow(name, good, "", 12 + number) for number, name in enumerate(middle)]
    flows += [Flow(name, bad, "", 6) for name in middle] + [Flow(name, "", "left", None) for name in middle[:1]]
    flows += [Flow(good, "", "completed", 38), Flow(bad, "", "completed", 18), Flow(bad, "", "cut", 1)]
    if len(middle) > 1:
        flows.append(Flow(middle[1], middle[0], "", 8))
    bins = tuple(MoodBin(14 + n / 4, 14.25 + n / 4, None if n in (9, 10) else mood(dice), 0.1, 0.2) for n in range(32))
    opened = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
    asks = ("happiness for 40 %", "sadness", "otherwise")
    edit = Edit(
        at=opened - timedelta(days=2),
        before="3f9a2c1",
        after="b77e004",
        takes_before=412,
        takes_after=230,
        completed=Difference(0.61, 0.72, 0.03, 0.19, "more"),
        take_seconds=Difference(131.0, 142.0, 2.0, 20.0, "more"),
        ways=(WayDifference(first, good, Difference(0.3, 0.28, -0.09, 0.05, "no difference seen")),),
        scenes_added=("crossing",),
        scenes_removed=(),
    )
    return Report(
        room="hall",
        title="Chiaroscuro",
        first=DAY,
        last=DAY,
        timezone="Europe/Berlin",
        made_at=opened + timedelta(hours=9),
        version="0.1.0",
        total=figures(132),
        days=(DayFigures(DAY, figures(132), opened, opened + timedelta(hours=8)),),
        hours=tuple(HourFigures(14 + n, figures((6, 14, 22, 3, 0, 31, 28, 21)[n])) for n in range(8)),
        day_hours=(),
        weeks=tuple(SpanFigures(f"2026-W{44 + n}", DAY, DAY, 6, figures(500 + 60 * n)) for n in range(5)),
        months=(SpanFigures("2026-11", DAY, DAY, 22, figures(2200)),),
        evening=bins,
        scenes=tuple(
            SceneFigures(
                name,
                24.0,
                name in (good, bad),
                70,
                None,
                Share(0.06, 5, 70),
                tuple(MoodBin(n / 10, (n + 1) / 10, mood(dice), 0.1, 0.1) for n in range(10)),
            )
            for name in scenes
        ),
        flows=tuple(flows),
        choices=(
            ChoiceFigures(
                first,
                73,
                tuple(
                    WayStood(
                        name,
                        asks[n % 3],
                        20 + n,
                        (20 + n) / 73,
                        None if n % 3 == 2 else 0.31 + 0.1 * n,
                        0.4 if n == 0 else None,
                    )
                    for n, name in enumerate((*middle, good)[:3])
                ),
            ),
        ),
        losses=(LossFigures("camera", 2, 11.5), LossFigures("OSC 10.0.0.7:9000", 1, None)),
        loss_log=(
            LossEvent(opened, "camera", "the cable is out: /dev/video0 is gone", 412.0),
            LossEvent(opened, "machine", "it is too slow for the show", None),
        ),
        edit=edit,
        rehearsed=3,
        unreadable=0,
    )


def hundred_ways() -> Report:
    """A crossing with a hundred ways."""
    report = made_report()
    flows = [Flow("", "hub", "", 1000)] + [Flow("hub", f"way {n}", "", 10) for n in range(100)]
    return replace(report, flows=tuple(flows + [Flow(f"way {n}", "", "completed", 10) for n in range(100)]))
