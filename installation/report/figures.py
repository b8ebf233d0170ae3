"""All figures of a report, as frozen values: what the pages draw and what the tables hold.

A figure that rests on 1 to 4 visits or takes is None, and so is each from which such a one could be found by
subtraction (``installation.report.suppression``). 0 is told: it is nobody's. Seconds are seconds, shares 0 to 1.

::

    Report -- total, days, hours of the day, weeks, months: Figures each
           |- evening: MoodBin, the mood over the evening
           |- scenes: SceneFigures, with the mood over each scene
           |- flows: from scene to scene, as counts
           |- choices: what each choice stood at when it fell
           |- losses, loss_log: what the machine missed
           '- edit: what the last edit of the story changed
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

FEWEST = 5
"""Visits (or takes) that a figure rests on at least."""
PASSED_SECONDS = 3.0
"""A visitor who was seen for less, and for whom no take ran, has passed."""
FEWEST_TO_COMPARE = 100
"""Takes on each side, with fewer of which two versions of a story are "too few" to compare."""

End = Literal["", "completed", "left", "cut"]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole that was counted."""

    share: float | None
    """0 to 1; None: not told, or there was nothing."""
    part: int | None
    whole: int | None
    low: float | None = None
    """The Wilson interval (95 %) in which the true share lies; None where ``share`` is."""
    high: float | None = None
    at_least: float | None = None
    """Told in place of ``share`` where the rest are 1 to 4: all but 4 of them."""
    at_most: float | None = None
    """Told in place of ``share`` where the part is 1 to 4: 4 of them."""


@dataclass(frozen=True, slots=True)
class Quartiles:
    """How long, in seconds: a quarter was below ``lower``, half below ``median``, three quarters below ``upper``."""

    lower: float | None
    median: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of a span of time: an hour, an evening, a week, a month, all of it."""

    visits: int | None
    """Faces that came and went, rehearsals left out; each counts as one visit."""
    stopped: Share
    """Attracting power: of all visits those that stopped. The others passed: seen shorter than ``PASSED_SECONDS``, and
    no take ran meanwhile. Who passed without a face seen is not in it."""
    dwell: Quartiles
    """How long those who stopped were there."""
    takes: int | None
    """Ways through the film, rehearsals left out."""
    completed: Share
    """Of the takes that visitors ended: those that came to an ending of the film. The others were left."""
    take_seconds: Quartiles
    """How long a take was."""
    holding: float | None
    """Holding power: the mean length of a take that visitors ended, by the film that a completed way needs."""
    needed_seconds: float | None
    """That length: the mean length of film of the completed ways."""
    open_seconds: float | None
    """The doors were open and the show ran; None: a journal that does not tell (of an earlier version)."""
    seeing_seconds: float | None
    """Of these, the seconds in which the eye could see. The rest is no empty room: nobody could be seen."""
    visits_per_hour: float | None
    """Visits by the hour that was open and seeing."""
    pictures: int | None
    """Of the film, that were due."""
    pictures_late: int | None
    """Of these, that came late or were left out."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One evening. It ends at 04:00, or later, when the doors close."""

    day: date
    figures: Figures
    opened: datetime | None
    """First minute that the doors were open; None: never, or not told."""
    closed: datetime | None


@dataclass(frozen=True, slots=True)
class HourFigures:
    """An hour of the day, over all days of the report."""

    hour: int
    """0 to 23, as the clock on the wall says."""
    figures: Figures


@dataclass(frozen=True, slots=True)
class DayHourFigures:
    """One hour of one evening; the row of the CSV."""

    day: date
    """The evening that it belongs to: 01:00 belongs to the day before."""
    start: datetime
    """With its offset from UTC: where the clock goes back, one hour is there twice."""
    figures: Figures


@dataclass(frozen=True, slots=True)
class SpanFigures:
    """A week (Monday to Sunday) or a month, of what was read of it."""

    name: str
    """``2026-W48`` or ``2026-11``."""
    first: date
    last: date
    days: int
    """Evenings of it with a journal."""
    figures: Figures


@dataclass(frozen=True, slots=True)
class MoodBin:
    """The mean mood of the visitors in a part of an evening, or of a scene."""

    begin: float
    """Of an evening: hours since midnight of the day (25.5 is half past one in the night). Of a scene: 0 to 1."""
    end: float
    probabilities: tuple[float, ...] | None
    """By emotion, in the order of ``models.labels.LABELS``; None: of fewer than ``FEWEST``
    visits (evening) or takes (scene)."""
    valence: float | None
    arousal: float | None


@dataclass(frozen=True, slots=True)
class SceneFigures:
    """One scene of the film, over all takes that came to it."""

    name: str
    seconds: float | None
    """Of its clip; None: not known, or it waits."""
    ending: bool
    """A take that leaves from here to attract is completed."""
    seen: int | None
    """How many times it began in a take."""
    seen_about: int | None
    """As of a flow."""
    left: Share
    """Of these, how many takes were left in it."""
    moods: tuple[MoodBin, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """How many takes went from here to there."""

    source: str
    """'' where the take began."""
    target: str
    """'' where it ended: see ``end``."""
    end: End
    """How a take ended here; 'cut': by an operator, a fault or the show's own end. '' where it went on."""
    takes: int | None
    about: int | None = None
    """Where ``takes`` is not told and is ten or more: to the nearest ten, so that the ways can be drawn."""


@dataclass(frozen=True, slots=True)
class WayStood:
    """One way out of a scene, when the choice fell."""

    target: str
    asks: str
    """What it asks for: a mood, ``otherwise`` ... as the journal tells; '' where it does not."""
    taken: int | None
    share: float | None
    """Of all choices of this scene."""
    stood_at: float | None
    """Mean share of the listening window in which its mood was believed, whether it was taken or not; None: it asks
    for no mood."""
    needed: float | None
    """The share at which it holds, where the author gave one."""
    about: int | None = None
    """As of a flow."""


@dataclass(frozen=True, slots=True)
class ChoiceFigures:
    """One scene that ends in a choice."""

    scene: str
    fell: int | None
    """How many times."""
    ways: tuple[WayStood, ...]


@dataclass(frozen=True, slots=True)
class LossFigures:
    """One part of the machine over all the time of the report."""

    part: str
    times: int
    minutes: float | None
    """For which it was lost while the doors were open; None: not told."""


@dataclass(frozen=True, slots=True)
class LossEvent:
    """A part went."""

    at: datetime
    part: str
    why: str
    seconds: float | None
    """Until it was back; None: it was not before the end of the evening."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure before and after, and the interval (95 %) in which the true difference lies."""

    before: float | None
    after: float | None
    low: float | None
    high: float | None
    told: Literal["more", "less", "no difference seen", "too few", "not told"]
    """'more', 'less': the interval is all on one side of 0. 'too few': fewer than ``FEWEST_TO_COMPARE`` takes on a
    side. 'not told': it rests on 1 to 4 of them."""


@dataclass(frozen=True, slots=True)
class WayDifference:
    """The share of takes that went this way out of a scene."""

    source: str
    target: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Edit:
    """What the last edit of the story changed: takes with the story before against takes with it after."""

    at: datetime
    """When the first take with the new one began."""
    before: str
    """Short hash of the story's text."""
    after: str
    takes_before: int | None
    takes_after: int | None
    completed: Difference
    """Shares."""
    take_seconds: Difference
    """Medians, in seconds."""
    ways: tuple[WayDifference, ...]
    scenes_added: tuple[str, ...]
    scenes_removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    room: str
    """The venue's name."""
    title: str
    """Of the story that ran last; '' not told."""
    first: date
    last: date
    timezone: str
    """The zone in which days and hours are counted; '' the machine's own."""
    made_at: datetime
    version: str
    total: Figures
    days: tuple[DayFigures, ...]
    """Each evening from ``first`` to ``last`` with a journal."""
    hours: tuple[HourFigures, ...]
    day_hours: tuple[DayHourFigures, ...]
    weeks: tuple[SpanFigures, ...]
    """As trends: also of the four weeks before ``first``."""
    months: tuple[SpanFigures, ...]
    evening: tuple[MoodBin, ...]
    scenes: tuple[SceneFigures, ...]
    flows: tuple[Flow, ...]
    choices: tuple[ChoiceFigures, ...]
    losses: tuple[LossFigures, ...]
    loss_log: tuple[LossEvent, ...]
    """The newest 200."""
    edit: Edit | None
    """None: the story was not edited in the time that was read."""
    rehearsed: int
    """Takes that were left out: with moods by hand."""
    unreadable: int
    """Lines of the journal that could not be read, as the power leaves them."""

    @property
    def empty(self) -> bool:
        """No journal was found for these days."""
        return not self.days
