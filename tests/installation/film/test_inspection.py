"""What ``chiaro check`` finds by decoding: the same as the player, to the last frame and the last sample."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from installation.film.audio_decoder import RATE
from installation.film.frame_scaler import FrameScaler
from installation.film.inspection import Inspection, inspect_bed, inspect_clip
from installation.film.loudness import LoudnessMeter
from scenes.story.clip import Bed, Clip
from tests.clips import make_clip, make_sound, make_still
from tests.odd_clips import every, film, joined, song_with_cover

SCALER = FrameScaler((1280, 720), "fit")


def flac(path: Path, seconds: float = 10.0) -> Path:
    """Music that does not compress to nothing."""
    noise = np.random.default_rng(3).integers(-3000, 3000, (1, round(seconds * RATE)), np.int16)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("flac", rate=RATE, layout="mono")
        frame: Any = av.AudioFrame.from_ndarray(noise, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def tear(file: Path, share: float = 0.6) -> Path:
    content = file.read_bytes()
    file.write_bytes(content[: round(len(content) * share)])
    return file


def test_a_bed_is_decoded_to_its_end(tmp_path: Path) -> None:
    assert inspect_bed(Bed(flac(tmp_path / "whole.flac"))).fault == ""
    fault = inspect_bed(Bed(tear(flac(tmp_path / "torn.flac")))).fault
    assert "torn.flac ends at" in fault
    assert "its header says 10.0 s" in fault


def test_the_sound_file_of_a_scene_is_decoded_as_far_as_it_is_heard(tmp_path: Path) -> None:
    picture, torn = make_clip(tmp_path / "a.mp4", seconds=8), tear(flac(tmp_path / "torn.flac"))
    assert "torn.flac ends at" in inspect_clip(Clip(picture, sound=torn), SCALER).fault
    assert inspect_clip(Clip(picture, 0.0, 2.0, sound=torn), SCALER).fault == ""
    still = make_still(tmp_path / "a.png")
    assert "torn.flac ends at" in inspect_clip(Clip(still, 0.0, 20.0, sound=torn), SCALER).fault


def test_a_film_with_a_whole_header_and_no_picture_is_found(tmp_path: Path) -> None:
    """As a disk leaves it that gives zeros for what it has lost."""
    file = make_clip(tmp_path / "film.mp4")
    content = file.read_bytes()
    at = content.index(b"mdat") + 4
    end = at - 8 + int.from_bytes(content[at - 8 : at - 4], "big")
    file.write_bytes(content[:at] + bytes(end - at) + content[end:])
    found = inspect_clip(Clip(file), FrameScaler((64, 36), "fit"))
    assert found.fault or found.damaged


@pytest.mark.parametrize(("damages", "told"), [(1, ""), (9, "it is damaged")])
def test_damaged_pictures_are_counted_as_the_player_counts_them(damages: int, told: str, tmp_path: Path) -> None:
    file = film(tmp_path / "a.mkv", every(150))
    content = bytearray(file.read_bytes())
    for number in range(damages):
        middle = len(content) * (number + 1) // (damages + 1)
        content[middle : middle + 40] = bytes(40)
    file.write_bytes(content)
    found = inspect_clip(Clip(file), SCALER)
    assert told in found.fault
    assert found.fault or found.damaged == 1


@pytest.mark.parametrize(("codec", "pixels", "ending"), [("png", "rgb24", "png"), ("mjpeg", "yuvj420p", "jpg")])
def test_half_a_photograph_is_found(codec: str, pixels: str, ending: str, tmp_path: Path) -> None:
    whole = tmp_path / f"a.{ending}"
    noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    with av.open(str(whole), "w", format="image2") as container:
        stream: Any = container.add_stream(codec, rate=1)
        stream.width, stream.height, stream.pix_fmt = 320, 240, pixels
        frame: Any = av.VideoFrame.from_ndarray(noise, format="rgb24")
        container.mux([*stream.encode(frame.reformat(format=pixels)), *stream.encode(None)])
    found = inspect_clip(Clip(whole), SCALER)
    assert (found.fault, found.damaged) == ("", 0)
    torn = inspect_clip(Clip(tear(whole, 0.5)), SCALER)
    assert torn.fault or torn.damaged


def test_what_plays_though_it_is_odd_passes_the_check(tmp_path: Path) -> None:
    tones = [(440, "stereo")]
    one = film(tmp_path / "one.ts", every(30), form="mpegts", tones=tones)
    odd = [
        film(tmp_path / "five.mkv", every(30, 5.0), tones=tones),
        film(tmp_path / "slides.mp4", [0, 1, 2], stands=1.0),
        film(tmp_path / "stands.mp4", every(15), stands=4.0),
        joined(tmp_path / "both.ts", one, film(tmp_path / "two.ts", every(30), form="mpegts", tones=[(440, "5.1")])),
        film(tmp_path / "wraps.ts", every(60, 2**33 / 90_000 - 2.4), form="mpegts", tones=tones),
    ]
    assert [inspect_clip(Clip(file), SCALER).fault for file in odd] == [""] * 5
    assert [inspect_bed(Bed(song_with_cover(tmp_path / name))).fault for name in ("a.mp3", "a.m4a")] == ["", ""]


def test_decoding_and_scaling_are_timed(tmp_path: Path) -> None:
    clip = Clip(make_clip(tmp_path / "a.mp4", seconds=2), 0.5, 1.5)
    found = inspect_clip(clip, SCALER)
    assert found.seconds == pytest.approx(1.0)
    assert found.busy_seconds > 0
    assert found.scaling_seconds > 0
    assert found.decoding_cores == pytest.approx(found.busy_seconds)
    assert found.cores == pytest.approx(found.busy_seconds + found.scaling_seconds)


def test_the_larger_the_screen_the_longer_its_pictures_take(tmp_path: Path) -> None:
    clip = Clip(make_clip(tmp_path / "a.mp4", seconds=2))
    small, large = (inspect_clip(clip, FrameScaler(size, "fit")).scaling_seconds for size in ((320, 180), (3840, 2160)))
    assert large > 4 * small  # of 144 times as many pixels


@pytest.mark.parametrize(
    ("decoding", "scaling", "heavy"),
    [
        (0.4, 0.0, {1: False, 2: False, 64: False}),
        (0.4, 0.7, {1: True, 2: True, 4: False}),
        (0.9, 0.0, {1: True, 2: False, 4: False}),
        (1.7, 0.0, {2: True, 4: True, 64: True}),
        (1.2, 0.7, {2: True, 4: False, 64: False}),
    ],
)
def test_a_film_may_use_half_of_the_machine_and_its_decoder_not_quite_two_threads(
    decoding: float, scaling: float, heavy: dict[int, bool]
) -> None:
    found = Inspection(seconds=2.0, busy_seconds=2 * decoding, scaling_seconds=2 * scaling)
    assert {cores: found.is_too_heavy(cores) for cores in heavy} == heavy


def test_the_sound_track_of_the_story_is_the_one_that_is_measured(tmp_path: Path) -> None:
    loud_and_mute = film(tmp_path / "a.mkv", every(60), tones=[(440, "stereo"), (0, "stereo")], default=0)
    assert inspect_clip(Clip(loud_and_mute), SCALER).lufs is not None
    assert inspect_clip(Clip(loud_and_mute, sound_track=2), SCALER).lufs is None
    assert inspect_bed(Bed(loud_and_mute, sound_track=2)).lufs is None


def test_loudness_is_that_of_ebu_r_128() -> None:
    """A sine of 1 kHz in both channels is as many LUFS as its peak is dBFS (EBU Tech 3341, case 1)."""
    meter = LoudnessMeter()
    wave = (10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 / RATE * np.arange(20 * RATE))).astype(np.float32)
    for block in np.split(np.stack([wave, wave], axis=1), 200):
        meter.add(block)
    assert meter.lufs == pytest.approx(-23.0, abs=0.1)


def test_silence_has_no_loudness(tmp_path: Path) -> None:
    assert inspect_clip(Clip(make_clip(tmp_path / "a.mp4")), SCALER).lufs is None
    meter = LoudnessMeter()
    meter.add(np.zeros((RATE, 2), np.float32))
    assert meter.lufs is None


def test_the_loudness_of_a_scene_is_that_of_its_part_of_the_file(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "a.mp4", seconds=4.0, sound=2.0)
    assert inspect_clip(Clip(whole, 0.0, 1.5), SCALER).lufs is not None
    assert inspect_clip(Clip(whole, 2.5), SCALER).lufs is None


def test_a_check_that_is_stopped_decodes_no_further(tmp_path: Path) -> None:
    assert "stopped" in inspect_clip(Clip(make_clip(tmp_path / "a.mp4")), SCALER, lambda: True).fault
    assert "stopped" in inspect_bed(Bed(make_sound(tmp_path / "a.wav")), lambda: True).fault
