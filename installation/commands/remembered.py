"""What ``chiaro check`` has tried before and need not try again, kept in the state folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import av
from pydantic import BaseModel, ConfigDict, ValidationError

from calibration.file_writer import write_whole
from installation.film.inspection import Inspection
from scenes.story.probe import MediaHeader, known_headers

FILE = "checked_media.json"
MADE_BY = f"rules 4, PyAV {av.__version__}"
"""Rules: grows when something else is looked for; then, and with a new FFmpeg, all is decoded once more."""
AT_MOST = 20_000
"""Clips that are remembered; the oldest are forgotten first."""
NETWORKS_AT_MOST = 50


class KeptInspections(BaseModel):
    """The file."""

    model_config = ConfigDict(ser_json_inf_nan="constants")

    made_by: str
    inspections: dict[str, Inspection]
    headers: list[tuple[str, int, int, MediaHeader]] = []
    networks: dict[str, str] = {}


class Remembered:
    """Headers and inspections of files that have not changed since. Only what was whole is kept; a fault is tried anew.

    From then on, ``probe`` knows the headers.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._known: dict[str, Inspection] = {}
        self.networks: dict[str, str] = {}
        """What the eye's networks said of themselves when they were opened, by the files that they were read from."""
        self._new = False
        with suppress(OSError, ValidationError):  # then all is decoded again
            kept = KeptInspections.model_validate_json(self._file.read_bytes())
            if kept.made_by == MADE_BY:
                self._known, self.networks = kept.inspections, kept.networks
                known_headers.update({(path, changed, size): header for path, changed, size, header in kept.headers})
        self._headers = len(known_headers)

    def get(self, key: str) -> Inspection | None:
        """What was found in the same part of the same files."""
        return self._known.get(key)

    def put(self, key: str, inspection: Inspection) -> None:
        """Keep what was found."""
        if key and not inspection.fault:
            self._known[key] = inspection
            self._new = True

    def put_networks(self, key: str, line: str) -> None:
        """Keep that the networks opened."""
        if key:
            self.networks = {key: line} | self.networks
            self._new = True

    def save(self) -> None:
        """Write what is new. A folder that cannot be written costs only time, at the next check."""
        if not self._new and self._headers == len(known_headers):
            return
        kept = dict(list(self._known.items())[-AT_MOST:])
        headers = [(*stamp, known) for stamp, known in known_headers.items() if is_text(stamp[0])][-AT_MOST:]
        networks = dict(list(self.networks.items())[:NETWORKS_AT_MOST])
        with suppress(OSError):
            whole = KeptInspections(made_by=MADE_BY, inspections=kept, headers=headers, networks=networks)
            write_whole(self._file, whole.model_dump_json(indent=1).encode())
        self._new, self._headers = False, len(known_headers)


def is_text(path: str) -> bool:
    """Whether ``path`` can stand in JSON; a file name may hold bytes that are no text."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def key_of(files: Iterable[Path], *part: object) -> str:
    """Stands for a part of files as they are now: path, time and size of each; '' if one cannot be looked at."""
    names = []
    try:
        for file in files:
            stat = file.stat()
            names.append(f"{file} {stat.st_mtime_ns} {stat.st_size}")
    except OSError:
        return ""
    text = "\n".join([*names, *map(str, part)])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
