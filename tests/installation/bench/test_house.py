"""A simulated room of ``chiaro bench house``: what it says is what a room says, at the pace of a room."""

from __future__ import annotations

from collections import Counter
from typing import Any

from installation.bench.house_rooms import MADE, SimulatedRoom
from installation.host.options import DEMO
from installation.rooms.topics import Beat, RoomCard, RoomMood, RoomState, read
from scenes.story.story import load_story


class Link:
    """Stands in for a connection: what was published."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bytes]] = []

    def publish(self, topic: str, payload: bytes, _qos: int, _retain: bool) -> None:
        self.said.append((topic.rpartition("/")[2], payload))


def test_a_simulated_room_says_all_that_a_room_says() -> None:
    link: Any = Link()
    room = SimulatedRoom(7, load_story(DEMO, forgive_clips=True), link)
    room.greet()
    for _ in range(600):
        room.tick()
    kinds = Counter(kind for kind, _ in link.said)
    assert (kinds["mood"], kinds["beat"]) == (600, 60)
    assert 6 < kinds["state"] < 60, "on change, and each ten seconds"
    newest = dict(link.said)
    assert read(RoomCard, newest["info"])
    assert read(Beat, newest["beat"])
    moods = [read(RoomMood, payload) for kind, payload in link.said if kind == "mood"]
    assert {mood.count for mood in moods if mood} == {0, 4}
    states = [read(RoomState, payload) for kind, payload in link.said if kind == "state"]
    assert all(state and state.house.startswith(MADE) for state in states)
    assert len({state.scene for state in states if state}) > 2, "the film goes on"
