"""What is put into a show in this process: a real broker, a real film; the minutes are seconds here."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calibration.rooms_settings import BrokerSettings, RoomsSettings, room_slug
from calibration.settings import OscSettings, ScreenSettings
from calibration.venue import Venue
from calibration.web_settings import ConsoleSettings
from installation.host.console import LossReporter
from installation.host.state_folder import state_folder
from installation.rooms import put_start
from installation.rooms.client import BrokerClient
from installation.rooms.put_manifest import When, story_to_put
from installation.rooms.put_receiver import PutState
from installation.rooms.put_sender import Delivery, deliver
from installation.rooms.put_start import begin_with_put
from installation.rooms.room_list import SilentLosses
from installation.rooms.tokens import new_token, write_token
from installation.show import put_watch, slot_watch
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from installation.show.put_watch import puts_taken
from installation.show.rehearsal import NOBODY, mood_of
from installation.show.show import Show
from models.mood import Mood
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.helpers.mosquitto import Mosquitto, mosquitto, needs_mosquitto
from tests.installation.show.test_show import STORY
from tests.installation.waiting import LONG

pytestmark = [
    needs_mosquitto,
    pytest.mark.skipif(os.name != "posix", reason="slots need symbolic links, as Linux and macOS have them"),
]
TOKEN = new_token()


class Feeling(ManualMood):
    """Stands in for the eye: somebody feels what the test says."""

    feels = NOBODY

    def mood(self, now: float) -> Mood:
        return mood_of(self.feels, 0.9, now)


class KnownCheck:
    """In place of the check, which the other tests run: nothing is found."""

    def faults(self) -> list[str] | None:
        return []

    def stop(self) -> None:
        pass


def a_film(folder: Path, title: str) -> Path:
    folder.mkdir()
    for name in ("lamp", "door"):
        make_clip(folder / f"{name}.mp4", seconds=3.0, fps=10, size=(160, 90))
    (folder / "story.toml").write_text(STORY.replace('title = "', f'title = "{title} '))
    return folder / "story.toml"


class House:
    """A room whose show runs in this thread, and whoever puts something into it, in another."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        token = folder / "token"
        write_token(token, TOKEN)
        self.folder, self.eye = folder, Feeling()
        room = room_slug(folder.name)[-30:].strip("-")
        self.venue = Venue(
            name=folder.name,
            osc=OscSettings(listen_port=0, listen=False),
            screen=ScreenSettings(width=160, height=90),
            console=ConsoleSettings(listen=""),
            rooms=RoomsSettings(broker=broker.url, room=room, accept_stories=True, token_file=str(token)),
        )
        self.file = folder / "venue.toml"
        said = f'broker = "{broker.url}"\nroom = "{room}"\naccept_stories = true\ntoken_file = "token"\n'
        self.file.write_text(f'name = "{folder.name}"\n[rooms]\n{said}')
        self.client = BrokerClient(BrokerSettings(broker=broker.url), SilentLosses(), "house")
        self.client.start()

    @contextmanager
    def show(self, story: str) -> Iterator[Show]:
        losses = LossReporter()
        began = begin_with_put(story, str(self.file), state_folder(), losses)
        loaded = load_story(began.story, forgive_clips=True)
        with (
            open_show(loaded, self.venue, headless=True, mood_source=self.eye, losses=losses) as show,
            puts_taken(show, self.venue, "", losses, began),
        ):
            yield show

    def put(self, story: Path, when: When, token: str = TOKEN) -> Delivery:
        manifest, files = story_to_put(story, when)
        made = Delivery(self.venue.rooms.room, manifest, files, token, follow=True)
        threading.Thread(
            target=deliver, args=(self.client, "chiaro", [made], lambda _: None, 4 * LONG), daemon=True
        ).start()
        return made


def run_until(show: Show, true: Callable[[], object]) -> None:
    until = time.monotonic() + 4 * LONG
    while not true():
        assert time.monotonic() < until, "waited in vain"
        show.tick(time.monotonic())
        time.sleep(0.01)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(slot_watch, "GOOD_AFTER_SECONDS", 1.0)
    monkeypatch.setattr(put_watch, "LOOK_SECONDS", 0.1)
    with mosquitto(tmp_path / "broker") as broker:
        house = House(tmp_path, broker)
        yield house
        house.client.close()


def test_a_story_takes_over_where_a_scene_begins_and_is_kept_after_its_minute(house: House, tmp_path: Path) -> None:
    own, other = a_film(tmp_path / "own", "Own"), a_film(tmp_path / "other", "Other")
    with house.show(str(own)) as show:
        run_until(show, lambda: show.plays)
        put = house.put(other, "next_scene")
        run_until(show, lambda: put.state is PutState.WAITS or put.is_over)
        assert put.words == "it is whole and checked; it takes over at the next scene"
        assert show.story.title.startswith("Own")
        house.eye.feels = "happiness"
        run_until(show, lambda: put.is_over)
        assert (put.state, put.words) == (PutState.KEPT, "it has played for a minute, and is kept")
        assert show.story.title.startswith("Other")
        assert not show.ending
        wrong = house.put(own, "now", token=new_token())
        run_until(show, lambda: wrong.is_over)
        assert wrong.words == "the request is signed with another token than this room's"
    with house.show(str(own)) as show:
        assert show.story.title.startswith("Other"), "the one that was put wins over the one that is typed"


def test_a_story_that_fails_within_its_minute_is_given_back(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot_watch, "GOOD_AFTER_SECONDS", 600.0)
    monkeypatch.setattr(put_watch, "check_story_put", lambda *_: KnownCheck())
    own, other = a_film(tmp_path / "own", "Own"), a_film(tmp_path / "other", "Other")
    with house.show(str(own)) as show:
        run_until(show, lambda: show.plays)
        put = house.put(other, "next_scene")
        run_until(show, lambda: put.state is PutState.WAITS)
        slots = put_start.stories_of(put_start.put_folder(state_folder(), house.venue.rooms.room)).slots
        for clip in (slots.folder("b") / "content").glob("door.mp4"):
            clip.write_bytes(b"no film")  # the disk loses it after the check
        house.eye.feels = "happiness"
        run_until(show, lambda: show.ending)
        assert show.restarting
    with house.show(str(own)) as show:
        assert show.story.title.startswith("Own")
        run_until(show, lambda: put.is_over)
        assert put.line.startswith(f"{put.room}: back, ")
        assert put.words.endswith("did not last its first minute; the one before it is in use again")
