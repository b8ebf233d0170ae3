"""Keeps one console's process alive and tells it how the show stands. Whatever it does, the stage never waits."""

from __future__ import annotations

import importlib.util
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from calibration.plain import plain
from installation.host.console import LossReporter, log
from installation.host.restarts import Restarts
from installation.host.worker import Worker
from installation.web.address import ConsoleAddress, Place, address_file, address_of, write_place
from installation.web.child import CONSOLE, ConsoleChild
from installation.web.document import Answer, Document, Hello, Request

BEGINS_AFTER = 1.5
"""Seconds of the show; one that lasts less starts none."""
END_WITHIN = 0.8
LINES_KEPT, MOST_WAITING = 200, 4000
"""Of losses and commands, for a process that takes the place of another; and of what waits to be sent."""
LOOK_SECONDS = 0.25
BATCH, BATCH_SECONDS, REST_SECONDS = 64, 0.05, 0.001
"""So many requests in so short a time are a flood: then the thread rests in between, as that of OSC does, for else it
hands the interpreter's lock on only every 5 ms."""
NEEDED = ("starlette", "uvicorn")
LISTENING, FAILED = "listening", "failed"
"""Requests of the process itself: the host and port that it serves; why it cannot."""
MAX_WORDS = 200
Make = Callable[[], Document]
"""Makes a document in the sending thread, of values that do not change any more."""


class WebSupervisor:
    """Starts the process in a thread of its own, sends it documents, and replaces it when it dies or reads nothing.

    ``hear`` is called in another thread with each request of an operator; what it returns is sent as the answer.
    ``command`` is the process's program; the address of the line is added to it. Time is that of ``losses``.
    """

    def __init__(
        self,
        hello: Hello,
        losses: LossReporter,
        hear: Callable[[Request], Answer | None],
        command: Sequence[str] = CONSOLE,
        begins_after: float = BEGINS_AFTER,
    ) -> None:
        self._hello, self._losses, self._hear = hello, losses, hear
        self._command, self._begins_after, self._clock = command, begins_after, losses.clock
        self._restarts = Restarts("console")
        self._closing, self._wake = threading.Event(), threading.Event()
        self._lines: deque[Document] = deque(maxlen=LINES_KEPT)
        self._story: Make | None = None
        self._state: Make | None = None
        self._waiting: deque[Make] = deque(maxlen=MOST_WAITING)
        self._child: ConsoleChild | None = None
        self._told: Place | None = None
        self._why = ""
        self.place: Place | None = None
        """Host and port that the process serves now."""
        self.address: ConsoleAddress | None = None
        """Where a browser finds it now."""
        self._thread = Worker("console", self._keep, losses)

    def start(self) -> None:
        """Start the process after ``begins_after`` seconds, without waiting for it."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Somebody is there to be told."""
        return self._child is not None

    @property
    def pid(self) -> int | None:
        """The process ID of the console that is alive now."""
        child = self._child
        return child.pid if child else None

    def put_state(self, make: Make) -> None:
        """The newest state; one that was not sent yet is forgotten."""
        self._state = make
        self._wake.set()

    def drop_state(self) -> None:
        """One that was not sent yet is not sent."""
        self._state = None

    def put_story(self, make: Make) -> None:
        """Another story; told again to each process that takes the place of another."""
        self._story = make
        self.send(make)

    def put_line(self, line: Document) -> None:
        """A line of the lists of losses and commands, which a new process hears again."""
        self._lines.append(line)
        self.send(partial(_same, line))

    def send(self, make: Make) -> None:
        """Send a document in its order, if there is a process now. Never waits."""
        if self._child is not None:
            self._waiting.append(make)
            self._wake.set()

    def close(self) -> None:
        """End the process; nothing of it is left when this returns (2 s at most)."""
        self._closing.set()
        self._wake.set()
        child = self._child
        if child:
            child.wire.close()  # the sending thread may be waiting for it to read
        self._thread.end(END_WITHIN + 1.0)
        with suppress(OSError):
            address_file(Path(self._hello.state_folder), self._hello.room).unlink(missing_ok=True)

    # -- the sending thread --------------------------------------------------------------------------------------

    def _keep(self) -> None:
        if self._closing.wait(self._begins_after) or self._cannot_be():
            return
        while not self._closing.wait(max(0.0, self._restarts.next_at - self._clock())):
            child = self._start_child()
            if child is None:
                continue
            try:
                self._serve(child)
            finally:
                self._end(child)

    def _cannot_be(self) -> bool:
        missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
        if missing:
            self._losses.lost("console", f"{' and '.join(missing)} cannot be found; install chiaroscuro again")
        return bool(missing)

    def _start_child(self) -> ConsoleChild | None:
        now, self._why = self._clock(), ""
        try:
            child = ConsoleChild(now, self._command)
        except OSError as error:  # no process, no memory or no file handle left: another try may find some
            self._losses.lost("console", f"its process cannot be started: {error.strerror or error}")
            self._restarts.died(now, now)
            return None
        self._waiting.clear()
        self._waiting.append(partial(_same, self._hello))
        if self._story:
            self._waiting.append(self._story)
        self._waiting.extend(partial(_same, line) for line in tuple(self._lines))
        self._child = child
        Worker("console requests", lambda: self._hear_all(child), self._losses).start()
        return child

    def _serve(self, child: ConsoleChild) -> None:
        """Send what there is until the process is gone, or the show ends."""
        try:
            while not self._closing.is_set() and child.ended() is None:
                self._wake.wait(LOOK_SECONDS)
                self._wake.clear()
                while self._waiting:
                    _send(child, self._waiting.popleft())
                make, self._state = self._state, None
                if make:
                    _send(child, make)
                if self._clock() - child.started > self._restarts.settled_seconds:
                    self._losses.back("console")
        except ConnectionError as error:
            if isinstance(error.__cause__, BlockingIOError):  # there was no room for so long
                self._why = "its process reads nothing any more"

    def _end(self, child: ConsoleChild) -> None:
        self._child, self.place, self.address = None, None, None
        code = child.end(END_WITHIN)
        if not self._closing.is_set():
            self._losses.lost("console", self._why or f"its process has ended ({_how(code)}); it is started again")
            self._restarts.died(child.started, self._clock())

    # -- the hearing thread --------------------------------------------------------------------------------------

    def _hear_all(self, child: ConsoleChild) -> None:
        taken, since = 0, time.monotonic()
        for message in child.wire.messages():
            self._hear_one(message)
            taken += 1
            if taken == BATCH:
                if time.monotonic() - since < BATCH_SECONDS:
                    time.sleep(REST_SECONDS)
                taken, since = 0, time.monotonic()

    def _hear_one(self, message: bytes) -> None:
        try:
            request = Request.model_validate_json(message)
        except ValidationError as error:
            self._losses.lost("console's request", f"it cannot be read: {error.errors(include_url=False)[0]['msg']}")
            return
        match request:
            case Request(number=0, name=name, arguments=(str(host), int(port))) if name == LISTENING:
                self._serves((host, port))
            case Request(number=0, name=name, arguments=(str(words),)) if name == FAILED:
                self._why = plain(words)[:MAX_WORDS]
            case _:
                answer = self._hear(request)
                if answer is not None:
                    self.send(partial(_same, answer))

    def _serves(self, place: Place) -> None:
        """Tell people where, once; the token is in no log."""
        folder, told = Path(self._hello.state_folder), self._told
        try:
            self.address = address_of(place, folder)
            write_place(address_file(folder, self._hello.room), place)
        except OSError as error:
            self._losses.lost("console's address", f"{error.strerror or error} ({folder})")
        self.place, self._told = place, place
        if self.address and place != told:
            how = "; a phone takes its code from the overlay (key O) or chiaro doctor" if self.address.has_token else ""
            log.info("the operator's console: %s%s", plain(self.address.url), how)


def _same(document: Document) -> Document:
    return document


def _send(child: ConsoleChild, make: Make) -> None:
    child.wire.send(make().model_dump_json().encode())


def _how(code: int | None) -> str:
    if code is None:
        return "its line is closed"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
