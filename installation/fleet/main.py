"""``chiaro house`` at work: one connection to the broker, one table of rooms, and the pages."""

from __future__ import annotations

import asyncio
import secrets
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import orjson

from calibration.errors import ChiaroError, Unavailable
from calibration.file_writer import make_private_folder
from calibration.fleet_settings import FleetSettings
from calibration.opening_hours import Timetable
from calibration.rooms_settings import HOUSE
from installation.fleet.alarm_posts import AlarmPost, by_mail, by_webhook
from installation.fleet.alarms import AlarmChange, Alarms, Wrong
from installation.fleet.app import FleetPages, make_app
from installation.fleet.board import Board
from installation.fleet.commands import RoomCommands
from installation.fleet.evening_tables import keep_tables
from installation.fleet.evenings import evenings_of
from installation.fleet.table import RoomTable
from installation.fleet.watch import FleetWatch
from installation.host.console import LossChange, LossReporter, log
from installation.host.secret_file import first_line
from installation.rooms.client import BrokerClient, Received
from installation.rooms.outbox import Message
from installation.rooms.room_list import tokens_file
from installation.rooms.tokens import read_tokens as read_room_tokens
from installation.rooms.topics import (
    BEAT,
    EVERY_ROOM,
    INFO,
    MOOD,
    OFFLINE,
    ONLINE,
    REPLY,
    REPORT,
    STATE,
    STATUS,
    RoomTopics,
    topic_of,
)
from installation.web.access import Access
from installation.web.address import address_of
from installation.web.server import make_server, open_port
from installation.web.token import read_tokens

KINDS = (STATUS, BEAT, INFO, STATE, REPLY, REPORT)
"""What is heard of each room; moods only of one whose page is open."""
ALARM = "alarm"
TICK_SECONDS, FLUSH_SECONDS, TABLES_SECONDS = 0.5, 0.05, 2.0
MOST_WAITING = 20_000
"""Messages between the broker's thread and the loop; the oldest are dropped."""


class House:
    """All parts of a running house. Made and used in the event loop, but for ``put``."""

    def __init__(self, settings: FleetSettings, folder: Path, losses: LossReporter) -> None:
        now = time.monotonic()
        self._settings, self._losses = settings, losses
        self._topics = RoomTopics(settings.rooms.topic, HOUSE)
        self._timetable = _timetable_of(settings)
        self._tables = Path(settings.reports.folder) if settings.reports.folder else folder / "evenings"
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Received] = deque(maxlen=MOST_WAITING)
        self._woken, self._flushing, self._keeping = False, False, False
        self._why = ""
        self._greeting: Sequence[Message] = ()
        board = Board(self._looked_at)
        self.watch = FleetWatch(
            RoomTable(settings.rooms.expected, now),
            Alarms(settings.alarms.after_seconds),
            board,
            settings.alarms.drift_stops,
            self._may_begin,
            self._alarmed,
        )
        losses.follow(self._note_loss)
        self.client = BrokerClient(
            settings.rooms,
            losses,
            f"chiaro-house-{secrets.token_hex(4)}",
            will=Message(self._topics.status, OFFLINE, retain=True),
            greet=lambda: (Message(self._topics.status, ONLINE, retain=True), *self._greeting),
        )
        every = RoomTopics(settings.rooms.topic, EVERY_ROOM)
        for kind in KINDS:
            self.client.listen(every.of(kind), self.put)
        self.client.listen(self._topics.of(ALARM, "#"), self.put)
        tokens = tokens_file(settings.rooms.tokens_file)
        known = read_room_tokens(tokens) if settings.rooms.tokens_file or tokens.exists() else {}
        self.commands = RoomCommands(settings.rooms.topic, self.client.send, known)
        self._posts = [AlarmPost(name, deliver, losses) for name, deliver in _ways_out(settings)]

    @property
    def tables(self) -> Path:
        """Folder of the tables of all evenings."""
        return self._tables

    def put(self, received: Received) -> None:
        """A message, from the client's thread: the loop is woken once for all that wait."""
        self._waiting.append(received)
        if not self._woken:
            self._woken = True
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._drain)

    async def run(self) -> None:
        """Judge the rooms until cancelled."""
        self.client.start()
        next_at = self._loop.time()
        while True:
            self.watch.broker(self.client.connected, self._why)
            self.watch.tick()
            self._remember_alarms()
            next_at = max(next_at + TICK_SECONDS, self._loop.time())
            await asyncio.sleep(next_at - self._loop.time())

    def close(self) -> None:
        """Say farewell."""
        self.watch.board.close()
        for post in self._posts:
            post.close()
        self.client.close([Message(self._topics.status, OFFLINE, retain=True)])

    # -- what the broker says ----------------------------------------------------------------------------------------

    def _drain(self) -> None:
        self._woken = False
        for _ in range(len(self._waiting)):
            self._hear(self._waiting.popleft())
        if not self._flushing:
            self._flushing = True
            self._loop.call_later(FLUSH_SECONDS, self._flush)

    def _flush(self) -> None:
        self._flushing = False
        self.watch.flush()

    def _hear(self, received: Received) -> None:
        topic = topic_of(self._settings.rooms.topic, received.topic)
        if topic is None:
            return
        if topic.room == HOUSE:
            if topic.kind == ALARM and received.payload:
                self._hear_own(received)
        elif topic.kind == REPLY:
            self.commands.hear(topic.room, received.payload)
        else:
            self.watch.hear(topic.room, topic.kind, received.payload)
            if topic.kind == REPORT and not self._keeping:
                self._keeping = True
                self._loop.call_later(TABLES_SECONDS, self._keep_tables)

    def _hear_own(self, received: Received) -> None:
        """An alarm that was told before this program was started again: it goes on, and is not told twice."""
        with suppress(orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            said = orjson.loads(received.payload)
            if received.retained and said["begun"] is True and said["kind"] in ("broker", "lost", "eye", "drift"):
                wrong = Wrong(said["kind"], *(str(said[key]) for key in ("room", "label", "words")))
                since = time.monotonic() - max(0.0, time.time() - float(said["at"]) + float(said["seconds"]))
                self.watch.alarms.restore(wrong, since)

    def _keep_tables(self) -> None:
        self._keeping = False
        rows = evenings_of(self.watch.table)

        def keep() -> None:
            try:
                keep_tables(self._tables, rows)
            except ChiaroError as error:
                self._losses.lost("tables of evenings", str(error))
            else:
                self._losses.back("tables of evenings")

        self._loop.run_in_executor(None, keep)

    def _looked_at(self, room: str, is_open: bool) -> None:
        mood = RoomTopics(self._settings.rooms.topic, room).of(MOOD)
        if is_open:
            self.client.listen(mood, self.put)
            self.watch.look_at(room)
        else:
            self.client.ignore(mood)

    # -- alarms ------------------------------------------------------------------------------------------------------

    def _may_begin(self, unix: float) -> bool:
        return self._timetable is None or self._timetable.is_open(unix)

    def _alarmed(self, changes: Sequence[AlarmChange]) -> None:
        for change in changes:
            log.warning("alarm: %s", change.sentence) if change.begun else log.info("alarm: %s", change.sentence)
            topic = self._alarm_topic(change.wrong)
            self.client.send(Message(topic, orjson.dumps(change.document()), retain=change.begun))
            if not change.begun:
                self.client.send(Message(topic, b"", retain=True))
        for post in self._posts:
            post.put(changes)

    def _alarm_topic(self, wrong: Wrong) -> str:
        return self._topics.of(ALARM, wrong.room or HOUSE, wrong.kind)

    def _remember_alarms(self) -> None:
        """For a broker that has forgotten them."""
        self._greeting = tuple(
            Message(self._alarm_topic(change.wrong), orjson.dumps(change.document()), retain=True)
            for change in self.watch.alarms.standing(time.monotonic(), time.time())
        )

    def _note_loss(self, change: LossChange) -> None:
        if change.part == "broker":
            self._why = change.why if change.seconds is None else ""


def _ways_out(settings: FleetSettings) -> list[tuple[str, Callable[[Sequence[AlarmChange]], None]]]:
    alarms, found = settings.alarms, []
    if alarms.mail_to:
        found.append(("alarms by mail", by_mail(alarms, settings.name)))
    address = first_line(Path(alarms.webhook_file), "address") if alarms.webhook_file else alarms.webhook
    if address:
        found.append(("alarms by webhook", by_webhook(address, settings.name)))
    return found


def _timetable_of(settings: FleetSettings) -> Timetable | None:
    hours = settings.hours
    return Timetable(hours.open, hours.country, hours.region, hours.timezone) if hours.open else None


def run(settings: FleetSettings, folder: Path, losses: LossReporter, opened: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM. ``opened`` is told the pages' address.

    Raises ``Unavailable`` where the pages can be served nowhere.
    """
    try:
        make_private_folder(folder)
        tokens = read_tokens(folder)
        listener = open_port(settings.pages.listen, settings.pages.port)
    except OSError as error:
        where = f"{settings.pages.listen}:{settings.pages.port}"
        raise Unavailable(f"the pages cannot be served at {where}: {error.strerror or error} ({folder})") from error
    place = listener.getsockname()[:2]
    address = address_of((settings.pages.listen, place[1]), folder)

    async def serve() -> None:
        loop, house = asyncio.get_running_loop(), House(settings, folder, losses)
        access = Access(tokens, place[1])
        pages = FleetPages(
            settings.name, version("chiaroscuro"), time.time(), house.watch, house.commands, access, house.tables
        )
        server = make_server(make_app(pages))

        def end() -> None:
            house.watch.board.close()
            server.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end)
        judging = loop.create_task(house.run())
        judging.add_done_callback(lambda _: end())  # a fault of ours: whoever keeps the service starts it again
        try:
            opened(address.url)
            await server.serve(sockets=[listener])
            if judging.done():
                judging.result()
        finally:
            judging.cancel()
            house.close()

    asyncio.run(serve())
