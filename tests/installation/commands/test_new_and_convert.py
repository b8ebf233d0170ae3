"""A first film that runs at once, and clips that were made elsewhere turned into what plays best here."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from installation.cli import app
from scenes.story.probe import probe
from scenes.story.story import load_story
from tests.clips import make_clip, make_sound, make_still


def invoke(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.exit_code, result.output


def test_a_new_film_is_checked_and_played_without_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path / "state"))
    film = tmp_path / 'My "first" film'
    code, told = invoke("new", film)
    assert code == 0, told
    story = load_story(film / "story.toml")
    assert story.warnings == ()
    assert "explained" in (film / "story.toml").read_text()
    (tmp_path / "venue.toml").write_text("[osc]\nlisten = false\n")
    code, told = invoke("check", film, "--venue", tmp_path / "venue.toml", "--camera", "visitor", "--headless")
    assert code == 0, told
    remarks = [line for line in told.splitlines() if line.startswith(("problem", "warning"))]
    known = "no font of the system", "[privacy]: says nothing"  # a bare machine has none, and a new venue says nothing
    assert not [line for line in remarks if not any(one in line for one in known)], told
    code, told = invoke("play", film, "--headless", "--seconds", "2")
    assert code == 0, told

    kept = (film / "story.toml").read_bytes()
    code, told = invoke("new", film)
    assert code == 78
    assert "already exists" in told
    assert (film / "story.toml").read_bytes() == kept
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == [], "nothing half made is left"


@pytest.mark.parametrize("name", ["two words", "line\nend \x1b[2J, accents é\udcff"])
def test_a_new_film_is_read_whatever_its_folder_is_called(tmp_path: Path, name: str) -> None:
    code, told = invoke("new", tmp_path / name)
    assert code == 0, told
    assert load_story(tmp_path / name / "story.toml").warnings == ()
    assert f"chiaro check '{tmp_path}/" in told, "a name with a blank is one word when the line is pasted"


def old_clip(path: Path) -> Path:
    """As cameras of the past wrote: interlaced MPEG-2 of wide pixels, key frames far apart, 44.1 kHz."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg2video", rate=25, options={"flags": "+ilme+ildct", "top": "1"})
        video.width, video.height, video.pix_fmt, video.gop_size = 180, 144, "yuv420p", 100
        video.codec_context.sample_aspect_ratio = Fraction(16, 15)
        audio = container.add_stream("mp2", rate=44100, layout="mono")
        for number in range(75):
            frame = av.VideoFrame.from_ndarray(np.full((144, 180, 3), 60 + number, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        tone = (8000 * np.sin(2 * np.pi * 440 / 44100 * np.arange(3 * 44100))).astype(np.int16)
        sound = av.AudioFrame.from_ndarray(tone[None, :], format="s16", layout="mono")
        sound.sample_rate, sound.pts, sound.time_base = 44100, 0, Fraction(1, 44100)
        container.mux(audio.encode(sound))
        container.mux(audio.encode())
    return path


def test_an_old_clip_becomes_what_plays_best_here_and_is_itself_unchanged(tmp_path: Path) -> None:
    clip = old_clip(tmp_path / "old.mpg")
    original = clip.read_bytes()
    assert probe(clip).interlaced
    code, told = invoke("convert", clip)
    assert code == 0, told
    assert "old-converted.mp4: " in told
    assert "MB became" in told
    assert clip.read_bytes() == original
    made = tmp_path / "old-converted.mp4"
    header = probe(made)
    assert not header.interlaced
    assert header.seconds == pytest.approx(3.0, abs=0.1)
    with av.open(str(made)) as container:
        (film,), (sound,) = container.streams.video, container.streams.audio
        assert (film.codec_context.name, film.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (film.width, film.height) == (192, 144), "square pixels"
        assert (sound.codec_context.name, sound.rate) == ("aac", 48000)
        keys = [float((packet.pts or 0) * packet.time_base) for packet in container.demux(film) if packet.is_keyframe]
        assert keys == pytest.approx([0.0, 1.0, 2.0], abs=0.05)
        container.seek(0)
        film.codec_context.thread_count = 1
        places = [frame.planes[0].buffer_ptr for frame in container.decode(film)]
        assert len(places) == pytest.approx(150, abs=2), "a picture of each field"
        assert len(set(places)) <= 3, "a decoder keeps more pictures than it needs"
        container.seek(0)
        loud = [np.abs(frame.to_ndarray()).max() for frame in container.decode(sound) if 0.5 < (frame.time or 0) < 2.5]
        assert min(loud) > 0.1, "its sound is there all along"


def test_a_name_with_a_colon_is_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_clip(tmp_path / "take:2.mp4", seconds=1.0)
    monkeypatch.chdir(tmp_path)
    code, told = invoke("convert", "take:2.mp4")
    assert code == 0, told
    assert probe(Path("take:2-converted.mp4")).seconds == pytest.approx(1.0, abs=0.05)


def test_nothing_that_exists_is_written_over(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", seconds=1.0)
    original = clip.read_bytes()
    code, told = invoke("convert", clip, "--to", tmp_path)
    assert code == 78
    assert "already exists" in told
    assert clip.read_bytes() == original
    assert invoke("convert", clip, "--to", tmp_path / "new")[0] == 0
    assert invoke("convert", clip, "--to", tmp_path / "new")[0] == 78
    assert (tmp_path / "new" / "a.mp4").is_file()


def test_what_cannot_be_converted_is_told_and_the_others_are_converted(tmp_path: Path) -> None:
    still, sound = make_still(tmp_path / "still.png"), make_sound(tmp_path / "sound.wav")
    (torn := tmp_path / "torn.mp4").write_bytes(b"nothing")
    good = make_clip(tmp_path / "good.mp4", seconds=1.0)
    code, told = invoke("convert", still, sound, torn, tmp_path / "none.mp4", good, "--to", tmp_path / "new")
    assert code == 78
    for part in (
        "still.png: is a picture",
        "sound.wav: has only sound",
        "torn.mp4: is not a readable",
        "none.mp4: no such file",
    ):
        assert part in told
    assert [one.name for one in (tmp_path / "new").iterdir()] == ["good.mp4"]


def test_time_stamps_that_begin_late_begin_at_zero_then(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "late.ts"), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 63 * 2, 80, "yuv420p"
        for number in range(50):
            frame = av.VideoFrame.from_ndarray(np.full((80, 126, 3), 4 * number, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number + 125, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode())
    code, told = invoke("convert", tmp_path / "late.ts")
    assert code == 0, told
    header = probe(tmp_path / "late-converted.mp4")
    assert header.begin == pytest.approx(0.0, abs=0.05)
    assert header.seconds == pytest.approx(2.0, abs=0.05)


def test_hdr_is_not_made_pale_but_told_with_the_line_that_converts_it(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "hdr.mp4"), "w") as container:
        video = container.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
        video.codec_context.color_trc = 16
        for number in range(5):
            frame = av.VideoFrame.from_ndarray(np.full((36, 64, 3), 90, np.uint8), format="rgb24").reformat(
                format="yuv420p"
            )
            frame.pts, frame.time_base, frame.color_trc = number, Fraction(1, 10), 16
            container.mux(video.encode(frame))
        container.mux(video.encode())
    assert probe(tmp_path / "hdr.mp4").transfer == "pq"
    code, told = invoke("convert", tmp_path / "hdr.mp4")
    assert code == 78
    assert "tonemap=hable" in told
    assert not (tmp_path / "hdr-converted.mp4").exists()


@pytest.mark.parametrize(("matrix", "full"), [(1, False), (5, False), (1, True)])
def test_colours_stay_what_they_were(tmp_path: Path, matrix: int, full: bool) -> None:
    with av.open(str(tmp_path / "blue.mp4"), "w") as container:
        video = container.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
        video.codec_context.colorspace, video.codec_context.color_range = matrix, 2 if full else 1
        planes = np.full((54, 64), 120, np.uint8)
        planes[:36], planes[36:45] = 60, 200
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(video.encode(frame))
        container.mux(video.encode())
    code, told = invoke("convert", tmp_path / "blue.mp4")
    assert code == 0, told
    with av.open(str(tmp_path / "blue-converted.mp4")) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_range) == (matrix, 1)
        luma, chroma = frame.to_ndarray()[:36].mean(), frame.to_ndarray()[36:45].mean()
    expected = (16 + 60 * 219 / 255, 128 + (200 - 128) * 224 / 255) if full else (60, 200)
    assert (luma, chroma) == pytest.approx(expected, abs=2)
