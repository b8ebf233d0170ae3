"""What the stage tells at its own pace: mood and scene time to the network, health each second, the operator's view."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from installation.host.counters import Second
from installation.host.health import Health, Sense, status_line
from installation.house.doors import Doors
from installation.show.keys import Controls
from installation.show.parts import Parts
from installation.show.view import View, timeline_of
from models.mood import Mood
from scenes.machine.answering import answers_now
from scenes.machine.branching import standings
from scenes.machine.cue import ShowState
from scenes.machine.remembered import remembered
from scenes.machine.signals import signal_standings
from scenes.machine.state import StoryState
from scenes.story.story import Story


class Announcing:
    """Tells the rest of the world how the show stands. Nothing here waits."""

    def __init__(self, parts: Parts, started: float):
        self._parts, self._started = parts, started
        self._health = Health(0, Sense.OFF, Sense.OFF, 0.0, 0.0, 0.0, 0)
        self._now = self._next_health = self._next_scene_time = started

    def send_due(self, now: float, story: Story, state: StoryState, mood: Mood, view: Callable[[], View]) -> None:
        """Send and note what is due at ``now`` (seconds)."""
        parts, self._now = self._parts, now
        parts.broadcast.mood_at_tick(mood)
        parts.journal.mood(mood, now, parts.rehearsal.active(now))
        if parts.timecode:
            shown = state.entry > 0 and parts.film.playhead.entry == state.entry and not state.ended
            runs = shown and not state.paused and parts.house.doors is not Doors.CLOSED
            parts.timecode.follow(story.index(state.scene), self._position(story, state), runs, now)
        if now >= self._next_scene_time:
            self._next_scene_time = now + 0.2
            parts.broadcast.scene_time(self._position(story, state), story.duration(state.scene) or 0.0)
        if now >= self._next_health:
            self._next_health = now + 1.0
            self._health = self.measure_health(now)
            parts.broadcast.health(self._health)
            parts.heartbeat.status(status_line(state.scene, self._health, parts.losses.lost_parts()))
            film = parts.film.health
            parts.machine.pictures(now, film.shown, film.late + film.dropped + film.repeated)
            opened, lost = parts.house.doors is not Doors.CLOSED, parts.losses.lost_names()
            due, late = film.shown + film.dropped, film.late + film.dropped
            parts.journal.count(Second(opened, mood.trusted, due, late, lost), now)
        if parts.console:
            parts.console.follow(now, story, state, view)
        if parts.room:
            parts.room.follow(now, story, state, mood, parts.rehearsal.active(now), view)

    def measure_health(self, now: float) -> Health:
        """How each part of the show is at ``now``; the beat counts on from the last one that was sent."""
        film, eye = self._parts.film.health, self._parts.eye
        return Health(
            beat=self._health.beat + 1,
            camera=eye.camera,
            model=eye.model,
            film_fps=film.fps,
            eye_fps=eye.fps,
            uptime_seconds=now - self._started,
            errors=self._parts.losses.errors,
            lost=self._parts.losses.lost_names(),
            shown_frames=film.shown,
            late_frames=film.late,
            dropped_frames=film.dropped,
            repeated_frames=film.repeated,
            sound_gaps=film.sound_gaps,
            drift=eye.drift,
            eyes=eye.each,
        )

    def view(self, story: Story, state: StoryState, mood: Mood, word: ShowState, controls: Controls) -> View:
        """All that the operator's overlay shows now."""
        parts, console = self._parts, self._parts.console
        address = console.address if console else None
        return View(
            clock=datetime.now().strftime("%H:%M:%S"),
            title=story.title,
            scene=state.scene,
            state=word.name.lower(),
            seconds=parts.film.playhead.seconds,
            duration=story.duration(state.scene),
            window=story.window(state.scene),
            branches=standings(story, state, mood),
            answers=answers_now(story, state),
            signals=signal_standings(story, state),
            mood=mood,
            health=self._health,
            eye_line=_with_prints(parts.eye.line, mood.prints),
            lost=parts.losses.lost_parts(),
            thumbnail=parts.eye.thumbnail,
            question=parts.keys.question,
            controls=controls,
            remembered=remembered(story, state),
            timeline=timeline_of(story, state.scene, parts.film.playhead.seconds),
            sign=parts.sign.line if parts.sign else "",
            house=parts.house.line,
            rehearsed=parts.rehearsal.lasts(self._now),
            console_url=address.url if address else "",
            console_code=console.code() if console and controls.overlay else (),
        )

    def _position(self, story: Story, state: StoryState) -> float:
        """Seconds of the scene's film that were shown; in a loop, of this pass: it may play for a year."""
        seconds, duration = self._parts.film.playhead.seconds, story.duration(state.scene)
        loops = story.clip(state.scene).loop
        return seconds % duration if loops and duration else seconds


def _with_prints(line: str, count: int) -> str:
    """What is said of the faces that the eye does not take for visitors, and of the eye."""
    faces = "1 face in the picture is" if count == 1 else f"{count} faces in the picture are"
    return f"{faces} taken for a print; {line}" if count else line  # first: the end may find no room
