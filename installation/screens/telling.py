"""What the screen that leads says of its film: which scene, where in it, what comes. Nothing of visitors."""

from __future__ import annotations

import hashlib

from installation.film.film import Film
from installation.screens.wire import Cut, Told

DIGEST_LETTERS = 16


def digest_of(text: str) -> str:
    """By which two machines know that they have read the same story."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LETTERS]


def told_of(film: Film, story: str, now: float, *, blackout: bool, closed: bool) -> Told:
    """Where ``film`` is at ``now``, to which it was just moved on. ``story``: its digest."""
    clock, on, coming = film.sound.clock, film.on_screen, film.coming
    programme, speed = film.programme, clock.rate
    cut = None
    if coming and coming.takeover and speed:
        at = now + (coming.takeover.begin - programme) / speed
        rate = coming.picture.rate * speed
        cut = Cut(coming.entry, coming.scene, at, coming.transition, coming.clip.skipped_seconds, rate)
    shown = on if on and on.start is not None else None
    return Told(
        now,
        story,
        shown.entry if shown else 0,
        shown.scene if shown else "",
        shown.film_second(programme) if shown else 0.0,
        (shown.turned[2] if shown and shown.turned else 1.0) * speed,
        thread=film.playhead.thread,
        paused=clock.paused,
        blackout=blackout,
        closed=closed,
        cut=cut,
    )
