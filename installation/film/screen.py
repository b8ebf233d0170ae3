"""The wall: a window, a full screen or nothing at all (headless), and how pictures get there."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import Literal

import pygame

from calibration.errors import Unavailable
from calibration.settings import ScreenSettings
from installation.film.display_loss import end_when_the_display_is_lost
from installation.film.gpu_wall import GpuWall, NoGpu
from installation.film.keystone import Tone, is_straight, tone_of
from installation.film.renderer_wall import RendererWall
from installation.film.surface_wall import SurfaceWall
from installation.host.console import log
from installation.host.system_libraries import hint
from models.arrays import Image

Way = Literal["surface", "renderer", "gpu"]
Wall = SurfaceWall | RendererWall | GpuWall


class NoScreen(Unavailable):
    """No display can be used; the text says what was tried and what to do."""


class Screen:
    """Shows canvases of its own ``size``: uint8 (height, width, 4), blue first. Raises ``NoScreen``.

    ``path`` is the way to the wall that was chosen and ``why`` the reason, for ``chiaro doctor``. ``tone`` is what
    scalers make of the light, where no graphics card does it.
    """

    def __init__(self, settings: ScreenSettings, headless: bool = False) -> None:
        self.settings, self.headless = settings, headless
        if headless:
            os.environ["SDL_VIDEODRIVER"] = "dummy"
        elif not os.environ.get("SDL_VIDEODRIVER"):
            os.environ.pop("SDL_VIDEODRIVER", None)  # set and empty, no display would ever be found
        self.path: Way
        self._wall: Wall
        self._wall, self.path, self.why = _build(settings, headless)
        self.driver: str = pygame.display.get_driver()
        if not headless and not is_meant(self.driver):
            self.close()
            nobody = "SDL found no display and would draw where nobody sees it"
            raise NoScreen(f"{nobody} (driver {self.driver}); is DISPLAY set?{hint('window')}")
        if self.driver == "x11":
            end_when_the_display_is_lost()
        self.size: tuple[int, int] = self._wall.size
        self.tone = Tone(None if self.path == "gpu" else settings)
        if not is_straight(settings) and self.path != "gpu":
            log.info("keystone is computed by the processor (%s): about 7 ms per frame at 1920x1080", self.why)

    def show(self, canvas: Image, level: float = 1.0, overlay: pygame.Surface | None = None) -> None:
        """Put ``canvas`` on the wall, darkened to ``level`` (0 to 1), ``overlay`` above it; returns when presented."""
        self._wall.show(canvas, level, overlay)

    def correct(self, settings: ScreenSettings) -> None:
        """Other corners, gamma and black level, from the next picture on. Pictures that are painted already stay."""
        self.settings = settings
        self._wall.correct(settings)
        if self.path != "gpu":
            self.tone.table = tone_of(settings)

    def close(self) -> None:
        """Give the display back."""
        self._wall.close()
        pygame.display.quit()


def _build(settings: ScreenSettings, headless: bool) -> tuple[Wall, Way, str]:
    """The best path that this machine offers, or the one that the venue names."""
    if headless:
        return SurfaceWall(_open(settings, 0, headless), settings), "surface", "headless"
    why = "as the venue says"
    if settings.path in ("auto", "gpu"):
        why = "no graphics card was found"
        if settings.path == "gpu" or has_gpu():
            try:
                window = _open(settings, pygame.OPENGL | pygame.DOUBLEBUF, headless)
                wall = GpuWall(settings, window.get_size(), software=settings.path == "gpu")
                return wall, "gpu", wall.renderer
            except (NoGpu, NoScreen) as error:
                why = str(error)
                pygame.display.quit()
                _warn_if_asked_for(settings, "gpu", why)
    if settings.path == "renderer" or (settings.path == "auto" and has_gpu() and "processor" not in why):
        try:
            return _open_renderer(settings), "renderer", why
        except NoScreen as error:
            why = str(error)
            pygame.display.quit()
            _warn_if_asked_for(settings, "renderer", why)
    if not has_gpu() and not on_wayland():
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")  # software GL: 15 ms a picture instead of 3
    return SurfaceWall(_open(settings, 0, headless), settings), "surface", why


def _warn_if_asked_for(settings: ScreenSettings, way: Way, why: str) -> None:
    if settings.path == way:
        log.warning("screen.path = %r is not available: %s", way, why)


class FurtherScreen(Screen):
    """One more window of this process, on another display. The first one sets the pace, so this one waits for none."""

    def __init__(self, settings: ScreenSettings, headless: bool, name: str) -> None:
        self.settings, self.headless = settings, headless
        self._window: pygame.Window | None = None
        full = settings.fullscreen and not headless
        size, self.path = _size(settings, full), "surface"
        try:
            if not headless and settings.path != "surface" and has_gpu():
                self._wall = RendererWall(settings, size, fullscreen=full, paced=False)
                self.path, self._window = "renderer", self._wall.window
            else:
                place = pygame.WINDOWPOS_CENTERED | settings.display
                self._window = pygame.Window("chiaroscuro", size, (place, place), fullscreen_desktop=full)
                self._wall = SurfaceWall(self._window.get_surface(), settings, self._window.flip)
        except pygame.error as error:
            raise NoScreen(f"no further window can be opened: {error}") from error
        self._window.title = f"chiaroscuro: {name}"
        self.why, self.driver, self.size = "a further window", pygame.display.get_driver(), self._wall.size
        self.tone = Tone(settings)

    def close(self) -> None:
        """Give this window back; the others stay."""
        if self._window is not None:
            self._window.destroy()


def _open(settings: ScreenSettings, flags: int, headless: bool) -> pygame.Surface:
    full = settings.fullscreen and not headless
    try:
        size = _size(settings, full)
        pygame.display.set_caption("chiaroscuro")
        if flags & pygame.OPENGL:
            for name, value in ((pygame.GL_CONTEXT_MAJOR_VERSION, 3), (pygame.GL_CONTEXT_MINOR_VERSION, 3)):
                pygame.display.gl_set_attribute(name, value)
            pygame.display.gl_set_attribute(pygame.GL_CONTEXT_PROFILE_MASK, pygame.GL_CONTEXT_PROFILE_CORE)
        with warnings.catch_warnings(record=True) as remarks:
            warnings.simplefilter("always")
            surface = pygame.display.set_mode(
                size,
                flags | (pygame.FULLSCREEN if full else 0),
                0 if flags & pygame.OPENGL else 32,
                display=settings.display,
                vsync=1 if flags else 0,
            )
        if any("vsync" in str(remark.message) for remark in remarks):
            log.info("no vsync on this display: the picture may tear")
    except pygame.error as error:
        lacking = hint("window")
        raise NoScreen(f"no display can be opened: {error}; is one connected, and DISPLAY set?{lacking}") from error
    pygame.mouse.set_visible(not full)
    return surface


def _open_renderer(settings: ScreenSettings) -> RendererWall:
    try:
        wall = RendererWall(settings, _size(settings, settings.fullscreen), fullscreen=settings.fullscreen)
    except pygame.error as error:
        raise NoScreen(f"no window with a renderer can be opened: {error}") from error
    pygame.mouse.set_visible(not settings.fullscreen)
    return wall


def _size(settings: ScreenSettings, full: bool) -> tuple[int, int]:
    """Width and height of the picture: the whole display's, or the window's that the venue asks for."""
    pygame.display.init()
    sizes = pygame.display.get_desktop_sizes()
    if settings.display >= len(sizes):
        raise NoScreen(f"screen.display = {settings.display} does not exist; displays here: {display_list(sizes)}")
    return sizes[settings.display] if full else (settings.width, settings.height)


def display_list(sizes: list[tuple[int, int]]) -> str:
    """The displays by the numbers that a venue file names them with."""
    return ", ".join(f"{number} ({width}x{height})" for number, (width, height) in enumerate(sizes))


def is_meant(driver: str) -> bool:
    """Whether SDL's driver is one that the environment asks for: without a display it falls back to others silently."""
    asked = os.environ.get("SDL_VIDEODRIVER", "")
    if driver in ("dummy", "offscreen"):
        return driver == asked
    if asked:
        return driver.lower() in asked.lower().split(",")
    servers = {"DISPLAY": "x11", "WAYLAND_DISPLAY": "wayland"}
    meant = [name for variable, name in servers.items() if os.environ.get(variable)]
    return not meant or not sys.platform.startswith("linux") or driver.lower() in meant


def no_display() -> bool:
    """Whether nothing is there that a window could be on: Linux without X and Wayland. Elsewhere there is a desktop."""
    return sys.platform.startswith("linux") and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def on_wayland() -> bool:
    """Whether SDL will speak Wayland, where a window has no frame buffer but that of a renderer."""
    asked = os.environ.get("SDL_VIDEODRIVER", "")
    return "wayland" in asked if asked else bool(os.environ.get("WAYLAND_DISPLAY")) and not os.environ.get("DISPLAY")


def has_gpu() -> bool:
    """Whether a graphics device is there; on Linux a render node, elsewhere it is assumed."""
    if not sys.platform.startswith("linux"):
        return True
    return any(Path("/dev/dri").glob("renderD*")) or Path("/dev/nvidia0").exists()
