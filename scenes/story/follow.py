"""``follow``: what a stem, a picture drive or a lamp goes with (see ``scenes/machine/following.py``)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from calibration.files import did_you_mean
from calibration.settings import Section, Share
from models.labels import LABELS
from scenes.story.problem import Problem
from scenes.story.signals import no_such_signal

Affect = Annotated[float, Field(ge=-1.0, le=1.0)]


def _has_width(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] == pair[1]:
        raise ValueError("needs two different values: where it begins (0) and where it is full (1)")
    return pair


def _whole_if_true(given: object) -> object:
    if given is True:
        return (-1.0, 1.0)
    if not isinstance(given, list | tuple):
        raise ValueError("must be true, or the range that counts, such as [-0.5, 0.5]")
    return given


AffectRange = Annotated[
    tuple[Affect, Affect],
    AfterValidator(_has_width),
    BeforeValidator(_whole_if_true, json_schema_input_type=Literal[True] | tuple[Affect, Affect]),
]
ShareRange = Annotated[tuple[Share, Share], AfterValidator(_has_width)]


class Follow(Section):
    """What a level from 0 to 1 goes with: one of mood, valence, arousal and signal.

    A range is [where the level is 0, where it is 1]; the second may be the lower one.
    """

    mood: str | None = Field(
        None, description="The probability of an emotion, or of one of your [groups]", examples=["sadness", "dark"]
    )
    valence: AffectRange | None = Field(
        None, description="How pleasant: -1 to 1 (true: all of it), or the range that counts", examples=[[-0.5, 0.5]]
    )
    arousal: AffectRange | None = Field(
        None, description="How stirred: -1 to 1 (true: all of it), or the range that counts", examples=[[0, 1]]
    )
    signal: str | None = Field(
        None,
        description="One of the [signals], or a value of another room (hall/mood/happiness), on its way from `low` to "
        "`high`",
        examples=["heart"],
    )
    range: ShareRange = Field(
        (0.0, 1.0), description="With mood or signal: the part of 0 to 1 that counts", examples=[[0.1, 0.6]]
    )

    @model_validator(mode="after")
    def _follows_one_thing(self) -> Follow:
        if sum(one is not None for one in (self.mood, self.valence, self.arousal, self.signal)) != 1:
            raise ValueError("needs exactly one of mood, valence, arousal and signal")
        if "range" in self.model_fields_set and self.mood is None and self.signal is None:
            raise ValueError("range belongs to mood and signal; valence and arousal take theirs, as in [-0.5, 0.5]")
        return self

    @property
    def affect(self) -> tuple[float, float]:
        """The range of valence or arousal that counts."""
        return self.valence or self.arousal or (-1.0, 1.0)

    def __str__(self) -> str:
        """In a word or two, for whoever watches: ``dark``, ``valence``, ``signal heart``."""
        if self.signal is not None:
            return f"signal {self.signal}"
        return self.mood or ("valence" if self.valence is not None else "arousal")


def check_follow(key: str, follow: Follow, groups: Mapping[str, object], signals: Collection[str]) -> Iterator[Problem]:
    """Names that the story does not have. ``key``: where ``follow`` stands."""
    moods = (*LABELS, *groups)
    if follow.mood is not None and follow.mood not in moods:
        names = did_you_mean(follow.mood, moods) or "; expected one of " + ", ".join(dict.fromkeys(moods))
        yield Problem(f"{key}.mood", f"no emotion or group is called {follow.mood!r}{names}")
    if follow.signal is not None and follow.signal not in signals:
        yield Problem(f"{key}.signal", no_such_signal(follow.signal, signals))
