"""The page's own files: read and compressed once, and again only when one was changed."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
}
SMALL = 600
"""Bytes below which compressing saves nothing."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent."""

    changed: int
    kind: str
    etag: str
    plain: bytes
    packed: bytes | None


class StaticFiles:
    """All files of a folder whose type is known; nothing else can be asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, StaticFile] = {}

    def response(self, request: Request, name: str) -> Response | None:
        """The file for a browser that may have it already; None where there is no such file."""
        file = self._file(name)
        if file is None:
            return None
        headers = {"etag": file.etag, "cache-control": "no-cache", "vary": "accept-encoding"}
        if file.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.packed, headers=headers | {"content-encoding": "gzip"}, media_type=file.kind)
        return Response(file.plain, headers=headers, media_type=file.kind)

    def _file(self, name: str) -> StaticFile | None:
        parts = name.split("/")
        if any(part.startswith(".") or "\\" in part or "\0" in part or not part for part in parts):
            return None
        path = self._folder.joinpath(*parts)
        kind = TYPES.get(path.suffix)
        try:
            changed = path.stat().st_mtime_ns
            known = self._files.get(name)
            if known and known.changed == changed:
                return known
            if kind is None or not path.is_file():
                return None
            content = path.read_bytes()
        except OSError:
            return None
        packed = gzip.compress(content, mtime=0) if len(content) > SMALL else None
        etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
        found = StaticFile(changed, kind, etag, content, packed if packed and len(packed) < len(content) else None)
        self._files[name] = found
        return found
