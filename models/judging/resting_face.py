"""A visitor's resting face: learned in the first seconds, kept for the visit, carried over into another light."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.judging.smoothing import MAX_FRAME_SECONDS, LogProbabilities

LEAST_NEUTRAL = np.log(0.3)
"""Below this the face was not at rest, or not readable."""
LEAST_SECONDS = 1.0
NEVER_AT_REST_SECONDS = 30.0
"""Who has not looked neutral for so long looks like that at rest: an expression lasts half a second to four (Ekman,
"Darwin, deception, and facial expression", 2003)."""
OTHER_LIGHT_STOPS = 1.0
"""A face so much brighter or darker than at rest is in another light, in which the network may answer otherwise."""
STEP_LOOKS = 4
STEP_SECONDS = 0.9
"""The light has changed at once (a lamp, a cut of the film) if there are so many looks before and after within this.
At 15 looks a second those after it span a quarter of a second, in which no face answers yet: what the answer jumps by
is the light's doing."""
STEP_STOPS = 0.5
GAMMA = 2.2


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """A resting face in one light."""

    odds: LogProbabilities
    """(8,) log-odds of each emotion against neutral."""
    spread: LogProbabilities
    """(8,) their deviation from look to look."""
    stops: float = 0.0
    """How bright the face was, in stops."""
    neutral: bool = True
    """False: the face never looked neutral, and this is how it looked all the time."""


def rest_of(logs: LogProbabilities, stops: float = 0.0, neutral: bool = True) -> Rest:
    """The resting face of looks (n, 8): the median, and 1.48 times the median deviation, which blinks do not touch."""
    odds = logs - logs[:, :1]
    median = np.median(odds, axis=0)
    return Rest(median, 1.48 * np.median(np.abs(odds - median), axis=0), stops, neutral)


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    logs: LogProbabilities
    stops: float
    apart: float
    """Seconds since the last look of any worth."""

    @property
    def seconds(self) -> float:
        """How much of that time it speaks for."""
        return min(self.apart, MAX_FRAME_SECONDS)


@dataclass(slots=True)
class _Stretch:
    """Looks one after the other, and how long they last together."""

    looks: deque[_Look] = field(default_factory=deque)
    seconds: float = 0.0

    def add(self, look: _Look) -> None:
        self.looks.append(look)
        self.seconds += look.seconds

    def keep_last(self, seconds: float) -> None:
        while self.looks and self.seconds - self.looks[0].seconds >= seconds:
            self.seconds -= self.looks.popleft().seconds


class RestingFace:
    """Learns one visitor's resting face in the first ``seconds`` (0: never), while it is neutral.

    Known once, it is not learned again in that light: a held expression stays one. Until then every stretch of
    ``seconds`` may be it. Where the light changes at once it goes along; where it changes slowly it is learned anew.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds, self._off = seconds, seconds <= 0
        self.rest: Rest | None = None
        """In the light that is on, as far as it is known there."""
        self._in_other_lights: list[Rest] = []
        self._learning = _Stretch()
        self._restless = _Stretch()
        """What was seen instead of a resting face."""
        self._recent: deque[_Look] = deque(maxlen=2 * STEP_LOOKS + 2)
        self._unseen = 0.0
        """Seconds since the last look of any worth."""

    def learn(self, logs: LogProbabilities, quality: float, luminance: float, seconds: float) -> None:
        """Take in one look (logarithms (8,)), ``seconds`` after the last one, of a face of mean ``luminance``."""
        self._unseen += seconds
        if self._off or quality <= 0:
            return
        look = _Look(logs, GAMMA * math.log2(max(1.0, luminance)), self._unseen)  # in this order NaN is dark
        self._unseen = 0.0
        self._recent.append(look)
        if self.rest and not _same_light(self.rest, look):
            self._go_along(self.rest, look)
        if self.rest and self.rest.neutral and _same_light(self.rest, look):
            self._learning, self._restless = _Stretch(), _Stretch()
            return
        self._learning.add(look)
        if self._learning.seconds >= self._seconds:
            self._settle()

    def freeze(self) -> None:
        """A scene begins: what was learned stays. Somebody who has just come goes on learning."""
        if self.rest is None and self._learning.seconds >= LEAST_SECONDS:
            self._settle()
        elif self._restless.seconds >= NEVER_AT_REST_SECONDS:
            self._keep(_settled(self._restless.looks, neutral=False))

    def _settle(self) -> None:
        """Were the last seconds a resting face?"""
        looks, self._learning = self._learning.looks, _Stretch()
        if np.median([look.logs[0] for look in looks]) >= LEAST_NEUTRAL:
            self._keep(_settled(looks, neutral=True))
            return
        for look in looks:
            self._restless.add(look)
        self._restless.keep_last(NEVER_AT_REST_SECONDS)
        if self.rest is None and self._restless.seconds >= NEVER_AT_REST_SECONDS:
            self._keep(_settled(self._restless.looks, neutral=False))  # else when a scene begins, not within one

    def _keep(self, rest: Rest) -> None:
        if self.rest and self.rest.neutral:
            self._in_other_lights.append(self.rest)
        self.rest, self._restless = rest, _Stretch()

    def _go_along(self, rest: Rest, look: _Look) -> None:
        """The light is not that of the resting face: take what is known of this one, or carry the face over."""
        known = min(self._in_other_lights, key=lambda one: abs(one.stops - look.stops), default=None)
        if known and _same_light(known, look):
            self._in_other_lights.remove(known)
            self._keep(known)
            return
        before = [one for one in self._recent if _same_light(rest, one)][-STEP_LOOKS:]
        after = [one for one in self._recent if not _same_light(rest, one)]
        if len(before) == STEP_LOOKS == len(after) and sum(one.apart for one in self._recent) <= STEP_SECONDS:
            was, now = _settled(before, rest.neutral), _settled(after, rest.neutral)
            if abs(now.stops - was.stops) >= STEP_STOPS:
                self._keep(replace(now, odds=rest.odds + now.odds - was.odds, spread=rest.spread))


def _same_light(rest: Rest, look: _Look) -> bool:
    return abs(look.stops - rest.stops) <= OTHER_LIGHT_STOPS


def _settled(looks: Sequence[_Look], neutral: bool) -> Rest:
    return rest_of(np.stack([look.logs for look in looks]), float(np.median([look.stops for look in looks])), neutral)
