"""A part of a picture on a screen of its own: of one wide clip three screens make one picture."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from calibration.screens_settings import Crop
from installation.film.frame_scaler import FrameScaler
from tests.installation.film.test_film_picture import ffmpeg, needs_ffmpeg

WIDE, HIGH = 960, 180
THIRDS = [Crop(width=0.333), Crop(x=0.333, width=0.334), Crop(x=0.667, width=0.334)]


def wide_picture(pixels: str) -> av.VideoFrame:
    """Each third has a grey of its own, its upper half is white."""
    picture = np.repeat(np.array([40, 90, 140], np.uint8), WIDE // 3)[None, :].repeat(HIGH, 0)
    picture[: HIGH // 2] = 255
    return av.VideoFrame.from_ndarray(np.dstack([picture] * 3), format="rgb24").reformat(format=pixels)


@pytest.mark.parametrize("pixels", ["yuv420p", "rgb24", "yuv444p"])
def test_three_parts_of_one_wide_picture_are_the_whole_picture(pixels: str) -> None:
    frame = wide_picture(pixels)
    for number, part in enumerate(THIRDS):
        shown = FrameScaler((320, 180), "fit").hold(frame, 1.0, part).canvas()
        lower = shown[HIGH // 2 + 2 :, :, :3].astype(int)
        assert np.abs(lower - (40, 90, 140)[number]).max() <= 3, "edges of a third written as 0.333 lie on its pixels"
        assert shown[: HIGH // 2 - 2, :, :3].min() >= 250


@needs_ffmpeg
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_part_of_a_turned_film_is_that_of_the_film_as_it_stands(degrees: int, tmp_path: Path) -> None:
    flat, turned = tmp_path / "flat.mp4", tmp_path / "turned.mp4"
    source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "128x96", "-i", "-")
    picture = np.random.default_rng(1).integers(0, 256, (6, 8, 3), np.uint8).repeat(16, 0).repeat(16, 1)
    ffmpeg(*source, "-c:v", "libx264", "-crf", "5", "-pix_fmt", "yuv420p", str(flat), given=picture.tobytes())
    ffmpeg("-i", str(flat), "-c", "copy", "-metadata:s:v", f"rotate={degrees}", str(turned))
    with av.open(str(turned)) as container:
        frame = next(container.decode(video=0))
    size = (96, 128) if degrees % 180 else (128, 96)
    whole = FrameScaler(size, "stretch").hold(frame).canvas().copy()
    part = FrameScaler((size[0] // 2, size[1] // 2), "stretch").hold(frame, 1.0, Crop(x=0.5, width=0.5, height=0.5))
    wanted = whole[: size[1] // 2, size[0] // 2 :].astype(int)
    assert np.abs(part.canvas().astype(int) - wanted).mean() < 3
