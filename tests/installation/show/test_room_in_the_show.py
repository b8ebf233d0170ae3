"""A room on a real broker: a real film, headless, and a reader as the house or another room is one."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from calibration.rooms_settings import RoomsSettings
from calibration.settings import OscSettings, ScreenSettings
from calibration.venue import Venue
from calibration.web_settings import ConsoleSettings
from installation.host.console import LossReporter
from installation.rooms.client import BrokerClient
from installation.rooms.link import Received
from installation.rooms.outbox import Message
from installation.rooms.topics import Beat, Order, Reply, RoomCard, RoomMood, RoomState, RoomTopics, read, topic_of
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from installation.show.rehearsal import NOBODY, mood_of
from installation.show.show import Show
from models.mood import Mood
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.helpers.mosquitto import Mosquitto, mosquitto, needs_mosquitto, needs_strangers
from tests.installation.show.test_show import STORY
from tests.installation.waiting import LONG

HEALED_WITHIN = 10.0
FIELDS_OF_SINGLE_VISITORS = ("visitor_id", "slot", "position", "size", "jpeg")


class Feeling(ManualMood):
    """Stands in for the eye: somebody feels what the test says."""

    feels = NOBODY

    def mood(self, now: float) -> Mood:
        return mood_of(self.feels, 0.9, now)


def venue_of(broker: str, name: str = "Hall 2 (east)", **rooms: Any) -> Venue:
    return Venue(
        name=name,
        osc=OscSettings(listen_port=0, listen=False),
        screen=ScreenSettings(width=160, height=90),
        console=ConsoleSettings(listen=""),
        rooms=RoomsSettings(broker=broker, groups=("floor-1",), **rooms),
    )


@contextmanager
def small_show(folder: Path, venue: Venue, eye: ManualMood | None = None) -> Iterator[Show]:
    for name in ("lamp", "door"):
        make_clip(folder / f"{name}.mp4", seconds=6.0, fps=30, size=(160, 90))
    (folder / "story.toml").write_text(STORY)
    story = load_story(folder / "story.toml")
    with open_show(story, venue, headless=True, mood_source=eye or ManualMood(), console=True) as show:
        yield show


class House:
    """Hears all that rooms say, while their show runs."""

    def __init__(self, show: Show, broker: Mosquitto) -> None:
        self.show = show
        assert show.parts.room is not None
        self.topics = RoomTopics("chiaro", show.parts.room.room)
        self.heard: list[Received] = []
        self.client = BrokerClient(RoomsSettings(broker=broker.url), LossReporter(), "house", part="house")
        self.client.listen("#", self.heard.append)
        self.client.start()

    def run_until(self, true: Callable[[], object], within: float = LONG) -> float:
        begun = time.monotonic()
        while not true():
            assert time.monotonic() - begun < within, "not within a long time"
            self.show.run(0.02)
        return time.monotonic() - begun

    def of(self, topic: str, since: int = 0) -> list[bytes]:
        return [one.payload for one in self.heard[since:] if one.topic == topic]

    def state(self) -> RoomState | None:
        said = self.of(self.topics.state)
        return read(RoomState, said[-1]) if said else None

    def ask(self, name: str, *arguments: Any) -> Reply:
        self.client.send(Message(self.topics.set(name), Order(arguments, f"id {name}").payload()))
        known = len(self.of(self.topics.reply))
        self.run_until(lambda: len(self.of(self.topics.reply)) > known)
        reply = read(Reply, self.of(self.topics.reply)[-1])
        assert reply is not None
        assert reply.id == f"id {name}"
        return reply


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("room")
    with mosquitto(folder / "broker") as broker:
        eye = Feeling()
        with small_show(folder, venue_of(broker.url), eye) as show:
            found = House(show, broker)
            found.run_until(lambda: found.of(found.topics.mood) and found.state())
            yield found
            found.client.close()


@needs_mosquitto
def test_a_room_says_who_it_is_how_it_is_and_that_it_lives(house: House) -> None:
    house.run_until(lambda: len(house.of(house.topics.beat)) > 1)
    assert house.of(house.topics.status)[-1] == b"online"
    card, state = read(RoomCard, house.of(house.topics.info)[-1]), house.state()
    assert card is not None
    assert (card.venue, card.room, card.groups, card.scenes) == (
        "Hall 2 (east)",
        "hall-2-east",
        ("floor-1",),
        ("lamp", "door"),
    )
    assert "goto" in card.commands
    assert "shutdown" not in card.commands, "no passphrase is set"
    assert state is not None
    assert (state.word, state.scene, state.visitors) == ("attract", "lamp", 0)
    assert "broker" in {sense.name for sense in state.senses}
    numbers = [beat.number for beat in (read(Beat, payload) for payload in house.of(house.topics.beat)) if beat]
    assert numbers == sorted(set(numbers))
    mood = read(RoomMood, house.of(house.topics.mood)[-1])
    assert mood is not None
    assert mood.trusted


@needs_mosquitto
def test_a_command_is_obeyed_answered_and_seen_in_the_state(house: House) -> None:
    assert house.ask("volume", 0.25).code == 0
    house.run_until(lambda: (state := house.state()) and state.controls.volume == 0.25)
    refused = house.ask("goto", "cellar")
    assert (refused.code, refused.reason) == (1, "there is no scene 'cellar'")
    assert house.ask("ping").reason == "pong"
    late: list[Received] = []
    house.client.listen("chiaro/+/state", late.append)
    house.run_until(lambda: late)
    assert late[0].retained
    kept = read(RoomState, late[0].payload)
    assert kept is not None
    assert kept.controls.volume == 0.25, "who comes later reads what was"
    house.client.ignore("chiaro/+/state")


@needs_mosquitto
def test_a_command_that_is_published_to_stay_is_refused_also_by_a_room_that_is_there(house: House) -> None:
    known = len(house.of(house.topics.reply))
    house.client.send(Message(house.topics.set("mute"), b"true", retain=True))
    house.run_until(lambda: len(house.of(house.topics.reply)) > known)
    house.client.send(Message(house.topics.set("mute"), b"", retain=True))
    reply = read(Reply, house.of(house.topics.reply)[-1])
    assert reply is not None
    assert (reply.code, reply.command) == (3, "mute")
    assert not house.show.controls.mute


@needs_mosquitto
def test_a_take_is_told_by_events_and_nothing_of_single_visitors_is(house: House) -> None:
    eye = house.show.parts.eye
    assert isinstance(eye, Feeling)
    eye.feels = "happiness"
    house.run_until(lambda: house.of(house.topics.event("scene"), since=1) and house.of(house.topics.event("branch")))
    house.run_until(lambda: (state := house.state()) and state.visitors == 1)
    house.run_until(lambda: (mood := read(RoomMood, house.of(house.topics.mood)[-1])) and mood.dominant == "happiness")
    eye.feels = NOBODY
    assert json.loads(house.of(house.topics.event("take_start"))[-1])["take"] >= 1
    for one in house.heard:
        assert not [field for field in FIELDS_OF_SINGLE_VISITORS if field.encode() in one.payload], one.topic
    retained = {topic_of("chiaro", one.topic) for one in house.heard if one.retained and one.topic.startswith("chiaro")}
    kinds = {topic.kind for topic in retained if topic} - {"set"}  # another test's own
    assert kinds == {"status", "info", "state"}, "a mood is kept by nobody"


@needs_mosquitto
def test_home_assistant_is_told_again_when_it_has_begun_and_its_templates_can_be_filled(house: House) -> None:
    topic = "homeassistant/device/chiaro_hall-2-east/config"
    known = len(house.of(topic))
    house.client.send(Message("homeassistant/status", b"online"))
    house.run_until(lambda: len(house.of(topic)) > known)
    jinja2 = pytest.importorskip("jinja2", reason="no jinja2: the templates for Home Assistant were not filled")
    value = json.loads(house.of(house.topics.state)[-1])
    for key, one in json.loads(house.of(topic)[-1])["components"].items():
        if "value_template" in one:
            filled = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(one["value_template"])
            assert key == "house" or filled.render(value_json=value), key


@needs_mosquitto
@needs_strangers
def test_strangers_hear_the_room_and_control_it(house: House) -> None:
    port = house.client._address.port
    tool = shutil.which("mosquitto_sub") or ""
    line = [tool, "-p", str(port), "-t", "chiaro/+/status", "-t", "chiaro/+/state", "-C", "2", "-v", "-W", "10"]
    told = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    assert "chiaro/hall-2-east/status online\n" in told
    assert '"scene":' in told
    known = len(house.of(house.topics.reply))
    subprocess.run(
        ["mosquitto_pub", "-p", str(port), "-t", "chiaro/hall-2-east/set/brightness", "-m", "0.5"], check=True
    )
    house.run_until(lambda: len(house.of(house.topics.reply)) > known)
    assert house.show.controls.brightness == 0.5
