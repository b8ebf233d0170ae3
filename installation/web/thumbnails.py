"""The scenes' small pictures, made from the clips by a short-lived process so that no decoder is loaded here.

They are pictures of the film; no visitor is ever in one. Each is kept under a name made of what it shows: another clip,
or the same one changed, has another name.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import Response

from installation.web.stage_line import Document

TAKE: tuple[str, ...] = (sys.executable, "-m", "installation.web.take_thumbnails")
KEPT_SECONDS = 30 * 86_400
SECONDS_A_PICTURE = 20.0


class Thumbnails:
    """Those of the story that runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Path] = {}
        self._making: asyncio.Task[None] | None = None

    def response(self, request: Request, scene: str) -> Response | None:
        """The JPEG of a scene for a browser that may have it already; None while there is none."""
        file = self._files.get(scene)
        if file is None:
            return None
        headers = {"etag": f'"{file.stem}"', "cache-control": "private, no-cache"}
        try:
            content = file.read_bytes()
        except OSError:
            return None
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type="image/jpeg")

    def follow(self, story: Document) -> None:
        """Another story runs: make what is missing, one story at a time."""
        if self._making:
            self._making.cancel()
        self._making = asyncio.get_running_loop().create_task(self._make(story))

    async def close(self) -> None:
        """Make no more."""
        if self._making:
            self._making.cancel()
            with suppress(asyncio.CancelledError):
                await self._making

    async def _make(self, story: Document) -> None:
        wanted = []
        for scene in story["scenes"]:
            file = self._folder / f"{_name(scene['file'], scene['thumbnail_at'])}.jpg"
            self._files[scene["name"]] = file
            if scene["file"] and not file.is_file():
                wanted.append({"file": scene["file"], "at": scene["thumbnail_at"], "out": str(file)})
        self._files = {scene["name"]: self._files[scene["name"]] for scene in story["scenes"]}
        with suppress(OSError):  # a full disk: the page draws the scene's name
            self._folder.mkdir(parents=True, exist_ok=True)
            self._forget_old()
            if wanted:
                await _take(wanted)

    def _forget_old(self) -> None:
        now, mine = time.time(), set(self._files.values())
        for file in mine:
            with suppress(OSError):
                os.utime(file)
        for file in self._folder.glob("*.jpg"):
            with suppress(OSError):
                if file not in mine and now - file.stat().st_mtime > KEPT_SECONDS:
                    file.unlink()


async def _take(wanted: list[Document]) -> None:
    process = await asyncio.create_subprocess_exec(
        *TAKE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,  # a clip that cannot be decoded is told by the stage
    )
    try:
        async with asyncio.timeout(SECONDS_A_PICTURE * len(wanted)):
            await process.communicate(orjson.dumps(wanted))
    except TimeoutError:
        pass
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _name(file: str, at: float) -> str:
    try:
        found = Path(file).stat()
        what = f"{file}|{found.st_size}|{found.st_mtime_ns}|{at:.3f}"
    except (OSError, ValueError):
        what = f"{file}|missing"
    return hashlib.sha256(what.encode()).hexdigest()[:32]
