"""``/api/events``: one long answer of server-sent events, as long as the page is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from installation.web.caller import Caller
from installation.web.incoming import caller_of
from installation.web.live import Page

QUIET_SECONDS = 2.0
"""After so long without news a page is sent a line that says nothing, so that both ends know that the other lives."""


class Pages(Protocol):
    """Who follows the pages that are open."""

    closed: bool
    """No page is told anything any more."""

    @property
    def full(self) -> bool:
        """No more pages are let in."""


class Events:
    """The route. ``open_page`` gives the page of a request as long as it is open; after each answer it rests for
    ``rest_seconds``, in which news gathers.
    """

    def __init__(
        self,
        pages: Pages,
        open_page: Callable[[Request, Caller], AbstractContextManager[Page]],
        rest_seconds: float = 0.0,
    ) -> None:
        self._pages, self._open_page, self._rest_seconds = pages, open_page, rest_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one page."""
        request = Request(scope, receive)
        if request.method != "GET":
            raise HTTPException(405)
        caller = caller_of(request)
        if self._pages.full:
            raise HTTPException(503, "too many pages are open; close some", {"retry-after": "10"})
        with self._open_page(request, caller) as page:
            headers = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            leaves = asyncio.create_task(_until_gone(receive))
            try:
                while not leaves.done() and not self._pages.closed:
                    events = await page.take(QUIET_SECONDS)
                    await send({"type": "http.response.body", "body": events or b":\n\n", "more_body": True})
                    if self._rest_seconds:
                        await asyncio.sleep(self._rest_seconds)
            finally:
                leaves.cancel()
        await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
