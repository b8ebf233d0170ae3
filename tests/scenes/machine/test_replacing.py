from __future__ import annotations

import dataclasses

import pytest

from scenes.machine.replacing import replace
from scenes.machine.state import Presence, StoryState

STATE = StoryState(now=1.0, clock=2.0, scene="door")


def test_a_copy_is_that_of_the_standard_library_and_the_old_one_stays_as_it_was() -> None:
    assert replace(STATE, scene="cellar", now=3.0) == dataclasses.replace(STATE, scene="cellar", now=3.0)
    assert (STATE.now, STATE.scene) == (1.0, "door")
    assert replace(Presence(), here=True) == Presence(here=True), "one with slots, too"


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match="StoryState has no field scenes"):
        replace(STATE, scenes="cellar")  # type: ignore[call-arg]


def test_a_copy_is_as_frozen_as_its_model() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(STATE, now=3.0).now = 4.0  # type: ignore[misc]


def test_what_is_copied_whole_has_nothing_that_was_computed_once() -> None:
    values = {field.name for field in dataclasses.fields(StoryState)}
    assert STATE.there_seconds >= 0
    assert STATE.still_seconds >= 0
    assert set(STATE.__dict__) == values, "a cached property would be copied with its old value"
