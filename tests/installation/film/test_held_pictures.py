"""Pictures wait for their time as YUV, and are shown as they always were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.reformatter import Interpolation, VideoReformatter

from calibration.errors import Unplayable
from installation.bench.marked_clip import make_clip
from installation.film.frame_scaler import FrameScaler, HeldPicture
from models.arrays import Image
from scenes.story.clip import Clip
from tests.installation.film.cinema import SIZE, cinema
from tests.installation.film.test_film_picture import colours

LIMITED, FULL = 1, 2


def frame_of(form: str, size: tuple[int, int], color_range: int = LIMITED) -> av.VideoFrame:
    """A frame of BT.601 with ramps and pure colours."""
    plain = av.VideoFrame.from_ndarray(colours(*size), format="rgb24")
    frame = plain.reformat(
        format=form, src_colorspace=5, dst_colorspace=5, src_color_range=FULL, dst_color_range=color_range, threads=1
    )
    frame.colorspace, frame.color_range = 5, color_range
    return frame


def painted_at_once(frame: av.VideoFrame, size: tuple[int, int]) -> Image:
    """What was on the screen when every picture was painted as soon as it was decoded."""
    same = size == (frame.width, frame.height)
    scaled = VideoReformatter().reformat(
        frame,
        *size,
        "bgra",
        src_colorspace=frame.colorspace,
        dst_colorspace=frame.colorspace,
        interpolation=Interpolation.BICUBIC if same else Interpolation.BILINEAR,
        src_color_range=frame.color_range,
        dst_color_range=FULL,
        threads=1,
    )
    return np.asarray(scaled.to_ndarray(), np.uint8)


@pytest.mark.parametrize("color_range", [LIMITED, FULL])
@pytest.mark.parametrize("form", ["yuv420p", "yuvj420p", "nv12"])
def test_a_picture_of_the_screens_size_is_shown_to_the_bit_as_before_in_less_than_half_the_memory(
    form: str, color_range: int
) -> None:
    frame = frame_of(form, (320, 180), FULL if form == "yuvj420p" else color_range)
    held = FrameScaler((320, 180), "fit").hold(frame)
    assert held.size_bytes < 0.45 * 320 * 180 * 4
    assert (held.canvas() == painted_at_once(frame, (320, 180))).all()


@pytest.mark.parametrize("form", ["yuv420p", "nv12"])
@pytest.mark.parametrize("color_range", [LIMITED, FULL])
@pytest.mark.parametrize("size", [(640, 360), (160, 90)])
def test_a_picture_that_is_scaled_looks_as_before(form: str, color_range: int, size: tuple[int, int]) -> None:
    frame = frame_of(form, (320, 180), color_range)
    held = FrameScaler(size, "fit").hold(frame)
    assert held.size_bytes < 0.55 * size[0] * size[1] * 4
    apart = np.abs(held.canvas()[:, :, :3].astype(int) - painted_at_once(frame, size)[:, :, :3])
    assert apart.mean() < 2.5


@pytest.mark.parametrize("form", ["yuv420p10le", "yuv422p", "yuv422p10le", "yuv444p", "yuva420p", "rgb24", "gray"])
@pytest.mark.parametrize("size", [(320, 180), (640, 360), (160, 90), (215, 121)])
def test_pictures_of_other_kinds_are_painted_when_they_are_decoded(form: str, size: tuple[int, int]) -> None:
    frame = frame_of(form, (320, 180))
    canvas = FrameScaler(size, "stretch").hold(frame)
    assert canvas.size_bytes >= size[0] * size[1] * 4
    shown = canvas.canvas()[:, :, 2::-1].astype(int)
    expected = colours(*size).astype(int)
    if form == "gray":
        shown, expected = shown.mean(2), expected @ np.array([0.299, 0.587, 0.114])
    assert np.abs(shown - expected).mean() < 8


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (640, 360), (336, 189), (333, 187)])
def test_red_is_red_on_a_screen_of_any_size(size: tuple[int, int]) -> None:
    red = np.zeros((720, 1280, 3), np.uint8)
    red[:] = (255, 0, 0)
    frame = av.VideoFrame.from_ndarray(red, format="rgb24").reformat(
        format="yuv420p", src_colorspace=1, dst_colorspace=1, dst_color_range=LIMITED
    )
    frame.colorspace, frame.color_range = 2, 0  # untagged: HD is BT.709, also on a small screen
    blue, green, light, _ = FrameScaler(size, "stretch").convert(frame)[size[1] // 2, size[0] // 2]
    assert light > 250
    assert max(blue, green) < 6


def unknown_colours(path: Path) -> Path:
    """A clip in YCgCo, which FFmpeg decodes and swscale cannot show."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.options = {"preset": "veryfast", "x264-params": "colormatrix=YCgCo:log=-1"}
        for number in range(30):
            frame = av.VideoFrame.from_ndarray(colours(*SIZE), format="rgb24").reformat(format="yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_clip_whose_colours_cannot_be_shown_is_known_before_it_is_chosen(tmp_path: Path) -> None:
    clips = {"a": Clip(make_clip(tmp_path / "a.mkv", 1, 1.0, SIZE)), "odd": Clip(unknown_colours(tmp_path / "odd.mp4"))}
    with cinema() as house:
        house.film.prepare(clips)
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: "odd" in house.film.playhead.failed)
        assert house.losses.is_lost("scene odd")


def test_a_picture_that_cannot_be_painted_gives_the_scene_up_and_the_last_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cinema() as house:
        house.film.play(1, "a", Clip(make_clip(tmp_path / "a.mkv", 1, 1.0, SIZE)))
        house.run_until(lambda: house.film.playhead.seconds > 0.2)
        last = house.marks()[-1]

        def no_memory(_self: HeldPicture) -> Image:
            raise Unplayable("there is no memory")

        monkeypatch.setattr(HeldPicture, "canvas", no_memory)  # a mock: the system has memory
        house.run(0.2)
        assert house.film.playhead.failed == {"a"}
        assert house.marks()[-1] == last
