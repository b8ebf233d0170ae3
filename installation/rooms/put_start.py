"""What a room begins with: the story and the venue that were put into it, where it takes any.

Called before the venue is read. What the disk refuses is told, and the room begins as it was typed.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from calibration.errors import BadFile, BadInput
from calibration.file_writer import write_whole
from calibration.files import read_toml
from calibration.rooms_settings import room_slug
from calibration.venue import Venue
from calibration.venue_folder import find_venue
from installation.bundle.slots import State
from installation.host.console import LossReporter, log
from installation.host.options import venue_file_of

if TYPE_CHECKING:  # a room that speaks with no broker does not load it
    from installation.rooms.put_store import PutStore

PART = "what was put"
"""Under which a loss of it is told."""


def put_folder(state: Path, room: str) -> Path:
    """Where a room keeps what was put into it."""
    return state / "rooms" / room


def beside(venue_file: str) -> Path:
    """Where a venue lies while it is checked: the paths in it start from there."""
    own = Path(venue_file)
    return own.with_name(f".{own.stem}-put.toml")


def stories_of(folder: Path) -> PutStore:
    """Of a room's folder."""
    from installation.rooms.put_store import PutStore

    return PutStore(folder / "story")


def venues_of(folder: Path) -> PutStore:
    """Of a room's folder."""
    from installation.rooms.put_store import PutStore

    return PutStore(folder / "venue")


@dataclass(frozen=True, slots=True)
class BeganWith:
    """What this start begins with."""

    story: str
    """As it would be typed."""
    failed: tuple[tuple[str, str], ...] = ()
    """Id and name of what did not last its first minute: the one before it is in use again."""


def begin_with_put(typed_story: str, typed_venue: str, state: Path, losses: LossReporter) -> BeganWith:
    """The story to show: the one that was put, else ``typed_story``. A venue that waits is written into its file."""
    said = _rooms_said(typed_venue)
    if said is None or os.name != "posix":
        return BeganWith(typed_story)
    room, rooms = said
    folder = put_folder(state, room)
    story, failed = typed_story, list[tuple[str, str]]()
    try:
        if rooms.get("accept_venues") and (store := venues_of(folder)).root.exists():
            failed += write_venue(store, Path(venue_file_of(typed_venue)))
        if rooms.get("accept_stories") and (store := stories_of(folder)).root.exists():
            store.clean()
            put, went_back = _choose_story(store, losses)
            story, failed = put or typed_story, failed + went_back
    except OSError as error:
        losses.lost(PART, f"{error.strerror or error} ({folder})")
    return BeganWith(story, tuple(failed))


def _choose(store: PutStore) -> tuple[str, list[tuple[str, str]]]:
    """The slot of this start, and what did not last in the one before."""
    trial = store.slots.state().trial
    name = store.slots.choose()
    if not trial or name == trial:
        return name, []
    lost = store.manifest(trial)
    log.warning("%s did not last; the one before it is in use again", store.slots.describe(trial))
    return name, [(lost.id, lost.name)] if lost else []


def _choose_story(store: PutStore, losses: LossReporter) -> tuple[str, list[tuple[str, str]]]:
    """The story of this start, '' for the room's own, and what did not last. One that cannot be read is passed over."""
    from scenes.story.story import load_story

    failed: list[tuple[str, str]] = []
    while True:
        name, went_back = _choose(store)
        failed += went_back
        file = store.file(name)
        if file is None:
            return "", failed
        try:
            load_story(file, forgive_clips=True).require_waiting_scene()
        except BadFile as error:
            losses.lost(PART, f"{'; '.join(error.lines())}; the one before it is shown")
            if not store.slots.state().trial:
                return "", failed
        else:
            log.info("the story that was put into this room is shown: %s", store.slots.describe(name))
            return str(file), failed


def _rooms_said(typed_venue: str) -> tuple[str, dict[str, object]] | None:
    """The room's name and its [rooms]; None where it speaks with no broker, or where that cannot be told."""
    with suppress(BadInput):
        said = read_toml(find_venue(typed_venue).file) if typed_venue else {}
        rooms, name = said.get("rooms"), said.get("name")
        if isinstance(rooms, dict) and rooms.get("broker"):
            return str(rooms.get("room") or room_slug(str(name or Venue.model_fields["name"].default))), rooms
    return None


def write_venue(store: PutStore, own: Path) -> list[tuple[str, str]]:
    """Change the room's file as its slots say; what did not last. One that was edited since stays as it is."""
    store.clean()
    beside(str(own)).unlink(missing_ok=True)
    slots = store.slots
    before, changes = slots.current(), slots.state().pending or slots.state().trial
    if not slots.is_whole(before):
        return []
    name, failed = _choose(store)
    wanted, other = _text(store, name), _text(store, slots.spare())
    there = own.read_bytes()
    if wanted is None or there == wanted:
        return failed
    if there == other:
        write_whole(own, wanted)
        log.info("%s is as %s says", own, slots.describe(name))
    elif changes:
        slots.point(before)
        slots.note(State())
        log.warning("%s was edited since a venue was put; it stays as it is, put it again", own)
    return failed


def _text(store: PutStore, name: str) -> bytes | None:
    file = store.file(name)
    with suppress(OSError):
        return file.read_bytes() if file else None
    return None
