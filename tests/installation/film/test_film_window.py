"""What is really on the display: pictures grabbed from an X server, held against ffmpeg's."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest

from installation.commands.doctor import picture as doctor_picture
from installation.film import screen
from installation.film.renderer_wall import RendererWall
from scenes.story.clip import Clip
from tests.installation.film.cinema import SIZE, Cinema, cinema, wait_until
from tests.installation.film.test_film_picture import CORNERS, ffmpeg, needs_ffmpeg
from tests.installation.film.x_server import XServer, needs_x_server, x_server

pytestmark = [needs_x_server, needs_ffmpeg]
ALONE = "CHIARO_TESTS_ALONE" in os.environ
alone = pytest.mark.skipif(
    not ALONE, reason="OpenGL in a window is tried in a process of its own, by the last test here"
)
FRAME = 2
"""The one that is held against ffmpeg's; at 10 frames/s."""


@pytest.fixture
def display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[XServer]:
    pygame.display.quit()
    with x_server(tmp_path) as server:
        monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
        monkeypatch.setenv("DISPLAY", server.name)
        yield server
        pygame.display.quit()  # or the death of the server would end the tests, as it ends a show


def charts(folder: Path, size: tuple[int, int], kinds: dict[str, tuple[str, ...]]) -> dict[str, Path]:
    """A colourful test chart that moves, 4 frames, in a file for each of ``kinds`` (ffmpeg's options)."""
    source = f"testsrc2=size={size[0]}x{size[1]}:rate=10:duration=0.4,format=rgb24"
    files = {name: folder / f"{name}.mkv" for name in kinds}
    outputs = [part for name, kind in kinds.items() for part in (*kind, "-c:v", "ffv1", str(files[name]))]
    ffmpeg("-f", "lavfi", "-i", source, *outputs)
    return files


def chart(folder: Path, *options: str) -> Path:
    return charts(folder, SIZE, {"chart": options})["chart"]


def decoded(file: Path, size: tuple[int, int]) -> np.ndarray:
    """The frame by ffmpeg, int (height, width, 3), red first."""
    one = ("-vf", f"select=eq(n\\,{FRAME})", "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    return np.frombuffer(ffmpeg("-i", str(file), *one), np.uint8).reshape(size[1], size[0], 3).astype(int)


def grabbed(server: XServer, house: Cinema, file: Path, entry: int = 1) -> np.ndarray:
    """The window's part of the display while ``FRAME`` of the clip is shown."""
    house.film.play(entry, str(entry), Clip(file))
    house.run_until(lambda: house.film.playhead.entry == entry and house.film.playhead.seconds > FRAME / 10 + 0.02)
    return window_of(server, house)


def window_size() -> tuple[int, int]:
    """Of the display's window, after what the server has to say about it."""
    pygame.event.pump()
    return pygame.display.get_window_size()


def window_of(server: XServer, house: Cinema) -> np.ndarray:
    pygame.event.pump()
    server.sync()
    wall = house.screen._wall
    if isinstance(wall, RendererWall):
        (left, top), (wide, high) = wall.window.position, wall.window.size
    else:
        (left, top), (wide, high) = pygame.display.get_window_position(), pygame.display.get_window_size()
    return server.picture()[top : top + high, left : left + wide].astype(int)


SPACES = {"bt601": ("smpte170m", "bt601"), "bt709": ("bt709", "bt709")}


@pytest.mark.parametrize("size", [(320, 180), (321, 181), (180, 90)], ids=["even", "odd", "narrow"])
def test_on_the_display_each_colour_space_is_what_ffmpeg_decodes(
    size: tuple[int, int], display: XServer, tmp_path: Path
) -> None:
    kinds: dict[str, tuple[str, ...]] = {}
    for space, spread, form in itertools.product(SPACES, ("tv", "pc"), ("yuv420p", "yuv422p")):
        tag, matrix = SPACES[space]
        scale = f"scale=out_color_matrix={matrix}:out_range={spread},format={form}"
        kinds[f"{space}-{spread}-{form}"] = ("-vf", scale, "-colorspace", tag, "-color_range", spread)
    differences = {}
    with cinema(headless=False, width=size[0], height=size[1]) as house:
        for entry, (name, file) in enumerate(charts(tmp_path, size, kinds).items(), 1):
            theirs = decoded(file, size)
            assert theirs.std() > 60, "the chart is not there"
            differences[name] = np.abs(grabbed(display, house, file, entry) - theirs).mean()
    assert len(differences) == 8
    assert max(differences.values()) < 2, differences  # 0.0 where it was measured


@pytest.mark.parametrize("path", ["surface", pytest.param("gpu", marks=alone)])
def test_a_window_that_is_made_another_size_shows_the_whole_picture(
    path: str, display: XServer, tmp_path: Path
) -> None:
    file = chart(tmp_path)
    with cinema(headless=False, path=path) as house:
        if house.film.health.path != path:
            pytest.skip("no OpenGL here, not even in software")
        before = grabbed(display, house, file)
        display.resize(pygame.display.get_wm_info()["window"], (480, 300))
        wait_until(lambda: window_size() == (480, 300))
        house.run(0.6)  # a picture that does not change is drawn again each half second
        shown = window_of(display, house)
        assert shown.shape[:2] == (300, 480)
        assert shown[:15].max() == shown[285:].max() == 0
        assert np.abs(shown[15:285:3, ::3] - before[::2, ::2]).mean() < 12  # hard edges, half a pixel off


@alone
def test_every_way_to_the_wall_shows_the_same_picture_and_doctor_names_it(display: XServer, tmp_path: Path) -> None:
    file = chart(tmp_path, "-vf", "gblur=sigma=3")
    tone: dict[str, Any] = {"corners": CORNERS, "gamma": 1.3, "black_level": 0.1, "brightness": 0.8}
    pictures = {}
    for path in ("surface", "renderer", "gpu"):
        with cinema(headless=False, path=path, **tone) as house:
            pictures[path] = grabbed(display, house, file)
            taken, settings = house.film.health.path, house.screen.settings
        assert pictures[path].shape == (180, 320, 3), "the window is not as large as asked for"
        (row,) = doctor_picture(settings)
        line = row.what
        assert line.startswith(taken)
        assert "keystone by the processor" in line, "there is no card under Xvfb"
        if taken != path:
            assert path == "gpu", "only a card may be missing"
            pictures.pop(path)
    for path, shown in pictures.items():
        assert np.abs(shown - pictures["surface"]).mean() < 2, path
        assert shown[:4, :20].max() == 0, "the corner is not keyed"


@pytest.mark.usefixtures("display")
def test_a_renderer_that_is_not_available_is_reported_and_the_surface_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def without_renderer(*_: object, **__: object) -> RendererWall:
        raise pygame.error("failed to create renderer")

    monkeypatch.setattr(screen, "RendererWall", without_renderer)
    with cinema(headless=False, path="renderer") as house:
        assert house.film.health.path == "surface"
    assert "'renderer' is not available: no window with a renderer can be opened: failed to create" in caplog.text


@pytest.mark.skipif(ALONE, reason="this is that process")
def test_opengl_in_a_window_is_tried_too() -> None:
    """Other tests draw with OpenGL in memory; one process with both kinds of context is ended by the X server."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        __file__,
        "-k",
        "another_size or every_way",
    ]
    done = subprocess.run(
        command, env=os.environ | {"CHIARO_TESTS_ALONE": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
