"""What is served: the page, the events that it follows, and the commands that it gives."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from installation.web.access import Access
from installation.web.answers import found, refused
from installation.web.caller import Caller
from installation.web.events import Events
from installation.web.guard import Guard
from installation.web.incoming import body_of, caller_of
from installation.web.live import Live, Page
from installation.web.login import login_route
from installation.web.metrics import metrics_route
from installation.web.reports import list_reports, report_response
from installation.web.stage_line import Document, StageLine
from installation.web.static_files import StaticFiles
from installation.web.thumbnails import Thumbnails
from installation.web.venue_routes import Checking, venue_routes

HERE = Path(__file__).parent


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
        return found(console.static.response(request, "index.html"))

    async def static(request: Request) -> Response:
        return found(console.static.response(request, request.path_params["name"]))

    async def strings(request: Request) -> Response:
        return found(console.strings.response(request, request.path_params["name"]))

    async def command(request: Request) -> Response:
        caller = caller_of(request, "operator")
        name, arguments = _command(await body_of(request))
        reply = await console.stage.ask(caller, name, arguments)
        if name == "show_camera" and reply.code == 0:
            console.live.watch_camera(caller, next((one for one in arguments if isinstance(one, int | float)), 0.0))
        return JSONResponse(reply._asdict())

    async def thumbnail(request: Request) -> Response:
        caller_of(request)
        return found(console.thumbnails.response(request, request.path_params["scene"]))

    async def reports(request: Request) -> Response:
        caller_of(request)
        return JSONResponse(list_reports(console.reports))

    async def report(request: Request) -> Response:
        caller_of(request)
        return found(report_response(console.reports, request.path_params["name"]))

    languages = sorted(file.stem for file in (HERE / "strings").glob("*.json"))

    def open_page(_request: Request, caller: Caller) -> AbstractContextManager[Page]:
        return console.live.page(caller, hello_of(console.hello, caller, languages))

    routes = [
        Route("/", index),
        Route("/static/{name:path}", static),
        Route("/strings/{name:path}", strings),
        Route("/thumbnails/{scene}.jpg", thumbnail),
        Route("/reports/", reports),
        Route("/reports/{name}", report),
        Route("/api/events", Events(console.live, open_page)),
        Route("/api/command", command, methods=["POST"]),
        login_route(console.access),
        metrics_route(console.hello, console.live),
        *venue_routes(console.hello, console.live, console.static, console.checking),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: refused})
    app.router.redirect_slashes = False
    return Guard(app, console.access)


def hello_of(stage: Document, caller: Caller, languages: list[str]) -> Document:
    """The first that a page hears."""
    return {
        **{key: stage[key] for key in ("version", "protocol", "room", "started_at")},
        "role": caller.role,
        "name": caller.name,
        "at": time.time(),
        "languages": languages,
    }


def _command(body: Document) -> tuple[str, tuple[Any, ...]]:
    name, arguments = body.get("name"), body.get("arguments", [])
    if not isinstance(name, str) or not name.isidentifier() or len(name) > 60:
        raise HTTPException(400, "name is not a command's")
    if not isinstance(arguments, list) or len(arguments) > 16:
        raise HTTPException(400, "arguments are a list of at most 16 values")
    return name, tuple(arguments)
