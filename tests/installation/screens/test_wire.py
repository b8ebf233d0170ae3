"""The messages between leader and followers: what goes out comes back, and nothing else gets in."""

from __future__ import annotations

import math
import random

import pytest

from installation.screens.wire import (
    AT_MOST_BYTES,
    Cut,
    Message,
    Telling,
    TimeReply,
    TimeRequest,
    Told,
    decode,
    encode,
)
from scenes.story.clip import Transition

CUT = Cut(8, "morgenröte", 1234.9, Transition("crossfade", 0.75), 2.5, 0.999)
TOLD = Told(1234.5, "9f86d081", 7, "dämmerung", 81.25, 1.001, "links", paused=True, blackout=True, closed=True, cut=CUT)
MESSAGES: tuple[Message, ...] = (
    TimeRequest(2**64 - 1, 2**32 - 1, "left", 7, -0.25, 0.5),
    TimeReply(1, 2, 1e9, 1e9 + 0.25),
    Telling(3, 4, TOLD),
    Telling(3, 5, Told(0.0, "", 0, "", 0.0)),
)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_arrives_as_it_was_sent(message: Message) -> None:
    assert decode(encode(message)) == message


def test_a_follower_that_knows_nothing_yet_can_ask() -> None:
    asked = decode(encode(TimeRequest(5)))
    assert isinstance(asked, TimeRequest)
    assert asked.nonce == 5
    assert math.isnan(asked.behind_seconds)


def test_the_longest_message_fits_into_what_is_read() -> None:
    cut = Cut(1, "s" * 255, 0.0, Transition("hold", 3600.0))
    longest = Telling(1, 1, Told(0.0, "d" * 63, 1, "s" * 255, 0.0, thread="t" * 255, cut=cut))
    assert len(encode(longest)) <= AT_MOST_BYTES
    assert decode(encode(longest)) == longest


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_that_is_cut_off_longer_or_of_another_version_is_none(message: Message) -> None:
    whole = encode(message)
    assert all(decode(whole[:length]) is None for length in range(len(whole)))
    assert decode(whole + b"\0") is None
    longer = len(whole) + 1
    assert decode(whole[:6] + longer.to_bytes(2, "big") + whole[8:] + b"\0") is None, (
        "says so itself, and has no use for it"
    )
    assert decode(whole[:4] + b"\x02" + whole[5:]) is None, "of another version"
    assert decode(b"OSCx" + whole[4:]) is None


def test_random_bytes_and_flipped_bits_never_raise() -> None:
    chance = random.Random(20)
    for _ in range(3000):
        assert decode(chance.randbytes(chance.randrange(0, 200))) is None
        changed = bytearray(encode(chance.choice(MESSAGES)))
        for _ in range(chance.randrange(1, 4)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        decode(bytes(changed))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_times_that_are_no_numbers_are_not_taken(value: float) -> None:
    assert decode(encode(TimeReply(1, 2, value, 1.0))) is None
    assert decode(encode(Telling(1, 1, Told(value, "", 1, "a", 0.0)))) is None
    assert decode(encode(Telling(1, 1, Told(0.0, "", 1, "a", 0.0, rate=value)))) is None
    assert decode(encode(Telling(1, 1, Told(0.0, "", 1, "a", 0.0, cut=Cut(2, "b", value))))) is None
