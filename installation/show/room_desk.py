"""The stage's side of the broker: what other rooms and the house are told as the show goes on, and what they ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version

from calibration.rooms_settings import RoomsSettings
from calibration.venue import Venue
from installation.host.addresses import reachable
from installation.host.console import LossChange, LossReporter
from installation.host.journal import Journal
from installation.host.state_folder import room_stem, state_folder
from installation.osc.registry import COMMANDS
from installation.report.job import REPORTS
from installation.report.summary import NewestSummary
from installation.rooms.client import BrokerClient
from installation.rooms.discovery import BIRTH, BORN, discovery_payload, discovery_topic
from installation.rooms.link import Received
from installation.rooms.orders import Orders
from installation.rooms.others import OthersHeard
from installation.rooms.outbox import Message
from installation.rooms.tokens import Gate, token_of
from installation.rooms.topics import (
    OFFLINE,
    ONLINE,
    Beat,
    Reply,
    RoomCard,
    RoomEvent,
    RoomMood,
    RoomState,
    RoomTopics,
    read,
)
from installation.screens.broker_leader import place_to_follow
from installation.show.console_desk import ConsoleDesk
from installation.show.console_state import Beside, SinceWhen, absent_senses, mood_now, state_of
from installation.show.view import View
from models.mood import Mood
from scenes.machine.command import Command
from scenes.machine.cue import Branched, Cue, SceneStarted, TakeEnded, TakeStarted
from scenes.machine.state import StoryState
from scenes.story.story import Story

BEAT_SECONDS, STATE_SECONDS, STATE_AGAIN_SECONDS, REPORT_SECONDS = 1.0, 0.25, 10.0, 60.0
MAX_WHY = 300


class RoomDesk:
    """What the show has only where the venue names a broker. For the stage's thread; nothing here waits.

    ``console_url``: where the console is now, '' = nowhere that others could reach. ``evening``: figures of the
    last one.
    """

    def __init__(  # noqa: PLR0913 - its parts
        self,
        venue: Venue,
        settings: RoomsSettings,
        story: Story,
        losses: LossReporter,
        journal: Journal,
        console_url: Callable[[], str],
        evening: NewestSummary,
    ) -> None:
        self._venue, self._settings, self._losses, self._journal = venue, settings, losses, journal
        self._console_url, self._url = console_url, ""
        self._evening, self._report_due = evening, 0.0
        self.room = settings.room_of(venue.name)
        self._topics = topics = RoomTopics(settings.topic, self.room)
        self.client = BrokerClient(
            settings,
            losses,
            f"chiaro-{self.room}",
            will=Message(topics.status, OFFLINE, retain=True),
            greet=self._greeting,
        )
        """The connection; other parts of the room may listen on it."""
        gate = Gate(token_of(settings, losses), self.room)
        self.others = OthersHeard(self.client, settings.topic, self.room)
        """What other rooms say, for the story."""
        self._orders = Orders(venue.osc, story.names, self._reply, losses.clock, gate)
        self._for_all = gate.is_open
        """Whoever may publish may control the room: so Home Assistant may, which can sign nothing."""
        self._story: Story | None = None
        self._started_at, self._greetings = time.time(), 0
        self._offset = self._started_at - losses.clock()
        self._number, self._beat_due, self._state_due, self._mood_due = 0, 0.0, 0.0, 0.0
        self._mood: tuple[Mood, bool] | None = None
        self._absent, self._since_when = absent_senses(venue), SinceWhen()
        self._newest: Callable[[], RoomState] | None = None
        self._sent: tuple[object, float] = (None, 0.0)
        """What a change is told from, and when it was sent; of the client's thread."""
        if settings.listen:
            self.client.listen(topics.set("+"), self._hear)
        self.client.listen(topics.info, self._hear_card)
        if settings.discovery:
            self.client.listen(f"{settings.discovery}/{BIRTH}", self._hear_birth)
        losses.follow(self._note_loss)
        self.client.start()

    def drain(self) -> list[Command]:
        """What was asked through the broker since the last call. Once a tick."""
        return self._orders.drain()

    def obeyed(self, command: Command, code: int, reason: str) -> None:
        """Answer whoever asked through the broker."""
        self._orders.obeyed(command, code, reason)

    def cue(self, cue: Cue) -> None:
        """A cue of the film, as it is performed; those that are no event of a room are passed over."""
        at = time.time()
        match cue:
            case SceneStarted(_, scene, index):
                self._event("scene", RoomEvent(at=at, scene=scene, index=index))
            case Branched(source, target, reason, emotion, confidence):
                said = RoomEvent(at=at, scene=source, target=target)
                if self._settings.moods_per_second:  # else the mood stays in the room
                    said = said.model_copy(update={"reason": reason, "emotion": emotion, "confidence": confidence})
                self._event("branch", said)
            case TakeStarted(take):
                self._event("take_start", RoomEvent(at=at, take=take))
            case TakeEnded(take, outcome):
                self._event("take_end", RoomEvent(at=at, take=take, outcome=outcome))

    def follow(
        self, now: float, story: Story, state: StoryState, mood: Mood, rehearsed: bool, view: Callable[[], View]
    ) -> None:
        """Once a tick: what is due is left for the client's thread, which makes documents of it."""
        self._mood = mood, rehearsed
        if story is not self._story:
            self._story = story
            self._orders.story(story.names)
            self._put_card()
        if self._settings.moods_per_second and now >= self._mood_due:
            self._mood_due = now + 1 / self._settings.moods_per_second
            self.client.put(self._topics.mood, self._mood_payload, qos=0)
        if now >= self._beat_due:
            self._beat_due = now + BEAT_SECONDS
            self._number += 1
            self._offset = time.time() - now
            self.client.put(self._topics.beat, Beat(number=self._number, at=time.time()).payload, qos=0)
            if (url := self._console_url()) != self._url:
                self._url = url
                self._put_card()
        if now >= self._report_due:
            self._report_due = now + REPORT_SECONDS
            self.client.put(self._topics.report, self._evening.changed, retain=True)
        if now >= self._state_due:
            self._state_due = now + STATE_SECONDS
            self._newest = partial(self._state, view(), self._beside(state))
            self.client.put(self._topics.state, self._changed_state, retain=True)

    def close(self) -> None:
        """Say that the room is gone (1.5 s at most)."""
        self._losses.unfollow(self._note_loss)
        self.client.close([Message(self._topics.status, OFFLINE, retain=True)])

    # -- the client's thread -------------------------------------------------------------------------------------------

    def _greeting(self) -> Sequence[Message]:
        """All that is retained: a broker that was restarted may have forgotten it."""
        self._greetings += 1
        found = [self._card_message(), *self._discovery()]
        if self._newest is not None:
            self._sent = (None, 0.0)
            found.append(Message(self._topics.state, self._changed_state() or b"", retain=True))
        if evening := self._evening.now():
            found.append(Message(self._topics.report, evening, retain=True))
        return [*found, Message(self._topics.status, ONLINE, retain=True)]

    def _card(self) -> RoomCard:
        story = self._story
        ends = () if self._venue.osc.passphrase else ("shutdown", "restart")
        return RoomCard(
            version=version("chiaroscuro"),
            venue=self._venue.name,
            room=self.room,
            groups=self._settings.groups,
            story=story.title if story else "",
            scenes=tuple(story.names) if story else (),
            commands=tuple(name for name in COMMANDS if name not in ends) if self._settings.listen else (),
            started_at=self._started_at,
            console=self._url,
            screens=place_to_follow(self._venue.screens),
        )

    def _card_message(self) -> Message:
        return Message(self._topics.info, self._card().payload(), retain=True)

    def _discovery(self) -> list[Message]:
        if not self._settings.discovery:
            return []
        topic = discovery_topic(self._settings.discovery, self.room)
        return [Message(topic, self._discovery_payload(), retain=True)]

    def _discovery_payload(self) -> bytes:
        card = self._card()
        return discovery_payload(self._topics, card if self._for_all else card.model_copy(update={"commands": ()}))

    def _put_card(self) -> None:
        self.client.put(self._topics.info, lambda: self._card().payload(), retain=True)
        if self._settings.discovery:
            topic = discovery_topic(self._settings.discovery, self.room)
            self.client.put(topic, lambda: self._discovery_payload(), retain=True)

    def _mood_payload(self) -> bytes | None:
        """Of the newest mood, however long the message has waited: none of a visitor who was forgotten meanwhile."""
        if self._mood is None:
            return None
        return RoomMood(at=time.time(), **mood_now(*self._mood).model_dump()).payload()

    def _changed_state(self) -> bytes | None:
        state = self._newest() if self._newest else None
        if state is None:
            return None
        senses = tuple((sense.name, sense.state, sense.state == "lost" and sense.words) for sense in state.senses)
        told = state.model_copy(update={"at": 0.0, "counters": None, "senses": senses})
        before, at = self._sent
        if told == before and 0 <= state.at - at < STATE_AGAIN_SECONDS:
            return None
        self._sent = told, state.at
        return state.payload()

    def _state(self, view: View, beside: Beside) -> RoomState:
        full = self._since_when.with_since(state_of(view, beside))
        return RoomState(
            at=full.at,
            word=full.word,
            scene=full.scene.name,
            take=full.take,
            in_take=full.in_take,
            visitors=full.mood.count,
            controls=full.controls.model_dump(),
            senses=[sense.model_dump() for sense in full.senses],
            house=full.house,
            counters=full.counters.model_dump(),
        )

    def _beside(self, state: StoryState) -> Beside:
        return Beside(
            number=self._number,
            at=time.time(),
            state=state,
            way=(),
            takes=self._journal.takes,
            visits=self._journal.visits,
            camera_shown_until=None,
            test_picture="",
            absent=self._absent,
            lost=self._losses.losses(),
            unix_offset=self._offset,
        )

    def _hear(self, received: Received) -> None:
        self._orders.receive(received.topic.rsplit("/", 1)[1], received)

    def _hear_card(self, received: Received) -> None:
        """Another room of our name: the one that began later steps back. At first it may be our own of last time."""
        card = read(RoomCard, received.payload)
        if card and self._greetings > 1 and card.started_at < self._started_at:
            why = f"another room is called {self.room!r} (the venue {card.venue[:60]!r}); set another rooms.room"
            self.client.step_back(why)

    def _hear_birth(self, received: Received) -> None:
        if received.payload == BORN:
            for message in self._discovery():
                self.client.send(message)

    def _reply(self, reply: Reply) -> None:
        """In any thread."""
        self.client.send(Message(self._topics.reply, reply.payload()))

    def _event(self, name: str, event: RoomEvent) -> None:
        self.client.send(Message(self._topics.event(name), event.payload()))

    def _note_loss(self, change: LossChange) -> None:
        """In any thread."""
        name = "loss" if change.seconds is None else "back"
        event = RoomEvent(
            at=change.now + self._offset, part=change.part, reason=change.why[:MAX_WHY], seconds=change.seconds
        )
        self._event(name, event)


def open_room(
    venue: Venue, story: Story, losses: LossReporter, journal: Journal, console: ConsoleDesk | None
) -> RoomDesk:
    """The room on the broker that the venue names; it connects in a thread of its own."""

    def console_url() -> str:
        address = console.address if console else None
        return address.url if address and reachable(venue.console.listen) else ""

    evening = NewestSummary(state_folder() / REPORTS, room_stem(venue.name))
    return RoomDesk(venue, venue.rooms, story, losses, journal, console_url, evening)
