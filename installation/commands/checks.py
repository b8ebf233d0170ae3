"""What would fail tonight: every part is tried before the doors open, and all problems are reported at once."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from calibration.errors import BadFile, BadInput
from calibration.file_writer import make_private_folder
from calibration.progress import Progress
from calibration.settings import OscTarget, ScreenSettings, SoundSettings
from calibration.venue import Venue
from installation.commands.broker_checks import check_broker
from installation.commands.camera_checks import check_camera
from installation.commands.clip_checks import check_story
from installation.commands.crowd_check import check_crowd
from installation.commands.eyes_checks import check_eyes
from installation.commands.finding import Finding, bad_input, ok, problem, warning
from installation.commands.house_checks import check_house
from installation.commands.lamp_checks import check_lamps
from installation.commands.model_check import check_model
from installation.commands.other_rooms_check import check_other_rooms
from installation.commands.privacy_checks import check_privacy
from installation.commands.report_checks import check_reports
from installation.commands.screen_checks import check_screens
from installation.commands.sign_checks import check_sign
from installation.commands.signal_check import check_signals
from installation.host.open_files import holds_udp_port, open_files


def check_display(venue: Venue, headless: bool, show: int = 0) -> Iterator[Finding]:
    """The display that the venue names, with the driver that SDL really uses.

    ``show``: process of the running show, or 0; it may keep the display for itself.
    """
    import pygame

    if headless:
        yield ok("display", "--headless", "not needed")
        return
    try:
        pygame.display.init()
        driver, sizes = pygame.display.get_driver(), pygame.display.get_desktop_sizes()
    except pygame.error as error:
        if show:
            yield _held("display", "[screen]", show)
            return
        yield problem(
            "display", "[screen]", f"no display ({error}); start X or Wayland, set DISPLAY, or use --headless"
        )
        return
    finally:
        pygame.display.quit()
    if driver in ("dummy", "offscreen") and show:
        yield _held("display", "[screen]", show)
    elif driver in ("dummy", "offscreen"):
        yield problem("display", "[screen]", f"SDL fell back to its {driver!r} driver: the wall would stay black")
    elif venue.screen.display >= len(sizes):
        yield problem(
            "display",
            "screen.display",
            f"display {venue.screen.display} does not exist; this machine has 0 to {len(sizes) - 1}",
        )
    else:
        width, height = sizes[venue.screen.display]
        yield ok("display", f"screen.display = {venue.screen.display}", f"{width}x{height} with the {driver} driver")


def as_shown(settings: ScreenSettings, headless: bool) -> ScreenSettings:
    """The screen with the width and height that the show would draw: with ``fullscreen`` those of the display."""
    import pygame

    if headless or not settings.fullscreen:
        return settings
    try:
        pygame.display.init()
        width, height = pygame.display.get_desktop_sizes()[settings.display]
    except (pygame.error, IndexError):  # told where the display is checked
        return settings
    return settings.model_copy(update={"width": width, "height": height})


def _held(part: str, where: str, show: int) -> Finding:
    return ok(part, where, f"the running show has it (process {show}), so it was not tried")


def check_sound(headless: bool, settings: SoundSettings, show: int = 0) -> Iterator[Finding]:
    """A sound device can be opened. Without one the show is silent, so that is a warning.

    ``show``: process of the running show, or 0; many devices open only once.
    """
    from installation.film.sound import try_device
    from installation.film.sound_device import NoSoundDevice

    if headless:
        yield ok("sound", "--headless", "not needed")
        return
    try:
        opened, lacking = try_device(settings.description_channel)
        yield ok("sound", "[sound]", opened)
        if lacking:
            yield warning("sound", "sound.description_channel", f"{lacking}: no audio description would be heard")
    except NoSoundDevice as error:
        if show and any(file.startswith("/dev/snd/") for file in open_files(show)):
            yield _held("sound", "[sound]", show)
            return
        yield warning(
            "sound",
            "[sound]",
            f"no sound device ({error}): the show would be silent; connect one or start the sound server",
        )


def check_osc(venue: Venue, show: int = 0) -> Iterator[Finding]:
    """The venue's OSC settings make sense, receivers' names can be resolved, and the control port is free.

    ``show``: process of the running show, or 0; the port may be its own.
    """
    from installation.osc.check import problems

    for fault in problems(venue.osc):
        yield problem("osc", venue.name, fault)
    for number, target in enumerate(venue.osc.targets):
        yield from _target(number, target)
    if venue.osc.listen and venue.osc.listen_port:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
            where = f"osc.listen_port = {venue.osc.listen_port}"
            try:
                trial.bind((venue.osc.listen_host, venue.osc.listen_port))
                yield ok("osc in", where, f"free on {venue.osc.listen_host}")
            except OSError as error:
                if show and holds_udp_port(show, venue.osc.listen_port):
                    yield _held("osc in", where, show)
                else:
                    yield problem("osc in", where, f"{error.strerror}: another program uses this port; choose another")


def _target(number: int, target: OscTarget) -> Iterator[Finding]:
    from installation.osc.udp_socket import resolve

    where = f"osc.targets.{number} = {target.host}:{target.port}"
    try:
        yield ok("osc out", where, f"{resolve(target.host, target.port)[1][0]}, {target.profile}")
    except OSError as error:
        yield warning("osc out", where, f"the name cannot be resolved now ({error.strerror}); the show keeps trying")


def check_disk(folder: Path) -> Iterator[Finding]:
    """The journal can be written."""
    try:
        make_private_folder(folder)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"x")
            trial.flush()
            os.fsync(trial.fileno())
        free = shutil.disk_usage(folder).free / 1e9
    except OSError as error:
        yield warning("journal", str(folder), f"{error.strerror}: the journal could not be written")
        return
    find = ok if free > 0.5 else warning
    yield find("journal", str(folder), f"{free:.1f} GB free")


def check_all(
    story: Path | BadInput,
    venue: Venue,
    faults: Sequence[BadInput],
    *,
    headless: bool,
    decode: bool,
    progress: Progress,
) -> Iterator[Finding]:
    """Everything. An error in the place of the story and the ``faults`` of venue and options are reported as well."""
    from installation.host.lock import running_show
    from installation.host.state_folder import state_folder

    show = running_show(state_folder(), venue.name)
    if isinstance(story, BadInput):
        yield from bad_input("story", story)
    else:
        yield from check_story(story, decode, progress, as_shown(venue.screen, headless))
    for fault in faults:
        yield from bad_input("venue", fault)
    if not faults:
        yield ok("venue", venue.name, "is valid")
    yield from check_model(venue)
    if (
        venue.camera.source
        or venue.camera.source_file
        or not any(isinstance(fault, BadFile) or fault.where == "--camera" for fault in faults)
    ):
        yield from check_camera(venue, show=show)  # else nobody knows yet which one is meant
    yield from check_eyes(venue, show)
    yield from check_display(venue, headless, show)
    yield from check_sound(headless, venue.sound, show)
    yield from check_osc(venue, show)
    if isinstance(story, Path):
        yield from check_signals(story, venue.osc)
        yield from check_other_rooms(story, venue)
        yield from check_crowd(story, venue.mood.visitors_at_most)
    yield from check_house(venue)
    yield from check_lamps(venue, story)
    yield from check_screens(venue, story, headless, lambda port: bool(show) and holds_udp_port(show, port))
    yield from check_sign(venue, story, show)
    yield from check_reports(venue)
    yield from check_broker(venue, show)
    if not any(isinstance(fault, BadFile) for fault in faults):  # else the venue's own words are not known
        yield from check_privacy(venue)
    yield from check_disk(Path(venue.journal.folder) if venue.journal.folder else state_folder() / "journal")
