"""``when = { ... }``: the conditions of a branch as an author writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from calibration.settings import MAX_VISITORS, Section, Share
from scenes.story.rooms import is_room_value, room_value

PositiveSeconds = Annotated[float, Field(gt=0.0, le=86400.0)]
TIME_OF_DAY = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
Affect = Annotated[float, Field(ge=-1, le=1)]


def _valid_time(time: str) -> str:
    if not re.match(TIME_OF_DAY, time):
        raise ValueError('is not a time of day; expected one from "00:00" to "23:59", as in "18:00"')
    return time


TimeOfDay = Annotated[
    str, AfterValidator(_valid_time), Field(examples=["18:00"], json_schema_extra={"pattern": TIME_OF_DAY})
]
OF_A_MOOD = ("mood", "share", "peak", "held_seconds", "confidence", "share_of_visitors")
DEEPEST = 4
"""How deep ``any``, ``all`` and ``not`` may stand in one another."""


class Level(Section):
    """Where a value that the eye measures must be, in the mean over the listening window."""

    above: Affect | None = Field(None, description="Its mean over the listening window is above this", examples=[0.5])
    below: Affect | None = Field(None, description="Its mean over the listening window is below this")
    rises_by: Annotated[float, Field(ge=-2, le=2)] | None = Field(
        None,
        description="Its mean in the second half of the window is so much above that in the first; negative: below it",
    )
    held_seconds: PositiveSeconds | None = Field(
        None, description="With above or below: it was so for this long without a break, instead of in the mean"
    )

    @model_validator(mode="after")
    def _says_where(self) -> Level:
        if self.above is None and self.below is None and self.rises_by is None:
            raise ValueError("needs above, below or rises_by")
        if self.above is not None and self.below is not None and self.above >= self.below:
            raise ValueError(f"nothing is above {self.above:g} and below {self.below:g}")
        if self.rises_by == 0:
            raise ValueError("rises_by = 0 says nothing; give a number above 0, or below it for a fall")
        if self.held_seconds is not None and (self.rises_by is not None):
            raise ValueError("held_seconds works with above and below, not with rises_by")
        return self


class Facing(Level):
    """How much the visitors face the film, 0 (turned away) to 1; a number is short for ``above``."""

    share: Share | None = Field(
        None, description="It was so for at least this share of the time in which it was known, instead of in the mean"
    )
    share_of_visitors: Share | None = Field(
        None, description="So much at least of the visitors did, in the mean over the window; above is in tenths then"
    )

    @model_validator(mode="after")
    def _can_be_measured(self) -> Facing:
        _check_above("facing", self)
        shares = self.share is not None or self.share_of_visitors is not None
        if shares and (self.above is None or self.rises_by is not None or self.held_seconds is not None):
            raise ValueError("share and share_of_visitors need above, and neither rises_by nor held_seconds")
        if self.share_of_visitors is not None and self.above is not None:
            tenths = round(10 * self.above)
            if self.below is not None or abs(10 * self.above - tenths) > 1e-6 or tenths == 0:
                raise ValueError("share_of_visitors needs a tenth such as 0.5 as above, and no below")
        return self


class Speaking(Level):
    """Share of the visitors who speak, 0 to 1; a number is short for ``above``."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> Speaking:
        _check_above("speaking", self)
        return self


def _check_above(name: str, level: Level) -> None:
    if level.above is not None and not 0 <= level.above < 1:
        raise ValueError(f"{name} is from 0 to 1: give an above from 0 to below 1, not {level.above:g}")


def _spelled_out(said: Any) -> Any:
    """``facing = 0.5`` as ``facing = { above = 0.5 }``; ``speaking`` likewise."""
    if isinstance(said, str | bool | list):
        raise ValueError("must be a number, or a table of keys")
    return {"above": said} if isinstance(said, int | float) else said


class When(Section):
    """Conditions of a branch; all of them must hold."""

    model_config = ConfigDict(serialize_by_alias=True)

    mood: str | None = Field(
        None,
        description="An emotion or one of your [groups]. By itself: it led the listening window. With share, peak, "
        "held_seconds, confidence or share_of_visitors: those decide instead",
        examples=["happiness", "calm"],
    )
    share: Share | None = Field(
        None,
        description="It was shown for at least this share of the time that a face was seen in the listening window",
    )
    peak: Share | None = Field(None, description="Its probability reached this value at least once in the window")
    held_seconds: PositiveSeconds | None = Field(None, description="It was shown for this long without a break")
    confidence: Share | None = Field(None, description="Its mean probability over the window is at least this")
    share_of_visitors: Share | None = Field(
        None, description="At least this share of the visitors showed it, in the mean over the listening window"
    )
    valence: Level | None = Field(None, description="How pleasant what the faces show is, -1 to 1")
    arousal: Level | None = Field(None, description="How excited what the faces show is, -1 to 1")
    facing: Annotated[Facing | None, BeforeValidator(_spelled_out, json_schema_input_type=float | Facing)] = Field(
        None,
        description="How much the visitors face the film, 0 to 1, in the mean over the listening window. A number is "
        "short for above; with share or share_of_visitors, and no mood, those are about facing",
        examples=[0.5],
    )
    speaking: Annotated[Speaking | None, BeforeValidator(_spelled_out, json_schema_input_type=float | Speaking)] = (
        Field(
            None,
            description="Share of the visitors who speak, 0 to 1, in the mean over the listening window. A number is "
            "short for above",
            examples=[0.5],
        )
    )
    visitors: Literal["present", "absent"] | None = Field(None, description="Somebody, or nobody, is there")
    for_seconds: PositiveSeconds | None = Field(None, description="With `visitors`: for at least this long")
    visitors_at_least: int | None = Field(
        None, ge=1, le=MAX_VISITORS, description="At least this many visitors are there now"
    )
    elapsed_seconds: PositiveSeconds | None = Field(None, description="The scene has run for at least this long")
    untrusted: Literal[True] | None = Field(
        None, description="The camera is missing, covered or too dark, or the analysis has stopped"
    )
    been: str | None = Field(None, description="This scene was shown in this take", examples=["cellar"])
    times_at_least: int | None = Field(None, ge=1, le=1000, description="With `been`: at least so often")
    took: str | None = Field(
        None, description="This mood decided a branch that was taken earlier in this take", examples=["dark"]
    )
    counter: str | None = Field(
        None, description="A counter of the scenes' `set` and `add`, with at_least or at_most", examples=["doors"]
    )
    at_least: int | None = Field(None, description="With `counter`: it is this or more")
    at_most: int | None = Field(None, description="With `counter`: it is this or less")
    draw: dict[str, str] | None = Field(
        None, min_length=1, description="What was drawn for this take", examples=[{"actor": "b"}]
    )
    first_today: Literal[True] | None = Field(None, description="This take is the first of the day")
    every: int | None = Field(None, ge=2, le=10000, description="This take is the third, sixth, ... with `every = 3`")
    after: TimeOfDay | None = Field(None, description="It is this time of day or later")
    before: TimeOfDay | None = Field(
        None, description="It is before this time of day; with a later `after`: through midnight"
    )
    minutes_after_opening: float | None = Field(
        None, ge=0, le=1440, description="The house has been open for at least so many minutes"
    )
    signal: str | None = Field(
        None,
        description="One of the [signals], or a value of another room, with above, below or rises_by. At the choice: "
        "it was so at least once in the listening window; in an immediate branch: it is so now",
        examples=["heart", "hall/mood/happiness"],
    )
    above: float | None = Field(None, description="With `signal`: it is above this, in the sender's unit")
    below: float | None = Field(None, description="With `signal`: it is below this")
    rises_by: float | None = Field(
        None, gt=0, description="With `signal`: it has risen by this much from its lowest in the listening window"
    )
    any_: tuple[When, ...] | None = Field(None, alias="any", description="One of these holds, or more")
    all_: tuple[When, ...] | None = Field(None, alias="all", description="All of these hold")
    not_: When | None = Field(
        None, alias="not", description="This is known not to hold; what cannot be known holds neither way"
    )

    @model_validator(mode="before")
    @classmethod
    def _shares_of_facing(cls, said: Any) -> Any:
        """Where no mood is asked for, ``share`` and ``share_of_visitors`` beside ``facing`` are of it."""
        if not isinstance(said, dict) or said.get("mood") is not None:
            return said
        facing = said.get("facing")
        shares = {name: said[name] for name in ("share", "share_of_visitors") if said.get(name) is not None}
        if not shares or not isinstance(facing, int | float | dict) or isinstance(facing, bool):
            return said
        rest = {name: value for name, value in said.items() if name not in shares}
        return rest | {"facing": shares | _spelled_out(facing)}

    @property
    def has_thresholds(self) -> bool:
        """Whether a threshold for the mood is given, so that it need not lead."""
        return any(getattr(self, name) is not None for name in OF_A_MOOD[1:])

    @property
    def besides_mood(self) -> When:
        """The same without its mood and the share of it; empty where it asks for nothing else."""
        return self.model_copy(update={"mood": None, "share": None})

    @property
    def levels(self) -> dict[str, Level]:
        """The measured values that are asked for, by key."""
        asked = {name: getattr(self, name) for name in ("valence", "arousal", "facing", "speaking")}
        return {name: level for name, level in asked.items() if level is not None}

    @property
    def bounds(self) -> tuple[tuple[str, float], ...]:
        """What is asked of the signal, by key; of one that is 0 or 1, by itself: that it is 1."""
        asked = (("above", self.above), ("below", self.below), ("rises_by", self.rises_by))
        given = tuple((name, bound) for name, bound in asked if bound is not None)
        return given or ((("above", 0.5),) if self.asks_a_switch else ())

    @property
    def asks_a_switch(self) -> bool:
        """Whether its signal is a value of another room that is 0 or 1, such as ``hall/scene/cellar``."""
        return self.signal is not None and is_room_value(self.signal) and room_value(self.signal).is_switch

    @property
    def signal_in_words(self) -> str:
        """What is asked of the signal, for whoever watches: ``heart above 100``."""
        asked = (f"{name.replace('_', ' ')} {bound:g}" for name, bound in self.bounds)
        return f"{self.signal} {', '.join(asked)}"

    @property
    def asks_faces(self) -> bool:
        """Whether it asks what faces show in the listening window; what stands inside it not counted."""
        return self.mood is not None or bool(self.levels)

    def nested(self) -> Iterator[tuple[str, When]]:
        """What stands directly inside it, by key."""
        for key, several in (("any", self.any_), ("all", self.all_)):
            for number, one in enumerate(several or ()):
                yield f"{key}.{number}", one
        if self.not_ is not None:
            yield "not", self.not_

    def walk(self, key: str = "when") -> Iterator[tuple[str, When]]:
        """It and all that stands inside it, each with its key."""
        yield key, self
        for inner, when in self.nested():
            yield from when.walk(f"{key}.{inner}")

    @model_validator(mode="after")
    def _makes_sense(self) -> When:
        if all(value is None for _, value in self):
            raise ValueError("contains no condition; add one, or write `otherwise = true` instead of `when`")
        if () in (self.any_, self.all_):
            raise ValueError("any and all list conditions, as in any = [{ ... }, { ... }]; add one or more")
        if self.has_thresholds and self.mood is None:
            raise ValueError("share, peak, held_seconds, confidence and share_of_visitors need a `mood`")
        if self.for_seconds is not None and self.visitors is None:
            raise ValueError('for_seconds needs `visitors = "present"` or `visitors = "absent"`')
        if self.times_at_least is not None and self.been is None:
            raise ValueError("times_at_least needs `been`, the name of a scene")
        self._counts()
        if (self.signal is None) == bool(self.bounds):
            raise ValueError(
                "above, below and rises_by need a `signal`" if self.bounds else "signal needs above, below or rises_by"
            )
        if self.after is not None and self.after == self.before:
            raise ValueError("after and before are the same time of day; give two")
        if self.untrusted and (self.asks_faces or self.visitors or self.visitors_at_least):
            raise ValueError(
                "untrusted means that nothing is known about visitors; do not combine it with a mood or visitors"
            )
        return self

    def _counts(self) -> None:
        bounds = [bound for bound in (self.at_least, self.at_most) if bound is not None]
        if bounds and self.counter is None:
            raise ValueError("at_least and at_most need a `counter`")
        if self.counter is not None and not bounds:
            raise ValueError("counter needs at_least or at_most")
        if len(bounds) == 2 and bounds[0] > bounds[1]:
            raise ValueError(f"nothing is at least {bounds[0]} and at most {bounds[1]}")
