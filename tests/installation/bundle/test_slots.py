"""Two slots: the next version takes over once, is kept when it lasts, and goes when it does not; at any kill."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from installation.bundle.slots import MANIFEST, Slots, State

pytestmark = pytest.mark.skipif(os.name != "posix", reason="slots need symbolic links, as Linux and macOS have them")


class Killed(BaseException):
    """The process is gone at this instant."""


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    """Version 1 in use, version 2 installed and waiting."""
    made = Slots(tmp_path)
    install(made, "version 1")
    install(made, "version 2")
    return made


def install(slots: Slots, version: str, at_once: bool = False) -> None:
    name = slots.spare()
    slots.folder(name).mkdir()
    (slots.folder(name) / MANIFEST).write_text(
        json.dumps({"name": version, "made": "today", "run": ["content/s.toml"]})
    )
    slots.take(name, at_once=at_once)


def version(slots: Slots, name: str) -> str:
    return str(slots.manifest(name)["name"])


def start(slots: Slots) -> str:
    """The version whose show starts now."""
    return version(slots, slots.choose())


def test_the_first_one_is_in_use_at_once_and_a_later_one_waits_for_a_start(tmp_path: Path) -> None:
    slots = Slots(tmp_path)
    assert slots.current() == ""
    install(slots, "version 1")
    assert version(slots, slots.current()) == "version 1"
    install(slots, "version 2")
    assert version(slots, slots.current()) == "version 1"
    assert start(slots) == "version 2"


def test_one_that_lasts_is_kept(slots: Slots) -> None:
    assert start(slots) == "version 2"
    slots.lasted()
    assert [start(slots) for _ in range(3)] == ["version 2"] * 3
    assert slots.state() == State()


def test_one_that_does_not_last_goes_and_the_one_before_it_is_back_for_good(slots: Slots) -> None:
    assert start(slots) == "version 2"
    assert [start(slots) for _ in range(3)] == ["version 1"] * 3
    assert slots.state().failed == "version 2, made today"


def test_an_operator_who_ends_it_says_nothing_against_it(slots: Slots) -> None:
    assert start(slots) == "version 2"
    slots.set_trial(begun=False)
    assert start(slots) == "version 2"
    assert start(slots) == "version 1"


def test_a_version_that_is_not_whole_is_never_started(slots: Slots) -> None:
    (slots.folder(slots.state().pending) / MANIFEST).unlink()
    assert start(slots) == "version 1"


@pytest.mark.parametrize("torn", ["", "{", '{"pending": "b"', "[]", '{"unknown": 1}', "\x00" * 200])
def test_a_torn_note_changes_nothing(slots: Slots, torn: str) -> None:
    (slots.root / "state.json").write_text(torn)
    assert start(slots) == "version 1"


def test_going_back_by_hand(slots: Slots) -> None:
    start(slots)
    slots.lasted()
    assert slots.go_back()
    assert slots.state().at_once
    assert start(slots) == "version 1"
    slots.lasted()
    assert start(slots) == "version 1"


@pytest.mark.parametrize("lasts", [True, False])
@pytest.mark.parametrize("killed_at", range(12))
def test_killed_at_any_write_it_still_starts_something_whole_and_ends_where_it_should(
    slots: Slots, killed_at: int, lasts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before and after each write of three starts in a row; then the version is left alone until it is settled."""
    writes = 0

    def deadly(write: Callable[..., None]) -> Callable[..., None]:
        def wrapped(*arguments: object) -> None:
            nonlocal writes
            writes += 1
            if writes == killed_at:
                raise Killed
            write(*arguments)
            writes += 1
            if writes == killed_at:
                raise Killed

        return wrapped

    monkeypatch.setattr(Slots, "note", deadly(Slots.note))
    monkeypatch.setattr(Slots, "point", deadly(Slots.point))
    seen = []
    for _ in range(6):
        try:
            seen.append(start(slots))
            if lasts and seen[-1] == "version 2":
                slots.lasted()
        except Killed:
            seen.append("killed")
        assert slots.is_whole(slots.current())
    # Killed between the note that it begins and its begin, or just before its proof is noted: then it goes back.
    unlucky = killed_at == 6 or (lasts and killed_at == 7)
    assert seen[-1] == ("version 2" if lasts and not unlucky else "version 1")
    assert "version 2" in seen or unlucky


def test_the_film_is_named_where_it_lies(slots: Slots) -> None:
    assert slots.film("a") == [str(slots.root / "a" / "content/s.toml")]
