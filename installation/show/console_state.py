"""What the console's pages show, made of the show's values. Pure: times are arguments, nothing is read here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from calibration.venue import Venue
from installation.host.console import LossChange
from installation.host.health import EyeHealth, Sense, eye_part
from installation.show.keys import Controls
from installation.show.view import View, signal_words
from installation.web.document import (
    BranchNow,
    ControlsNow,
    Counters,
    MoodNow,
    SceneNow,
    SenseNow,
    State,
    VisitorNow,
)
from models.labels import LABELS
from models.mood import Mood
from scenes.machine.branching import BranchStanding
from scenes.machine.state import StoryState

WAY_AT_MOST = 200
"""Scenes of a take that are remembered; a take that goes in circles for a day keeps its newest."""
WORDS_AT_MOST = 300
OTHERWISE = "otherwise"
STATES: dict[Sense, Literal["lost", "ok", "off"]] = {Sense.LOST: "lost", Sense.OK: "ok", Sense.OFF: "off"}


@dataclass(frozen=True, slots=True)
class WayTaken:
    """The scenes of the take that runs, in order; of the last one while none runs."""

    take: int = 0
    entry: int = 0
    scenes: tuple[str, ...] = ()

    def then(self, state: StoryState) -> WayTaken:
        """The same one tick later."""
        if not state.in_take or (state.take, state.entry) == (self.take, self.entry):
            return self
        before = self.scenes if state.take == self.take else ()
        return WayTaken(state.take, state.entry, (*before, state.scene)[-WAY_AT_MOST:])


@dataclass(frozen=True, slots=True)
class Beside:
    """What a state needs beside the operator's view: all of it does not change any more."""

    number: int
    at: float
    """Unix seconds."""
    state: StoryState
    way: tuple[str, ...]
    takes: int
    visits: int
    camera_shown_until: float | None
    """Unix seconds."""
    test_picture: str
    absent: frozenset[str]
    """Senses that this show does not have."""
    lost: tuple[LossChange, ...]
    unix_offset: float
    """From monotonic to unix seconds."""


def state_of(view: View, beside: Beside) -> State:
    """The show at one moment, for the pages."""
    health, state = view.health, beside.state
    return State(
        number=beside.number,
        at=beside.at,
        word=view.state,
        title=view.title,
        scene=_scene_now(view),
        branches=tuple(_branch_now(branch) for branch in view.branches),
        answers=view.answers,
        remembered=view.remembered,
        signals={signal.name: signal_words(signal) for signal in view.signals},
        take=state.take,
        in_take=state.in_take,
        way=beside.way,
        mood=mood_now(view.mood, view.rehearsed),
        visitors=_visitors_now(view.mood),
        controls=_controls_now(view.controls, beside),
        senses=senses_of(view, beside),
        house=view.house,
        counters=Counters(
            pictures=health.shown_frames,
            late=health.late_frames,
            dropped=health.dropped_frames,
            repeated=health.repeated_frames,
            sound_gaps=health.sound_gaps,
            film_fps=health.film_fps,
            eye_fps=health.eye_fps,
            drift=health.drift,
            takes=beside.takes,
            visits=beside.visits,
            losses=health.errors,
            beat=health.beat,
        ),
    )


def _scene_now(view: View) -> SceneNow:
    line = view.timeline
    window = view.window if line.listens and math.isfinite(view.window[1]) else None
    return SceneNow(
        name=view.scene,
        seconds=line.seconds,
        duration=line.duration if 0 < line.duration < math.inf else None,
        loops=line.loops,
        closes=line.closes if math.isfinite(line.closes) else None,
        listens=line.listens and view.window[0] <= view.seconds < view.window[1],
        window=window,
    )


def _branch_now(branch: BranchStanding) -> BranchNow:
    return BranchNow(
        to=branch.to,
        asks="" if branch.asks == OTHERWISE else ", ".join(filter(None, (branch.mood, branch.asks))),
        share=branch.share,
        needed=branch.needed,
        taken=branch.taken,
        stands=branch.stands,
    )


def mood_now(mood: Mood, rehearsed: bool) -> MoodNow:
    """The visitors' mood together."""
    return MoodNow(
        trusted=mood.trusted,
        reason=mood.reason,
        present=mood.present,
        count=mood.count,
        dominant=mood.dominant,
        confidence=mood.confidence,
        probabilities=dict(zip(LABELS, mood.probabilities, strict=True)),
        valence=mood.valence,
        arousal=mood.arousal,
        facing=mood.facing,
        speaking=mood.speaking,
        rehearsed=rehearsed,
    )


def _visitors_now(mood: Mood) -> tuple[VisitorNow, ...]:
    """Places and moods; the eye's numbers of visitors stay in memory."""
    return tuple(
        VisitorNow(
            slot=one.slot,
            x=one.position[0],
            y=one.position[1],
            size=one.size,
            dominant=one.dominant,
            facing=one.facing,
            speaking=one.speaking,
        )
        for one in mood.visitors
    )


def _controls_now(controls: Controls, beside: Beside) -> ControlsNow:
    return ControlsNow(
        paused=controls.paused,
        blackout=controls.blackout,
        mute=controls.mute,
        closed=controls.closed,
        camera=controls.camera,
        staff=controls.staff,
        looking=str(controls.looking.why),
        eye_open=controls.looking.open,
        asks=controls.asks,
        volume=controls.volume,
        brightness=controls.brightness,
        captions=controls.captions,
        caption_languages=controls.languages,
        camera_shown_until=beside.camera_shown_until,
        test_picture=beside.test_picture,
    )


# -- senses ----------------------------------------------------------------------------------------------------------

PARTS_OF: dict[str, tuple[str, ...]] = {
    "camera": ("camera",),
    "eye": ("eye", "GPU"),
    "film": ("film", "decoder", "scene ", "captions", "part of a caption", "shaping of captions"),
    "sound": ("sound", "audio description"),
    "display": ("display",),
    "OSC control": ("OSC control",),
    "OSC out": ("OSC target", "OSC broadcast", "OSCQuery", "zeroconf"),
    "lamps": ("lamps",),
    "timecode": ("timecode",),
    "broker": ("broker",),
    "journal": ("journal",),
    "disk": ("state folder", "count of takes", "last good"),
    "machine": ("machine",),
    "power": ("ups", "mains"),
    "clock": ("clock",),
}
"""Each sense with how the names of its losses begin. A loss of no sense here is a row of its own."""


def absent_senses(venue: Venue) -> frozenset[str]:
    """Senses that a show of this venue does not have."""
    has = {
        "OSC control": venue.osc.listen,
        "OSC out": venue.osc.targets,
        "lamps": venue.lamps.universes,
        "timecode": venue.timecode.output,
        "broker": venue.rooms.broker,
        "power": venue.ups.name,
    }
    return frozenset(name for name, wanted in has.items() if not wanted)


def senses_of(view: View, beside: Beside) -> tuple[SenseNow, ...]:
    """Each part of the machine: whether it works, and since when not."""
    rest, found = list(beside.lost), []
    for name, begins in PARTS_OF.items():
        mine = [loss for loss in rest if loss.part.startswith(begins)]
        rest = [loss for loss in rest if loss not in mine]
        if mine or name not in beside.absent:
            found.append(_sense(name, mine, view, beside.unix_offset))
    for eye in view.health.eyes:
        mine = [loss for loss in rest if loss.part == eye_part(eye.name)]
        rest = [loss for loss in rest if loss not in mine]
        found.append(_eye_row(eye, mine, beside.unix_offset))
    return (*found, *(_lost(loss.part, [loss], beside.unix_offset) for loss in rest))


def _eye_row(eye: EyeHealth, losses: Sequence[LossChange], offset: float) -> SenseNow:
    """One of several eyes."""
    name = eye_part(eye.name)
    if losses:
        return _lost(name, losses, offset)
    return SenseNow(name=name, state=STATES[eye.state], words=eye.words[:WORDS_AT_MOST], since=None)


def _sense(name: str, losses: Sequence[LossChange], view: View, offset: float) -> SenseNow:
    health = view.health
    told = {"camera": health.camera, "eye": health.model}.get(name, Sense.OK)
    if told is Sense.OFF:
        return SenseNow(name=name, state="off", words=view.eye_line[:WORDS_AT_MOST], since=None)
    if losses:
        return _lost(name, losses, offset)
    if told is Sense.LOST:  # not told yet: the eye is starting
        return SenseNow(name=name, state="lost", words=view.eye_line[:WORDS_AT_MOST], since=None)
    words = {
        "camera": view.eye_line,
        "eye": f"{health.eye_fps:.0f} frames/s",
        "film": f"{health.film_fps:.0f} pictures/s",
    }.get(name, "")
    return SenseNow(name=name, state="ok", words=words[:WORDS_AT_MOST], since=None)


def _lost(name: str, losses: Sequence[LossChange], offset: float) -> SenseNow:
    words = "; ".join(loss.why if loss.part == name else f"{loss.part}: {loss.why}" for loss in losses)
    since = min(loss.now for loss in losses) + offset
    return SenseNow(name=name, state="lost", words=words[:WORDS_AT_MOST], since=since)


class SinceWhen:
    """Remembers when each sense became what it is, where it does not say so itself."""

    def __init__(self) -> None:
        self._stood: dict[str, tuple[str, float | None]] = {}

    def with_since(self, state: State) -> State:
        """The same state, whose senses say since when they are so. Call it with each state in order."""
        senses = tuple(self._known(sense, state.at) for sense in state.senses)
        return state.model_copy(update={"senses": senses})

    def _known(self, sense: SenseNow, at: float) -> SenseNow:
        before = self._stood.get(sense.name)
        if before is None or before[0] != sense.state or sense.since is not None:
            since = sense.since if before is None or sense.since is not None else at
            self._stood[sense.name] = sense.state, since
        return sense.model_copy(update={"since": self._stood[sense.name][1]})
