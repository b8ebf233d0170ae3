"""The story file as an author writes it: typed, every key described, unknown keys refused.

Editors show the descriptions while a story is written (``scenes/story.schema.json`` is made from them);
``docs/stories.md`` explains them at length. Checks that span several keys are in ``scenes/story/checks.py``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from calibration.places import PathText
from calibration.settings import Language, Seconds, Section, Share
from scenes.story.clip import COURSE_SECONDS, STILL_SECONDS, Transition
from scenes.story.conditions import PositiveSeconds, When
from scenes.story.draws import DrawEntry, Weight
from scenes.story.drives import Drive
from scenes.story.lamps import Dmx, LampEntry
from scenes.story.names import Name, Phrase
from scenes.story.rooms import Together, WaitFor
from scenes.story.screens import ScreenClip
from scenes.story.signals import OscAddress, SignalEntry
from scenes.story.sound_track import SoundTrackChoice
from scenes.story.stems import STEMS_AT_MOST, StemEntry
from scenes.story.threads import THREADS_AT_MOST, Cut, Thread

FLOAT32_MAX = 3.4028234e38


def _valid_argument(argument: Any) -> Any:
    whole = isinstance(argument, int) and not isinstance(argument, bool) and abs(argument) < 2**31
    if whole or (isinstance(argument, float) and abs(argument) <= FLOAT32_MAX):
        return argument
    if isinstance(argument, str) and argument.isascii():
        return argument
    raise ValueError("must be a 32-bit number or ASCII text; receivers cannot decode anything else")


Argument = Annotated[int | float | str, BeforeValidator(_valid_argument)]
Count = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


def _clip_or_threads(schema: dict[str, Any]) -> None:
    course = {"required": ["kind"], "properties": {"kind": {"const": "course"}}}
    schema["anyOf"] = [*({"required": [key]} for key in ("clip", "thread")), course]
    del schema["required"]


class Change(Section):
    """How a scene replaces the one before it."""

    kind: Literal["cut", "crossfade", "dip", "hold"] = Field(
        "cut", description="cut: at once; dip: fade to black, then fade in; hold: freeze the last frame, then cut"
    )
    seconds: float = Field(0.0, ge=0, le=30)

    @property
    def transition(self) -> Transition:
        """The same, as the player takes it."""
        return Transition(self.kind, self.seconds)

    @model_validator(mode="after")
    def _has_time(self) -> Change:
        if (self.kind == "cut") != (self.seconds == 0):
            raise ValueError(
                "a cut takes no time; remove `seconds`"
                if self.kind == "cut"
                else f"a {self.kind} needs `seconds` above 0"
            )
        return self


class Listen(Section):
    """The listening window: only what the face shows during it counts."""

    from_seconds: Seconds = Field(0.0, description="Film time from the scene's first picture")
    until_seconds: PositiveSeconds | None = Field(None, description="Default: until the choice closes")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Listen:
        if self.until_seconds is not None and self.until_seconds <= self.from_seconds:
            raise ValueError("until_seconds must be greater than from_seconds")
        return self


class Branch(Section):
    """One way out of a scene. The first whose conditions hold is taken."""

    to: str = Field(description="Name of the next scene")
    when: When | None = None
    otherwise: Literal[True] | None = Field(
        None, description="Taken when no other branch holds; `next` is the short form"
    )
    weight: Weight | None = Field(
        None,
        description="Of the branches that hold and have a weight one is drawn by lot, each as often as its weight says",
        examples=[2],
    )
    immediately: bool = Field(False, description="Cut as soon as the conditions hold, not after the scene's last frame")
    transition: Change | None = Field(None, description="Replaces the transition of the next scene")

    @model_validator(mode="after")
    def _says_when(self) -> Branch:
        if self.otherwise and (self.when is not None or self.weight is not None):
            raise ValueError("`otherwise` stands alone; remove it, or `when` and `weight`")
        if not self.otherwise and self.when is None and self.weight is None:
            raise ValueError("needs one of `when = { ... }`, `weight = ...` and `otherwise = true`")
        if self.when is None and self.immediately:
            raise ValueError("without `when` it is decided at the end of the scene; remove `immediately`")
        return self


class Osc(Section):
    """A message to other machines on the network."""

    address: OscAddress = Field(description="Appended to the target's prefix", examples=["/cue/strobe"])
    arguments: tuple[Argument, ...] = Field((), max_length=32)


class TimedCue(Section):
    """Something that happens at a moment of the scene: one of osc, dmx, caption and volume."""

    at_seconds: Seconds
    osc: Osc | None = None
    dmx: Dmx | None = Field(None, description="Values for the room's lamps")
    caption: str | None = Field(None, max_length=200, description="'' removes the caption")
    seconds: PositiveSeconds = Field(4.0, description="With `caption`: how long it is shown")
    volume: Share | None = Field(None, description="The scene's volume, multiplied by the show's")
    over_seconds: Seconds | None = Field(
        None, description="With `volume` and `dmx`: how long the change takes; default 0.5 and 0"
    )

    @model_validator(mode="after")
    def _does_one_thing(self) -> TimedCue:
        if sum(part is not None for part in (self.osc, self.dmx, self.caption, self.volume)) != 1:
            raise ValueError("needs exactly one of osc, dmx, caption and volume; write a separate cue for each")
        if "seconds" in self.model_fields_set and self.caption is None:
            raise ValueError("`seconds` only works together with `caption`")
        if "over_seconds" in self.model_fields_set and self.volume is None and self.dmx is None:
            raise ValueError("`over_seconds` only works together with `volume` or `dmx`")
        return self


class SceneEntry(Section):
    """One scene: a clip and the ways out of it."""

    model_config = ConfigDict(json_schema_extra=_clip_or_threads)

    kind: Literal["clip", "course"] = Field(
        "clip", description="course: no clip; the scene draws the visitor's own way through the film"
    )
    course_seconds: float | None = Field(
        None, ge=8, le=600, description=f"How long a course is shown; default {COURSE_SECONDS:g}"
    )
    clip: PathText = Field(description="Film or picture file, relative to this file", examples=["opening.mp4"])
    in_seconds: Seconds = Field(0.0, description="Where in the file the scene begins")
    out_seconds: PositiveSeconds | None = Field(None, description="Where in the file it ends; default: the file's end")
    still_seconds: PositiveSeconds | None = Field(
        None, description=f"How long a picture is shown; default {STILL_SECONDS:g}"
    )
    loop: bool = Field(False, description="Repeat until a branch holds or maximum_seconds have passed")
    sound: PathText | None = Field(None, description="Sound file to play instead of the clip's own sound")
    sound_in_seconds: Seconds = Field(0.0, description="Where in the file of `sound` the scene's sound begins")
    sound_track: SoundTrackChoice | None = None
    description: PathText | None = Field(
        None, description="Sound file with the audio description, in step with the clip; on channels of its own"
    )
    volume: Share = 1.0
    bed: str | None = Field(None, description="Name of one of the [beds]")
    captions: PathText | None = Field(
        None, description="SRT or WebVTT file; its times count from the start of the clip's file"
    )
    stem: tuple[StemEntry, ...] = Field(
        (),
        max_length=STEMS_AT_MOST,
        description="Sounds that play in step under the scene, each as loud as what it follows says",
    )
    transition: Change = Field(Change(), description="How this scene replaces the one before it")
    wait_for: WaitFor | None = Field(None, description="It begins when another room is in a scene of its own")
    together: Together | None = Field(None, description="It begins in several rooms at one moment")
    listen: Listen = Field(Listen(), description="The listening window")
    minimum_seconds: Seconds = Field(0.0, description="Not left before this time, except by an operator")
    maximum_seconds: PositiveSeconds | None = Field(None, description="Left at this time at the latest")
    decide_before_end_seconds: float | None = Field(
        None, ge=0, le=10, description="Replaces the story's value for this scene"
    )
    branch: tuple[Branch, ...] = Field((), description="Ways out; the first whose conditions hold is taken")
    next: str | None = Field(None, description="The scene that follows when no branch holds")
    end: bool = Field(False, description="The film ends here for this visitor; attract follows, or a course by `next`")
    cue: tuple[TimedCue, ...] = ()
    lamp: tuple[LampEntry, ...] = Field((), max_length=64, description="Lamps that go with the visitors")
    set: dict[Name, Count] = Field(
        {}, description="Counters that get this value when the scene begins", examples=[{"doors": 0}]
    )
    add: dict[Name, Count] = Field(
        {}, description="Counters that grow by this when the scene begins; each begins at 0", examples=[{"doors": 1}]
    )
    thread: tuple[Thread, ...] = Field(
        (), max_length=THREADS_AT_MOST, description="2 or 3 clips that run in step, instead of `clip`"
    )
    thread_sound: Literal["first", "own"] = Field(
        "first", description="What is heard: the first thread all the time, or the one on the screen"
    )
    cut: tuple[Cut, ...] = Field((), description="Cuts between the threads; the first whose conditions hold is made")
    cut_points_seconds: tuple[Seconds, ...] = Field(
        (), max_length=1000, description="Film times at which it is cut; default: at once", examples=[[4, 7.5]]
    )
    drive: tuple[Drive, ...] = Field((), description="Properties of the picture that go with the visitors")
    screens: dict[Name, ScreenClip] = Field(
        {}, description="What single ones of several screens show in it, by their names in the venue's [screens]"
    )

    @property
    def is_course(self) -> bool:
        """Whether it draws the visitor's way instead of playing a clip."""
        return self.kind == "course"

    @model_validator(mode="before")
    @classmethod
    def _needs_no_clip(cls, said: Any) -> Any:
        return {"clip": "", **said} if isinstance(said, dict) and said.get("kind", "clip") != "clip" else said

    @model_validator(mode="after")
    def _changes_each_counter_once(self) -> SceneEntry:
        if both := sorted(self.set.keys() & self.add.keys()):
            raise ValueError(f"{both[0]!r} is in `set` and in `add`; keep one of them")
        return self

    @model_validator(mode="before")
    @classmethod
    def _begins_with_its_first_thread(cls, raw: Any) -> Any:
        """``clip`` is the first thread's, so that whatever asks for a scene's clip finds one."""
        if isinstance(raw, dict) and "clip" not in raw and isinstance(threads := raw.get("thread"), list | tuple):
            first = threads[0] if threads else None
            clip = first.get("clip") if isinstance(first, dict) else getattr(first, "clip", None)
            return raw if clip is None else {**raw, "clip": clip}
        return raw


class BedEntry(Section):
    """Music that continues across several scenes."""

    file: PathText
    sound_track: SoundTrackChoice | None = None
    volume: Share = 1.0
    fade_seconds: float = Field(2.0, ge=0, le=60)


class Left(Section):
    """What happens when the visitor leaves before the end."""

    after_seconds: PositiveSeconds = Field(15.0, description="After nobody has been there for this long")
    to: str | None = Field(None, description="The scene to go to; default: attract")


class StoryFile(Section):
    """A story of chiaroscuro: scenes, and how a visitor's face leads through them."""

    title: str = Field(min_length=1, max_length=100)
    start: str = Field(description="First scene for a visitor")
    attract: str = Field(description="Scene that loops while nobody is there")
    safe: str = Field(description="Scene shown when a clip cannot be played; a picture is best")
    decide_before_end_seconds: float = Field(
        0.75, ge=0, le=10, description="How long before a scene's end its choice closes"
    )
    left: Left = Left()
    groups: dict[Name, tuple[str, ...]] = Field(
        {}, description="Lists of emotions under names of your own", examples=[{"calm": ["neutral", "happiness"]}]
    )
    beds: dict[Name, BedEntry] = Field({}, description="Music that continues across several scenes")
    draws: dict[Name, DrawEntry] = Field(
        {}, description="What is drawn by lot at the start of each take, and asked for by `draw` in a branch"
    )
    signals: dict[Name, SignalEntry] = Field(
        {}, description="Numbers that other machines send, or other rooms say: a button, a heart rate, a mood"
    )
    words: dict[Language, dict[Name, Phrase]] = Field(
        {},
        description="How a course calls scenes and moods in a language; default: by their names",
        examples=[{"de": {"garden": "Garten", "calm": "Ruhe"}}],
    )
    scenes: dict[Name, SceneEntry] = Field(min_length=1)

    def loops(self, name: str) -> bool:
        """Whether the scene repeats; attract and safe always do."""
        return self.scenes[name].loop or name in (self.attract, self.safe)
