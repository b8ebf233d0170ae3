"""Stories and venues that the house puts into this room: received, checked, taken up, and proven or given back.

One thread does all of it: it writes to the disk, and waits for a check.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import orjson

from calibration.venue import Venue
from installation.bundle.slots import State
from installation.host.console import LossReporter, log
from installation.host.priority import PICTURES, set_thread_priority
from installation.host.state_folder import state_folder
from installation.host.worker import Worker
from installation.rooms.client import BrokerClient
from installation.rooms.link import Received
from installation.rooms.outbox import Message
from installation.rooms.put_check import check_story_put, check_venue_put
from installation.rooms.put_receiver import PutState, Receiver, RoomPlace
from installation.rooms.put_start import PART, BeganWith, put_folder, stories_of, venues_of
from installation.rooms.put_store import OWN, NotTaken, PutStore
from installation.rooms.room_list import SilentLosses
from installation.rooms.tokens import Gate, token_of
from installation.rooms.topics import RoomTopics
from installation.show.reloading import NEW_STORY
from installation.show.slot_watch import LOOK_SECONDS, SlotWatch

if TYPE_CHECKING:
    from installation.show.show import Show

POLL_SECONDS, PACE_SECONDS = 0.25, 0.01
"""How often it is looked round; and the rest after each message, so that 12 MB a second come in at most. A lower
priority would not help: a thread that is not served while it holds Python's lock holds up the tick."""
GIVE_UP_SECONDS = 10.0
"""After which a story that cannot be read is not waited for: the disk has lost what was checked."""
DARK_SECONDS = 10.0
"""An open house whose wall shows nothing of the story for so long has a story that fails."""
HEARD_AT_MOST = 64
"""Messages that wait; the window of whoever puts is far smaller."""


class PutSlotWatch(SlotWatch):
    """What was put, of one kind: when it takes over, when it is proven, and when it fails."""

    def __init__(
        self, store: PutStore, show: Show, losses: LossReporter, tell: Callable[[str, PutState, str], None]
    ) -> None:
        super().__init__(store.slots, show, losses)
        self._store, self._tell = store, tell
        self._reads, self._asked_at = "", 0.0
        """The slot whose story the show has been asked to go on with."""
        self._failed_before: frozenset[str] = frozenset()
        self._dark_since: float | None = None
        self.fails = False
        """It does not last: the next start is to see that."""
        store.let_go = self._let_go

    def observe(self) -> None:
        """As for a version of the program; and a trial whose scenes cannot be played ends at once."""
        super().observe()
        state = self._slots.state()
        if state.trial and state.begun and (why := self._trouble()) and not self._show.ending:
            self.fails = True
            log.warning("%s does not last its first minute (%s): back", self._slots.describe(state.trial), why)
            self._show.restarting = self._show.ending = True

    def _follow_pending(self, state: State) -> None:
        due, show = self._store.due(), self._show
        file = self._store.file(state.pending)
        if due == "next_scene" and file is not None and file.suffix == ".toml" and self._store.root.name == "story":
            if show.story.path == file.resolve():
                self._take_over()
            elif self._reads != state.pending:
                self._reads, self._failed_before = state.pending, show.failed
                self._asked_at = time.monotonic()
                show.reload_from(lambda: file)
            elif self._losses.is_lost(NEW_STORY) and time.monotonic() - self._asked_at > GIVE_UP_SECONDS:
                self._give_up(state.pending)
        elif due == "now" or show.parts.house.stays_closed or (due == "next_scene" and not show.in_take):
            log.info("%s takes over", self._slots.describe(state.pending))
            show.restarting = show.ending = True

    def _give_up(self, name: str) -> None:
        """It was whole when it was checked, and cannot be read any more."""
        with suppress(NotTaken):
            self._let_go()
            self._slots.note(State())
            self._tell(self._id(name), PutState.REFUSED, "it can no longer be read on this room's disk; put it again")

    def _take_over(self) -> None:
        """The show has begun with it by itself, where a scene began."""
        self._reads, self._dark_since, self._since = "", None, None
        name = self._slots.choose()
        log.info("%s takes over", self._slots.describe(name))
        self._tell(self._id(name), PutState.TAKEN, "it plays; the first minute is its trial")

    def _let_go(self) -> None:
        """Its slot is about to be emptied: the show must not begin with it any more. Raises ``NotTaken`` if it has."""
        if not self._reads:
            return
        before = self._show.story.path
        self._show.reload_from(lambda: before)
        ticked = self._show.parts.heartbeat.last
        until = time.monotonic() + 1.0
        while self._show.parts.heartbeat.last == ticked and time.monotonic() < until:
            time.sleep(0.01)
        if self._show.story.path != before:
            raise NotTaken("the one before it has begun this moment; try again in a minute")
        self._reads = ""

    def _trouble(self) -> str:
        """Why what is on trial fails; '' while nothing speaks against it."""
        show, now = self._show, self._show.parts.heartbeat.last
        if show.plays or show.controls.closed:
            self._dark_since = None
        elif self._dark_since is None:
            self._dark_since = now
        story = show.story
        faulty = ((story.unplayable | show.failed) - self._failed_before).intersection(story.names)
        if broken := {name for name in faulty if not story.scene(name).is_course}:  # a house may show no courses
            return f"{', '.join(sorted(broken))} cannot be played"
        if self._dark_since is not None and now - self._dark_since >= DARK_SECONDS:
            return "nothing of it is shown"
        return ""

    def _tell_lasted(self) -> None:
        name = self._slots.current()
        log.info("%s has played for a minute: it is kept", self._slots.describe(name))
        self._tell(self._id(name), PutState.KEPT, "it has played for a minute, and is kept")

    def _id(self, name: str) -> str:
        found = self._store.manifest(name)
        return found.id if found else ""


class PutDesk:
    """The room's door for what is put, with a connection of its own: the room's beat does not wait behind a film."""

    def __init__(
        self,
        venue: Venue,
        venue_file: str,
        show: Show,
        losses: LossReporter,
        began: BeganWith,
    ) -> None:
        rooms, room = venue.rooms, venue.rooms.room_of(venue.name)
        self._topics, self._show = RoomTopics(rooms.topic, room), show
        # Of a loss of the broker the room's other connection tells.
        self._client = BrokerClient(rooms, SilentLosses(), f"chiaro-put-{room}", part="what is put")
        self._heard: queue.Queue[Received] = queue.Queue(HEARD_AT_MOST)
        self._unsent: deque[Message] = deque(maxlen=50)
        folder = put_folder(state_folder(), room)
        self._stores = {"story": stories_of(folder), "venue": venues_of(folder)}
        self._told: dict[str, Any] = {}
        self._watches = [PutSlotWatch(store, show, losses, self.reply) for store in self._stores.values()]
        place = RoomPlace(rooms.accept_stories, rooms.accept_venues, venue_file)
        gate = Gate(token_of(rooms, losses), room)
        stories, venues = self._stores.values()
        self._receiver = Receiver(place, stories, venues, gate, self.reply, check_story_put, check_venue_put)
        for put, name in began.failed:
            self.reply(put, PutState.BACK, f"{name} did not last its first minute; the one before it is in use again")
        for store in self._stores.values():
            store_trial = store.slots.state().trial
            if found := store.manifest(store_trial) if store_trial else None:
                self.reply(found.id, PutState.TAKEN, "it is in use; the first minute is its trial")
        self._closing = threading.Event()
        self._worker = Worker("what is put", self._work, losses)

    def start(self) -> None:
        """Hear what is put."""
        self._client.listen(self._topics.of("put", "#"), self._hear)
        self._worker.start()

    def close(self) -> None:
        """The show ends."""
        self._closing.set()
        self._worker.end(2.0)
        self._client.close(tuple(self._unsent))
        self._receiver.close()
        for store, watch in zip(self._stores.values(), self._watches, strict=True):
            try:
                if not watch.fails:
                    store.slots.set_trial(begun=False)  # an operator ended it: that says nothing against it
            except OSError as error:
                log.warning("%s: %s", PART, error)

    def reply(self, put: str, state: PutState, words: str = "", /, **more: Any) -> None:
        """A reply to whoever put it; what became of it in the end is an event too."""
        said = {"id": put, "state": state.value, "words": words, **more}
        if put:
            self._unsent.append(Message(self._topics.of("put", "reply", put), orjson.dumps(said)))
        if state in (PutState.TAKEN, PutState.KEPT, PutState.BACK, PutState.WAITS):
            self._unsent.append(Message(self._topics.event("put"), orjson.dumps({"at": time.time(), **said})))
            self._show.parts.journal.note("put", time.monotonic(), id=put, state=state.value, words=words)

    def _hear(self, received: Received) -> None:
        """In the client's thread. What finds no room is sent again by whoever put it."""
        if received.retained or "/reply/" in received.topic or received.topic == self._topics.of("put", "state"):
            return
        with suppress(queue.Full):
            self._heard.put_nowait(received)

    def _work(self) -> None:
        set_thread_priority(PICTURES)
        self._client.start()  # from here: its thread is as patient as this one
        prefix = f"{self._topics.of('put')}/"
        looked = float("-inf")
        while not self._closing.is_set():
            try:
                received = self._heard.get(timeout=POLL_SECONDS)
                self._receiver.hear(received.topic.removeprefix(prefix).split("/"), received.payload)
                self._closing.wait(PACE_SECONDS)
            except queue.Empty:
                pass
            self._receiver.poll()
            now = time.monotonic()
            if now - looked >= LOOK_SECONDS:
                looked = now
                for watch in self._watches:
                    watch.observe()
                self._tell_state()
            while self._unsent and self._client.connected:
                self._client.send(self._unsent.popleft())

    def _tell_state(self) -> None:
        """Retained: what is in use, what waits, and what did not last."""
        said = {kind: standing(store) for kind, store in self._stores.items()}
        if said != self._told:
            self._told = said
            self._client.put(self._topics.of("put", "state"), lambda: orjson.dumps(said), retain=True)


def standing(store: PutStore) -> dict[str, str]:
    """What is in use, what waits, what is on trial and what did not last, by name; '' where there is none."""
    slots = store.slots
    state = slots.state()
    names = {"in_use": slots.current(), "waits": state.pending, "on_trial": state.trial}
    said = {key: str(slots.manifest(name).get("name", "")) if name else "" for key, name in names.items()}
    return {**said, "in_use": said["in_use"] or OWN, "failed": state.failed}


@contextmanager
def puts_taken(show: Show, venue: Venue, venue_file: str, losses: LossReporter, began: BeganWith) -> Iterator[None]:
    """While the show runs. Nothing where the room takes nothing."""
    rooms = venue.rooms
    if not rooms.broker or not (rooms.accept_stories or rooms.accept_venues):
        yield
        return
    desk = PutDesk(venue, venue_file, show, losses, began)
    desk.start()
    try:
        yield
    finally:
        desk.close()
