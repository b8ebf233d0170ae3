"""The newest of all that the stage has said, and the pages that follow it. Used in the server's event loop alone.

A page is given the newest value of each kind when it can take it, never all that it missed: a slow one costs nothing.
Only lines (losses, commands) are kept for it in order, the newest hundred.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from installation.drawings.graph import CARD, graph_of
from installation.web.caller import Caller
from installation.web.history import History

LINES = ("loss", "command", "alarm")
KEPT_LINES = 100
MOST_PAGES = 250
DRAWN_EACH_SECONDS = 5.0
"""How often the drawings of what was are made anew, however many pages come."""


class Page:
    """One open page: what it has not been sent yet."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self._newest: dict[str, bytes] = {}
        self._lines: deque[bytes] = deque(maxlen=KEPT_LINES)
        self._ready = asyncio.Event()

    def put(self, kind: str, event: bytes) -> None:
        """Keep ``event`` for the page, in place of an older one of its kind."""
        if kind in LINES:
            self._lines.append(event)
        else:
            self._newest[kind] = event
        self._ready.set()

    def wake(self) -> None:
        """Let ``take`` return."""
        self._ready.set()

    async def take(self, within_seconds: float) -> bytes:
        """All that is new, as soon as there is any; b'' where nothing came in time."""
        try:
            async with asyncio.timeout(within_seconds):
                await self._ready.wait()
        except TimeoutError:
            return b""
        self._ready.clear()
        events = b"".join((*self._newest.values(), *self._lines))
        self._newest.clear()
        self._lines.clear()
        return events


class Live:
    """What pages are told. ``newest`` holds the last document of each kind, ``heard_at`` when it came (monotonic)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pages: set[Page] = set()
        self._events: dict[str, bytes] = {}
        self._lines: dict[str, deque[bytes]] = {kind: deque(maxlen=KEPT_LINES) for kind in LINES}
        self._watchers: dict[str, float] = {}
        self.newest: dict[str, dict[str, Any]] = {}
        self.heard_at: dict[str, float] = {}
        self.history = History()
        self.closed = False
        self._drawings: bytes | None = None
        """Of what was; None: not made since the last forgetting."""
        self._drawn_at = float("-inf")

    @property
    def pages(self) -> int:
        """How many are open."""
        return len(self._pages)

    @property
    def full(self) -> bool:
        """No more pages are let in."""
        return len(self._pages) >= MOST_PAGES

    def newest_within(self, kind: str, seconds: float) -> dict[str, Any] | None:
        """The last document of this kind, if it came no longer ago than so many seconds."""
        at = self.heard_at.get(kind)
        return None if at is None or self._clock() - at > seconds else self.newest[kind]

    def heard(self, document: dict[str, Any], message: bytes) -> None:
        """Pass on a document of the stage, as it came."""
        kind = document["kind"]
        if kind == "forget":
            self._forget(document["since"])
            return
        self.newest[kind], self.heard_at[kind] = document, self._clock()
        if kind == "state":
            self.history.add(document)
            self._draw()
        elif kind == "story":
            message = orjson.dumps(document | {"graph": _graph(document)})
        self._send(kind, _event(kind, message, document.get("number") if kind == "state" else None))

    def publish(self, kind: str, document: Any) -> None:
        """Tell all pages something of the console's own."""
        if isinstance(document, dict):
            self.newest[kind], self.heard_at[kind] = document, self._clock()
        self._send(kind, _event(kind, orjson.dumps(document)))

    def _forget(self, since: float) -> None:
        """Drop what is remembered of a take, here and on the pages."""
        self.history.forget(since)
        self._drawings = None
        for page in self._pages:
            page.put("drawings", self._drawn())

    def watch_camera(self, caller: Caller, seconds: float) -> None:
        """The stage has granted ``caller`` the camera's picture for so long; nobody else is sent it."""
        self._watchers[caller.key] = self._clock() + seconds

    @contextmanager
    def page(self, caller: Caller, hello: dict[str, Any]) -> Iterator[Page]:
        """A page as long as it is open."""
        page = Page(caller)
        page.put("hello", b"retry: 2000\n" + _event("hello", orjson.dumps(hello)))
        for kind in ("story", *self._events):
            if event := self._events.get(kind):
                page.put(kind, event)
        if len(self.history):
            page.put("drawings", self._drawn())
        for kind, lines in self._lines.items():
            for line in lines:
                page.put(kind, line)
        self._pages.add(page)
        self._tell_operators()
        try:
            yield page
        finally:
            self._pages.discard(page)
            self._tell_operators()

    def _draw(self) -> None:
        """Send the drawings of what was, every few seconds while somebody looks."""
        if self._pages and self._clock() - self._drawn_at >= DRAWN_EACH_SECONDS:
            for page in self._pages:
                page.put("drawings", self._drawn())

    def _drawn(self) -> bytes:
        """The drawings as an event, a few seconds old at most."""
        now = self._clock()
        if self._drawings is None or now - self._drawn_at >= DRAWN_EACH_SECONDS:
            minutes, take = self.history.minutes_svg(), self.history.take_svg(self.newest.get("story"))
            drawn = {"minutes": minutes, "seen": self.history.seconds_seen(), "take": take}
            self._drawings, self._drawn_at = _event("drawings", orjson.dumps(drawn)), now
        return self._drawings

    def close(self) -> None:
        """End all pages: the stage is gone."""
        self.closed = True
        for page in self._pages:
            page.wake()

    def _send(self, kind: str, event: bytes) -> None:
        if kind in LINES:
            self._lines[kind].append(event)
        elif kind != "picture":  # is for whoever looks now, and kept for nobody
            self._events[kind] = event
        for page in self._pages:
            if kind != "picture" or self._may_see(page.caller):
                page.put(kind, event)

    def _may_see(self, caller: Caller) -> bool:
        return caller.operator and self._watchers.get(caller.key, 0.0) > self._clock()

    def _tell_operators(self) -> None:
        names = sorted({page.caller.who for page in self._pages if page.caller.operator})
        self.publish("operators", {"pages": len(self._pages), "names": names[:20]})


def _graph(story: dict[str, Any]) -> dict[str, Any]:
    """Where a page draws each scene of a ``StoryPlan``, and each way: [from, to, path]."""
    scenes = story["scenes"]
    ways = [(scene["name"], way["to"]) for scene in scenes for way in scene["ways"]]
    order = (story["attract"], story["first"], *(scene["name"] for scene in scenes))
    graph = graph_of(order, [(story["attract"], story["first"]), *ways])
    return {
        "width": graph.width,
        "height": graph.height,
        "card": CARD,
        "places": graph.cards,
        "ways": [(*way, path) for way, path in graph.ways.items()],
    }


def _event(kind: str, document: bytes, number: int | None = None) -> bytes:
    """A server-sent event. JSON has no raw line ends."""
    head = f"event: {kind}\n" if number is None else f"event: {kind}\nid: {number}\n"
    return head.encode() + b"data: " + document + b"\n\n"
