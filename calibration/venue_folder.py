"""Where venue files are kept, and how one is found from what was typed: one rule for every command.

A word with a separator in it, or one that ends in ``.toml``, is the path of a file. Any other word is a name: it is
looked for in the user's own folder, then in ``calibration/venues``. That folder ships the example ``gallery``; users'
venues were written there too until they got a folder outside of the program, so they are still found there.
"""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from calibration.errors import BadFile, BadInput
from calibration.files import did_you_mean, read_toml

SHIPPED_VENUES = Path(__file__).parent / "venues"
EXAMPLE = "gallery"


@dataclass(frozen=True, slots=True)
class VenueFile:
    """The file that a name or a path stands for."""

    file: Path
    notice: str = ""
    """For the operator, in one line: the file is in the old place, and the command that moves it."""
    begins_as: Path | None = None
    """``file`` is still to be written, and begins as a copy of this one."""


def config_folder() -> Path:
    """The user's configuration folder for chiaro; the environment variable CHIARO_CONFIG names another one."""
    named = os.environ.get("CHIARO_CONFIG")
    return Path(named) if named else platformdirs.user_config_path("chiaroscuro", appauthor=False)


def venues_folder() -> Path:
    """Where the user's venues are: what is made on this machine lies neither in the package nor in the checkout."""
    return config_folder() / "venues"


def find_venue(named: str) -> VenueFile:
    """The venue file that ``named`` stands for. Raises ``BadFile`` with the nearest known name where there is none."""
    if _is_path(named):
        file = _file_at(named)
        if not _is_there(file):
            raise BadFile(named, [f"no such venue file{_near_file(file)}"])
        return VenueFile(file)
    found = _find_by_name(named)
    if found is None:
        raise BadFile(named, [_not_found(named)])
    return found


def find_or_begin_venue(named: str) -> VenueFile:
    """As ``find_venue``, for the command that writes venues: a new one begins in the user's folder, or at its path.

    The shipped example is never written to: a copy of it begins in the user's folder. Raises ``BadFile``, also where
    ``.toml`` was forgotten: a new venue would begin beside the one that was meant, and ``BadInput`` for no name at all.
    """
    if not named.strip():
        raise BadInput("is empty; expected a name, such as hall, or a file, such as ./hall.toml", where="venue")
    if _is_path(named):
        file = _file_at(named)
        return find_venue(named) if _is_there(_with_suffix(file)) else VenueFile(file)
    own = venues_folder() / f"{named}.toml"
    found = _find_by_name(named)
    if found is None:
        return VenueFile(own)
    return VenueFile(own, begins_as=found.file) if _is_shipped(found.file) else found


def known_venues() -> tuple[str, ...]:
    """The names that can be typed."""
    return tuple(sorted({file.stem for folder in _folders() for file in folder.glob("*.toml")}))


def name_of(file: Path) -> str:
    """What has to be typed on a command line for ``file``: its name where that leads to it, else its whole path."""
    found = _find_by_name(file.stem) if file.suffix == ".toml" and not _is_path(file.stem) else None
    return shlex.quote(file.stem if found and found.file.absolute() == file.absolute() else str(file.absolute()))


def _folders() -> tuple[Path, Path]:
    return venues_folder(), SHIPPED_VENUES


def _is_path(named: str) -> bool:
    return named.endswith(".toml") or "/" in named or os.sep in named or named in (".", "..")


def _file_at(named: str) -> Path:
    try:
        file = Path(named).expanduser()
    except RuntimeError as error:  # ~nobody/room.toml
        raise BadFile(named, [f"cannot be found: {error}"]) from error
    with suppress(OSError):  # may not be looked at: who reads it says so
        if file.is_dir():
            raise BadFile(named, ["is a folder; expected a venue file, such as room.toml"])
    return file


def _find_by_name(named: str) -> VenueFile | None:
    for folder in _folders():
        file = folder / f"{named}.toml"
        if _is_there(file):
            return VenueFile(file, _move_notice(file) if folder == SHIPPED_VENUES else "")
    return None


def _is_there(file: Path) -> bool:
    """False also for one in a folder that may not be searched."""
    with suppress(OSError):
        return file.exists()
    return False


def _is_shipped(file: Path) -> bool:
    """Whether this is the example as it came, and not a venue that somebody calibrated in its place."""
    if file != SHIPPED_VENUES / f"{EXAMPLE}.toml":
        return False
    with suppress(BadFile):
        return "calibration" not in read_toml(file)
    return True


def _move_notice(file: Path) -> str:
    if _is_shipped(file):
        return ""
    there = shlex.quote(str(venues_folder()))
    files = f"{shlex.quote(str(file.parent / file.stem))}.*"  # its head, its recordings and its report go with it
    command = "cp -p" if file.stem == EXAMPLE else "mv"
    notice = f"venue {file.stem!r} was found in the program's own folder, where an update may delete it; move it with: "
    notice += f"mkdir -p -m 700 {there} && {command} {files} {there}/"
    story = ""
    with suppress(BadFile):
        story = str(read_toml(file).get("story", ""))
    if story and not Path(story).expanduser().is_absolute():
        notice += f" (then correct story = {story!r} in it, a path that starts from the file's folder)"
    return notice


def _near_file(file: Path) -> str:
    """A hint at a file of nearly that name in the same folder, or at a venue of that name."""
    if _is_there(_with_suffix(file)):
        return f"; did you mean {str(_with_suffix(file))!r}?"
    if file.stem in known_venues():
        return f"; type {file.stem} for the venue of that name"
    return did_you_mean(file.name, [one.name for one in file.parent.glob("*.toml")])


def _with_suffix(file: Path) -> Path:
    return file.with_name(f"{file.name}.toml")


def _not_found(named: str) -> str:
    here = next((file for file in (Path(named), Path(f"{named}.toml")) if file.is_file()), None)
    if here:
        return f"no venue of that name; for the file in this folder type {shlex.quote(f'.{os.sep}{here}')}"
    near = did_you_mean(named, known_venues())
    known = ", ".join(known_venues()) or "none"
    return f"no venue of that name{near or '.'} Known: {known}. Looked in {venues_folder()} and {SHIPPED_VENUES}"
