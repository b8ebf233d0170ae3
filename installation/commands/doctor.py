"""``chiaro doctor``: what this machine has, what the show would use of it, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from calibration.errors import Exit
from installation.host.row import Row, print_rows

if TYPE_CHECKING:
    from calibration.settings import ScreenSettings
    from calibration.venue import Venue

PACKAGES = (
    "numpy",
    "opencv-python-headless",
    "onnxruntime-gpu",
    "onnxruntime",
    "av",
    "pygame-ce",
    "pydantic",
    "python-osc",
)


_FOR = {"window": "a window", "graphics card": "drawing on the graphics card", "sound": "sound"}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def doctor(
        venue: Annotated[str, typer.Option(help="As for run: the window is opened as this venue wants it.")] = "",
        headless: Annotated[
            bool, typer.Option("--headless", help="For a show without window and sound: neither is needed.")
        ] = False,
    ) -> None:
        """Show machine, versions, the GPU used or why not, display, sound, cameras, missing libraries, folders.

        Exit code 1 when something that the show needs is missing.
        """
        from installation.commands.broker_checks import broker_row
        from installation.commands.privacy_checks import privacy_row
        from installation.commands.screen_checks import screens_row
        from installation.host.errors import plain_errors
        from installation.host.native_noise import native_noise_aside
        from installation.host.options import venue_of
        from installation.host.plain_console import PlainConsole

        with plain_errors():
            chosen = venue_of(venue)
            screen = chosen.screen
        with native_noise_aside(lambda _: None):  # each fault has a row of its own
            wall = () if headless else (*display(), *picture(screen), *sound(), *libraries())
            film = decoding(screen)
        row, code = operators_console(chosen)
        about = (*other_eyes(chosen), eyes_sign(chosen), privacy_row(chosen), broker_row(chosen), *screens_row(chosen))
        rows = (*machine(), *versions(), *gpu(), *wall, film, *cameras(), *about, *midi(), *places(), row, *service())
        print_rows(rows)
        console = PlainConsole(soft_wrap=True)
        if code and console.is_terminal:  # not into a file that is passed on: whoever has it may control the show
            console.print(f"\n{code}")
        missing = [row for row in rows if row.state == "missing"]
        warnings = sum(row.state == "warning" for row in rows)
        console.print(f"\n{len(missing)} missing, {counted(warnings)}")
        if missing:
            console.print(f"next: see to [bold]{missing[0].name}[/] above, then run chiaro doctor again", markup=True)
            raise typer.Exit(Exit.NOT_AS_WANTED)
        console.print("next: chiaro check (tries story, camera, sound and network for real)")


def counted(warnings: int) -> str:
    """The number of warnings in words."""
    return "1 warning" if warnings == 1 else f"{warnings} warnings"


def machine() -> Iterator[Row]:
    """System, processor, disk and Python."""
    import os
    import platform
    import shutil

    free = shutil.disk_usage(".").free / 1e9
    yield Row("machine", f"{platform.platform()}, {os.cpu_count()} cores, {free:.0f} GB free here")
    yield Row("python", f"{platform.python_version()} ({platform.python_implementation()})")


def versions() -> Iterator[Row]:
    """The installed version of chiaroscuro and of each package that matters for a fault report."""
    from importlib.metadata import PackageNotFoundError, version

    yield Row("chiaroscuro", version("chiaroscuro"))
    for package in PACKAGES:
        try:
            yield Row(package, version(package))
        except PackageNotFoundError:
            continue  # one of the two onnxruntimes is always missing; without another one we would not be here


def gpu() -> Iterator[Row]:
    """What the networks run on, or why not on the GPU."""
    from models.seeing.runtime import runtime_report

    for line in runtime_report():
        yield Row("networks", line)


def display() -> Iterator[Row]:
    """The driver that SDL really uses here, and the displays it finds."""
    import pygame

    from installation.film.screen import display_list

    try:
        pygame.display.init()
        driver, sizes = pygame.display.get_driver(), pygame.display.get_desktop_sizes()
        if driver in ("dummy", "offscreen"):
            yield Row(
                "display", f"none: SDL fell back to its {driver} driver, which nobody sees; set DISPLAY", "missing"
            )
        else:
            yield Row("display", f"{driver} driver: {display_list(sizes)}")
    except pygame.error as error:
        yield Row("display", f"none ({error}); chiaro run --headless needs none", "missing")
    finally:
        pygame.display.quit()


def picture(settings: ScreenSettings) -> Iterator[Row]:
    """How the film's frames get to the wall, and why in this way: a window is opened to find out."""
    from installation.film.gpu_wall import is_software
    from installation.film.screen import NoScreen, Screen

    try:
        screen = Screen(settings.model_copy(update={"width": 320, "height": 180, "fullscreen": False}))
    except NoScreen as error:
        yield Row("picture", f"cannot be shown: {error}", "missing")
    else:
        card = screen.path == "gpu" and not is_software(screen.why)
        keystone = "the graphics card" if card else "the processor"
        yield Row("picture", f"{screen.path} ({screen.why}); keystone by {keystone}")
        screen.close()


def decoding(settings: ScreenSettings) -> Row:
    """Who decodes the film: the graphics card is opened to find out."""
    from installation.film.hardware_decoding import HardwareDecoding

    asked = HardwareDecoding()
    asked.allowed = settings.hardware_decoding == "auto"
    return Row("decoding", asked.words)


def sound() -> Iterator[Row]:
    """Whether a sound device opens, and with which driver."""
    from installation.film.sound import try_device
    from installation.film.sound_device import NoSoundDevice

    try:
        yield Row("sound", f"opens: {try_device()[0]}")
    except NoSoundDevice as error:
        yield Row("sound", f"none ({error}); the show would be silent", "warning")


def libraries() -> Iterator[Row]:
    """What a window, the graphics card and sound need of the system beyond the Python packages."""
    from installation.host.system_libraries import apt_line, missing_libraries

    missing = missing_libraries()
    if not missing:
        yield Row(
            "libraries", "complete: a window, the graphics card and sound have all that they need from the system"
        )
    for purpose in dict.fromkeys(library.purpose for library in missing):
        lacking = [library for library in missing if library.purpose == purpose]
        files = ", ".join(library.file for library in lacking)
        yield Row(
            "libraries",
            f"missing for {_FOR[purpose]}: {files}; install them with: {apt_line(lacking)}",
            "missing" if purpose == "window" else "warning",
        )


def cameras() -> Iterator[Row]:
    """Camera devices of this machine."""
    from installation.camera.device import found_devices

    found = found_devices()
    if found:
        yield Row("cameras", ", ".join(found))
    else:
        yield Row("cameras", "none found; a simulated visitor would stand in", "warning")


def other_eyes(venue: Venue) -> Iterator[Row]:
    """Eyes on other machines, where the venue names some: which of them ask to be let in."""
    from installation.commands.eyes_checks import check_eyes
    from installation.host.lock import running_show
    from installation.host.state_folder import state_folder

    for found in check_eyes(venue, running_show(state_folder(), venue.name)):
        yield Row("eyes", f"{found.where}: {found.what}", "missing" if found.state == "problem" else found.state)


def eyes_sign(venue: Venue) -> Row:
    """When the eye may look, what tells the room so, and whether its pins can be had."""
    from installation.commands.sign_checks import sign_row
    from installation.host.lock import running_show
    from installation.host.state_folder import state_folder

    return sign_row(venue, running_show(state_folder(), venue.name))


def midi() -> Iterator[Row]:
    """MIDI ports for timecode, where the extra that speaks to them is installed."""
    from calibration.extras import MissingExtra
    from installation.lamps.midi import port_names

    try:
        yield Row("midi", ", ".join(port_names()) or "no ports; timecode can go to a raw device or a port of its own")
    except MissingExtra:
        return
    except OSError as error:
        yield Row("midi", f"{error.strerror}; no timecode from this machine")


def places() -> Iterator[Row]:
    """The folders in which a user's files are kept."""
    from calibration.venue_folder import known_venues, venues_folder
    from installation.host.state_folder import state_folder

    yield Row("venues", f"{venues_folder()} (known venues: {', '.join(known_venues()) or 'none'})")
    yield Row("state", f"{state_folder()} (the journal is in its folder journal, unless the venue names another)")


def operators_console(venue: Venue) -> tuple[Row, str]:
    """Where the console of the running show is, or would be, and its QR code for a terminal ('': there is none)."""
    from installation.host.lock import running_show
    from installation.host.state_folder import state_folder
    from installation.web.address import address_file, address_of, qr_rows, read_place

    folder, settings = state_folder(), venue.console
    place = read_place(address_file(folder, venue.name)) if running_show(folder, venue.name) else None
    if place is None and not settings.listen:
        return Row("console", "none: console.listen of the venue is ''"), ""
    try:
        address = address_of(place or (settings.listen, settings.port), folder)
    except OSError as error:
        return Row("console", f"the tokens cannot be kept: {error.strerror or error} ({folder})", "warning"), ""
    where = f"{address.url} ({'of the running show' if place else 'while a show runs'})"
    if not address.has_token:
        return Row("console", f'{where}; for phones set console.listen = "0.0.0.0" in the venue file'), ""
    row = Row("console", f"{where}; the code lets a phone in: keep it to yourself")
    return row, in_half_blocks(qr_rows(address.link))


def in_half_blocks(rows: tuple[bytes, ...]) -> str:
    """A QR code for a terminal, two rows of modules in each line; light on a dark ground is read too."""
    pairs = zip(rows[::2], (*rows[1::2], *([bytes(len(rows[0]))] if len(rows) % 2 else [])), strict=True)
    blocks = {(0, 0): "\u2588", (0, 1): "\u2580", (1, 0): "\u2584", (1, 1): " "}
    return "\n".join("".join(blocks[both] for both in zip(upper, lower, strict=True)) for upper, lower in pairs)


def service() -> list[Row]:
    """How the installed service is; nothing where the show is started by hand."""
    from installation.service.condition import service_rows
    from installation.service.systemd import installed

    found = installed()
    return service_rows(found) if found else []
