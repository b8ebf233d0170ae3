"""What is put into a room, as it is offered: the files of a story or a venue with the SHA-256 of each."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from calibration.errors import BadInput
from calibration.places import valid_path
from calibration.venue import load_venue
from installation.bundle.installer import CONTENT

CHUNK_BYTES = 128 * 1024
WINDOW = 8
"""Chunks that may be on their way at once: 1 MB in the broker, whatever the story's size."""
FILES_AT_MOST, FILE_BYTES_AT_MOST = 2000, 1 << 36
VENUE_BYTES_AT_MOST = 1 << 20
FILM = f"{CONTENT}film/"

Kind = Literal["story", "venue", "own"]
"""own: no files, but what the room itself has: the story that it was started with."""
When = Literal["closing", "next_scene", "now"]


def _inside(path: str) -> str:
    """``path`` as it is. Raises ``ValueError`` for one that may lead out of the folder that it is put into."""
    valid_path(path)
    parts = path.split("/")
    if path.startswith("/") or "" in parts or "." in parts or ".." in parts:
        raise ValueError("leads out of the story's folder, or is no plain path")
    if ":" in path or "\\" in path:
        raise ValueError("has a colon or a backslash, which not every system takes")
    return path


class PutFile(BaseModel):
    """One file, relative to the folder that it is put into."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, AfterValidator(_inside)]
    size: int = Field(ge=0, le=FILE_BYTES_AT_MOST)
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    @property
    def chunks(self) -> int:
        """How many it is sent in."""
        return -(-self.size // CHUNK_BYTES)


class Manifest(BaseModel):
    """All that is put at once, whole or not at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    protocol: Literal[1] = 1
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    kind: Kind
    name: str = Field(min_length=1, max_length=200)
    begin: str = Field("", description="The file that is the story or the venue")
    when: When = "closing"
    files: tuple[PutFile, ...] = Field((), max_length=FILES_AT_MOST)

    @property
    def total(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def content(self) -> tuple[tuple[str, str], ...]:
        """What makes it the same as another one."""
        return (self.kind, self.begin), *sorted((file.path, file.sha256) for file in self.files)

    @model_validator(mode="after")
    def _can_be_laid_out(self) -> Self:
        names = [file.path.casefold() for file in self.files]
        if len(set(names)) < len(names):
            raise ValueError("names a file twice")
        if {"/".join(name.split("/")[:upto]) for name in names for upto in range(1, name.count("/") + 1)} & set(names):
            raise ValueError("has a file where it has a folder")
        if self.kind == "own" and self.files:
            raise ValueError("the room's own story has no files here")
        if self.kind != "own" and self.begin not in {file.path for file in self.files}:
            raise ValueError("does not hold the file that it begins with")
        if self.kind == "venue" and (len(self.files) > 1 or self.total > VENUE_BYTES_AT_MOST):
            raise ValueError("a venue is one file of 1 MB at most")
        return self


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read_manifest(said: object) -> Manifest:
    """A manifest that came over the broker. Raises ``BadInput`` with every fault in words."""
    try:
        return Manifest.model_validate(said)
    except ValidationError as error:
        faults = [_in_words(fault["loc"], fault["msg"]) for fault in error.errors()[:10]]
        raise BadInput(*faults, where="manifest") from None


def _in_words(place: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, place)) or 'manifest'}: {message.removeprefix('Value error, ')}"


def new_id() -> str:
    """Of one put into one room."""
    return secrets.token_hex(8)


def story_to_put(file: Path, when: When) -> tuple[Manifest, dict[str, Path]]:
    """The manifest of a story and all media that it names, and where each file lies. Raises ``BadInput``."""
    from installation.bundle.make import film_parts  # whoever puts needs them, and no room
    from scenes.story.story import load_story

    story = load_story(file)
    parts, begin = film_parts(story)
    files = {part.name.removeprefix(FILM): part.file for part in parts}
    return _manifest("story", story.title, begin[0].removeprefix(FILM), when, files), files


def venue_to_put(file: Path, when: When) -> tuple[Manifest, dict[str, Path]]:
    """The manifest of a venue file. Raises ``BadInput``."""
    load_venue(file)
    return _manifest("venue", file.stem, "venue.toml", when, {"venue.toml": file}), {"venue.toml": file}


def own_story(when: When) -> Manifest:
    """Back to the story that the room was started with."""
    return Manifest(id=new_id(), kind="own", name="the room's own story", when=when)


def _manifest(kind: Kind, name: str, begin: str, when: When, files: dict[str, Path]) -> Manifest:
    try:
        made = [{"path": path, "size": file.stat().st_size, "sha256": digest_of(file)} for path, file in files.items()]
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", where=str(error.filename)) from error
    return read_manifest(
        {"id": new_id(), "kind": kind, "name": name, "begin": begin, "when": when, "files": made},
    )
