"""The story file as an author writes it: typed, every key told, unknown ones refused.

The descriptions here are what an editor shows while a story is written (``scenes/story.schema.json`` is made of them)
and are told at length in ``docs/stories.md``. What one key cannot know of another is in ``scenes/story/checks.py``.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from calibration.settings import MAX_VISITORS, Seconds, Section, Share
from scenes.story.clip import STILL_SECONDS, Transition

NAME = r"^[a-z][a-z0-9_-]{0,62}$"
FLOAT32_MAX = 3.4028234e38
ADDRESS = r"^(/[A-Za-z0-9_.-]+)+$"


def _valid_name(name: str) -> str:
    if not re.match(NAME, name):
        raise ValueError("a name is made of small letters a-z, digits, _ and -, and begins with a letter")
    return name


def _valid_address(address: str) -> str:
    if not re.match(ADDRESS, address):
        raise ValueError("an OSC address looks like /cue/strobe: letters, digits, _ . - between slashes")
    return address


def _valid_argument(argument: Any) -> Any:
    whole = isinstance(argument, int) and not isinstance(argument, bool) and abs(argument) < 2**31
    if whole or (isinstance(argument, float) and abs(argument) <= FLOAT32_MAX):
        return argument
    if isinstance(argument, str) and argument.isascii():
        return argument
    raise ValueError("receivers decode only numbers (of 32 bits) and ASCII text")


Name = Annotated[str, AfterValidator(_valid_name)]
Argument = Annotated[int | float | str, BeforeValidator(_valid_argument)]
PositiveSeconds = Annotated[float, Field(gt=0.0, le=86400.0)]


class Change(Section):
    """How a scene takes over from the one before."""

    kind: Literal["cut", "crossfade", "dip", "hold"] = Field(
        "cut", description="cut: on the frame; dip: to black and up again; hold: the last frame stands, then cut"
    )
    seconds: float = Field(0.0, ge=0, le=30)

    @property
    def transition(self) -> Transition:
        return Transition(self.kind, self.seconds)

    @model_validator(mode="after")
    def _has_time(self) -> Change:
        if (self.kind == "cut") != (self.seconds == 0):
            raise ValueError("a cut takes no time" if self.kind == "cut" else f"a {self.kind} needs `seconds` above 0")
        return self


class Listen(Section):
    """The listening window: only what the face shows in it counts."""

    from_seconds: Seconds = Field(0.0, description="Film time from the scene's first picture")
    until_seconds: PositiveSeconds | None = Field(None, description="None: until the choice is closed")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Listen:
        if self.until_seconds is not None and self.until_seconds <= self.from_seconds:
            raise ValueError("until_seconds must be after from_seconds")
        return self


class When(Section):
    """Conditions of a branch; all of them must hold."""

    mood: str | None = Field(
        None,
        description="An emotion or one of your [groups]. Alone: it led the listening window. With share, peak, "
        "held_seconds or confidence: these decide",
        examples=["happiness", "calm"],
    )
    share: Share | None = Field(None, description="At least this share of the time seen in the listening window")
    peak: Share | None = Field(None, description="Its probability rose to this at least once")
    held_seconds: PositiveSeconds | None = Field(None, description="It was there so long without a break")
    confidence: Share | None = Field(None, description="At least this mean probability over the window")
    visitors: Literal["present", "absent"] | None = Field(None, description="Somebody, or nobody, is there")
    for_seconds: PositiveSeconds | None = Field(None, description="With `visitors`: has been for so long")
    visitors_at_least: int | None = Field(
        None, ge=1, le=MAX_VISITORS, description="At least this many visitors are there now"
    )
    elapsed_seconds: PositiveSeconds | None = Field(None, description="The scene has run for so long")
    untrusted: Literal[True] | None = Field(None, description="The camera or the eye is lost, covered or blind")

    @property
    def has_thresholds(self) -> bool:
        """A figure of the mood is given, so that it need not lead."""
        return any(figure is not None for figure in (self.share, self.peak, self.held_seconds, self.confidence))

    @model_validator(mode="after")
    def _makes_sense(self) -> When:
        given = self.model_dump(exclude_none=True)
        if not given:
            raise ValueError("says no condition; write one, or `otherwise = true` in place of `when`")
        if self.has_thresholds and self.mood is None:
            raise ValueError("share, peak, held_seconds and confidence speak of a `mood`, which is not named")
        if self.for_seconds is not None and self.visitors is None:
            raise ValueError('for_seconds speaks of `visitors` = "present" or "absent", which is not given')
        if self.untrusted and (self.mood or self.visitors or self.visitors_at_least):
            raise ValueError(
                "untrusted means that nobody knows who is there; it cannot be joined with a mood or visitors"
            )
        return self


class Branch(Section):
    """One way out of a scene. The first that holds is taken."""

    to: str = Field(description="Name of the scene it leads to")
    when: When | None = None
    otherwise: Literal[True] | None = Field(None, description="The way when nothing else holds; `next` for short")
    immediately: bool = Field(False, description="Cut as soon as it holds, not on the scene's last frame")
    transition: Change | None = Field(None, description="In place of the transition of the scene it leads to")

    @model_validator(mode="after")
    def _says_when(self) -> Branch:
        if (self.when is None) == (self.otherwise is None):
            raise ValueError("needs either `when` with conditions or `otherwise = true`")
        if self.otherwise and self.immediately:
            raise ValueError("`otherwise` waits for the end of the scene; it cannot be taken immediately")
        return self


class Osc(Section):
    """A message to the room's other machines."""

    address: Annotated[str, AfterValidator(_valid_address)] = Field(
        description="Below the target's prefix", examples=["/cue/strobe"], json_schema_extra={"pattern": ADDRESS}
    )
    arguments: tuple[Argument, ...] = Field((), max_length=32)


class TimedCue(Section):
    """Something that happens at a time of the scene: one of osc, caption or volume."""

    at_seconds: Seconds
    osc: Osc | None = None
    caption: str | None = Field(None, max_length=200, description="'' takes the caption away")
    seconds: PositiveSeconds = Field(4.0, description="With `caption`: how long it stands")
    volume: Share | None = Field(None, description="The scene's own volume, on top of the room's")
    over_seconds: Seconds = Field(0.5, description="With `volume`: how long the change takes")

    @model_validator(mode="after")
    def _does_one_thing(self) -> TimedCue:
        if sum(part is not None for part in (self.osc, self.caption, self.volume)) != 1:
            raise ValueError("needs exactly one of osc, caption and volume (write a cue for each)")
        for key, partner in (("seconds", "caption"), ("over_seconds", "volume")):
            if key in self.model_fields_set and getattr(self, partner) is None:
                raise ValueError(f"`{key}` belongs to `{partner}`, which is not given")
        return self


class SceneEntry(Section):
    """A piece of the film and the ways out of it."""

    clip: str = Field(description="Film file or picture, relative to this file", examples=["opening.mp4"])
    in_seconds: Seconds = Field(0.0, description="Where in the file the scene begins")
    out_seconds: PositiveSeconds | None = Field(None, description="Where it ends; default: the file's end")
    still_seconds: PositiveSeconds | None = Field(
        None, description=f"How long a picture is shown; default {STILL_SECONDS:g}"
    )
    loop: bool = Field(False, description="Goes on until a branch holds or maximum_seconds are over")
    sound: str | None = Field(None, description="Sound file in place of the clip's own sound")
    volume: Share = 1.0
    bed: str | None = Field(None, description="Name of one of the [beds]")
    captions: str | None = Field(None, description="SRT or WebVTT; its times count from the start of the clip's file")
    transition: Change = Field(Change(), description="How this scene takes over")
    listen: Listen = Field(Listen(), description="The listening window")
    minimum_seconds: Seconds = Field(0.0, description="Not left before (an operator can)")
    maximum_seconds: PositiveSeconds | None = Field(None, description="Left at the latest then")
    decide_before_end_seconds: float | None = Field(None, ge=0, le=10, description="As in the story, for this scene")
    branch: tuple[Branch, ...] = Field((), description="Ways out; the first that holds is taken")
    next: str | None = Field(None, description="The scene that follows when no branch holds")
    end: bool = Field(False, description="The visitor's way ends here; then attract")
    cue: tuple[TimedCue, ...] = ()


class BedEntry(Section):
    """Music that goes on under several scenes."""

    file: str
    volume: Share = 1.0
    fade_seconds: float = Field(2.0, ge=0, le=60)


class Left(Section):
    """What happens when the visitor leaves in mid-film."""

    after_seconds: PositiveSeconds = Field(15.0, description="With nobody there for so long")
    to: str | None = Field(None, description="Scene that follows; default: attract")


class StoryFile(Section):
    """A story of chiaroscuro: scenes, and how a visitor's face leads through them."""

    title: str = Field(min_length=1, max_length=100)
    start: str = Field(description="Scene where a visitor's way begins")
    attract: str = Field(description="Scene that loops while nobody is there")
    safe: str = Field(description="Scene shown when a clip cannot be played; best a picture")
    decide_before_end_seconds: float = Field(
        0.75, ge=0, le=10, description="How long before a scene's end its choice is closed"
    )
    left: Left = Left()
    groups: dict[Name, tuple[str, ...]] = Field(
        {}, description="Emotions under a name of your own", examples=[{"calm": ["neutral", "happiness"]}]
    )
    beds: dict[Name, BedEntry] = Field({}, description="Music that goes on under several scenes")
    scenes: dict[Name, SceneEntry] = Field(min_length=1)

    def loops(self, name: str) -> bool:
        """The scene begins again at its end; attract and the safe scene always do."""
        return self.scenes[name].loop or name in (self.attract, self.safe)
