"""All eyes of a show as one: the stage's own, where it has a camera, and those on other machines."""

from __future__ import annotations

import threading
from collections.abc import Callable

from calibration.eyes_settings import OWN_EYE, OneEyeSettings
from calibration.settings import NO_CAMERA
from calibration.venue import Venue
from installation.eye.gate import Gate
from installation.eye.supervisor import EyeSupervisor
from installation.eyes.door import Door
from installation.eyes.remote_eye import RemoteEye
from installation.host.console import LossReporter
from installation.host.health import EyeHealth, Sense
from models.judging.merging import Merger, Seat
from models.judging.same_visitors import homography
from models.mood import Mood, unseen

OpenOwn = Callable[[Callable[[Mood], None]], EyeSupervisor]


class Eyes:
    """Takes an eye's place in a show. ``on_mood`` is called as moods come, in one thread at a time.

    ``open_own`` makes the stage's own eye, which is not started yet. Time is that of ``losses``.
    """

    def __init__(self, venue: Venue, losses: LossReporter, on_mood: Callable[[Mood], None], open_own: OpenOwn) -> None:
        self._clock, self._on_mood = losses.clock, on_mood
        self._gate = Gate(venue.privacy.stays_shut, losses.clock)
        self.own = open_own(lambda _mood: self._news()) if venue.camera.source != NO_CAMERA else None
        barred, zone = venue.privacy.stays_shut, venue.privacy.consent == "zone"
        self.remote = {name: RemoteEye(name, barred, zone, losses) for name in venue.eyes.others}
        self._door = Door(venue.eyes, self.remote, losses, self._news) if self.remote else None
        named = venue.eyes.named
        names = ([OWN_EYE] if self.own else []) + list(self.remote)
        seats = [_seat(name, named.get(name, OneEyeSettings())) for name in names]
        self._merger = Merger(seats, venue.eyes.merge, venue.mood, venue.eyes.same_within)
        self._merging, self._passing = threading.Lock(), threading.Lock()
        self._merged_of: tuple[Mood, ...] = ()
        self._merged = unseen(0.0, "")

    def start(self) -> None:
        """Start the own eye and hear the others, without waiting for any."""
        if self.own:
            self.own.start()
        if self._door:
            self._door.start()

    def mood(self, now: float) -> Mood:
        """What all eyes say together now, or an untrusted mood with the reason. Never waits for one of them."""
        if self._gate.why:
            return unseen(now, self._gate.why)
        own = (self.own.mood(now),) if self.own else ()
        moods = (*own, *(eye.mood(now) for eye in self.remote.values()))
        with self._merging:
            if not (self._merged.trusted and _are_the_same(moods, self._merged_of)):
                self._merged_of, self._merged = moods, self._merger.merge(moods, now)
            return self._merged

    def _news(self) -> None:
        """An eye has another mood. Nobody waits for this but the thread that heard it."""
        with self._passing:
            self._gate.use(self.mood(self._clock()), self._on_mood)

    # -- what the show asks of all of them -------------------------------------------------------------------------

    def set_on(self, on: bool) -> None:
        """Run, or end on purpose, as the house opens and closes."""
        self._gate.on = on
        if self.own:
            self.own.set_on(on)
        for eye in self.remote.values():
            eye.gate.on = on

    def set_camera(self, on: bool, why: str = "") -> None:
        """Open or close all cameras. Closed: nothing that was seen before is given out from when this returns."""
        if not on:
            self._gate.set_camera(False, why)
            self._forget_merged()
        if self.own:
            self.own.set_camera(on, why)
        for eye in self.remote.values():
            eye.gate.set_camera(on, why)
        if on:
            self._gate.set_camera(True, why)

    def set_thumbnail(self, on: bool, large: bool = False) -> None:
        """Small pictures of the own camera; none comes from another machine."""
        if self.own:
            self.own.set_thumbnail(on, large)

    def renew(self, venue: Venue) -> None:
        """Go on with other settings of camera, eye and privacy."""
        self._gate.barred = venue.privacy.stays_shut
        for eye in self.remote.values():
            eye.gate.barred, eye.zone = venue.privacy.stays_shut, venue.privacy.consent == "zone"
        if self.own:
            self.own.renew(venue)

    def freeze_baseline(self) -> None:
        """A scene begins: the visitors' own neutral faces are learned no further."""
        if self.own:
            self.own.freeze_baseline()
        for eye in self.remote.values():
            eye.freeze_baseline()

    def forget_visitors(self) -> None:
        """Forget who is there: nobody is, until they have gone."""
        for eye in self.remote.values():
            eye.forget_visitors()
        self._forget_merged()
        if self.own:
            self.own.forget_visitors()
        else:
            self._news()

    def _forget_merged(self) -> None:
        with self._merging:
            self._merger.forget()
            self._merged_of, self._merged = (), unseen(0.0, "")

    def close(self) -> None:
        """End the own eye, and have the others close their cameras."""
        self.set_camera(False, "the show has ended")
        if self._door:
            self._door.close()
        if self.own:
            self.own.close()

    # -- how they are ----------------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """One of them gives moods that can be trusted, or none may."""
        barred = self._gate.on and bool(self._gate.barred)
        own = self.own is not None and self.own.ready
        states = [eye.status for eye in self.remote.values()]
        return barred or own or any(one.model is Sense.OK and one.camera is not Sense.LOST for one in states)

    @property
    def may_look(self) -> bool:
        """One of their cameras is open, or may open at any moment, or has not closed yet."""
        own = self.own is not None and self.own.may_look
        return own or any(eye.may_look for eye in self.remote.values())

    @property
    def each(self) -> tuple[EyeHealth, ...]:
        """How each of them is."""
        found = [eye.health for eye in self.remote.values()]
        if not self.own:
            return tuple(found)
        senses = (self.own.camera, self.own.model)
        state = Sense.LOST if Sense.LOST in senses else self.own.camera
        return (EyeHealth(OWN_EYE, state, self.own.line), *found)

    @property
    def camera(self) -> Sense:
        """Ok while one camera is; lost where none is and one should be."""
        return _best([self.own.camera] if self.own else [], [eye.status.camera for eye in self.remote.values()])

    @property
    def model(self) -> Sense:
        """The same of the networks."""
        return _best([self.own.model] if self.own else [], [eye.status.model for eye in self.remote.values()])

    @property
    def fps(self) -> float:
        """Frames that all of them analyse per second."""
        return (self.own.fps if self.own else 0.0) + sum(eye.status.fps for eye in self.remote.values())

    @property
    def drift(self) -> float:
        """The largest drift of the light."""
        return max([self.own.drift if self.own else 0.0, *(eye.status.drift for eye in self.remote.values())])

    @property
    def line(self) -> str:
        """All of them in one line."""
        return " | ".join(f"{eye.name}: {eye.words}" for eye in self.each) or "there is no eye"

    @property
    def thumbnail(self) -> bytes | None:
        """The own camera's newest small picture, while one was asked for."""
        return self.own.thumbnail if self.own else None


def _are_the_same(moods: tuple[Mood, ...], before: tuple[Mood, ...]) -> bool:
    """Nothing is new in them; of an eye that cannot look only the reason counts."""
    return len(moods) == len(before) and all(
        one is other or (not one.trusted and not other.trusted and one.reason == other.reason)
        for one, other in zip(moods, before, strict=True)
    )


def _best(*found: list[Sense]) -> Sense:
    senses = [sense for some in found for sense in some]
    return next((sense for sense in (Sense.OK, Sense.LOST) if sense in senses), Sense.OFF)


def _seat(name: str, settings: OneEyeSettings) -> Seat:
    plane = homography(settings.matches) if settings.matches else None
    return Seat(name, settings.trust, settings.face_scale, settings.sees_the_same, plane)
