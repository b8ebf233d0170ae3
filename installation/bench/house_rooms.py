"""Many simulated rooms at once: ``python -m installation.bench.house_rooms PORT FIRST COUNT SECONDS``.

Each is a connection of its own with a last will, and plays the demo film by the real story machine, ten times a
second, to four visitors whose moods change. It says what a room says: moods and beats, its state on change and each ten
seconds. In place of its hours a state says when it was made, so that a page that sees it knows how old it is. Prints
one line of JSON.
"""

from __future__ import annotations

import json
import math
import selectors
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from installation.host.options import DEMO
from installation.host.priority import lower_process_priority
from installation.host.terminal import say
from installation.rooms.topics import OFFLINE, ONLINE, Beat, RoomCard, RoomMood, RoomState, RoomTopics
from installation.web.document import ControlsNow, Counters, SenseNow
from models.judging.aggregate import mean
from models.labels import LABELS
from models.mood import Mood, VisitorMood
from scenes.machine.advance import Moment, advance, begin
from scenes.machine.dry_run import DryPlayer
from scenes.story.story import Story, load_story

if TYPE_CHECKING:
    from paho.mqtt.client import Client

NICER = 5
"""Rooms have machines of their own: what is measured goes first."""
TICK_SECONDS, BEAT_TICKS, STATE_TICKS = 0.1, 10, 100
VISITORS = 4
STAY, AWAY = 40.0, 20.0
"""Seconds that the visitors are there, and that nobody is."""
KEEP_ALIVE_SECONDS = 4
CONTROLS = ControlsNow(
    **dict.fromkeys(("paused", "blackout", "mute", "closed"), False),
    **{"camera": True, "volume": 1.0, "brightness": 1.0, "captions": None, "caption_languages": ()},
)
SENSES = tuple(
    SenseNow(name=name, state="ok", words="", since=None)
    for name in ("camera", "eye", "film", "sound", "display", "OSC control", "journal", "disk", "machine", "clock")
)
MADE = "made at "


@dataclass
class SimulatedRoom:
    """One room: its film, its visitors, and its connection."""

    number: int
    story: Story
    link: Client
    ticks: int = 0
    sent: int = 0
    told: tuple[object, ...] = ()
    topics: RoomTopics = field(init=False)

    def __post_init__(self) -> None:
        """Begin the film."""
        self.topics = RoomTopics("chiaro", f"room-{self.number:04}")
        self._state, cues = begin(self.story, 0.0)
        self._player = DryPlayer(self.story).perform(cues)

    def greet(self) -> None:
        """What is retained."""
        card = RoomCard(
            version="0.1.0",
            venue=f"Room {self.number}",
            room=self.topics.room,
            groups=(f"floor-{self.number % 5}",),
            story=self.story.title,
            scenes=tuple(self.story.names),
            commands=("start", "pause", "resume", "blackout", "mute", "open", "close"),
            started_at=time.time(),
        )
        self._say(self.topics.info, card.payload(), 1, retain=True)
        self._say(self.topics.status, ONLINE, 1, retain=True)

    def tick(self) -> None:
        """A tenth of a second."""
        self.ticks += 1
        now = self.ticks * TICK_SECONDS
        mood = self._mood(now)
        self._player = self._player.run(TICK_SECONDS)
        self._state, cues = advance(self.story, self._state, Moment(now, mood, self._player.playhead))
        self._player = self._player.perform(cues)
        said = mood.model_dump(include=MOOD_FIELDS)
        shares = dict(zip(LABELS, mood.probabilities, strict=True))
        self._say(self.topics.mood, RoomMood(at=time.time(), probabilities=shares, **said).payload(), 0)
        if self.ticks % BEAT_TICKS == self.number % BEAT_TICKS:
            self._say(self.topics.beat, Beat(number=self.ticks, at=time.time()).payload(), 0)
        told = (self._state.scene, self._state.take, self._state.in_take, mood.count)
        if told != self.told or self.ticks % STATE_TICKS == self.number % STATE_TICKS:
            self.told = told
            self._say(self.topics.state, self._document(mood.count).payload(), 1, retain=True)

    def _mood(self, now: float) -> Mood:
        if (now + 7 * self.number) % (STAY + AWAY) > STAY:
            return Mood(captured_at=now, trusted=True)
        visitors = tuple(self._visitor(slot, now) for slot in range(1, VISITORS + 1))
        shares = mean(visitors)
        strongest = max(range(len(LABELS)), key=shares.__getitem__)
        return Mood(
            captured_at=now,
            trusted=True,
            present=True,
            count=VISITORS,
            visitors=visitors,
            probabilities=shares,
            dominant=LABELS[strongest],
            confidence=shares[strongest],
        )

    def _visitor(self, slot: int, now: float) -> VisitorMood:
        felt = (slot + self.number + int(now / 8)) % len(LABELS)
        strength = 0.55 + 0.3 * math.sin(now / 3 + slot)
        rest = (1 - strength) / (len(LABELS) - 1)
        shares = tuple(strength if label == felt else rest for label in range(len(LABELS)))
        return VisitorMood(
            slot=slot,
            visitor_id=slot,
            probabilities=shares,
            dominant=LABELS[felt],
            confidence=strength,
            position=(slot / 5, 0.5),
            size=0.2,
        )

    def _document(self, visitors: int) -> RoomState:
        at, state = time.time(), self._state
        counters = dict.fromkeys(Counters.model_fields, self.ticks) | {"film_fps": 30.0, "eye_fps": 10.0, "drift": 0.1}
        return RoomState(
            at=at,
            word="playing" if state.in_take else "attract",
            scene=state.scene,
            take=state.take,
            in_take=state.in_take,
            visitors=visitors,
            controls=CONTROLS.model_dump(),
            senses=[sense.model_dump() for sense in SENSES],
            house=f"{MADE}{at:.3f}",
            counters=counters,
        )

    def _say(self, topic: str, payload: bytes, qos: int, retain: bool = False) -> None:
        self.link.publish(topic, payload, qos, retain)
        self.sent += 1


MOOD_FIELDS = {"trusted", "reason", "present", "count", "dominant", "confidence", "valence", "arousal"}


def connected(port: int, number: int, story: Story) -> SimulatedRoom:
    """One that is on the broker."""
    from paho.mqtt.client import Client, MQTTv5
    from paho.mqtt.enums import CallbackAPIVersion

    link = Client(CallbackAPIVersion.VERSION2, f"chiaro-room-{number}", protocol=MQTTv5)
    room = SimulatedRoom(number, story, link)
    link.will_set(room.topics.status, OFFLINE, 1, True)
    link.connect("127.0.0.1", port, KEEP_ALIVE_SECONDS)
    return room


def run(port: int, first: int, count: int, seconds: float) -> dict[str, float]:
    """Be so many rooms for so long."""
    story = load_story(DEMO, forgive_clips=True)
    rooms = [connected(port, first + number, story) for number in range(count)]
    selector = selectors.DefaultSelector()
    for room in rooms:
        selector.register(room.link.socket(), selectors.EVENT_READ, room)  # type: ignore[arg-type]

    def serve(until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                key.data.link.loop_read()

    serve(time.monotonic() + 1.0)
    for room in rooms:
        room.greet()
    begun, step, skipped = time.monotonic(), 0, 0
    while (passed := time.monotonic() - begun) < seconds:  # one room after another, spread over the tenth
        due = int(passed / TICK_SECONDS * count)
        if due - step > count:  # a machine that is too slow leaves ticks out, and does not fall behind
            skipped += due - step
            step = due
        room = rooms[step % count]
        room.tick()
        if room.link.want_write():
            room.link.loop_write()
        if step // count % 5 == 0:
            room.link.loop_misc()
        step += 1
        if step % max(1, count // 10) == 0:
            serve(begun + step * TICK_SECONDS / count)
    return {"sent": sum(room.sent for room in rooms) / seconds, "skipped": skipped / max(1, step)}


def main() -> None:
    """Print what was sent."""
    port, first, count, seconds = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    lower_process_priority(NICER)
    say(json.dumps(run(port, first, count, seconds)))


if __name__ == "__main__":
    main()
