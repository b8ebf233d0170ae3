"""Media as telephones, browsers, recorders and shops deliver them: read once, and told with what mends them."""

from __future__ import annotations

import shutil
import unicodedata
import zlib
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from calibration.errors import BadFile
from installation.bench.marked_clip import usual_scheduling
from scenes.story import probe as reading
from scenes.story.mending import remarks
from scenes.story.probe import Unreadable, probe
from scenes.story.story import load_story
from tests.clips import make_clip, make_sound, make_still
from tests.odd_clips import every, film, joined, song_with_cover

STORY = """
title = "t"
attract = "wait"
start = "on"
safe = "wait"
[scenes.wait]
clip = "a.mp4"
minimum_seconds = 1
[scenes.on]
clip = "{clip}"
end = true
"""


def test_a_film_whose_stamps_begin_at_five_seconds_is_as_long_as_its_pictures(tmp_path: Path) -> None:
    header = probe(film(tmp_path / "a.mkv", every(60, 5.0), tones=[(440, "stereo")]))
    assert (header.begin, header.seconds) == pytest.approx((5.0, 2.0), abs=0.002)
    assert header.stops == pytest.approx(header.declared, abs=0.1)


def test_a_picture_that_stands_for_seconds_belongs_to_the_film(tmp_path: Path) -> None:
    assert probe(film(tmp_path / "a.mp4", every(30), stands=4.0)).seconds == pytest.approx(29 / 30 + 4.0, abs=0.001)
    assert probe(film(tmp_path / "b.mp4", [0, 1, 2], stands=1.0)).seconds == pytest.approx(3.0, abs=0.001)


def test_a_browsers_recording_that_does_not_say_how_long_it_is_is_measured(tmp_path: Path) -> None:
    options = {"cpu-used": "8", "deadline": "realtime"}
    file = film(tmp_path / "a.webm", every(30), codec="libvpx-vp9", options=options, muxer={"live": "1"})
    with av.open(str(file)) as container:
        assert container.duration is None
    assert probe(file).seconds == pytest.approx(1.0, abs=0.002)


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a"])
def test_the_cover_of_a_record_is_no_film(name: str, tmp_path: Path) -> None:
    file = song_with_cover(tmp_path / name)
    with av.open(str(file)) as container:
        assert container.streams.video
    header = probe(file)
    assert (header.has_picture, header.has_sound) == (False, True)
    assert header.seconds == pytest.approx(3.0, abs=0.1)


def test_the_sound_track_that_is_marked_as_default_is_the_one_that_counts(tmp_path: Path) -> None:
    tones = [(440, "stereo"), (880, "stereo")]
    assert probe(film(tmp_path / "a.mkv", every(15), tones=tones, default=1)).sound == 2
    assert probe(film(tmp_path / "b.mkv", every(15), tones=tones, default=0)).sound == 1


def test_recordings_that_were_joined_are_measured_whole(tmp_path: Path) -> None:
    one = film(tmp_path / "a.ts", every(60), form="mpegts", tones=[(440, "stereo")])
    two = film(tmp_path / "b.ts", every(30), form="mpegts", tones=[(440, "stereo")])
    header = probe(joined(tmp_path / "both.ts", one, two, one))
    assert header.seconds == pytest.approx(5.0, abs=0.02)
    assert [piece.shift for piece in header.pieces] == pytest.approx([0.0, 2.0, 3.0], abs=0.02)
    assert probe(one).joined is False


@pytest.mark.parametrize("sound", [(), [(440, "stereo")]])
def test_stamps_that_overflow_their_33_bits_do_not_jump(sound: Any, tmp_path: Path) -> None:
    begin = 2**33 / 90_000 - 2.4
    header = probe(film(tmp_path / "a.ts", every(90, begin), form="mpegts", tones=sound))
    assert header.joined is False
    assert header.seconds == pytest.approx(3.0, abs=0.02)


@pytest.mark.parametrize(
    ("options", "told", "mend"),
    [
        ({"transfer": 16}, "is HDR (PQ", "tonemap"),
        ({"transfer": 18}, "is HDR (HLG)", "tonemap"),
        ({"options": {"x264-params": "tff=1", "flags": "+ildct"}}, "is interlaced", "bwdif"),
    ],
)
def test_what_would_look_wrong_is_told_with_the_line_that_mends_it(
    options: dict[str, Any], told: str, mend: str, tmp_path: Path
) -> None:
    film(tmp_path / "a.mp4", every(60), **options)
    film(tmp_path / "b.mp4", every(60), **options)
    (tmp_path / "story.toml").write_text(STORY.format(clip="b.mp4"))
    told_of = [str(warning) for warning in load_story(tmp_path / "story.toml").warnings if told in str(warning)]
    assert [line.split(" ")[0] for line in told_of] == ["scenes.wait.clip:", "scenes.on.clip:"]
    assert mend in told_of[0]
    assert told_of[0].endswith(".mp4")
    assert list(remarks(probe(film(tmp_path / "c.mp4", every(10))), "c.mp4")) == []


def test_a_joined_file_is_told_with_the_line_that_mends_it(tmp_path: Path) -> None:
    one = film(tmp_path / "a.ts", every(30), form="mpegts")
    (line,) = remarks(probe(joined(tmp_path / "two nights.ts", one, one)), "two nights.ts")
    assert "2 recordings" in line
    assert "ffmpeg -dts_delta_threshold 0.5 -i 'two nights.ts'" in line


def test_transparent_parts_of_a_film_are_told_and_not_those_of_a_drawing(tmp_path: Path) -> None:
    file = tmp_path / "a.mov"
    with av.open(str(file), "w") as container:
        stream: Any = container.add_stream("prores_ks", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuva444p10le"
        frame: Any = av.VideoFrame.from_ndarray(np.zeros((64, 64, 4), np.uint8), format="rgba")
        container.mux([*stream.encode(frame.reformat(format="yuva444p10le")), *stream.encode(None)])
    (line,) = remarks(probe(file), "a.mov")
    assert "transparent" in line
    assert not list(remarks(probe(_animation(tmp_path / "a.apng", "rgba")), "a.apng"))


def test_photographs_and_animations_are_known_by_what_is_in_them(tmp_path: Path) -> None:
    photograph = tmp_path / "a.jfif"
    _write_picture(photograph, "mjpeg", "image2", "yuvj420p")
    modern = tmp_path / "a.avif"
    _write_picture(modern, "libsvtav1", "avif", "yuv420p")
    assert (probe(photograph).still, probe(modern).still) == (True, True)
    animation = probe(_animation(tmp_path / "loop.apng"))
    assert animation.still is False
    assert animation.seconds == pytest.approx(1.0, abs=0.11)


def _write_picture(path: Path, codec: str, form: str, pixels: str) -> None:
    with usual_scheduling(), av.open(str(path), "w", format=form) as container:
        try:
            stream: Any = container.add_stream(codec, rate=1)
        except av.codec.codec.UnknownCodecError:
            pytest.skip(f"this PyAV has no {codec} to make a picture with")
        stream.width, stream.height, stream.pix_fmt = 64, 64, pixels
        frame: Any = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 90, np.uint8), format="rgb24")
        container.mux(stream.encode(frame.reformat(format=pixels)))
        container.mux(stream.encode(None))


def _animation(path: Path, pixels: str = "rgb24") -> Path:
    with av.open(str(path), "w", format="apng") as container:
        stream: Any = container.add_stream("apng", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, pixels
        for number in range(10):
            frame: Any = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 10 * number, np.uint8), format="rgb24")
            container.mux(stream.encode(frame.reformat(format=pixels)))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("stands", "written", "told"),
    [
        ("A.mp4", "a.mp4", "capital and small letters"),
        (unicodedata.normalize("NFD", "Tür.mp4"), unicodedata.normalize("NFC", "Tür.mp4"), "Unicode form"),
        ("a.mp4", "a.mp4 ", "by a blank"),
        ("Film/a.mp4", "film/a.mp4", "there is 'Film'"),
        ("a.mov", "a.mp4", "did you mean 'a.mov'?"),
        ("doors.mp4", "door.mp4", "did you mean 'doors.mp4'?"),
    ],
)
def test_a_file_under_nearly_the_written_name_is_told(stands: str, written: str, told: str, tmp_path: Path) -> None:
    (tmp_path / stands).parent.mkdir(exist_ok=True)
    (tmp_path / stands).write_bytes(b"x")
    if (tmp_path / written).exists():
        pytest.skip("this file system does not tell the two names apart")
    with pytest.raises(Unreadable, match="no such file") as refusal:
        probe(tmp_path / written)
    assert told in str(refusal.value)


def test_captions_and_sounds_under_nearly_the_written_name_are_told_too(tmp_path: Path) -> None:
    make_clip(tmp_path / "a.mp4", seconds=4)
    make_sound(tmp_path / "Rain.wav")
    (tmp_path / "a.SRT").write_text("")
    text = STORY.format(clip="a.mp4") + 'sound = "rain.wav"\ncaptions = "a.srt"\n'
    (tmp_path / "story.toml").write_text(text)
    if (tmp_path / "rain.wav").exists():
        pytest.skip("this file system does not tell the two names apart")
    with pytest.raises(BadFile) as refusal:
        load_story(tmp_path / "story.toml")
    assert sum("capital and small letters" in line for line in refusal.value.problems) == 2


def test_a_link_to_a_file_that_is_gone_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to(tmp_path / "gone.mp4")
    with pytest.raises(Unreadable, match="link to a file that is gone"):
        probe(tmp_path / "a.mp4")


def test_a_story_of_two_thousand_clips_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a bound below that, each clip drops the one that is asked for next, and every start reads them all."""
    still = make_still(tmp_path / "0.png")
    for number in range(1, 2_000):
        shutil.copyfile(still, tmp_path / f"{number}.png")
    files = sorted(tmp_path.glob("*.png"))
    for file in files:
        probe(file)
    monkeypatch.delattr(reading, "_probe")  # what reads
    for file in files:
        probe(file)


def test_a_picture_that_claims_more_pixels_than_memory_holds_is_told_before_it_is_decoded(tmp_path: Path) -> None:
    file = make_still(tmp_path / "a.png")
    content = bytearray(file.read_bytes())
    content[16:24] = (12_000).to_bytes(4, "big") * 2  # IHDR: width and height
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    file.write_bytes(content)
    with pytest.raises(Unreadable, match=r"too large, 12000 x 12000 pixels; make it 8192"):
        probe(file)
