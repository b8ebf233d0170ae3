"""``chiaro doctor``: what this machine has, what the show would use of it, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from calibration.settings import ScreenSettings

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
    ) -> None:
        """Show machine, versions, the GPU used or why not, display, sound, cameras, missing libraries, folders."""
        from rich.console import Console
        from rich.markup import escape

        from installation.host.errors import plain_errors
        from installation.host.options import venue_of

        with plain_errors():
            screen = venue_of(venue).screen
        wall = (*display(), *picture(screen), *sound())
        rows = (*machine(), *versions(), *gpu(), *wall, *libraries(), *cameras(), *places())
        column = max(len(name) for name, _ in rows) + 2
        console = Console(
            emoji=False, soft_wrap=True, highlight=False
        )  # one line each: a command in it can be copied whole
        for name, what in rows:
            console.print(f"[bold]{name:<{column}}[/]{escape(what)}")


def machine() -> Iterator[tuple[str, str]]:
    """System, processor, disk and Python."""
    import os
    import platform
    import shutil

    free = shutil.disk_usage(".").free / 1e9
    yield "machine", f"{platform.platform()}, {os.cpu_count()} cores, {free:.0f} GB free here"
    yield "python", f"{platform.python_version()} ({platform.python_implementation()})"


def versions() -> Iterator[tuple[str, str]]:
    """The installed version of chiaroscuro and of each package that matters for a fault report."""
    from importlib.metadata import PackageNotFoundError, version

    yield "chiaroscuro", version("chiaroscuro")
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue  # one of the two onnxruntimes is always missing; without another one we would not be here


def gpu() -> Iterator[tuple[str, str]]:
    """What the networks run on, or why not on the GPU."""
    from models.seeing.runtime import runtime_report

    for line in runtime_report():
        yield "networks", line


def display() -> Iterator[tuple[str, str]]:
    """The driver that SDL really uses here, and the displays it finds."""
    import pygame

    from installation.film.screen import display_list

    try:
        pygame.display.init()
        yield "display", f"{pygame.display.get_driver()} driver: {display_list(pygame.display.get_desktop_sizes())}"
    except pygame.error as error:
        yield "display", f"none ({error}); chiaro run --headless needs none"
    finally:
        pygame.display.quit()


def picture(settings: ScreenSettings) -> Iterator[tuple[str, str]]:
    """How the film's frames get to the wall, and why in this way: a window is opened to find out."""
    from installation.film.gpu_wall import is_software
    from installation.film.screen import NoScreen, Screen

    try:
        screen = Screen(settings.model_copy(update={"width": 320, "height": 180, "fullscreen": False}))
    except NoScreen as error:
        yield "picture", f"cannot be shown: {error}"
    else:
        card = screen.path == "gpu" and not is_software(screen.why)
        keystone = "the graphics card" if card else "the processor"
        yield "picture", f"{screen.path} ({screen.why}); keystone by {keystone}"
        screen.close()


def sound() -> Iterator[tuple[str, str]]:
    """Whether a sound device opens, and with which driver."""
    import os

    import pygame

    from installation.film.sound import open_device

    try:
        open_device()
        driver = os.environ.get("SDL_AUDIODRIVER", "chosen by SDL")
        yield "sound", f"opens: {pygame.mixer.get_init()} (driver: {driver})"
    except pygame.error as error:
        yield "sound", f"none ({error}); the show would be silent"
    finally:
        pygame.mixer.quit()


def libraries() -> Iterator[tuple[str, str]]:
    """What a window, the graphics card and sound need of the system beyond the Python packages."""
    from installation.host.system_libraries import apt_line, missing_libraries

    missing = missing_libraries()
    if not missing:
        yield "libraries", "complete: a window, the graphics card and sound have all that they need from the system"
    for purpose in dict.fromkeys(library.purpose for library in missing):
        lacking = [library for library in missing if library.purpose == purpose]
        files = ", ".join(library.file for library in lacking)
        yield "libraries", f"missing for {_FOR[purpose]}: {files}; install them with: {apt_line(lacking)}"


def cameras() -> Iterator[tuple[str, str]]:
    """Camera devices of this machine."""
    from installation.camera.device import found_devices

    found = found_devices()
    yield "cameras", ", ".join(found) if found else "none found; a simulated visitor would stand in"


def places() -> Iterator[tuple[str, str]]:
    """The folders in which a user's files are kept."""
    from calibration.venue_folder import known_venues, venues_folder
    from installation.host.state_folder import state_folder

    yield "venues", f"{venues_folder()} (known venues: {', '.join(known_venues()) or 'none'})"
    yield "state", f"{state_folder()} (the journal is in its folder journal, unless the venue names another)"
