"""The picture on the wall is the picture in the file: colour, size, rotation, tone, keystone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pygame
import pytest
from pydantic import ValidationError

from calibration.settings import ScreenSettings
from installation.film.frame_scaler import FrameScaler, Placing, place
from installation.film.gpu_wall import GpuWall, NoGpu
from installation.film.keystone import remap_tables, tone_of
from installation.film.screen import NoScreen, Screen, is_meant, no_display, on_wayland
from installation.film.surface_wall import SurfaceWall

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed here")


def test_fit_shows_all_fill_leaves_no_bar_stretch_is_the_screen() -> None:
    assert place((4, 3), (1280, 720), "fit") == Placing(960, 720, 160, 0)
    assert place((4, 3), (1280, 720), "fill") == Placing(1280, 960, 0, -120)
    assert place((4, 3), (1280, 720), "stretch") == Placing(1280, 720, 0, 0)


def colours(width: int, height: int) -> np.ndarray:
    """Ramps and pure colours, uint8 (height, width, 3), red first."""
    rows, columns = np.mgrid[0:height, 0:width]
    picture = np.stack([columns * 255 / width, rows * 255 / height, (rows + columns) * 255 / (width + height)], -1)
    for part, colour in enumerate(((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))):
        picture[height // 3 : height // 2, width * part // 4 : width * (part + 1) // 4] = colour
    return picture.astype(np.uint8)


def ffmpeg(*arguments: str, given: bytes = b"") -> bytes:
    command = ["ffmpeg", "-v", "error", "-y", *arguments]
    return subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True).stdout


@needs_ffmpeg
@pytest.mark.parametrize(
    ("space", "spread", "form", "size"),
    [
        ("bt709", "tv", "yuv420p", (320, 180)),
        ("bt709", "tv", "yuv422p", (321, 181)),
        ("bt709", "pc", "yuv420p", (321, 181)),
        ("bt709", "pc", "yuv422p", (320, 180)),
        ("smpte170m", "tv", "yuv420p", (321, 181)),
        ("smpte170m", "tv", "yuv422p", (320, 180)),
        ("smpte170m", "pc", "yuv420p", (320, 180)),
        ("smpte170m", "pc", "yuv422p", (321, 181)),
        ("bt2020nc", "tv", "yuv420p", (320, 180)),
        ("bt709", "tv", "yuv420p", (180, 90)),
        ("smpte170m", "pc", "yuv422p", (340, 180)),
    ],
)
def test_colours_are_those_that_ffmpeg_shows(
    space: str, spread: str, form: str, size: tuple[int, int], tmp_path: Path
) -> None:
    file, shape, matrix = tmp_path / "clip.mkv", f"{size[0]}x{size[1]}", space.removesuffix("nc")
    source = colours(*size)
    ffmpeg(
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", shape, "-i", "-"),
        *("-vf", f"scale=out_color_matrix={matrix}:out_range={spread},format={form}"),
        *("-colorspace", space, "-color_range", spread, "-c:v", "ffv1", str(file)),
        given=source.tobytes(),
    )
    raw = ffmpeg("-i", str(file), "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    theirs = np.frombuffer(raw, np.uint8).reshape(size[1], size[0], 3).astype(int)
    with av.open(str(file)) as container:
        frame = next(container.decode(video=0))
    ours = FrameScaler(size, "fit").convert(frame)[:, :, 2::-1].astype(int)
    assert np.abs(ours - theirs).mean() < 2
    assert np.abs(ours - source).mean() < 4


@pytest.mark.parametrize("form", ["yuv420p", "yuv422p10le", "nv12"])
@pytest.mark.parametrize("width", [178, 180, 186, 188])
def test_a_picture_of_any_width_reaches_from_edge_to_edge(form: str, width: int) -> None:
    def frame(light: int, size: tuple[int, int]) -> av.VideoFrame:
        plain = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), light, np.uint8), format="rgb24")
        return plain.reformat(format=form, threads=1)

    for size in ((width, 90), (400, 180)):
        scaler, bright, dark = FrameScaler((width, 90), "stretch"), frame(220, size), frame(30, size)
        for _ in range(3):  # what is left undone shows what was in that memory before
            assert scaler.convert(bright)[:, :, :3].min() > 200
            assert scaler.convert(dark)[:, :, :3].max() < 60


@needs_ffmpeg
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_film_from_a_telephone_stands_upright(degrees: int, tmp_path: Path) -> None:
    flat, turned = tmp_path / "flat.mp4", tmp_path / "turned.mp4"
    source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "160x90", "-i", "-")
    ffmpeg(*source, "-c:v", "libx264", "-crf", "5", "-pix_fmt", "yuv420p", str(flat), given=colours(160, 90).tobytes())
    ffmpeg("-i", str(flat), "-c", "copy", "-metadata:s:v", f"rotate={degrees}", str(turned))
    size = (160, 90) if degrees == 180 else (90, 160)
    raw = ffmpeg("-i", str(turned), "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    theirs = np.frombuffer(raw, np.uint8).reshape(size[1], size[0], 3).astype(int)
    with av.open(str(turned)) as container:
        ours = FrameScaler(size, "fit").convert(next(container.decode(video=0)))[:, :, 2::-1].astype(int)
    assert np.abs(ours - theirs).mean() < 4


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (6, 3), (3, 2), (8, 1)])
def test_a_photograph_from_a_telephone_stands_upright(orientation: int, turns: int, tmp_path: Path) -> None:
    picture = np.ascontiguousarray(colours(160, 90)[:, :, ::-1])
    plain = cv2.imencode(".jpg", picture)[1].tobytes()
    tag = bytes((1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0))  # EXIF: orientation, one short
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + tag + bytes(4)
    file = tmp_path / "photo.jpg"
    file.write_bytes(plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:])
    expected = np.rot90(picture, turns).astype(int)
    with av.open(str(file)) as container:
        frame = next(container.decode(video=0))
    shown = FrameScaler((expected.shape[1], expected.shape[0]), "fit").convert(frame)[:, :, :3].astype(int)
    assert np.abs(shown - expected).mean() < 6


def test_high_definition_that_does_not_say_its_colour_space_is_709() -> None:
    red = np.zeros((720, 1280, 3), np.uint8)
    red[:] = (255, 0, 0)
    frame = av.VideoFrame.from_ndarray(red, format="rgb24").reformat(
        format="yuv420p", src_colorspace=1, dst_colorspace=1, dst_color_range=1
    )
    frame.colorspace, frame.color_range = 2, 0
    blue_first = FrameScaler((1280, 720), "fit").convert(frame)[300, 600]
    assert blue_first[2] > 250
    assert blue_first[1] < 6


def test_a_picture_with_wide_pixels_keeps_its_proportions() -> None:
    frame = av.VideoFrame.from_ndarray(np.full((90, 80, 3), 200, np.uint8), format="rgb24")
    canvas = FrameScaler((160, 90), "fit").convert(frame, pixel_aspect=2.0)
    assert canvas[45, 2, 0] > 190
    assert canvas[45, 157, 0] > 190
    assert FrameScaler((160, 90), "fit").convert(frame)[45, 2, 0] == 0


def test_gamma_lifts_the_shadows_and_leaves_black_and_white() -> None:
    tone = tone_of(ScreenSettings(gamma=1.5))
    assert tone is not None
    assert (tone[0], tone[255]) == (0, 255)
    assert tone[64] > 90
    lifted = tone_of(ScreenSettings(black_level=0.1))
    assert lifted is not None
    assert lifted[0] == 26
    assert tone_of(ScreenSettings()) is None


CORNERS = ((0.1, 0.05), (0.9, 0.0), (1.0, 1.0), (0.0, 0.9))


def test_keystone_brings_each_corner_to_its_place() -> None:
    settings, size = ScreenSettings(corners=CORNERS), (320, 180)
    canvas = np.full((180, 320, 4), 255, np.uint8)
    wall = cv2.remap(canvas, *remap_tables(settings, size), cv2.INTER_LINEAR)[:, :, 0]
    assert wall[2, 2] == 0
    assert wall[20, 60] == 255
    assert wall[170, 300] == 255
    assert wall[175, 20] == 0


def test_crossed_corners_are_refused() -> None:
    for wrong in (
        ((0, 0), (1, 0), (0, 1), (1, 1)),
        ((0, 0), (0, 1), (1, 1), (1, 0)),
        ((0, 0), (1, 0), (0.2, 0.2), (0, 1)),
    ):
        with pytest.raises(ValidationError, match="corners"):
            ScreenSettings.model_validate({"corners": wrong})


def test_the_graphics_card_draws_what_the_processor_draws() -> None:
    settings, size = ScreenSettings(corners=CORNERS, gamma=1.4, black_level=0.05), (320, 180)
    try:
        wall = GpuWall(settings, size, software=True, offscreen=True)
    except NoGpu as error:
        pytest.skip(f"no OpenGL here, not even in software: {error}")
    smooth = cv2.GaussianBlur(np.ascontiguousarray(colours(*size)[:, :, ::-1]), (0, 0), 4)
    canvas = np.dstack([smooth, np.zeros((180, 320), np.uint8)])
    wall.show(canvas, 1.0, None)
    drawn = wall.read()[:, :, ::-1].astype(int)
    wall.close()
    tone = tone_of(settings)
    assert tone is not None
    expected = cv2.remap(cv2.LUT(canvas, tone), *remap_tables(settings, size), cv2.INTER_LINEAR)[:, :, :3].astype(int)
    assert np.abs(drawn - expected).mean() < 2


def test_a_software_renderer_is_not_taken_for_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        GpuWall(ScreenSettings(), (64, 64), software=True, offscreen=True).close()
    except NoGpu as error:
        pytest.skip(f"no OpenGL here, not even in software: {error}")
    monkeypatch.setattr("installation.film.gpu_wall.SOFTWARE", ("",))  # every name is one of a processor
    with pytest.raises(NoGpu, match="processor"):
        GpuWall(ScreenSettings(), (64, 64), offscreen=True)


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(NoScreen, match="DISPLAY"):
        Screen(ScreenSettings())
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with pytest.raises(NoScreen, match=r"screen\.display = 5"):
        Screen(ScreenSettings(display=5), headless=True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere SDL has one driver for windows")
@pytest.mark.parametrize(
    ("driver", "environment", "meant"),
    [
        ("x11", {"DISPLAY": ":0"}, True),
        ("wayland", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, True),
        ("KMSDRM", {"DISPLAY": ":0"}, False),
        ("KMSDRM", {}, True),
        ("KMSDRM", {"SDL_VIDEODRIVER": "wayland,kmsdrm", "DISPLAY": ":0"}, True),
        ("x11", {"SDL_VIDEODRIVER": "wayland"}, False),
        ("offscreen", {}, False),
        ("dummy", {"SDL_VIDEODRIVER": "x11,dummy"}, False),
        ("dummy", {"SDL_VIDEODRIVER": "dummy"}, True),
    ],
)
def test_a_driver_that_nobody_asked_for_is_no_display(
    driver: str, environment: dict[str, str], meant: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert is_meant(driver) is meant


@pytest.mark.parametrize(
    ("environment", "wayland"),
    [
        ({"DISPLAY": ":0"}, False),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, False),  # SDL takes X11 where it finds both
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "SDL_VIDEODRIVER": "wayland"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0", "SDL_VIDEODRIVER": "x11"}, False),
    ],
)
def test_wayland_keeps_the_frame_buffer_without_which_it_has_no_window(
    environment: dict[str, str], wayland: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert on_wayland() is wayland


@pytest.mark.parametrize(
    ("system", "server", "nothing"),
    [
        ("linux", "", True),
        ("linux", "DISPLAY", False),
        ("linux", "WAYLAND_DISPLAY", False),
        ("darwin", "", False),
        ("win32", "", False),
    ],
)
def test_only_on_linux_a_display_has_a_server_in_the_environment(
    system: str, server: str, nothing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if server:
        monkeypatch.setenv(server, ":0")
    monkeypatch.setattr("sys.platform", system)
    assert no_display() is nothing


@pytest.mark.parametrize("size", [(480, 180), (161, 91)])
def test_a_window_that_was_made_another_size_shows_the_whole_picture(size: tuple[int, int]) -> None:
    wall = SurfaceWall(pygame.Surface((320, 180), depth=32), ScreenSettings())
    wall._surface = pygame.Surface(size, depth=32)  # so does SDL, when a window manager wills
    pygame.display.set_mode((320, 180))
    wall.show(np.dstack([colours(320, 180)[:, :, ::-1], np.zeros((180, 320), np.uint8)]), 1.0, None)
    shown = pygame.surfarray.array3d(wall._surface).swapaxes(0, 1).astype(int)
    width = round(size[1] * 320 / 180)
    left = max(0, (size[0] - width) // 2)
    assert shown[:, :left].max(initial=0) == 0
    expected = cv2.resize(colours(320, 180), (min(width, size[0]), size[1])).astype(int)
    assert np.abs(shown[:, left : left + expected.shape[1]] - expected).mean() < 3
