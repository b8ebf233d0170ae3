"""The table of rooms: what messages make of it, garbage and crowds, and how each room is judged."""

from __future__ import annotations

import random

import pytest

from installation.fleet import table as table_module
from installation.fleet.alarms import wrongs_of
from installation.fleet.health import Health, Need, health_of
from installation.fleet.room import READERS, Room
from installation.fleet.table import RoomTable
from installation.rooms.reader import HANGS_AFTER
from tests.installation.fleet import rooms

CONNECTED = 0.0


def table_of(*messages: tuple[str, bytes], now: float = 10.0, name: str = "hall") -> RoomTable:
    """A table that has heard one room say this."""
    table = RoomTable((), 0.0)
    for what, payload in messages:
        table.apply(name, what, payload, now)
    return table


def room_of(*messages: tuple[str, bytes], now: float = 10.0) -> Room:
    found = table_of(*messages, now=now).get("hall")
    assert found
    return found


def health(room: Room, now: float, connected: float = CONNECTED) -> Health:
    return health_of(room, now, connected)


PLAYING = (("status", b"online"), ("info", rooms.info()), ("state", rooms.state()), ("beat", rooms.beat(1)))


def test_a_room_that_speaks_is_well_and_all_of_it_is_known() -> None:
    room = room_of(*PLAYING, ("mood", rooms.mood()))
    assert health(room, 11.0).need is Need.WELL
    assert room.label == "The hall"
    assert room.groups == ("east",)
    assert room.state
    assert (room.state.scene, room.state.visitors, room.state.house) == ("door", 2, "open until 18:00")
    assert room.mood
    assert room.mood.dominant == "happiness"
    assert room.way == ("door",)


def test_a_room_whose_beat_stands_still_hangs_and_one_that_says_offline_is_lost() -> None:
    table = table_of(*PLAYING)
    for second in range(11, 20):
        table.apply("hall", "beat", rooms.beat(1), second)  # the client's thread lives, the show does not
    room = table.get("hall")
    assert room
    assert health(room, 10.0 + HANGS_AFTER).need is Need.WELL
    assert health(room, 10.1 + HANGS_AFTER) == Health(Need.HUNG, 10.0)
    table.apply("hall", "status", b"offline", 21.0)
    gone = table.get("hall")
    assert gone
    assert health(gone, 22.0) == Health(Need.LOST, 21.0)
    table.apply("hall", "status", b"online", 30.0)
    back = table.get("hall")
    assert back
    assert health(back, 34.0).need is Need.WELL, "it has five seconds for its first beat"


def test_while_the_broker_is_heard_again_a_room_has_time_to_come_back() -> None:
    room = room_of(*PLAYING)
    assert health(room, 100.0, connected=97.0).need is Need.WAITING, "it has not been heard since"
    assert health(room, 103.0, connected=97.0).need is Need.HUNG


def test_an_expected_room_that_never_speaks_is_lost() -> None:
    table = RoomTable(["hall"], 0.0)
    room = table.get("hall")
    assert room
    assert health(room, 4.0).need is Need.WAITING
    assert health(room, 6.0).need is Need.LOST
    assert [one.words for one in wrongs_of(room, health(room, 6.0))] == ["the room has never spoken"]


@pytest.mark.parametrize(
    ("state", "need", "kinds"),
    [
        (rooms.state(word="closed"), Need.CLOSED, []),
        (rooms.state(senses=[rooms.lost("sound")]), Need.TROUBLE, []),
        (rooms.state(senses=[rooms.lost("camera", "unplugged")]), Need.TROUBLE, ["eye"]),
        (rooms.state(senses=[{"name": "eye", "state": "off", "words": ""}]), Need.WELL, []),
        (rooms.state(counters={"drift": 1.2}), Need.TROUBLE, ["drift"]),
        (rooms.state(word="fault"), Need.TROUBLE, []),
    ],
)
def test_what_is_wrong_in_a_room_that_plays(state: bytes, need: Need, kinds: list[str]) -> None:
    room = room_of(*PLAYING, ("state", state))
    found = health(room, 11.0)
    assert found.need is need
    assert [one.kind for one in wrongs_of(room, found)] == kinds


def test_the_way_of_a_take_is_kept_until_the_next_begins() -> None:
    table = table_of(*PLAYING)
    for scene, take, in_take in (("garden", 3, True), ("attract", 3, False), ("attract", 3, False)):
        table.apply("hall", "state", rooms.state(scene=scene, take=take, in_take=in_take), 11.0)
    room = table.get("hall")
    assert room
    assert room.way == ("door", "garden")
    table.apply("hall", "state", rooms.state(scene="door", take=4), 12.0)
    room = table.get("hall")
    assert room
    assert room.way == ("door",)


def test_a_room_that_the_broker_forgets_is_forgotten_and_an_expected_one_waits() -> None:
    table = table_of(*PLAYING)
    assert table.apply("hall", "status", b"", 20.0)
    assert table.get("hall") is None
    expected = RoomTable(["hall"], 0.0)
    expected.apply("hall", "status", b"online", 1.0)
    expected.apply("hall", "status", b"", 2.0)
    kept = expected.get("hall")
    assert kept
    assert kept.sign.online is None


ODD = (
    b"\xff\xfe",
    b"",
    b"[]",
    b"null",
    b"{",
    b"[" * 5000,
    b'{"a":' * 2000 + b"1" + b"}" * 2000,
    b'{"number": 1e400, "at": "x"}',
    b'{"number": true}',
    b'{"at": {}, "word": 5, "scene": ["x"], "controls": 7, "senses": {"a": 1}, "counters": [], "visitors": -4}',
    b'{"senses": [1, null, {"name": {}, "state": 3}], "controls": {"volume": 1e12, "paused": "yes"}}',
    b'{"groups": [{}], "commands": "start", "console": "javascript:alert(1)", "venue": "a\\u202eb\\n\\u001b[2J"}',
    b'{"console": "http://[::1", "scenes": {}, "started_at": "x"}',
    b'{"probabilities": [1], "dominant": "joy", "count": "many"}',
    b"x" * 100_000,
    b'{"venue": "' + b"y" * 60_000 + b'"}',
)


@pytest.mark.parametrize("what", [*READERS, "status", "reply", "event", "", "set"])
def test_nothing_that_is_sent_can_break_the_table(what: str) -> None:
    for payload in ODD:
        table = table_of(*PLAYING)
        table.apply("hall", what, payload, 11.0)
        for room in table:
            assert isinstance(health(room, 12.0).need, Need)
            assert len(room.label) <= 80
            assert "\x1b" not in room.label
            assert room.console in ("", "http://10.0.0.7:8470/")


def test_random_bytes_and_names_are_refused_and_counted() -> None:
    random.seed(7)
    table = RoomTable((), 0.0)
    for name in ("HALL", "../x", "hall/state", "", "a b", "a" * 41, "house", "hall\n"):
        assert table.apply(name, "status", b"online", 1.0) is None
    assert len(table) == 0
    for _ in range(500):
        table.apply("hall", random.choice(list(READERS)), random.randbytes(random.randrange(60)), 1.0)
    assert table.refused >= 400


def test_more_rooms_than_are_kept_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MOST_ROOMS", 3)
    table = RoomTable((), 0.0)
    for number in range(10):
        table.apply(f"room-{number}", "status", b"online", 1.0)
    assert (len(table), table.refused) == (3, 7)
    assert table.apply("room-1", "status", b"offline", 2.0), "those that are known are heard on"
