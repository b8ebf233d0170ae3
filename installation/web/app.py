"""What is served: the page, the events that it follows, and the commands that it gives."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from installation.web.access import COOKIE_SECONDS, Access
from installation.web.caller import Caller
from installation.web.guard import Guard
from installation.web.incoming import body_of, caller_of
from installation.web.live import Live
from installation.web.metrics import metrics_route
from installation.web.reports import list_reports, report_response
from installation.web.stage_line import Document, StageLine
from installation.web.static_files import StaticFiles
from installation.web.thumbnails import Thumbnails
from installation.web.venue_routes import Checking, venue_routes

HERE = Path(__file__).parent
QUIET_SECONDS = 2.0
"""After so long without news a page is sent a line that says nothing, so that both ends know that the other lives."""


@dataclass(frozen=True)
class Console:
    """What the routes work with; routes of other modules take it as their one argument too."""

    hello: Document
    live: Live
    stage: StageLine
    access: Access
    static: StaticFiles
    strings: StaticFiles
    thumbnails: Thumbnails
    reports: Path
    """Their folder."""
    checking: Checking


def make_app(console: Console) -> ASGIApp:
    """The whole application, behind its guard."""

    async def index(request: Request) -> Response:
        return _found(console.static.response(request, "index.html"))

    async def static(request: Request) -> Response:
        return _found(console.static.response(request, request.path_params["name"]))

    async def strings(request: Request) -> Response:
        return _found(console.strings.response(request, request.path_params["name"]))

    async def command(request: Request) -> Response:
        caller = caller_of(request, "operator")
        name, arguments = _command(await body_of(request))
        reply = await console.stage.ask(caller, name, arguments)
        if name == "show_camera" and reply.code == 0:
            console.live.watch_camera(caller, next((one for one in arguments if isinstance(one, int | float)), 0.0))
        return JSONResponse(reply._asdict())

    async def login(request: Request) -> Response:
        caller: Caller = request.scope["chiaro.caller"]
        if not console.access.may_try(caller.address):
            raise HTTPException(429, "too many tries; wait a minute", {"retry-after": "60", "connection": "close"})
        body = await body_of(request)
        token, name = body.get("token", ""), body.get("name", "")
        if not isinstance(token, str) or not isinstance(name, str):
            raise HTTPException(400, "token and name are texts")
        value = console.access.log_in(caller, token, name)
        if value is None:
            raise HTTPException(401, "this is not a token of this show; scan the code on the overlay again")
        response = JSONResponse({"role": "viewer" if value.startswith("v") else "operator"})
        response.set_cookie(
            console.access.cookie_name, value, max_age=COOKIE_SECONDS, httponly=True, samesite="strict", path="/"
        )
        return response

    async def thumbnail(request: Request) -> Response:
        caller_of(request)
        return _found(console.thumbnails.response(request, request.path_params["scene"]))

    async def reports(request: Request) -> Response:
        caller_of(request)
        return JSONResponse(list_reports(console.reports))

    async def report(request: Request) -> Response:
        caller_of(request)
        return _found(report_response(console.reports, request.path_params["name"]))

    routes = [
        Route("/", index),
        Route("/static/{name:path}", static),
        Route("/strings/{name:path}", strings),
        Route("/thumbnails/{scene}.jpg", thumbnail),
        Route("/reports/", reports),
        Route("/reports/{name}", report),
        Route("/api/events", Events(console)),
        Route("/api/command", command, methods=["POST"]),
        Route("/api/login", login, methods=["POST"]),
        metrics_route(console.hello, console.live),
        *venue_routes(console.hello, console.live, console.static, console.checking),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    app.router.redirect_slashes = False
    return Guard(app, console.access)


def _found(response: Response | None) -> Response:
    if response is None:
        raise HTTPException(404)
    return response


def _command(body: Document) -> tuple[str, tuple[Any, ...]]:
    name, arguments = body.get("name"), body.get("arguments", [])
    if not isinstance(name, str) or not name.isidentifier() or len(name) > 60:
        raise HTTPException(400, "name is not a command's")
    if not isinstance(arguments, list) or len(arguments) > 16:
        raise HTTPException(400, "arguments are a list of at most 16 values")
    return name, tuple(arguments)


async def _refused(_request: Request, error: Exception) -> Response:
    """A plain sentence as JSON; nothing of the request is repeated in it."""
    if not isinstance(error, HTTPException):
        raise error
    words = {404: "there is nothing under this address", 405: "this address takes another method"}
    reason = words.get(error.status_code, error.detail)
    return JSONResponse({"reason": reason}, error.status_code, headers=dict(error.headers or {}))


class Events:
    """``/api/events``: one long answer, as long as the page is open and the stage lives."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._languages = sorted(file.stem for file in (HERE / "strings").glob("*.json"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one page."""
        request, live = Request(scope, receive), self._console.live
        if request.method != "GET":
            raise HTTPException(405)
        caller = caller_of(request)
        if live.full:
            raise HTTPException(503, "too many pages are open; close some", {"retry-after": "10"})
        headers = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        leaves = asyncio.create_task(_until_gone(receive))
        try:
            with live.page(caller, self._hello(caller)) as page:
                while not leaves.done() and not live.closed:
                    events = await page.take(QUIET_SECONDS)
                    await send({"type": "http.response.body", "body": events or b":\n\n", "more_body": True})
        finally:
            leaves.cancel()
        await send({"type": "http.response.body", "body": b""})

    def _hello(self, caller: Caller) -> Document:
        stage = self._console.hello
        return {
            **{key: stage[key] for key in ("version", "protocol", "room", "started_at")},
            "role": caller.role,
            "name": caller.name,
            "at": time.time(),
            "languages": self._languages,
        }


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
