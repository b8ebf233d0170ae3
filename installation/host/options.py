"""From what is typed on the command line to a story file and a venue; every problem is found before the doors open."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TypedDict, Unpack

from pydantic import ValidationError

from calibration.errors import BadFile, BadInput
from calibration.files import read_toml, shown
from calibration.places import valid_camera
from calibration.settings import CameraSettings, OscTarget
from calibration.venue import Venue, load_venue, resolve_from
from calibration.venue_folder import VenueFile, find_or_begin_venue, find_venue
from calibration.web_settings import ConsoleSettings
from installation.host.plain_console import PlainConsole
from scenes.story.foreign_story import import_words, story_to_import
from scenes.story.near_file import near_file


class RunOptions(TypedDict, total=False):
    """What may be typed to be laid over a venue."""

    camera: str | None
    osc: list[str] | None
    window: str | None
    fullscreen: bool
    mute: bool
    console: str | None


NO_CONSOLE = "off"
DEMO = Path(__file__).parents[2] / "scenes" / "demo" / "story.toml"


def story_file(named: str | None) -> Path:
    """The story's file: the demo, a TOML file, or a folder that holds ``story.toml``. Raises ``BadFile``."""
    if not named:
        return DEMO
    try:
        path = Path(named).expanduser()
        path = path / "story.toml" if path.is_dir() else path
        there = path.exists()
    except (OSError, RuntimeError) as error:  # in a folder that may not be searched; ~nobody/film
        raise BadFile(named, [f"cannot be looked at: {getattr(error, 'strerror', '') or error}"]) from error
    if not there:
        other = story_to_import(path.parent) if path.name == "story.toml" else ""
        what = f"no such story; name a .toml file or a folder that holds story.toml{other or near_file(path)}"
        raise BadFile(named, [what])
    if foreign := import_words(path):
        raise BadFile(named, [foreign])
    return path


def story_of(named: str, venue: str) -> Path:
    """The file of the story that was typed, or else of the venue's own. Raises ``BadFile``."""
    own = ""
    if venue and not named:
        with suppress(BadFile):  # the venue's own faults are told where it is opened
            file = find_venue(venue).file
            own = str(read_toml(file).get("story", ""))
            named = own and resolve_from(file, own)
    try:
        return story_file(named)
    except BadFile as error:
        raise BadFile(venue, [f"story = {own!r}: {error.problems[0]}"]) if own else error from None


def venue_of(named: str | None) -> Venue:
    """The venue: a file, one called by its name (``find_venue``), or the embedded default. Raises ``BadFile``."""
    if not named:
        return Venue()
    found = find_venue(named)
    report_old_place(found)
    return load_venue(found.file)


def venue_file_of(named: str) -> str:
    """The file into which the settings of the venue are written; '' where there is none, or the shipped example."""
    with suppress(BadInput):  # told where the venue is opened; an unattended show goes on without it
        found = find_or_begin_venue(named)
        if found.file.is_file():
            return str(found.file.absolute())
    return ""


def report_old_place(found: VenueFile) -> None:
    """One line on stderr where a venue is still in its old place, with the command that moves it."""
    if found.notice:
        PlainConsole(stderr=True, soft_wrap=True).print(f"! {found.notice}", style="yellow")


def osc_targets(typed: list[str]) -> tuple[OscTarget, ...]:
    """``HOST:PORT`` of each receiver. Raises ``BadInput`` with all that do not have that form."""
    targets, problems = _targets(typed)
    if problems:
        raise BadInput(*problems, where="--osc")
    return targets


def _targets(typed: list[str]) -> tuple[tuple[OscTarget, ...], list[str]]:
    """Those that have the form, and what is wrong with the others."""
    targets, problems = [], []
    for text in typed:
        host, colon, port = text.rpartition(":")
        if not (colon and host and port.isdecimal() and len(port) <= 5):
            problems.append(f"{text!r} is not a valid HOST:PORT; expected, for example, 127.0.0.1:9000")
            continue
        try:
            targets.append(OscTarget(host=host.strip("[]"), port=int(port)))
        except ValidationError as error:
            problems += [f"{text!r}: {fault['msg'].lower()}" for fault in error.errors()]
    return tuple(targets), problems


def window_size(typed: str) -> tuple[int, int]:
    """``1280x720`` as (1280, 720). Raises ``BadInput``."""
    width, times, height = typed.lower().partition("x")
    numbers = [int(side) for side in (width, height) if side.isdecimal() and len(side) <= 5]
    if not (times and len(numbers) == 2 and 160 <= numbers[0] <= 16384 and 90 <= numbers[1] <= 16384):
        raise BadInput(
            f"{shown(typed)!r} is not a valid WIDTHxHEIGHT; expected 160x90 to 16384x16384, such as 1280x720",
            where="--window",
        )
    return numbers[0], numbers[1]


def console_address(settings: ConsoleSettings, typed: str) -> ConsoleSettings:
    """Where the console is served, as typed: ``HOST``, ``HOST:PORT``, ``[HOST6]:PORT`` ``off``. Raises ``BadInput``."""
    if typed == NO_CONSOLE:
        return settings.model_copy(update={"listen": ""})
    found = re.fullmatch(r"(?:\[([0-9a-fA-F:]+)\]|([^\s:\[\]]+))(?::(\d{1,5}))?", typed)
    if not found or int(found[3] or 0) > 65535:
        words = (
            f"{shown(typed)!r} is not a valid HOST or HOST:PORT; expected, for example, 0.0.0.0:{settings.port}, or off"
        )
        raise BadInput(words, where="--console")
    port = int(found[3]) if found[3] else settings.port
    return settings.model_copy(update={"listen": found[1] or found[2], "port": port})


def with_source(settings: CameraSettings, typed: str) -> CameraSettings:
    """The camera's settings with the source that was typed. Raises ``BadInput`` without any part of a password."""
    try:
        return settings.model_copy(update={"source": valid_camera(typed), "source_file": ""})
    except ValueError as error:
        raise BadInput(str(error), where="--camera") from None


def with_options(venue: Venue, **typed: Unpack[RunOptions]) -> Venue:
    """The venue with what was typed laid over it; what was not typed stays as the file has it.

    Raises ``BadInput`` with the faults of all options.
    """
    laid_over, faults = usable_options(venue, **typed)
    if len(faults) > 1:
        raise BadInput(*(line for fault in faults for line in fault.lines()))
    if faults:
        raise faults[0]
    return laid_over


def usable_options(venue: Venue, **typed: Unpack[RunOptions]) -> tuple[Venue, list[BadInput]]:
    """The venue with every option that can be used laid over it, and the faults of the others."""
    camera, osc = typed.get("camera"), typed.get("osc")
    window, fullscreen = typed.get("window"), typed.get("fullscreen", False)
    changes: dict[str, object] = {}
    faults: list[BadInput] = []
    if camera is not None:
        try:
            changes["camera"] = with_source(venue.camera, camera)
        except BadInput as error:
            faults.append(error)
    if osc:
        targets, problems = _targets(osc)
        changes["osc"] = venue.osc.model_copy(update={"targets": targets or venue.osc.targets})
        faults += [BadInput(*problems, where="--osc")] if problems else []
    if window and fullscreen:
        faults.append(BadInput("cannot be used together with --fullscreen; choose one", where="--window"))
    elif window:
        try:
            width, height = window_size(window)
            changes["screen"] = venue.screen.model_copy(update={"width": width, "height": height, "fullscreen": False})
        except BadInput as error:
            faults.append(error)
    elif fullscreen:
        changes["screen"] = venue.screen.model_copy(update={"fullscreen": True})
    if typed.get("mute"):
        changes["sound"] = venue.sound.model_copy(update={"mute": True})
    if (address := typed.get("console")) is not None:
        try:
            changes["console"] = console_address(venue.console, address)
        except BadInput as error:
            faults.append(error)
    return venue.model_copy(update=changes), faults


def venue_with_usable_options(named: str, *, camera: str | None, osc: list[str] | None) -> tuple[Venue, list[BadInput]]:
    """``usable_options`` over the venue of that name, or over the default where its file cannot be used."""
    try:
        venue, faults = venue_of(named), list[BadInput]()
    except BadInput as error:
        venue, faults = Venue(), [error]
    chosen, more = usable_options(venue, camera=camera, osc=osc)
    return chosen, faults + more
