"""The reports that lie in the state folder: which there are, and one of them. Nothing else of the disk is served."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from starlette.responses import Response

from installation.web.stage_line import Document

REPORTS = "reports"
TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
_NAME = re.compile(r"[^\W_][\w .-]{0,120}\.(html|pdf|csv|json)")
LARGEST = 64_000_000
SHEET_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox"
)
"""A report has its styles inside and no script."""


def list_reports(folder: Path) -> list[Document]:
    """Name, size in bytes and time of each, the newest first."""
    found = []
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return []
    for entry in entries:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if _NAME.fullmatch(entry.name) and stat.S_ISREG(status.st_mode):
            found.append({"name": entry.name, "size": status.st_size, "at": status.st_mtime})
    return sorted(found, key=lambda report: (-report["at"], report["name"]))


def report_response(folder: Path, name: str) -> Response | None:
    """One report; None where there is none of this name."""
    named = _NAME.fullmatch(name)
    if not named:
        return None
    try:
        descriptor = os.open(folder / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return None
        with os.fdopen(os.dup(descriptor), "rb") as file:
            content = file.read()
    finally:
        os.close(descriptor)
    headers = {"cache-control": "private, no-cache"}
    if named[1] == "html":
        headers["content-security-policy"] = SHEET_POLICY
    return Response(content, headers=headers, media_type=TYPES[named[1]])
