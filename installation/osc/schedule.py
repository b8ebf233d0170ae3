"""What is sent to one receiver, and when. Pure: time is an argument, datagrams are returned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from calibration.settings import OscTarget
from installation.osc.encoder import BUNDLE_BYTES, Message, Value, body, bundle, bundles, header
from installation.osc.events import OF_VISITORS, REPEAT_SECONDS, private
from installation.osc.registry import BY_PATH, INT_MAX, SINGLE
from installation.osc.snapshot import Snapshot

KEYFRAME_SECONDS = 1.0
SLOW_SECONDS = 5.0
TIME_SECONDS = 0.2
_UNFIT = re.compile(r"[^A-Za-z0-9_.+-]")
PENDING_AT_MOST = 300
"""Events that wait for their repeats; a story gone wild must not fill the memory."""


class Schedule:
    """The schedule and the address book of one receiver."""

    def __init__(self, settings: OscTarget, now: float) -> None:
        self.settings = settings
        self._period = 1.0 / settings.rate_hertz
        self._due = self._keyframe_due = self._slow_due = self._time_due = now
        self._changes = self._healths = 0
        self._sent: dict[str, bytes] = {}
        self._pending: list[tuple[float, Message]] = []
        self._frame = 0
        self._headers: dict[tuple[str, str], bytes] = {}
        self._single = settings.profile in SINGLE
        counted = settings.profile in BY_PATH["/frame"].profiles and self._address("/frame")
        self._count_header = header(counted, "i") if counted else b""

    def queue(self, event: Message, now: float) -> None:
        """Queue an event as often as this receiver wants it; events of single visitors only where asked for."""
        if private(event) and not self._single:
            return
        # The story's own cues ('lamp, go') carry no number that would identify a repeat, so they are sent once.
        own = event.path not in BY_PATH
        for wait in REPEAT_SECONDS[: 1 if own else self.settings.event_repeats]:
            self._pending.append((now + wait, event))
        del self._pending[:-PENDING_AT_MOST]

    def forget(self) -> None:
        """Repeats that say what somebody feels, or who is there, are not sent any more."""
        self._pending = [(at, event) for at, event in self._pending if event.path not in OF_VISITORS]

    def due_at(self) -> float:
        """When something is due next, if nothing happens before that."""
        events = min((at for at, _ in self._pending), default=float("inf"))
        return min(self._due + self._period / 2, self._keyframe_due, events)

    def whole(self, snapshot: Snapshot, now: float) -> list[bytes]:
        """Datagrams of the whole state, now."""
        self._keyframe_due, self._slow_due = now + KEYFRAME_SECONDS, now + SLOW_SECONDS
        self._changes, self._healths = snapshot.changes, snapshot.healths
        return self._pack(
            [
                *self._events(now),
                *snapshot.stream.values(),
                *snapshot.time.values(),
                *self._remember(snapshot.change.values()),
                *snapshot.fresh_health(now).values(),
                *snapshot.slow.values(),
            ]
        )

    def datagrams(self, snapshot: Snapshot, fresh: bool, down: bool, now: float) -> list[bytes]:
        """What is due at ``now``. ``fresh``: a new mood came this moment. ``down``: it may be just switched on."""
        if now >= self._keyframe_due and down:
            return self.whole(snapshot, now)
        messages = self._events(now)
        if self._stream_due(fresh, now):
            messages += snapshot.stream.values()
            if now >= self._time_due - self._period / 2:
                messages += snapshot.time.values()
                self._time_due = _next(self._time_due, TIME_SECONDS, now)
        if now >= self._keyframe_due:
            self._keyframe_due = _next(self._keyframe_due, KEYFRAME_SECONDS, now)
            messages += self._remember(snapshot.change.values())
        elif snapshot.changes != self._changes:
            messages += self._remember(m for m in snapshot.change.values() if self._sent.get(m.path) != m.body)
        self._changes = snapshot.changes
        if snapshot.healths != self._healths:
            self._healths = snapshot.healths
            messages += snapshot.health.values()
        if now >= self._slow_due:
            self._slow_due = _next(self._slow_due, SLOW_SECONDS, now)
            messages += snapshot.slow.values()
        return self._pack(messages)

    def _stream_due(self, fresh: bool, now: float) -> bool:
        """A fresh mood leaves at once, unless that would run a whole period ahead of the rate; none: the old one again.

        So the rate holds on average whatever the eye's own rate is, no mood waits for a clock tick, and after a mood
        that came late the next one, which then comes soon after it, does not wait either (a leaky bucket of two).
        """
        if now < self._due - self._period or (not fresh and now < self._due + self._period / 2):
            return False
        self._due = _next(self._due, self._period, now)  # after a stall skip, never burst
        return True

    def _events(self, now: float) -> list[Message]:
        ripe = [event for at, event in self._pending if at <= now]
        if ripe:
            self._pending = [(at, event) for at, event in self._pending if at > now]
        return ripe

    def _remember(self, messages: Iterable[Message]) -> list[Message]:
        kept = list(messages)
        self._sent.update((m.path, m.body) for m in kept)
        return kept

    def _pack(self, messages: list[Message]) -> list[bytes]:
        encoded = [one for message in messages for one in self._encode(message)]
        if not self.settings.bundles:
            return [*self._count(), *encoded] if encoded else []
        space = BUNDLE_BYTES - (len(self._count_header) + 8 if self._count_header else 0)  # its size, and its number
        return [bundle([*self._count(), *group]) for group in bundles(encoded, space)]

    def _count(self) -> list[bytes]:
        """/frame, where this receiver gets it."""
        if not self._count_header:
            return []
        self._frame = self._frame % INT_MAX + 1
        return [self._count_header + body("i", (self._frame,))]

    def _encode(self, message: Message) -> Iterator[bytes]:
        """The message as this receiver wants it: not at all, whole, or one float an address."""
        line = BY_PATH.get(message.path)
        if line is not None and self.settings.profile not in line.profiles:
            return
        if line is None or self.settings.profile != "scalar":
            yield from self._addressed(message, message.path, message.tags, message.body)
            return
        for path, value in scalars(message.path, message.values):
            yield from self._addressed(message, path, "f", body("f", (value,)))

    def _addressed(self, message: Message, path: str, tags: str, encoded: bytes) -> Iterator[bytes]:
        known = self._headers.get((path, tags))
        if known is not None:
            yield known + encoded
            return
        address = self._address(path)
        if address and "{" in address:
            if filled := fill(address, message):
                yield header(filled, "")
        elif address:
            self._headers[path, tags] = header(address, tags)
            yield self._headers[path, tags] + encoded

    def _address(self, path: str) -> str:
        """What this receiver calls ``path``; '' where it does not want it."""
        usual = "" if self.settings.only_named else self.settings.prefix + path
        return self.settings.addresses.get(path, usual)


def scalars(path: str, values: tuple[Value, ...]) -> Iterator[tuple[str, float]]:
    """One float per address: a message with several numbers becomes an address for each, named after it."""
    names = [argument.name for argument in BY_PATH[path].arguments]
    for name, value in zip(names, values, strict=True):
        if not isinstance(value, str):
            yield (path if len(names) == 1 else f"{path}/{name}"), float(value)


def fill(template: str, message: Message) -> str | None:
    """An address of the venue's own with values put in, such as '/cue/{index}/start'; it then carries no arguments.

    None where the template names a value that the message does not have ('chiaro check' reports that).
    """
    line = BY_PATH.get(message.path)
    names = [argument.name for argument in line.arguments] if line else []
    words = [_UNFIT.sub("_", str(value)) for value in message.values]
    try:
        return template.format(**dict(zip(names, words, strict=False)))
    except (KeyError, IndexError, ValueError, AttributeError):
        return None


def _next(due: float, period: float, now: float) -> float:
    """Scheduled, not slept: one period after it was due; after a stall from now on."""
    return due + period if due + 2 * period > now else now + period
