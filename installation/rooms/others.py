"""What other rooms say, for the story: their values as signals, their scenes for a wait, and meetings with them.

Only the topics of rooms that the story names are subscribed to. The client's thread leaves the newest of each; the
tick takes what is new, and judges by its own clock who is there. While the broker is lost nothing is known of anybody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from installation.rooms.client import BrokerClient, Received
from installation.rooms.reader import Condition, RoomSign
from installation.rooms.rendezvous import Rendezvous, Standing
from installation.rooms.topics import BEAT, EVENT, MOOD, STATE, STATUS, RoomMood, RoomState, RoomTopics, read, topic_of
from scenes.machine.other_rooms import NOTHING_HEARD, Heard, OtherRooms
from scenes.machine.rooms import meeting
from scenes.machine.signal_state import SignalMessage
from scenes.machine.state import StoryState
from scenes.story.asked_signals import rooms_named
from scenes.story.rooms import RoomValue, room_value
from scenes.story.story import Story

TOGETHER = "together"
"""The event of a room that says how it stands in a meeting: a ``Standing``."""
AGAIN_SECONDS = 1.0
"""What still holds is told to the story so often, or it would be too old there."""
MEETS_EACH_SECONDS, KEEPS_CLOCKS_SECONDS = 0.1, 2.0
"""How often a room says how it stands: one that waits, and one that does not."""
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class _Heard:
    """The newest of one room."""

    sign: RoomSign = field(default_factory=RoomSign)
    state: RoomState | None = None
    mood: RoomMood | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the story was told of one room last."""

    heard: _Heard
    condition: Condition
    at: float


class OthersHeard:
    """Made with the room's client; ``hear`` is for the tick, and waits for nothing."""

    def __init__(self, client: BrokerClient, root: str, own: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._root, self._own, self._clock = client, root, own, clock
        self._lock = threading.Lock()
        self._heard: dict[str, _Heard] = {}
        self._rendezvous = Rendezvous(own)
        self._told: dict[str, _Told] = {}
        self._story: Story | None = None
        self._asked: dict[str, dict[str, RoomValue]] = {}
        """Of each room the values that the story asks for, by the names of its signals."""
        self._topics: frozenset[str] = frozenset()
        self._meets = self._waits = False
        self._say_due = 0.0

    def hear(self, story: Story, state: StoryState) -> Heard:
        """What is new for the story, and how other rooms stand."""
        if story is not self._story:
            self._follow(story)
        if not self._asked:
            return NOTHING_HEARD
        now = self._clock()
        with self._lock:
            if not self._client.connected:
                self._heard.clear()  # what comes from a broker that is back is heard anew
            heard = dict(self._heard)
        known = {name: heard.get(name, _Heard()) for name in self._asked}
        conditions = {name: one.sign.condition(now) for name, one in known.items()}
        said = [one for name in known for one in self._news(name, known[name], conditions[name], now)]
        lives = {name: one.state for name, one in known.items() if conditions[name] is Condition.LIVES}
        gone = {name for name, one in conditions.items() if one in (Condition.GONE, Condition.HANGS)}
        gone |= {name for name, state in lives.items() if state and state.word == CLOSED}
        entry, met = self._meet(story, state, gone, now) if self._meets else (0, ())
        scenes = {name: one.scene for name, one in lives.items() if one}
        return Heard(tuple(said), OtherRooms(self._own, scenes, frozenset(gone), entry, met))

    def clocks(self) -> dict[str, float]:
        """How far the clock of each room with which this one meets is before ours, in seconds."""
        with self._lock:
            return dict(self._rendezvous.offsets())

    def _follow(self, story: Story) -> None:
        """Subscribe to what this story asks for, and no longer to what only another did."""
        self._story = story
        self._told.clear()
        self._asked = {name: {} for name in rooms_named(story.file) if name != self._own}
        for name, entry in story.signals.items():
            value = room_value(entry.room) if entry.room else None
            if value and value.room in self._asked:
                self._asked[value.room][name] = value
        scenes = [story.scene(name) for name in story.names]
        waited = {scene.wait_for.room for scene in scenes if scene.wait_for}
        meets = {room for scene in scenes if scene.together for room in scene.together.rooms} - {self._own}
        self._meets = bool(meets)
        topics = set[str]()
        for room, values in self._asked.items():
            of, kinds = RoomTopics(self._root, room), {value.kind for value in values.values()}
            topics |= {of.status, of.beat}
            topics |= {of.mood} if "mood" in kinds else set()
            topics |= {of.state} if kinds & {"scene", "in_take"} or room in waited | meets else set()
            topics |= {of.event(TOGETHER)} if room in meets else set()
        for topic in self._topics - topics:
            self._client.ignore(topic)
        for topic in topics - self._topics:
            self._client.listen(topic, self._receive)
        self._topics = frozenset(topics)

    def _news(self, name: str, heard: _Heard, condition: Condition, now: float) -> Iterator[SignalMessage]:
        """A mood counts once, when it comes; what else there is holds as long as the room lives."""
        before = self._told.get(name)
        if before and (before.heard, before.condition) == (heard, condition) and now - before.at < AGAIN_SECONDS:
            return
        self._told[name] = _Told(heard, condition, now)
        old_mood = before is not None and before.heard.mood is heard.mood
        for signal, value in self._asked[name].items():
            number = self._value(value, heard, condition)
            if value.kind != "mood" or number is None or not old_mood:
                yield SignalMessage(signal, number)

    def _value(self, value: RoomValue, heard: _Heard, condition: Condition) -> float | None:
        """What the room says of it now; None: not known."""
        lives = condition is Condition.LIVES
        if value.kind == "alive":
            return None if condition is Condition.UNKNOWN else float(lives)
        if value.kind == "mood":
            return self._of_mood(value.word, heard.mood) if lives and heard.mood else None
        if not lives or heard.state is None:
            return None
        return float(heard.state.in_take if value.kind == "in_take" else heard.state.scene == value.word)

    def _of_mood(self, word: str, mood: RoomMood) -> float | None:
        if not mood.trusted:
            return None
        if word in ("present", "count"):
            return float(mood.present if word == "present" else mood.count)
        if not mood.present or not any(mood.probabilities.values()):
            return None
        if word in ("facing", "speaking"):
            return mood.facing if word == "facing" else mood.speaking
        if word in ("valence", "arousal"):
            return mood.valence if word == "valence" else mood.arousal
        labels = self._story.labels(word) if self._story else ()
        return sum(mood.probabilities.get(label, 0.0) for label in labels)

    def _meet(self, story: Story, state: StoryState, gone: set[str], now: float) -> tuple[int, tuple[str, ...]]:
        waits = meeting(story, state)
        with self._lock:
            self._rendezvous.meet(waits, now)
            news = self._rendezvous.agree(gone, now)
            begins = self._rendezvous.begins(now)
        news = news or self._waits is not bool(waits)
        self._waits = bool(waits)
        if news or now >= self._say_due:
            self._say_due = now + (MEETS_EACH_SECONDS if waits else KEEPS_CLOCKS_SECONDS)
            self._client.put(RoomTopics(self._root, self._own).event(TOGETHER), self._say, qos=0)
        return begins

    # -- the client's thread -------------------------------------------------------------------------------------------

    def _say(self) -> bytes:
        """As late as it can be, so that the clock in it is that of its sending."""
        with self._lock:
            return self._rendezvous.say(time.time(), self._clock()).payload()

    def _receive(self, received: Received) -> None:
        now, topic = self._clock(), topic_of(self._root, received.topic)
        if topic is None:
            return
        standing = read(Standing, received.payload) if topic.kind == EVENT else None
        state = read(RoomState, received.payload) if topic.kind == STATE else None
        mood = read(RoomMood, received.payload) if topic.kind == MOOD else None
        with self._lock:
            heard = self._heard.get(topic.room, _Heard())
            if topic.kind == STATUS:
                sign = heard.sign.with_status(received.payload, now)
                heard = replace(heard, sign=sign, mood=heard.mood if sign.online else None)
            elif topic.kind == BEAT:
                heard = replace(heard, sign=heard.sign.with_beat(received.payload, now))
            elif state is not None:
                heard = replace(heard, state=state)
            elif mood is not None:
                heard = replace(heard, mood=mood)
            elif standing is not None:
                self._rendezvous.hear(topic.room, standing, now)
            self._heard[topic.room] = heard
