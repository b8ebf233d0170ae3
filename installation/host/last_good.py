"""What a room's show ran with when it last ran well, and how many starts in a row have ended too early since."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from calibration.venue import Venue
from installation.host.kept_file import read_kept, write_kept
from installation.host.state_folder import room_stem


class KeptStory(BaseModel):
    """A story's text as it ran, and its file: the clips lie where they lie for the file."""

    model_config = ConfigDict(frozen=True)

    file: Path
    text: str


class KeptStart(BaseModel):
    """What is written. Of the venue only what its file said, so that a later version of the program can read it."""

    venue: dict[str, Any] | None = None
    story: KeptStory | None = None


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was kept, as far as it can be read, and what is wrong with the rest ('': nothing)."""

    venue: Venue | None
    story: KeptStory | None
    fault: str


class LastGood:
    """The files of one room. The room is known by the ``venue`` that was typed, for the venue's file may be torn.

    What writes raises ``OSError``; what reads never does.
    """

    def __init__(self, state: Path, venue: str) -> None:
        self.folder = state / "last_good"
        place = Path(venue).absolute() if venue.endswith(".toml") or os.sep in venue else venue
        stem = f"{room_stem(Path(venue).stem)}-{hashlib.sha256(os.fsencode(place)).hexdigest()[:8]}"
        self._file, self._count = self.folder / f"{stem}.json", self.folder / f"{stem}.starts"

    def recall(self) -> Recalled:
        """What was kept last."""
        kept, fault = self._read()
        try:
            return Recalled(None if kept.venue is None else Venue.model_validate(kept.venue), kept.story, fault)
        except ValidationError:
            return Recalled(None, kept.story, f"{self._file}: the venue in it is of another version")

    def keep(self, venue: Venue | None, story: KeptStory | None) -> None:
        """Keep what is given beside what was kept of the other. Where that changes nothing, nothing is written."""
        kept, fault = self._read()
        said = kept.venue if venue is None else venue.model_dump(mode="json", exclude_unset=True)
        fresh = KeptStart(venue=said, story=story or kept.story)
        if fresh == kept and not fault:
            return
        try:
            content = fresh.model_dump_json().encode()
        except ValueError as error:
            raise OSError(errno.EILSEQ, "the story's file has a name that is not UTF-8") from error
        write_kept(self._file, content)

    @property
    def short_starts(self) -> int:
        """Starts in a row that ended too early; 0 where that cannot be told."""
        content, _ = read_kept(self._count)
        return int(content) if content and content.isdigit() and len(content) < 9 else 0

    def count_short_starts(self, number: int) -> None:
        """Remember that so many starts in a row have ended too early."""
        write_kept(self._count, str(number).encode())

    def _read(self) -> tuple[KeptStart, str]:
        content, fault = read_kept(self._file)
        try:
            return KeptStart.model_validate_json(content or b"{}"), fault
        except ValidationError:
            return KeptStart(), f"{self._file}: cannot be read"
