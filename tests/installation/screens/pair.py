"""A film that leads and a screen that follows, with clocks that only the test moves and a network that it can cut."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from calibration.screens_settings import OneScreen
from installation.bench.marked_clip import Mark, read_mark
from installation.screens.clock import ClockEstimate
from installation.screens.follow import Heard
from installation.screens.following import FollowingFilm
from installation.screens.own_copy import OwnCopy
from installation.screens.screen_program import ScreenProgram, steering
from installation.screens.stage_screens import AHEAD_SECONDS
from installation.screens.telling import digest_of, told_of
from installation.screens.wire import Telling, decode, encode
from scenes.story.clip import Transition
from scenes.story.story import Story
from tests.installation.film.cinema import STEP, Cinema, cinema

AHEAD = 5000.0
"""The follower's clock less the leader's."""
SMALL = (160, 90)
DRIFT = 100e-6
"""And it is so much quicker."""


class MockLink:
    """In the place of a ``FollowerLink``: datagrams by the test's time, the leader's clock known as it is."""

    def __init__(self) -> None:
        self.heard: Heard | None = None
        self.delay, self.cut, self.session = 0.02, False, 1
        self.reported: tuple[int, float, float] = (0, math.nan, math.nan)
        self._under_way: deque[tuple[float, bytes]] = deque()

    def tell(self, now: float, datagram: bytes) -> None:
        self._under_way.append((now + self.delay, datagram))

    def arrive(self, now: float, own: float) -> None:
        while self._under_way and self._under_way[0][0] <= now:
            telling = decode(self._under_way.popleft()[1])
            if isinstance(telling, Telling) and not self.cut:
                estimate = ClockEstimate(own, now - own, 1 / (1 + DRIFT) - 1, 0.001)
                self.heard = Heard(telling.told, estimate, telling.session, own)

    def report(self, entry: int, behind_seconds: float, unsure_seconds: float) -> None:
        self.reported = entry, behind_seconds, unsure_seconds

    def close(self) -> None:
        """Nothing is open."""


class Pair:
    """Both, moved on together; ``both`` has what was seen on each after each step."""

    def __init__(self, leader: Cinema, screen: Cinema, story: Story) -> None:
        self.leader, self.screen, self.story, self.link = leader, screen, story, MockLink()
        self.lead, self.houses = leader.film, (leader, screen)
        self.lead.ahead_seconds = AHEAD_SECONDS
        self.follower = FollowingFilm(screen.film, "left", OneScreen(), steering(screen.film.sound))
        self.copy = OwnCopy(story, screen.losses)
        self.program = ScreenProgram(self.follower, self.link, self.copy)  # type: ignore[arg-type]  # a mock
        self.story_told = digest_of(story.text)
        self.leads = self.runs = True
        self.blackout = self.closed = False
        self.both: list[tuple[Mark | None, Mark | None, float]] = []

    def play(self, entry: int, scene: str, at: str = "now", transition: Transition | None = None) -> None:
        """The leader's story asks for a scene."""
        change = transition or Transition()
        self.lead.play(entry, scene, self.story.clip(scene), None, "end" if at == "end" else "now", change)
        self.lead.prepare({name: self.story.clip(name) for name in self.story.candidates(scene)})

    def step(self) -> None:
        """A sixtieth of a second for both, with all decoded that is to be decoded."""
        for one in self.houses:
            one.ready()
        now = self.leader.now = self.leader.now + STEP
        own = self.screen.now = (now + AHEAD) * (1 + DRIFT)
        if self.leads:
            self.lead.advance(now)
            self.leader.decoded()
            self.lead.draw(now)
            told = told_of(self.lead, self.story_told, now, blackout=self.blackout, closed=self.closed)
            self.link.tell(now, encode(Telling(self.link.session, 1, told)))
        self.link.arrive(now, own)
        if self.runs:
            self.screen.decoded()
            self.program.tick(own)
        seen = [read_mark(one.screen.last) if hasattr(one.screen, "last") else None for one in self.houses]
        self.both.append((seen[0], seen[1], getattr(self.screen.screen, "level", 1.0)))

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP)):
            self.step()

    def apart(self, steps: int) -> int:
        """By how many pictures the two differed at most in the last steps; 999: another clip, or none."""
        return max(
            abs(one.number - other.number) if one and other and one.mark == other.mark else 999
            for one, other, _ in self.both[-steps:]
        )

    def marks_of_screen(self, seconds: float) -> set[int]:
        """Which clips the follower has shown lately."""
        return {mark.mark for _, mark, _ in self.both[-round(seconds / STEP) :] if mark}

    def jumps(self) -> list[tuple[Mark, Mark]]:
        """Pictures of the follower that did not follow each other, but for the leader's cuts and what is dark."""
        found = []
        for (lead, before, _), (now_lead, after, level) in pairwise(self.both):
            cut = lead and now_lead and lead.mark != now_lead.mark
            if before and after and before != after and level > 0.1 and not cut:
                round_again = after.mark == before.mark and not after.number  # of a loop
                if not round_again and (after.mark != before.mark or not 0 < after.number - before.number <= 2):
                    found.append((before, after))
        return found

    def dark(self, steps: int) -> int:
        """How many of the last pictures of the follower were darker than they are."""
        return sum(level < 0.99 for _, _, level in self.both[-steps:])


@contextmanager
def pair(story: Story) -> Iterator[Pair]:
    """Two films without a sound device, each in a screen of its own."""
    with cinema(width=SMALL[0], height=SMALL[1]) as leader, cinema(width=SMALL[0], height=SMALL[1]) as screen:
        both = Pair(leader, screen, story)
        try:
            yield both
        finally:
            both.copy.close()
