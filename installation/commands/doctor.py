"""``chiaro doctor``: what this machine is and what it uses."""

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


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def doctor(
        venue: Annotated[str, typer.Option(help="As for run: its way of the picture to the wall is tried.")] = "",
    ) -> None:
        """Machine, versions, the GPU that is used or why not, display and sound drivers, cameras."""
        from rich.console import Console
        from rich.table import Table

        from installation.host.errors import plain_errors
        from installation.host.options import venue_of

        with plain_errors():
            screen = venue_of(venue).screen
        table = Table(show_header=False, box=None, pad_edge=False)
        wall = (*display(), *picture(screen), *sound())
        for name, what in (*machine(), *versions(), *gpu(), *wall, *cameras(), *places()):
            table.add_row(f"[bold]{name}[/]", what)
        Console(soft_wrap=True, highlight=False).print(table)


def machine() -> Iterator[tuple[str, str]]:
    import os
    import platform
    import shutil

    free = shutil.disk_usage(".").free / 1e9
    yield "machine", f"{platform.platform()}, {os.cpu_count()} cores, {free:.0f} GB free here"
    yield "python", f"{platform.python_version()} ({platform.python_implementation()})"


def versions() -> Iterator[tuple[str, str]]:
    from importlib.metadata import PackageNotFoundError, version

    yield "chiaroscuro", version("chiaroscuro")
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue  # one of the two onnxruntimes is always missing; a missing other would not let us come so far


def gpu() -> Iterator[tuple[str, str]]:
    from models.seeing.runtime import runtime_report

    for line in runtime_report():
        yield "networks", line


def display() -> Iterator[tuple[str, str]]:
    """The driver that SDL takes here, not the one that was wished for."""
    import pygame

    from installation.film.screen import display_list

    try:
        pygame.display.init()
        yield "display", f"{pygame.display.get_driver()} driver: {display_list(pygame.display.get_desktop_sizes())}"
    except pygame.error as error:
        yield "display", f"none ({error}); chiaro run --headless works without"
    finally:
        pygame.display.quit()


def picture(settings: ScreenSettings) -> Iterator[tuple[str, str]]:
    """The way that the film's pictures take to the wall, and why this one: a window is opened to find out."""
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
    import os

    import pygame

    from installation.film.sound import open_device

    try:
        open_device()
        driver = os.environ.get("SDL_AUDIODRIVER", "chosen by SDL")
        yield "sound", f"opens: {pygame.mixer.get_init()} (driver: {driver})"
    except pygame.error as error:
        yield "sound", f"none ({error}); the show would run silent"
    finally:
        pygame.mixer.quit()


def cameras() -> Iterator[tuple[str, str]]:
    from installation.camera.device import found_devices

    found = found_devices()
    yield "cameras", ", ".join(found) if found else "none found; the simulated visitor would stand in"


def places() -> Iterator[tuple[str, str]]:
    from calibration.venue_folder import known_venues, venues_folder
    from installation.host.state_folder import state_folder

    yield "journal", str(state_folder() / "journal")
    yield "venues", f"{venues_folder()} (known: {', '.join(known_venues())})"
