"""Where a room keeps what was put into it: two slots between which it changes, and the folder of what is on its way.

The slots are those of a bundle (``installation.bundle.slots``): pending, on trial for a minute, back by itself. One of
them may hold no files but "the room's own": the story that is named on its command line, or in its venue. Whatever is
killed at whatever instant leaves the slot in use whole; what was on its way is thrown away at the next start.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from calibration.errors import BadInput, Refused
from calibration.file_writer import make_private_folder, write_whole
from installation.bundle.installer import CONTENT, ROOM_TO_SPARE
from installation.bundle.slots import MANIFEST, NAMES, Slots, State
from installation.rooms.put_manifest import CHUNK_BYTES, Manifest, PutFile, digest_of, read_manifest

SYNCED_EACH = 64
"""Chunks, 8 MB: what waits for the disk is never so much that the film's own reading waits behind it."""
TORN_AT_MOST = 3
"""How often a file may come otherwise than it was offered."""
OWN = "the room's own"


class NotTaken(Refused):
    """Something that was put and is not taken: why not, in words for whoever put it."""


class PutStore:
    """What was put into this room, of one kind. For one thread; what writes raises ``OSError``."""

    def __init__(self, root: Path) -> None:
        self.root, self.slots = root, Slots(root)
        self.staging: Staging | None = None
        self.let_go: Callable[[], None] = lambda: None
        """Called before the spare slot is emptied; raises ``NotTaken`` where it must not be."""

    def clean(self) -> None:
        """Throw away what a kill has left: half a transfer, half a slot."""
        self.staging = None
        shutil.rmtree(self.root / "staging", ignore_errors=True)
        for name in NAMES:
            if not self.slots.is_whole(name):
                shutil.rmtree(self.slots.folder(name), ignore_errors=True)

    def in_use(self) -> Manifest | None:
        """What was put and is in use; None: the room's own."""
        return self.manifest(self.slots.current())

    def manifest(self, name: str) -> Manifest | None:
        """What lies in a slot; None for the room's own, and for nothing."""
        said = self.slots.manifest(name).get("put")
        with suppress(BadInput):
            found = read_manifest(said)
            return None if found.kind == "own" else found
        return None

    def file(self, name: str) -> Path | None:
        """The story or venue in a slot; None for the room's own."""
        found = self.manifest(name)
        return self.slots.folder(name) / CONTENT / found.begin if found else None

    def require_free(self) -> None:
        """Raises ``NotTaken`` while the last one is on trial: the one before must stay."""
        if self.slots.state().trial:
            raise NotTaken("the last one is on trial for its first minute; try again when it has lasted")

    def begin(self, manifest: Manifest) -> Staging:
        """Make ready to receive. Raises ``NotTaken`` where the disk has no room, and ``OSError``."""
        self.require_free()
        self.clean()
        known = self._known()
        coming = sum(file.size for file in manifest.files if file.sha256 not in known)
        self.require_room(coming)
        make_private_folder(self.root)
        self.staging = Staging(self.root / "staging", manifest, known)
        return self.staging

    def coming(self, manifest: Manifest) -> int:
        """Bytes that this room would have to be sent."""
        known = self._known()
        return sum(file.size for file in manifest.files if file.sha256 not in known)

    def require_room(self, coming: int) -> None:
        """Raises ``NotTaken`` where the disk has no room for so many bytes more."""
        there = next(folder for folder in (self.root, *self.root.parents) if folder.exists())
        free = shutil.disk_usage(there).free
        if free < coming + ROOM_TO_SPARE:
            raise NotTaken(f"{free / 1e6:.0f} MB are free, and {(coming + ROOM_TO_SPARE) / 1e6:.0f} are needed")

    def install(self, manifest: Manifest) -> None:
        """What was received lies in the spare slot from now on, and takes over as its ``when`` says."""
        self.require_free()
        self.let_go()
        slots = self.slots
        if not slots.is_whole(slots.current()):
            self._write_own("a")
            slots.point("a")
        if slots.state().pending:
            slots.note(State())  # its slot is about to be emptied
        spare = slots.folder(slots.spare())
        (spare / MANIFEST).unlink(missing_ok=True)  # first: a slot with one is whole
        shutil.rmtree(spare, ignore_errors=True)
        if self.staging is not None:
            for folder in [self.staging.folder, *(one for one in self.staging.folder.rglob("*") if one.is_dir())]:
                sync_folder(folder)
            self.staging.folder.rename(spare)
            self.staging = None
        else:
            spare.mkdir()
        sync_folder(self.root)
        self._write_manifest(spare.name, manifest)
        slots.take(spare.name, at_once=manifest.when == "now")

    def go_back(self) -> str:
        """The one before takes over at once; where another one waits, that one is let go. What was done, in words."""
        self.require_free()
        if self.slots.state().pending:
            self.let_go()
            self.slots.note(State())
            return "what waited is given up; the one in use stays"
        if not self.slots.go_back():
            raise NotTaken("there is no other one to go back to")
        return f"{self.slots.describe(self.slots.spare())} takes over now"

    def due(self) -> str:
        """When what waits takes over: ``closing``, ``next_scene`` or ``now``; '' where nothing waits."""
        state = self.slots.state()
        if not state.pending:
            return ""
        said = self.slots.manifest(state.pending).get("put")
        when = said.get("when", "closing") if isinstance(said, dict) else "closing"
        return "now" if state.at_once else str(when)

    def refresh_own(self, path: str, content: bytes) -> None:
        """A slot with ``content`` is the one in use: a file that people may have edited since."""
        slots = self.slots
        name = slots.current() if slots.is_whole(slots.current()) else "a"
        file = PutFile(path=path, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        at = slots.folder(name) / CONTENT / path
        if not (slots.is_whole(name) and at.is_file() and at.read_bytes() == content):
            write_whole(at, content)
            put = Manifest(id="0" * 16, kind="venue", name=OWN, begin=path, files=(file,))
            self._write_manifest(name, put)
        if slots.current() != name:
            slots.point(name)

    def _write_own(self, name: str) -> None:
        self.slots.folder(name).mkdir(parents=True, exist_ok=True)
        self._write_manifest(name, Manifest(id="0" * 16, kind="own", name=OWN))

    def _write_manifest(self, name: str, manifest: Manifest) -> None:
        said = {"name": manifest.name, "made": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "put": manifest.model_dump()}
        write_whole(self.slots.folder(name) / MANIFEST, json.dumps(said).encode())

    def _known(self) -> dict[str, Path]:
        """Files that lie here already, by their SHA-256; they are checked again where they are used."""
        known = {}
        for name in NAMES:
            found = self.manifest(name) if self.slots.is_whole(name) else None
            for file in found.files if found else ():
                path = self.slots.folder(name) / CONTENT / file.path
                with suppress(OSError):
                    if path.stat().st_size == file.size:
                        known[file.sha256] = path
        return known


class Staging:
    """What is on its way into a slot. What writes raises ``OSError``."""

    def __init__(self, folder: Path, manifest: Manifest, known: dict[str, Path]) -> None:
        self.folder, self.manifest = folder, manifest
        self._content = folder / CONTENT
        self._missing = [set(range(file.chunks)) for file in manifest.files]
        self._torn = [0] * len(manifest.files)
        self._written = 0
        make_private_folder(self._content)
        for number, file in enumerate(manifest.files):
            path = self._content / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            source = known.get(file.sha256)
            if source and file.size:
                link_or_copy(source, path)
                if digest_of(path) == file.sha256:
                    self._missing[number].clear()
                    continue
                path.unlink()  # not written into: it may be the same file as the slot's
            path.write_bytes(b"")

    @property
    def begin(self) -> Path:
        """The story or the venue that was received."""
        return self._content / self.manifest.begin

    def missing(self) -> list[tuple[int, int, int]]:
        """What has not come yet: (file, first chunk, how many), as runs."""
        runs: list[tuple[int, int, int]] = []
        for number, chunks in enumerate(self._missing):
            for chunk in sorted(chunks):
                if runs and runs[-1][0] == number and sum(runs[-1][1:]) == chunk:
                    runs[-1] = number, runs[-1][1], runs[-1][2] + 1
                else:
                    runs.append((number, chunk, 1))
        return runs

    @property
    def is_complete(self) -> bool:
        """Every byte has come and is the one that was offered."""
        return not any(self._missing)

    def write(self, number: int, chunk: int, data: bytes) -> bool:
        """Lay one chunk in its place; whether its file is whole with it. Raises ``NotTaken``."""
        files = self.manifest.files
        if not 0 <= number < len(files) or not 0 <= chunk < files[number].chunks:
            raise NotTaken("a chunk came that belongs to no file")
        file = files[number]
        if len(data) != min(CHUNK_BYTES, file.size - chunk * CHUNK_BYTES):
            raise NotTaken(f"{file.path}: a chunk came that is not as long as it should be")
        if chunk not in self._missing[number]:
            return False
        path = self._content / file.path
        with path.open("r+b") as opened:
            opened.seek(chunk * CHUNK_BYTES)
            opened.write(data)
            self._missing[number].discard(chunk)
            self._written += 1
            if not self._missing[number] or self._written % SYNCED_EACH == 0:
                opened.flush()
                os.fsync(opened.fileno())
        return not self._missing[number] and self._verify(number)

    def _verify(self, number: int) -> bool:
        file = self.manifest.files[number]
        path = self._content / file.path
        if digest_of(path) == file.sha256:
            sync_folder(path.parent)
            return True
        self._torn[number] += 1
        if self._torn[number] >= TORN_AT_MOST:
            raise NotTaken(f"{file.path} did not come as it was offered, {TORN_AT_MOST} times")
        self._missing[number] = set(range(file.chunks))
        return False


def link_or_copy(source: Path, path: Path) -> None:
    """The same content at another place, without its bytes once more where the disk can do that."""
    try:
        os.link(source, path)
    except OSError:  # a memory stick knows no links
        shutil.copyfile(source, path)


def sync_folder(folder: Path) -> None:
    """The names in it are on the disk."""
    with suppress(OSError, AttributeError):  # Windows opens no folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
