"""Topics and payloads: what is made is read again, and nothing that others write to the broker is ever a fault."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.osc.incoming import CommandRefused, Unread
from installation.rooms.reader import HANGS_AFTER, Condition, RoomSign
from installation.rooms.topics import (
    COMMAND_AT_MOST,
    OFFLINE,
    ONLINE,
    Beat,
    Order,
    RoomCard,
    RoomEvent,
    RoomMood,
    RoomState,
    RoomTopic,
    RoomTopics,
    read,
    read_order,
    topic_of,
)


def test_a_topic_is_taken_apart_as_it_was_made() -> None:
    hall = RoomTopics("house/chiaro", "hall-2")
    assert topic_of("house/chiaro", hall.event("scene")) == RoomTopic("hall-2", "event", "scene")
    assert topic_of("house/chiaro", hall.status) == RoomTopic("hall-2", "status")
    assert topic_of("house/chiaro", hall.of("put", "story", "1")) == RoomTopic("hall-2", "put", "story/1")


@pytest.mark.parametrize("topic", ["house/chiaro", "house/chiaro/hall", "house/chiaro//state", "chiaro/hall/state", ""])
def test_another_topic_is_none_of_a_room(topic: str) -> None:
    assert topic_of("house/chiaro", topic) is None


def test_a_reader_passes_over_what_a_newer_room_says_more() -> None:
    card = read(RoomCard, b'{"protocol": 9, "version": "2", "venue": "Hall", "room": "hall", "colour": "red"}')
    assert card is not None
    assert (card.venue, card.protocol) == ("Hall", 9)


def test_an_event_says_only_what_it_has() -> None:
    assert RoomEvent(at=1.0, scene="door", index=2).payload() == b'{"at":1.0,"scene":"door","index":2}'


@given(st.binary(max_size=300))
def test_whatever_is_on_the_broker_is_read_or_is_nothing(payload: bytes) -> None:
    for kind in (Beat, RoomCard, RoomState, RoomMood, RoomEvent):
        read(kind, payload)
    with suppress(CommandRefused):
        read_order(payload)


@pytest.mark.parametrize(
    ("payload", "arguments"),
    [
        (b"", ()),
        (b"  ", ()),
        (b"0.5", (0.5,)),
        (b"true", (True,)),
        (b"null", (None,)),
        (b"opening", ("opening",)),
        (b'"opening"', ("opening",)),
        (b"de en", ("de en",)),
        (b'["joy", 0.8]', ("joy", 0.8)),
        (b'{"arguments": [1]}', (1,)),
        (b'{"arguments": "door"}', ("door",)),
        (b"{}", ()),
        (b"[[1]]", (Unread("a list"),)),
        (b"12345678901234567890", (Unread("a number that is too large"),)),
    ],
)
def test_arguments_come_bare_as_a_list_or_in_an_object(payload: bytes, arguments: tuple[Any, ...]) -> None:
    assert read_order(payload).arguments == arguments


def test_an_order_is_read_as_it_was_made_and_an_id_may_be_a_number() -> None:
    order = Order(("joy", 0.8), "q7", "secret")
    assert read_order(order.payload()) == order
    assert read_order(b'{"id": 7}').id == "7"
    assert Order().payload() == b"{}"


@pytest.mark.parametrize(
    "payload",
    [
        b"\xff\xfe",
        b"x" * (COMMAND_AT_MOST + 1),
        str(list(range(17))).encode(),
        b'{"id": [1]}',
        b'{"token": "' + b"x" * 200 + b'"}',
    ],
)
def test_a_payload_that_is_no_order_is_refused_in_words(payload: bytes) -> None:
    with pytest.raises(CommandRefused, match=r"at most|neither JSON|text"):
        read_order(payload)


# -- whether a room lives --------------------------------------------------------------------------------------------


def beat(number: int) -> bytes:
    return Beat(number=number, at=1.0).payload()


def test_a_room_of_which_nothing_was_heard_is_unknown_and_one_that_says_so_is_gone() -> None:
    assert RoomSign().condition(1.0) is Condition.UNKNOWN
    assert RoomSign().with_beat(beat(1), 1.0).condition(1.0) is Condition.UNKNOWN
    assert RoomSign().with_status(ONLINE, 0.0).with_status(OFFLINE, 1.0).condition(1.0) is Condition.GONE


def test_a_room_hangs_when_its_number_stands_still_or_none_comes() -> None:
    silent = RoomSign().with_status(ONLINE, 10.0)
    assert silent.condition(10.0 + HANGS_AFTER - 0.1) is Condition.LIVES
    assert silent.condition(10.0 + HANGS_AFTER) is Condition.HANGS
    still = silent.with_beat(beat(7), 11.0)
    for second in range(12, 18):
        still = still.with_beat(beat(7), second)
    assert still.condition(17.0) is Condition.HANGS
    assert still.with_beat(beat(8), 17.0).condition(17.0) is Condition.LIVES


def test_a_room_that_begins_again_lives_though_its_number_is_smaller() -> None:
    sign = RoomSign().with_status(ONLINE, 0.0).with_beat(beat(900), 1.0).with_status(OFFLINE, 50.0)
    assert sign.with_status(ONLINE, 60.0).condition(60.0) is Condition.LIVES
    assert sign.with_status(ONLINE, 60.0).with_beat(beat(1), 64.0).condition(68.0) is Condition.LIVES


def test_what_is_no_beat_moves_nothing() -> None:
    sign = RoomSign().with_status(ONLINE, 0.0)
    assert sign.with_beat(b"{}", 4.0).condition(HANGS_AFTER) is Condition.HANGS
