"""What a room begins with: what was put into it, as far as it can be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from installation.host.console import LossReporter
from installation.rooms.put_manifest import digest_of, new_id, own_story, read_manifest
from installation.rooms.put_start import PART, BeganWith, begin_with_put, put_folder, stories_of
from installation.rooms.put_store import PutStore
from tests.clips import make_still

pytestmark = pytest.mark.skipif(os.name != "posix", reason="slots need symbolic links, as Linux and macOS have them")
STORY = """
title = "{title}"
start = "two"
attract = "one"
safe = "one"
[scenes.one]
clip = "one.png"
[scenes.two]
clip = "one.png"
end = true
"""


class Hall:
    """A room that takes stories, and its starts."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.venue, self.losses = folder, folder / "hall.toml", LossReporter()
        self.venue.write_text('name = "Hall"\n[rooms]\nbroker = "mqtt://house:1883"\naccept_stories = true\n')

    @property
    def store(self) -> PutStore:
        return stories_of(put_folder(self.folder / "state", "hall"))

    def put(self, title: str) -> Path:
        """A story comes and is installed; where it will lie."""
        film = self.folder / "film"
        film.mkdir(exist_ok=True)
        make_still(film / "one.png")
        (film / "story.toml").write_text(STORY.format(title=title))
        files = [{"path": path.name, "size": path.stat().st_size, "sha256": digest_of(path)} for path in film.iterdir()]
        said = {"id": new_id(), "kind": "story", "name": title, "begin": "story.toml", "files": files}
        manifest, store = read_manifest(said), self.store
        staging = store.begin(manifest)
        for number, file in enumerate(manifest.files):
            if (number, 0, 1) in staging.missing():
                staging.write(number, 0, (film / file.path).read_bytes())
        store.install(manifest)
        found = store.file(store.slots.state().pending)
        assert found is not None
        return found

    def start(self) -> BeganWith:
        return begin_with_put("typed", str(self.venue), self.folder / "state", self.losses)


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path)


def test_a_room_into_which_nothing_was_put_begins_as_it_is_typed(hall: Hall) -> None:
    assert hall.start() == BeganWith("typed")
    assert not (hall.folder / "state").exists()
    assert begin_with_put("typed", "", hall.folder, hall.losses) == BeganWith("typed")
    assert begin_with_put("typed", "no such venue", hall.folder, hall.losses) == BeganWith("typed")


def test_what_waits_takes_over_at_the_next_start_and_wins_from_then_on(hall: Hall) -> None:
    file = hall.put("New")
    assert hall.start().story == str(file)
    hall.store.slots.lasted()
    assert hall.start() == BeganWith(str(file))
    hall.store.install(own_story("now"))
    assert hall.start() == BeganWith("typed")


def test_a_start_that_died_within_its_minute_goes_back_once(hall: Hall) -> None:
    hall.put("Deadly")
    hall.start()
    again = hall.start()
    assert (again.story, [name for _, name in again.failed]) == ("typed", ["Deadly"])
    assert hall.start() == BeganWith("typed")


def test_a_story_on_trial_that_cannot_be_read_is_given_back_at_once(hall: Hall) -> None:
    hall.put("Lost").write_text("no story")
    began = hall.start()
    assert (began.story, [name for _, name in began.failed]) == ("typed", ["Lost"])
    assert hall.losses.is_lost(PART)


def test_a_story_that_was_kept_and_rots_leaves_the_room_its_own(hall: Hall) -> None:
    file = hall.put("Old")
    hall.start()
    hall.store.slots.lasted()
    file.unlink()
    assert hall.start() == BeganWith("typed")
    assert hall.losses.is_lost(PART)


def test_a_room_that_takes_no_stories_any_more_shows_its_own(hall: Hall) -> None:
    hall.put("New")
    hall.venue.write_text(hall.venue.read_text().replace("true", "false"))
    assert hall.start() == BeganWith("typed")
