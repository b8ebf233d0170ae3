"""Receivers address eight slots, however many visitors there are: the nearest are in them, and stay there."""

import random

from installation.osc.slots import Slots
from models.mood import NOTHING, Mood, VisitorMood, unseen


def visitor(number: int, slot: int, size: float = 0.2) -> VisitorMood:
    return VisitorMood(
        slot=slot, visitor_id=number, probabilities=NOTHING, dominant=None, confidence=0, position=(0, 0), size=size
    )


def told(slots: Slots, *visitors: VisitorMood) -> list[VisitorMood]:
    return list(slots.seated(Mood(captured_at=1.0, trusted=True, count=len(visitors), visitors=visitors)).visitors)


def test_as_long_as_there_is_a_slot_for_each_it_is_the_eyes_own() -> None:
    slots, chance = Slots(8), random.Random(2)
    here: dict[int, VisitorMood] = {}
    for number in range(1, 300):
        if len(here) == 8 or (here and chance.random() < 0.4):
            del here[chance.choice(list(here))]
        else:
            free = next(slot for slot in range(1, 9) if slot not in {one.slot for one in here.values()})
            here[number] = visitor(number, free, chance.uniform(0.05, 0.5))
        by_slot = sorted(here.values(), key=lambda one: one.slot)
        assert told(slots, *here.values()) == by_slot


def test_of_more_the_nearest_are_told_and_a_free_slot_goes_to_the_nearest_of_the_others() -> None:
    slots = Slots(3)
    crowd = [visitor(number, number, number / 100) for number in range(1, 11)]
    before = {one.visitor_id: one.slot for one in told(slots, *crowd)}
    assert set(before) == {8, 9, 10}
    assert sorted(before.values()) == [1, 2, 3]
    without = tuple(one for one in crowd if one.visitor_id != 9)
    after = {one.visitor_id: one.slot for one in told(slots, *without)}
    assert after == {8: before[8], 10: before[10], 7: before[9]}
    assert slots.seated(unseen(2.0, "covered")) == unseen(2.0, "covered")
    assert {one.visitor_id: one.slot for one in told(slots, *without)} == after, "shuffled by a covered lens"


def test_only_who_is_clearly_nearer_takes_anothers_slot() -> None:
    slots = Slots(2)
    told(slots, visitor(1, 1, 0.2), visitor(2, 2, 0.3))
    assert [one.visitor_id for one in told(slots, visitor(1, 1), visitor(2, 2, 0.3), visitor(3, 3, 0.29))] == [1, 2]
    found = told(slots, visitor(1, 1), visitor(2, 2, 0.3), visitor(3, 3, 0.31))
    assert [(one.slot, one.visitor_id) for one in found] == [(1, 3), (2, 2)]
