"""Files that strangers' players, cameras and telephones choke on: each is named for what it is, or read as it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from scenes.story.mending import remarks
from scenes.story.probe import Unreadable, probe
from scenes.story.story import load_story
from tests.clips import make_clip, make_sound, make_still
from tests.heic import photo_in_tiles
from tests.odd_clips import every, film


def refusal(file: Path) -> str:
    with pytest.raises(Unreadable) as told:
        probe(file)
    return str(told.value)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def bare_h264(path: Path) -> Path:
    return film(path, every(30), form="h264")


def bare_jpegs(path: Path, count: int = 5) -> Path:
    made = io.BytesIO()
    with av.open(made, "w", format="mjpeg") as container:
        stream: Any = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuvj420p"
        for number in range(count):
            grey = np.full((36, 64, 3), 40 + 20 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format="yuvj420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return written(path, made.getvalue())


def unfinished(path: Path) -> Path:
    """A recording whose index would have been written at its end."""
    whole = make_clip(path).read_bytes()
    return written(path, whole[: whole.index(b"moov") - 4])


def encrypted(path: Path) -> Path:
    keys = {"encryption_key": "76a6c65c5ea762046bd749a2e632ccbb", "encryption_kid": "a7e61c373e219033c21091fa607bf3b8"}
    return film(path, every(15), muxer={"encryption_scheme": "cenc-aes-ctr", **keys})


def animated_webp(path: Path) -> Path:
    with av.open(str(path), "w", format="webp") as container:
        stream: Any = container.add_stream("libwebp_anim", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for number in range(3):
            grey = np.full((36, 64, 3), 40 + 60 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format="yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "make", "word"),
    [
        ("pi.h264", bare_h264, "bare H.264 without time stamps"),
        ("webcam.mjpeg", bare_jpegs, "bare Motion JPEG without time stamps"),
        ("broken_off.mp4", unfinished, "was not finished"),
        ("bought.mp4", encrypted, "is encrypted"),
        ("moving.webp", animated_webp, "animated WebP"),
        ("iphone.heic", photo_in_tiles, "photograph in tiles"),
        ("stick.mp4", lambda path: written(path, bytes(100_000)), "zeros only"),
        ("._clip.mp4", lambda path: written(path, b"\0\5\x16\7\0\2\0\0Mac OS X"), "companion that macOS puts"),
        ("radio.m3u", lambda path: written(path, b"#EXTM3U\nclip.mp4\n"), "playlist"),
        ("story.twee", lambda path: written(path, b":: Start\n[[on->Garden]]\n"), "Twine story"),
        ("story.html", lambda path: written(path, b"<!DOCTYPE html><html></html>"), "web page"),
        ("config.json", lambda path: written(path, b'{\n "mode": "installation"}'), "is JSON"),
    ],
)
def test_what_is_no_film_for_the_player_is_named(
    name: str, make: Callable[[Path], Path], word: str, tmp_path: Path
) -> None:
    assert word in refusal(make(tmp_path / name))


@pytest.mark.parametrize(
    "content",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nclip.mp4\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile clip.mp4\nfile clip.mp4\n",
    ],
)
def test_a_list_that_names_other_files_is_no_film(content: str, tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4")
    assert "playlist" in refusal(written(tmp_path / "list.m3u8", content.encode()))


def test_a_photograph_of_one_piece_and_one_jpeg_are_stills(tmp_path: Path) -> None:
    assert probe(photo_in_tiles(tmp_path / "a.heic", columns=1, rows=1, grid=False)).still
    assert probe(make_still(tmp_path / "a.png")).still
    assert probe(bare_jpegs(tmp_path / "a.jfif", 1)).still


def test_a_gif_of_one_picture_is_a_still_and_one_of_two_a_film(tmp_path: Path) -> None:
    for count in (1, 2):
        with av.open(str(tmp_path / f"{count}.gif"), "w") as container:
            stream: Any = container.add_stream("gif", rate=10)
            stream.width, stream.height, stream.pix_fmt = 16, 16, "rgb8"
            for number in range(count):
                grey = np.full((16, 16, 3), 40 + 100 * number, np.uint8)
                frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format="rgb8")
                frame.pts = number
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    assert probe(tmp_path / "1.gif").still
    assert not probe(tmp_path / "2.gif").still


def mp3(path: Path, seconds: float, bits: int, header: bool) -> bytes:
    """A tone at a constant bit rate. Without a header only its packets tell how long it is."""
    options = {"write_xing": str(int(header)), "id3v2_version": "0"}
    with av.open(str(path), "w", format="mp3", options=options) as container:
        track: Any = container.add_stream("mp3", rate=44_100, layout="mono")
        track.bit_rate = bits
        tone = (0.1 * np.sin(np.arange(round(seconds * 44_100)) / 16)).astype(np.float32)
        frame: Any = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 44_100, 0
        container.mux([*track.encode(frame), *track.encode(None)])
    return path.read_bytes()


def test_a_song_whose_bit_rate_changes_and_that_does_not_say_how_long_it_is_is_measured(tmp_path: Path) -> None:
    quiet, loud = mp3(tmp_path / "a.mp3", 4.0, 32_000, False), mp3(tmp_path / "b.mp3", 4.0, 256_000, False)
    song = written(tmp_path / "song.mp3", quiet + loud)
    with av.open(str(song)) as container:
        assert container.duration is not None
        assert container.duration > 20e6, "FFmpeg guesses by the first packets"
    assert probe(song).seconds == pytest.approx(8.0, abs=0.2)


def test_a_song_that_says_how_long_it_is_is_found_torn(tmp_path: Path) -> None:
    whole = mp3(tmp_path / "a.mp3", 8.0, 64_000, True)
    assert probe(written(tmp_path / "torn.mp3", whole[: len(whole) // 2])).seconds == pytest.approx(8.0, abs=0.1)


def test_two_recordings_joined_in_an_ogg_file_are_both_heard(tmp_path: Path) -> None:
    once = make_sound(tmp_path / "a.ogg", 2.0).read_bytes()
    header = probe(written(tmp_path / "twice.ogg", once + once))
    assert header.seconds == pytest.approx(4.0, abs=0.1)
    assert len(header.pieces) == 2


def test_captions_inside_a_film_are_told_with_the_line_that_takes_them_out(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4")
    captions = written(tmp_path / "a.srt", b"1\n00:00:00,500 --> 00:00:01,000\nHello\n")
    with av.open(str(clip)) as source, av.open(str(captions)) as texts, av.open(str(tmp_path / "c.mkv"), "w") as target:
        ways = {source: target.add_stream_from_template(source.streams.video[0])}
        ways[texts] = target.add_stream_from_template(texts.streams.subtitles[0])  # type: ignore[assignment]
        for container, stream in ways.items():
            for packet in container.demux():
                if packet.dts is not None:
                    packet.stream = stream
                    target.mux(packet)
    assert any("-map 0:s:0" in line for line in remarks(probe(tmp_path / "c.mkv"), "c.mkv"))
    assert not list(remarks(probe(clip), "clip.mp4"))


def story_with(folder: Path, stamps: str) -> list[str]:
    make_clip(folder / "a.mp4", 3.0)
    (folder / "a.srt").write_text(stamps)
    (folder / "story.toml").write_text(
        'title = "t"\nattract = "wait"\nstart = "on"\nsafe = "wait"\n'
        '[scenes.wait]\nclip = "a.mp4"\nminimum_seconds = 1\n'
        '[scenes.on]\nclip = "a.mp4"\ncaptions = "a.srt"\nend = true\n'
    )
    return [str(remark) for remark in load_story(folder / "story.toml").warnings]


def test_captions_that_begin_after_their_film_are_told(tmp_path: Path) -> None:
    (told,) = story_with(
        tmp_path,
        "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:04,000 --> 00:00:05,000\nlate\n\n"
        "3\n00:00:06,000 --> 00:00:07,000\nlater\n",
    )
    assert "line 6: begins at 4 s, but a.mp4 is only 3.0 s long, and 1 more begin later" in told


def test_captions_that_count_from_one_hour_are_told_to_be_an_editors(tmp_path: Path) -> None:
    (told,) = story_with(tmp_path, "1\n01:00:01,000 --> 01:00:02,000\nHello\n")
    assert "film editors count from 01:00:00" in told


@pytest.mark.parametrize("name", ["take:2.mp4", "50%d off.mp4", "what?.mp4", "a[1]*.mp4", "-dash.mp4"])
def test_a_name_that_ffmpeg_would_read_as_something_else_is_only_a_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_clip(tmp_path / name, 1.0)
    monkeypatch.chdir(tmp_path)
    assert probe(Path(name)).seconds == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("name", ["still_%03d.png", "s[1]*.png", "file:s.png"])
def test_nor_is_that_of_a_picture_a_pattern(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_still(tmp_path / "s.png").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert probe(Path(name)).still
