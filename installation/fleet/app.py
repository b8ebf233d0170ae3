"""What the house's pages are served: the rooms, the events that they follow, commands, and the evenings' reports."""

from __future__ import annotations

import time
from collections.abc import Sequence
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

from installation.fleet.commands import RoomAnswer, RoomCommands
from installation.fleet.documents import Document
from installation.fleet.evenings import as_csv, evenings_of
from installation.fleet.health import Health
from installation.fleet.room import Room
from installation.fleet.table import is_room
from installation.fleet.watch import FleetWatch
from installation.osc.incoming import Unread, argument_of
from installation.web import app as console
from installation.web.access import Access
from installation.web.answers import found, refused
from installation.web.caller import Caller
from installation.web.document import PROTOCOL
from installation.web.events import Events
from installation.web.guard import Guard
from installation.web.incoming import body_of, caller_of
from installation.web.live import Page
from installation.web.login import login_route
from installation.web.reports import list_reports, report_response
from installation.web.static_files import StaticFiles

HERE = Path(__file__).parent
REST_SECONDS = 0.1
"""Between two messages to a page, in which news of many rooms gathers."""
ARGUMENTS_AT_MOST = 16


@dataclass(frozen=True)
class FleetPages:
    """What the routes work with."""

    name: str
    version: str
    started_at: float
    watch: FleetWatch
    commands: RoomCommands
    access: Access
    evenings: Path
    """Folder of the tables of all evenings."""


def make_app(pages: FleetPages) -> ASGIApp:
    """The whole application, behind its guard."""
    shared, own = StaticFiles(console.HERE / "static"), StaticFiles(HERE / "static")
    words, own_words = StaticFiles(console.HERE / "strings"), StaticFiles(HERE / "strings")
    board, watch = pages.watch.board, pages.watch

    async def page(request: Request) -> Response:
        return found(own.response(request, "house.html"))

    async def static(request: Request) -> Response:
        return found(shared.response(request, request.path_params["name"]))

    async def own_static(request: Request) -> Response:
        return found(own.response(request, request.path_params["name"]))

    async def strings(request: Request) -> Response:
        return found(words.response(request, request.path_params["name"]))

    async def own_strings(request: Request) -> Response:
        return found(own_words.response(request, request.path_params["name"]))

    async def command(request: Request) -> Response:
        caller = caller_of(request, "operator")
        body = await body_of(request)
        name, arguments = command_of(body)
        chosen = rooms_of(body, watch)
        answers = await pages.commands.ask(chosen, name, arguments)
        what = body.get("to", "") if len(chosen) != 1 else chosen[0][0].label
        board.put_line("command", command_line(caller, str(what), name, arguments, answers))
        return JSONResponse(reply_of(answers))

    async def evenings(request: Request) -> Response:
        caller_of(request)
        tables = [table["name"] for table in list_reports(pages.evenings)]
        return JSONResponse({"evenings": evenings_of(watch.table), "tables": tables})

    async def evenings_csv(request: Request) -> Response:
        caller_of(request)
        headers = {"content-disposition": 'attachment; filename="evenings.csv"'}
        return Response(as_csv(evenings_of(watch.table)), headers=headers, media_type="text/csv; charset=utf-8")

    async def table(request: Request) -> Response:
        caller_of(request)
        return found(report_response(pages.evenings, request.path_params["name"]))

    languages = sorted(file.stem for file in (HERE / "strings").glob("*.json"))

    def open_page(request: Request, caller: Caller) -> AbstractContextManager[Page]:
        room = request.query_params.get("room", "")
        if room and not is_room(room):
            raise HTTPException(404)
        return board.page(caller, _hello(pages, caller, languages), room)

    routes = [
        Route("/", page),
        Route("/room/{room}", page),
        Route("/evenings", page),
        Route("/static/{name:path}", static),
        Route("/house/{name:path}", own_static),
        Route("/strings/house/{name:path}", own_strings),
        Route("/strings/{name:path}", strings),
        Route("/api/events", Events(board, open_page, REST_SECONDS)),
        Route("/api/command", command, methods=["POST"]),
        Route("/api/evenings", evenings),
        Route("/evenings.csv", evenings_csv),
        Route("/tables/{name}", table),
        login_route(pages.access, "chiaro house --link shows one"),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: refused})
    app.router.redirect_slashes = False
    return Guard(app, pages.access)


def command_of(body: Document) -> tuple[str, Sequence[Any]]:
    """Name and arguments of a request. Raises 400."""
    name, arguments = body.get("name"), body.get("arguments", [])
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii() or len(name) > 60:
        raise HTTPException(400, "name is not a command's")
    if not isinstance(arguments, list) or len(arguments) > ARGUMENTS_AT_MOST:
        raise HTTPException(400, f"arguments are a list of at most {ARGUMENTS_AT_MOST} values")
    if any(isinstance(argument_of(value), Unread) for value in arguments):
        raise HTTPException(400, "arguments are numbers, texts, true, false or null")
    return name, arguments


def rooms_of(body: Document, watch: FleetWatch) -> list[tuple[Room, Health]]:
    """The rooms that a request is for: ``room``, ``group`` or ``all``, and which. Raises 400 and 404."""
    kind, to = body.get("kind"), body.get("to", "")
    if kind not in ("room", "group", "all") or not isinstance(to, str):
        raise HTTPException(400, "kind is room, group or all, and to is its name")
    rooms = [
        room for room in watch.table if kind == "all" or (to in room.groups if kind == "group" else room.name == to)
    ]
    if not rooms:
        raise HTTPException(404, "there is no such room")
    return [(room, watch.health(room)) for room in rooms]


def reply_of(answers: Sequence[RoomAnswer]) -> Document:
    """What a page is told: ``code`` 0 where all rooms do it, else the first of those that do not."""
    bad = [answer for answer in answers if answer.code]
    return {
        "code": bad[0].code if bad else 0,
        "reason": "; ".join(f"{one.room}: {one.reason}" if len(answers) > 1 else one.reason for one in bad[:5]),
        "done": len(answers) - len(bad),
        "answers": [answer._asdict() for answer in answers],
    }


def command_line(
    caller: Caller, to: str, name: str, arguments: Sequence[Any], answers: Sequence[RoomAnswer]
) -> Document:
    """A line of the list of commands."""
    bad = [answer for answer in answers if answer.code]
    return {
        **{"at": time.time(), "who": caller.who, "to": to, "name": name, "arguments": arguments},
        **{"done": len(answers) - len(bad), "asked": len(answers)},
        "no": [f"{answer.room}: {answer.reason}" for answer in bad[:20]],
    }


def _hello(pages: FleetPages, caller: Caller, languages: list[str]) -> Document:
    return {
        **{"version": pages.version, "protocol": PROTOCOL, "room": pages.name, "started_at": pages.started_at},
        **{"role": caller.role, "name": caller.name, "at": time.time(), "languages": languages},
    }
