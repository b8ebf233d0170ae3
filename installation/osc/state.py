"""The mood, the film and the machine as messages of the registry. Pure: values in, messages out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from installation.host.health import Health
from installation.osc.encoder import Message, message
from models.labels import LABELS
from models.mood import Mood, VisitorMood
from scenes.machine.cue import SignalChanged
from scenes.story.signals import SIGNALS_AT_MOST

_INDEX = {label: number for number, label in enumerate(LABELS, start=1)}


@dataclass(frozen=True, slots=True)
class About:
    """What a show says of itself: the program's version, the story's title, the venue's name."""

    version: str
    story: str
    unit: str


def emotion_index(label: str | None) -> int:
    """From 1 in the order of ``LABELS``; 0 = none, and for a name that no model knows."""
    return _INDEX.get(label, 0) if label else 0


def mood_messages(mood: Mood, visitors: bool, slots: int = 8) -> Iterable[Message]:
    """The room mood; with ``visitors`` each single one too (only made where a target asks for it).

    Of so many ``slots`` it is said whether they are taken.
    """
    yield message("/count", mood.count)
    yield message("/mood/emotions", *mood.probabilities)
    yield message("/mood/dominant", emotion_index(mood.dominant))
    yield message("/mood/label", mood.dominant or "none")
    yield message("/mood/valence", mood.valence)
    yield message("/mood/arousal", mood.arousal)
    yield message("/mood/facing", _or_unknown(mood.facing))
    yield message("/mood/speaking", _or_unknown(mood.speaking))
    yield message("/mood/confidence", mood.confidence)
    for label, probability in zip(LABELS, mood.probabilities, strict=True):
        yield message(f"/mood/{label}", probability)
    if visitors:
        for visitor in mood.visitors:
            yield from _visitor(visitor)
        taken = {visitor.slot for visitor in mood.visitors}
        for slot in range(1, slots + 1):
            yield message(f"/visitor/{slot}/present", int(slot in taken))


def _visitor(visitor: VisitorMood) -> Iterable[Message]:
    here = f"/visitor/{visitor.slot}"
    x, y = visitor.position
    yield message(f"{here}/id", visitor.visitor_id)
    yield message(f"{here}/emotions", *visitor.probabilities)
    yield message(f"{here}/dominant", emotion_index(visitor.dominant))
    yield message(f"{here}/confidence", visitor.confidence)
    # A face may lean out of the picture; the address promises 0 to 1.
    yield message(f"{here}/position", min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))
    yield message(f"{here}/facing", _or_unknown(visitor.facing))
    if visitor.yaw is not None and visitor.pitch is not None and visitor.roll is not None:
        yield message(f"{here}/pose", visitor.yaw, visitor.pitch, visitor.roll)
    yield message(f"{here}/distance", min(_or_unknown(visitor.distance), 1000.0))
    for name, seen in (("eyes_shut", visitor.eyes_shut), ("speaking", visitor.speaking)):
        yield message(f"{here}/{name}", -1 if seen is None else int(seen))


def _or_unknown(measure: float | None) -> float:
    """-1 for what is not known: a receiver that is told nothing keeps the last value for ever."""
    return -1.0 if measure is None else measure


def scene_messages(scene: str, index: int, thread: int, state: int) -> Iterable[Message]:
    """Which scene is on the screen, and what the show is doing."""
    yield message("/scene/id", scene)
    yield message("/scene/index", index)
    yield message("/scene/thread", thread)
    yield message("/scene/state", state)


def signal_messages(signal: SignalChanged) -> Iterable[Message]:
    """A signal of the story, as far as there is an address for it."""
    if signal.number <= SIGNALS_AT_MOST:
        here = f"/scene/signal/{signal.number}"
        yield message(f"{here}/name", signal.signal)
        yield message(f"{here}/level", signal.level)
        yield message(f"{here}/known", int(signal.known))


def eye_messages(is_open: bool, why: str) -> Iterable[Message]:
    """Whether the eye looks, and why."""
    yield message("/eye/open", int(is_open))
    yield message("/eye/why", why)


def health_messages(health: Health) -> Iterable[Message]:
    """How the machine is."""
    yield message("/health/beat", health.beat)
    yield message("/health/camera", int(health.camera))
    yield message("/health/model", int(health.model))
    yield message("/health/fps", min(health.film_fps, 1000.0), min(health.eye_fps, 1000.0))
    yield message("/health/uptime", int(health.uptime_seconds))
    yield message("/health/errors", health.errors)
    yield message("/health/lost", ", ".join(health.lost))
    counts = (health.late_frames, health.dropped_frames, health.repeated_frames, health.sound_gaps)
    yield message("/health/frames", *counts)
    yield message("/health/drift", min(health.drift, 100.0))
    for number, eye in enumerate(health.eyes, 1):
        yield message(f"/health/eye/{number}/name", eye.name)
        yield message(f"/health/eye/{number}/state", int(eye.state))


def about_messages(about: About) -> Iterable[Message]:
    """What this show is: version, story, order of the emotions, venue."""
    yield message("/info/version", about.version)
    yield message("/info/story", about.story)
    yield message("/info/labels", " ".join(LABELS))
    yield message("/info/unit", about.unit)
