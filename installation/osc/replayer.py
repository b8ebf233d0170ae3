"""Sending a journal again, in its own time or faster."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path

from calibration.settings import OscSettings
from installation.host.console import LossReporter
from installation.host.health import Health, Sense
from installation.osc.broadcast import Broadcast
from installation.osc.replay import scene_names, steps
from installation.osc.state import About
from models.mood import Mood
from scenes.machine.cue import SceneStarted

BEAT_SECONDS = 1.0


def play_journal(journal: Path, settings: OscSettings, speed: float, loop: bool) -> int:
    """Send every mood and cue of ``journal``; how many. Raises ``BadFile`` where it cannot be read."""
    names = scene_names(journal)
    broadcast = Broadcast(settings, names, About(version("chiaroscuro"), journal.stem, "replay"), LossReporter())
    try:
        sent = _play(journal, broadcast, speed)
        while loop and sent:
            sent += _play(journal, broadcast, speed)
    finally:
        broadcast.close()
    return sent


def _play(journal: Path, broadcast: Broadcast, speed: float) -> int:
    started = due = scene_started = time.monotonic()
    sent = beats = 0
    for step in steps(journal):
        due += step.wait / speed
        while (left := due - time.monotonic()) > 0:
            # Receivers take silence for a dead show, so the heart beats through the pauses too.
            if time.monotonic() >= started + beats * BEAT_SECONDS:
                beats += 1
                uptime = time.monotonic() - started
                broadcast.health(Health(beats, Sense.OFF, Sense.OFF, 0.0, 0.0, uptime, 0))
            broadcast.scene_time((time.monotonic() - scene_started) * speed, None)
            time.sleep(min(left, 0.1))
        if isinstance(step.said, Mood):
            broadcast.mood(step.said)
        else:
            if isinstance(step.said, SceneStarted):
                scene_started = due
            broadcast.cue(step.said)
        sent += 1
    return sent
