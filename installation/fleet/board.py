"""The newest of all rooms, and the pages that follow them. Used in the server's event loop alone.

As with the console, a page is given the newest of each room when it can take it, and never all that it missed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import orjson

from installation.fleet.documents import Document
from installation.web.caller import Caller
from installation.web.live import Page

KEPT_LINES = 200
MOST_PAGES = 250


class Board:
    """What pages are told. ``on_looked_at`` is called with each room whose page is opened, or was the last to close."""

    def __init__(self, on_looked_at: Callable[[str, bool], None] = lambda _room, _open: None) -> None:
        self._on_looked_at = on_looked_at
        self._pages: dict[Page, str] = {}
        self._cards: dict[str, bytes] = {}
        self._details: dict[str, bytes] = {}
        self._state = b""
        self._lines: deque[tuple[str, bytes]] = deque(maxlen=KEPT_LINES)
        self.closed = False

    @property
    def pages(self) -> int:
        """How many are open."""
        return len(self._pages)

    @property
    def full(self) -> bool:
        """No more pages are let in."""
        return len(self._pages) >= MOST_PAGES

    @property
    def looked_at(self) -> set[str]:
        """The rooms whose own page is open."""
        return set(self._pages.values()) - {""}

    def put_state(self, document: Document) -> None:
        """How the house itself is."""
        self._state = _event("state", document)
        for page in self._pages:
            page.put("state", self._state)

    def put_card(self, room: str, document: Document) -> None:
        """A room in the row of all; the same one again is not sent."""
        event = _event("room", document)
        if self._cards.get(room) == event:
            return
        self._cards[room] = event
        for page, own in self._pages.items():
            if own in ("", room):
                page.put(f"room {room}", event)

    def put_detail(self, room: str, document: Document) -> None:
        """All of a room, for its own page."""
        self._details[room] = _event("detail", document)
        self._send_to(room, "detail", self._details[room])

    def put_mood(self, room: str, document: Document) -> None:
        """A room's mood, for its own page; kept for nobody."""
        self._send_to(room, "mood", _event("mood", document))

    def gone(self, room: str) -> None:
        """There is no such room any more."""
        self._cards.pop(room, None)
        self._details.pop(room, None)
        for page in self._pages:
            page.put(f"room {room}", _event("gone", {"room": room}))

    def put_line(self, kind: str, document: Document) -> None:
        """A line of the list of alarms (``alarm``) or commands (``command``)."""
        event = _event(kind, document)
        self._lines.append((kind, event))
        for page in self._pages:
            page.put(kind, event)

    @contextmanager
    def page(self, caller: Caller, hello: Document, room: str = "") -> Iterator[Page]:
        """A page as long as it is open: of all rooms, or of one."""
        page = Page(caller)
        page.put("hello", b"retry: 2000\n" + _event("hello", hello))
        if self._state:
            page.put("state", self._state)
        for name, event in self._cards.items():
            if room in ("", name):
                page.put(f"room {name}", event)
        if detail := self._details.get(room):
            page.put("detail", detail)
        for kind, line in self._lines:
            page.put(kind, line)
        first = room not in self.looked_at
        self._pages[page] = room
        if room and first:
            self._on_looked_at(room, True)
        try:
            yield page
        finally:
            del self._pages[page]
            if room and room not in self.looked_at:
                self._on_looked_at(room, False)

    def close(self) -> None:
        """End all pages."""
        self.closed = True
        for page in self._pages:
            page.wake()

    def _send_to(self, room: str, kind: str, event: bytes) -> None:
        for page, own in self._pages.items():
            if own == room:
                page.put(kind, event)


def _event(kind: str, document: Document) -> bytes:
    """A server-sent event. JSON has no raw line ends."""
    return f"event: {kind}\ndata: ".encode() + orjson.dumps(document) + b"\n\n"
