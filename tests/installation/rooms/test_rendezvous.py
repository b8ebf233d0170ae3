"""Rooms that begin a scene together: clocks that differ, messages that are late, rooms that are lost."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from installation.rooms.rendezvous import LAST_CALL_SECONDS, Rendezvous, Standing
from scenes.machine.other_rooms import Meeting

ROOMS = ("attic", "hall", "stairs")
SAY_EACH = 0.1
TICK = 1 / 30


class House:
    """Rooms with clocks of their own, and a broker that takes its time. All of it in numbers."""

    def __init__(self, clocks: Mapping[str, float], seed: int = 1, jitter: float = 0.02, loss: float = 0.02) -> None:
        self.clocks, self.jitter, self.loss = clocks, jitter, loss
        self.chance = random.Random(seed)
        self.views = {name: Rendezvous(name) for name in clocks}
        self.meetings: dict[str, tuple[float, float]] = {}
        """Since when each room waits, and for how long at most."""
        self.gone: set[str] = set()
        self.begun: dict[str, tuple[float, tuple[str, ...]]] = {}
        self.agreed: list[dict[str, float]] = []
        self.posted: list[tuple[float, str, str, Standing]] = []

    def run(self, until: float) -> None:
        ticks = [
            (k * TICK + self.chance.random() * 0.001, name) for k in range(int(until / TICK)) for name in self.views
        ]
        said = dict.fromkeys(self.views, 0.0)
        for now, name in sorted(ticks):
            for post in sorted(post for post in self.posted if post[0] <= now):
                self.posted.remove(post)
                if post[1] not in self.gone:
                    self.views[post[1]].hear(post[2], post[3], post[0] + self.clocks[post[1]])
            if name not in self.gone and name not in self.begun:
                self.tick(name, now, said)

    def tick(self, name: str, now: float, said: dict[str, float]) -> None:
        view, clock = self.views[name], now + self.clocks[name]
        since, limit = self.meetings.get(name, (1e9, 0.0))
        meeting = Meeting(7, "finale", ROOMS, limit - (now - since)) if now >= since else None
        view.meet(meeting, clock)
        news = view.agree(self.gone, clock)
        entry, met = view.begins(clock)
        if entry:
            self.begun[name] = now, met
            self.agreed.append(view.say(now, clock).begin)
        if news or now - said[name] >= SAY_EACH:
            said[name] = now
            standing = Standing.model_validate_json(view.say(now, clock).payload())
            for other in self.views:
                if other != name and self.chance.random() >= self.loss:
                    late = 0.001 + self.chance.random() * self.jitter
                    self.posted.append((now + late, other, name, standing))


CLOCKS = {"attic": 0.0, "hall": 5000.0, "stairs": -31.5}


@pytest.mark.parametrize("seed", range(6))
def test_rooms_with_different_clocks_begin_within_a_tick_and_the_error_of_their_clocks(seed: int) -> None:
    house = House(CLOCKS, seed)
    house.meetings = {"attic": (3.0, 20.0), "hall": (4.0, 20.0), "stairs": (4.0, 20.0)}
    house.run(8.0)
    times = [at for at, _ in house.begun.values()]
    assert len(times) == 3
    assert 4.3 <= min(times) < 4.6, "soon after the last of them is ready"
    assert max(times) - min(times) < TICK + house.jitter
    assert {frozenset((name, *met)) for name, (_, met) in house.begun.items()} == {frozenset(ROOMS)}
    assert all(one == house.agreed[0] for one in house.agreed), "one of them says when"
    assert house.views["attic"].offsets()["hall"] == pytest.approx(5000.0, abs=house.jitter / 2)


def test_a_room_that_is_lost_is_passed_over() -> None:
    house = House(CLOCKS)
    house.gone = {"attic"}  # who would have said when
    house.meetings = {"hall": (1.0, 20.0), "stairs": (2.0, 20.0)}
    house.run(4.0)
    assert {met for _, met in house.begun.values()} == {("stairs",), ("hall",)}


def test_shortly_before_the_first_limit_those_that_are_there_begin_without_the_others() -> None:
    house = House(CLOCKS)
    house.meetings = {"hall": (1.0, 5.0), "stairs": (3.0, 20.0)}  # attic lives, and is elsewhere
    house.run(9.0)
    times = [at for at, _ in house.begun.values()]
    assert len(times) == 2
    assert all(6.0 - LAST_CALL_SECONDS <= at < 6.0 for at in times)


def test_who_waits_alone_is_told_nothing_and_waits_for_its_limit() -> None:
    house = House(CLOCKS)
    house.meetings = {"hall": (1.0, 3.0)}
    house.run(6.0)
    assert house.begun == {}


def test_a_room_that_does_not_wait_any_more_is_not_begun_with() -> None:
    view = Rendezvous("attic")
    view.meet(Meeting(7, "finale", ROOMS, 20.0), 100.0)
    for room, scene in (("hall", "finale"), ("stairs", "finale"), ("stairs", "")):  # whose visitor has left
        said = Standing(at=0, clock=5.0, heard={"attic": (99.99, 4.99)}, scene=scene, left_seconds=9)
        view.hear(room, said, 100.0)
    assert not view.agree((), 100.1)
    assert view.agree({"stairs"}, 100.1)
    assert view.begins(101.0) == (7, ("hall",))


def test_what_anybody_else_may_have_published_begins_nothing() -> None:
    view = Rendezvous("hall")
    view.meet(Meeting(7, "finale", ROOMS, 20.0), 100.0)
    view.hear("attic", Standing(at=0, clock=5, scene="finale", begin={"hall": -1e12, "attic": 5}), 100.0)
    view.hear("attic", Standing(at=0, clock=5, scene="finale", begin={"hall": 1e12, "attic": 5}), 100.0)
    view.hear("attic", Standing(at=0, clock=5, scene="door", begin={"hall": 100.0, "attic": 5}), 100.0)
    view.hear("attic", Standing(at=0, clock=5, scene="finale", begin={"stairs": 100.0}), 100.0)
    assert view.begins(101.0) == (0, ())
    view.hear("attic", Standing(at=0, clock=5, heard={"hall": (1e300, -1e300)}, scene="finale"), 100.0)
    assert not view.offsets()
