"""Who came, who went, what changed: found in the difference of two moods."""

from __future__ import annotations

from installation.osc.events import Presence, Sequence, private
from installation.osc.registry import INT_MAX
from models.mood import NOTHING, Mood, VisitorMood, unseen


def visitor(slot: int, number: int, dominant: str | None = None) -> VisitorMood:
    return VisitorMood(
        slot=slot, visitor_id=number, probabilities=NOTHING, dominant=dominant, confidence=0.5, position=(0, 0), size=0
    )


def room(*visitors: VisitorMood, dominant: str | None = None) -> Mood:
    return Mood(
        captured_at=0, trusted=True, present=bool(visitors), count=len(visitors), visitors=visitors, dominant=dominant
    )


def told(presence: Presence, mood: Mood) -> list[tuple[object, ...]]:
    return [(event.path.removeprefix("/event/"), *event.values[1:]) for event in presence.advance(mood)]


def test_a_visitor_enters_and_leaves() -> None:
    presence = Presence(Sequence())
    assert told(presence, room(visitor(1, 11))) == [("enter", 1, 11)]
    assert told(presence, room(visitor(1, 11))) == []
    assert told(presence, room()) == [("leave", 1, 11)]


def test_another_visitor_in_the_same_slot_is_one_who_went_and_one_who_came() -> None:
    presence = Presence(Sequence())
    list(presence.advance(room(visitor(1, 11, "fear"))))
    assert told(presence, room(visitor(1, 22, "fear"))) == [("leave", 1, 11), ("enter", 1, 22), ("emotion", 1, 7, 0.5)]


def test_the_rooms_emotion_and_a_visitors_own_are_told_apart_by_the_slot() -> None:
    presence = Presence(Sequence())
    assert told(presence, room(visitor(2, 5, "sadness"), dominant="happiness"))[1:] == [
        ("emotion", 2, 4, 0.5),
        ("emotion", 0, 2, 0.0),
    ]
    assert told(presence, room(visitor(2, 5, None), dominant=None)) == [("emotion", 2, 0, 0.5), ("emotion", 0, 0, 0.0)]


def test_that_we_could_not_look_is_not_that_they_went() -> None:
    presence = Presence(Sequence())
    list(presence.advance(room(visitor(1, 11))))
    assert told(presence, unseen(1.0, "lens covered")) == []
    assert told(presence, room(visitor(1, 11))) == []
    assert told(presence, unseen(2.0, "camera lost")) == []
    assert told(presence, room()) == [("leave", 1, 11)]


def test_the_sequence_wraps_to_one() -> None:
    sequence = Sequence(INT_MAX)
    assert sequence.next() == 1


def test_only_the_rooms_own_emotion_is_no_private_matter() -> None:
    presence = Presence(Sequence())
    events = list(presence.advance(room(visitor(2, 5, "sadness"), dominant="happiness")))
    assert [private(event) for event in events] == [True, True, False]


def test_when_nobody_may_be_followed_any_more_everybody_leaves_and_nothing_is_known_later() -> None:
    presence = Presence(Sequence())
    list(presence.advance(room(visitor(1, 11, "fear"), dominant="fear")))
    ended = [(event.path.removeprefix("/event/"), *event.values[1:]) for event in presence.end()]
    assert ended == [("leave", 1, 11), ("emotion", 0, 0, 0.0)]
    assert list(presence.end()) == []
    assert told(presence, room()) == [], "that 11 was there is not told again"
