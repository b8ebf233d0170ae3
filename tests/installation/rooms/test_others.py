"""What other rooms say comes to the story by a real broker; with none of it known nothing is made up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from calibration.rooms_settings import RoomsSettings
from installation.host.console import LossReporter
from installation.rooms.client import BrokerClient
from installation.rooms.others import OthersHeard
from installation.rooms.outbox import Message
from installation.rooms.topics import OFFLINE, ONLINE, Beat, RoomMood, RoomState, RoomTopics
from models.labels import LABELS
from scenes.machine.advance import begin
from scenes.machine.other_rooms import NO_ROOMS, NOTHING_HEARD
from scenes.machine.state import StoryState
from scenes.story.story import Story
from tests.helpers.mosquitto import Mosquitto, mosquitto, needs_mosquitto
from tests.installation.waiting import LONG
from tests.scenes.evenings import TWO_ROOMS, story_of

HALL = RoomTopics("chiaro", "hall")
ASKS = TWO_ROOMS.replace(
    '{ mood = "calm" }',
    '{ any = [{ signal = "hall/mood/dark", above = 0.5 }, { signal = "hall/mood/count", above = 1 }, '
    '{ signal = "hall/scene/cellar" }, { signal = "hall/alive" }, { signal = "hall/mood/facing", above = 0.5 }, '
    '{ signal = "hall/mood/speaking", above = 0.2 }, { signal = "hall/mood/valence", below = 0 }] }',
).replace("[scenes.cellar]\n", '[scenes.cellar]\nwait_for = { room = "hall", scene = "cellar", limit_seconds = 5 }\n')


def state(word: str, scene: str) -> bytes:
    counted = "pictures late dropped repeated sound_gaps film_fps eye_fps drift takes visits losses beat"
    controls: dict[str, Any] = dict.fromkeys(("paused", "blackout", "mute", "closed", "camera"), False)
    controls |= {"volume": 1.0, "brightness": 1.0, "captions": (), "caption_languages": ()}
    known: dict[str, Any] = {
        "at": 1.0,
        "take": 1,
        "in_take": True,
        "visitors": 1,
        "senses": (),
        "house": "",
        "controls": controls,
    }
    return RoomState(**known, word=word, scene=scene, counters=dict.fromkeys(counted.split(), 0)).payload()


def mood(sad: float, trusted: bool = True, present: bool = True) -> bytes:
    felt = dict.fromkeys(LABELS, 0.0) | {"sadness": sad, "neutral": 1 - sad}
    said = RoomMood(
        at=1.0, trusted=trusted, reason="", present=present, count=2 * present, dominant="sadness", confidence=sad,
        probabilities=felt, valence=-0.4, arousal=0.1, facing=0.7, speaking=0.25,
    )  # fmt: skip
    return said.payload()


class Attic:
    """What the story of the room attic hears. Its client is real; the show is none."""

    def __init__(self, broker: Mosquitto, story: Story) -> None:
        self.client = BrokerClient(RoomsSettings(broker=broker.url), LossReporter(), "chiaro-attic")
        self.client.start()
        self.now = 0.0
        """Added to the clock, so that five seconds need not pass."""
        self.others = OthersHeard(self.client, "chiaro", "attic", lambda: time.monotonic() + self.now)
        self.story, self.state = story, begin(story, 0.0)[0]
        self.values: dict[str, float | None] = {}
        self.rooms = NO_ROOMS

    def hears(self, what: Callable[[], bool]) -> bool:
        until = time.monotonic() + LONG
        while not what() and time.monotonic() < until:
            self.tick()
            time.sleep(0.01)
        return what()

    def tick(self, state: StoryState | None = None) -> None:
        heard = self.others.hear(self.story, state or self.state)
        self.values |= {said.name: said.value for said in heard.signals}
        self.rooms = heard.rooms


class Hall:
    """Stands in for the other room: the payloads of one, from a client as it has."""

    def __init__(self, broker: Mosquitto) -> None:
        will = Message(HALL.status, OFFLINE, retain=True)
        self.client = BrokerClient(RoomsSettings(broker=broker.url), LossReporter(), "chiaro-hall", will=will)
        self.client.start()
        self.number = 0

    def says(self, topic: str, payload: bytes, retain: bool = False) -> None:
        self.client.put(topic, lambda: payload, retain=retain)

    def beats(self) -> None:
        self.number += 1
        self.says(HALL.beat, Beat(number=self.number, at=1.0).payload())


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker") as running:
        yield running


@needs_mosquitto
def test_another_rooms_mood_scene_and_life_are_heard_and_not_made_up(broker: Mosquitto) -> None:
    attic, hall = Attic(broker, story_of(ASKS)), Hall(broker)
    try:
        attic.tick()
        assert attic.rooms.scenes == {}
        assert attic.rooms.gone == frozenset()
        assert set(attic.values.values()) == {None}, "nothing was heard, so nothing is known"
        hall.says(HALL.status, ONLINE, retain=True)
        hall.beats()
        assert attic.hears(lambda: attic.values["hall/alive"] == 1.0)
        hall.says(HALL.mood, mood(0.8))
        assert attic.hears(lambda: attic.values["hall/mood/dark"] == 0.8)
        assert (attic.values["hall/mood/valence"], attic.values["hall/mood/count"]) == (-0.4, 2)
        assert (attic.values["hall/mood/facing"], attic.values["hall/mood/speaking"]) == (0.7, 0.25)
        hall.says(HALL.state, state("playing", "cellar"), retain=True)
        assert attic.hears(lambda: attic.rooms.scenes == {"hall": "cellar"})
        assert attic.hears(lambda: attic.values["hall/scene/cellar"] == 1.0)
        hall.says(HALL.mood, mood(0.8, trusted=False))
        assert attic.hears(lambda: attic.values["hall/mood/count"] is None)
        assert attic.values["hall/mood/dark"] is None, "the hall could not look"
        hall.says(HALL.mood, mood(0.8, present=False))
        assert attic.hears(lambda: attic.values["hall/mood/count"] == 0)
        assert attic.values["hall/mood/dark"] is None, "nobody is there who could be sad"
        hall.says(HALL.state, state("closed", "lamp"), retain=True)
        assert attic.hears(lambda: attic.rooms.gone == {"hall"})
        hall.says(HALL.state, state("attract", "lamp"), retain=True)
        assert attic.hears(lambda: not attic.rooms.gone)
        attic.now += 5.0  # in which it did not beat: it hangs
        attic.tick()
        assert attic.rooms.gone == {"hall"}
        assert attic.values["hall/alive"] == 0.0
        assert attic.values["hall/scene/cellar"] is None
        hall.beats()
        assert attic.hears(lambda: attic.values["hall/alive"] == 1.0)
        broker.kill()
        assert attic.hears(lambda: attic.values["hall/alive"] is None)
        assert (attic.rooms.gone, attic.rooms.scenes) == (frozenset(), {}), "nobody knows of anybody"
    finally:
        attic.client.close()
        hall.client.close()


@needs_mosquitto
def test_only_the_topics_that_the_story_names_are_subscribed_to_and_those_of_a_new_story_at_once(
    broker: Mosquitto,
) -> None:
    attic = Attic(broker, story_of(TWO_ROOMS))
    try:
        assert attic.others.hear(attic.story, attic.state) == NOTHING_HEARD
        listens = attic.client._listeners
        assert listens == {}
        waits = {HALL.status, HALL.beat, HALL.mood, HALL.state}
        meets = ASKS.replace("wait_for", "together")
        meets = meets.replace('room = "hall", scene = "cellar"', 'rooms = ["hall", "attic"]')
        for text, topics in (
            (ASKS, waits),
            (meets, waits | {HALL.event("together")}),
            (TWO_ROOMS + '[signals.joy]\nroom = "hall/mood/happiness"\n', {HALL.status, HALL.beat, HALL.mood}),
            (TWO_ROOMS + '[signals.life]\nroom = "attic/alive"\n', set()),
        ):
            attic.story = story_of(text)
            attic.tick()
            assert set(attic.client._listeners) == topics
    finally:
        attic.client.close()
