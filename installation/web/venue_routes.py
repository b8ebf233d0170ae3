"""The venue's page: its files, what it reads and writes, and the check of the whole show. For operators only."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from installation.web.incoming import body_of, caller_of
from installation.web.live import Live
from installation.web.stage_line import Document
from installation.web.static_files import StaticFiles

FILE_WORK = (sys.executable, "-m", "installation.web.venue_file")
CHECK = (sys.executable, "-m", "installation", "check", "--json")
FILE_WITHIN, CHECK_WITHIN = 45.0, 1800.0
NICER = 19
LONGEST_LINE = 1 << 16
FINDINGS_AT_MOST = 500


def venue_routes(hello: Document, live: Live, static: StaticFiles, checking: Checking) -> list[Route]:
    """The routes of the venue's page."""
    file, turn = str(hello.get("venue_file", "")), asyncio.Lock()

    async def work(asked: Document) -> Response:
        async with turn:  # a flood of requests starts one process after another
            return JSONResponse(await file_work(asked))

    async def page(request: Request) -> Response:
        response = static.response(request, "venue.html")
        if response is None:
            raise HTTPException(404)
        return response

    async def read(request: Request) -> Response:
        caller_of(request, "operator")
        return await work({"do": "read", "file": file})

    async def write(request: Request) -> Response:
        caller_of(request, "operator")
        body = await body_of(request)
        name, changes = body.get("name", ""), body.get("changes")
        if not isinstance(name, str) or not isinstance(changes, dict):
            raise HTTPException(400, "name is a text, and changes an object")
        return await work({"do": "write", "file": file, "name": name, "changes": changes})

    async def check(request: Request) -> Response:
        caller_of(request, "operator")
        if request.method == "POST":
            body = await body_of(request)
            story = live.newest.get("story", {}).get("path", "")
            checking.start(_options(story, file, every_clip=body.get("every_clip") is True))
        return JSONResponse(checking.found)

    return [
        Route("/venue", page),
        Route("/api/venue/settings", read),
        Route("/api/venue/settings", write, methods=["POST"]),
        Route("/api/venue/check", check, methods=["GET", "POST"]),
    ]


def _options(story: str, file: str, every_clip: bool) -> list[str]:
    return [*([story] if story else []), *(["--venue", file] if file else []), *([] if every_clip else ["--quick"])]


async def file_work(asked: Document) -> Document:
    """What the short-lived process answers."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*FILE_WORK, stdin=pipe, stdout=pipe)
    try:
        async with asyncio.timeout(FILE_WITHIN):
            out, _ = await process.communicate(orjson.dumps(asked))
        told = orjson.loads(out)
    except (TimeoutError, orjson.JSONDecodeError) as error:
        raise HTTPException(503, "the venue file cannot be read or written now; try again") from error
    finally:
        await _end(process)
    return dict(told)


class Checking:
    """One check of the show at a time. ``found`` is what pages are told: how far it is, and each finding so far."""

    def __init__(self, command: Sequence[str] = CHECK) -> None:
        self._command = tuple(command)
        self._task: asyncio.Task[None] | None = None
        self.found: Document = {"running": False, "what": "", "share": 0.0, "findings": [], "verdict": ""}

    def start(self, options: list[str]) -> None:
        """Begin, unless one is running."""
        if self._task is None or self._task.done():
            self.found = {"running": True, "what": "", "share": 0.0, "findings": [], "verdict": ""}
            self._task = asyncio.get_running_loop().create_task(self._run(options))

    async def close(self) -> None:
        """End it."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self, options: list[str]) -> None:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *options,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # what libraries print by themselves
            limit=LONGEST_LINE,
        )
        with suppress(AttributeError, OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICER)  # before it starts others, which inherit it
        try:
            async with asyncio.timeout(CHECK_WITHIN):
                while process.stdout and (line := await process.stdout.readline()):
                    self._hear(line)
        except (TimeoutError, ValueError):  # ValueError: a line that has no end
            pass
        finally:
            await _end(process)
            self.found["running"] = False
            self.found["verdict"] = self.found["verdict"] or "broken"

    def _hear(self, line: bytes) -> None:
        try:
            told: Any = orjson.loads(line)
            kind = told["kind"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return  # printed by a library
        if kind == "progress":
            self.found |= {"what": told["what"], "share": told["share"]}
        elif kind == "finding" and len(self.found["findings"]) < FINDINGS_AT_MOST:
            self.found["findings"].append({key: told[key] for key in ("part", "state", "where", "what")})
        elif kind == "verdict":
            self.found |= {"verdict": told["verdict"], "share": 1.0}


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    await process.wait()
