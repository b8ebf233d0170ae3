"""The demo film as it is committed: whole, playable anywhere, not too big, and kind to the eyes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from installation.film.loudness import LoudnessMeter
from scenes.demo.making import encode, score
from scenes.demo.making.drawing import HEIGHT, WIDTH
from scenes.demo.making.grading import Grader
from scenes.demo.making.scene_list import CLIPS, SCENES
from scenes.demo.making.sound import SAMPLE_RATE
from scenes.demo.making.stems import STEMS as PARTS
from scenes.story.story import Story, load_story

DEMO = Path(__file__).parents[3] / "scenes" / "demo"
FILES = sorted((DEMO / "film").glob("*.mp4"))
STEMS = sorted((DEMO / "film").glob("*.m4a"))
LOOPS = ("attract", "vigil")
WEATHER = "storm"
"""A thread of the crossing, and no scene of its own."""
AGAIN = {"daybreak": "dawn", "constellation": "stars", "ember": "ash"}
"""Endings that show the pictures of another one, with other words."""


@pytest.fixture(scope="module")
def story() -> Story:
    return load_story(DEMO / "story.toml")


def clip(name: str) -> Path:
    return DEMO / "film" / f"{name}.mp4"


def lumas(file: Path, keys_only: bool = False) -> list[np.ndarray]:
    """The pictures' light from 0 to 1, made small, (90, 160) each."""
    small = []
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        if keys_only:
            stream.codec_context.skip_frame = "NONKEY"
        for frame in container.decode(stream):
            luma = frame.to_ndarray(format="yuv420p")[: frame.height]
            little = cv2.resize(luma, (160, 90), interpolation=cv2.INTER_AREA).astype(float)
            small.append(np.maximum(little - 16, 0) / 219)
    return small


def sound_of(file: Path) -> np.ndarray:
    with av.open(str(file)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


def test_the_story_loads_without_an_error_or_a_warning(story: Story) -> None:
    assert story.warnings == ()
    shown = {name for name in story.names if not story.scene(name).is_course}
    assert {scene.name for scene in SCENES} == (shown - set(AGAIN)) | {WEATHER}
    assert all(story.clip(new).file == story.clip(old).file for new, old in AGAIN.items())


def test_every_scene_lasts_ten_to_twenty_seconds(story: Story) -> None:
    for scene in SCENES:
        if scene.name == WEATHER:
            continue
        assert 10 <= story.duration(scene.name) <= 20
        assert story.duration(scene.name) == pytest.approx(scene.seconds, abs=1 / 30)


def test_a_clip_is_made_so_that_a_decoder_keeps_few_pictures(tmp_path: Path) -> None:
    """Each takes 4 MB. Of what x264 makes by itself it keeps six, and the show would take 50 MB more."""
    planes = [np.full((HEIGHT * 3 // 2, WIDTH), 100 + 4 * number, np.uint8) for number in range(8)]
    encode.write(tmp_path / "a.mp4", planes, np.zeros((SAMPLE_RATE // 4, 2)), 40.0)
    with av.open(str(tmp_path / "a.mp4")) as container:
        film = container.streams.video[0]
        film.codec_context.thread_count = 1
        assert len({frame.planes[0].buffer_ptr for frame in container.decode(film)}) <= 3


def test_the_clips_are_those_of_the_program_and_small_enough_to_be_cloned() -> None:
    assert {file.stem for file in FILES} == set(CLIPS)
    assert {file.stem for file in STEMS} == set(PARTS)
    assert sum(file.stat().st_size for file in (DEMO / "film").iterdir()) <= 30_000_000


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_clip_plays_anywhere_and_can_be_cut_at_each_second(file: Path) -> None:
    seconds = sum(scene.seconds for scene in CLIPS[file.stem])
    with av.open(str(file)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 1920, 1080)
        assert video.average_rate == 30
        assert (video.pix_fmt, video.codec_context.colorspace, video.codec_context.color_range) == ("yuv420p", 1, 1)
        assert (audio.codec_context.name, audio.rate, audio.layout.name) == ("aac", 48_000, "stereo")
        packets = [packet for packet in container.demux(video) if packet.dts is not None]
    assert [packet.pts for packet in packets] == [packet.dts for packet in packets]
    assert len(packets) == seconds * 30
    assert all(packets[number].is_keyframe for number in range(0, len(packets), 30))


@pytest.mark.parametrize("name", ["eclipse", "tide", "dance", WEATHER])
def test_a_clip_shows_what_its_program_draws(name: str) -> None:
    """The middle of four scenes that are quick to draw: who changes a program makes its clip again."""
    scene = next(scene for scene in SCENES if scene.name == name)
    second = scene.seconds // 2
    drawn = Grader(scene.grade).display(scene.prepare(scene.seconds)(second))
    clip_name = next(clip for clip, scenes in CLIPS.items() if scene in scenes)
    before = sum(earlier.seconds for earlier in CLIPS[clip_name][: CLIPS[clip_name].index(scene)])
    shown = picture_at(clip(clip_name), before + second)
    expected = np.clip(cv2.resize(drawn, (480, 270), interpolation=cv2.INTER_AREA), 0, 1)
    off = np.abs(shown - expected).mean()
    assert off < 0.009
    # Another moment of the scene is far more different: the measure is sharp enough to see a change.
    assert np.abs(picture_at(clip(clip_name), before + second + 1) - expected).mean() > 2 * off


def picture_at(file: Path, second: int) -> np.ndarray:
    """The key frame at a second, RGB from 0 to 1, made small."""
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        container.seek(second * av.time_base)
        frame = next(container.decode(stream))
        assert frame.time == pytest.approx(second, abs=0.001)
        picture = frame.to_ndarray(format="rgb24", src_colorspace="ITU709", dst_colorspace="ITU709").astype(np.float32)
    return cv2.resize(picture / 255, (480, 270), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_clip_is_dark_but_never_black(file: Path) -> None:
    pictures = np.stack(lumas(file, keys_only=True))
    assert 0.02 < pictures.mean() < 0.30
    # One light at least in most seconds: a black wall looks like a fault.
    bright = np.quantile(pictures, 0.998, axis=(1, 2))
    assert (bright > 0.12).mean() > 0.75


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_sound_is_there_from_end_to_end_and_never_clips(file: Path) -> None:
    seconds = sum(scene.seconds for scene in CLIPS[file.stem])
    sound = sound_of(file)
    assert sound.shape[1] >= seconds * 48_000
    assert 0.1 < np.abs(sound).max() < 0.99
    power = (sound[:, : seconds * 48_000].reshape(2, seconds, -1) ** 2).mean((0, 2))
    assert (power > 1e-6).all()


def test_no_cut_of_the_film_jumps_in_loudness(story: Story) -> None:
    """EBU R 128, of each scene: a room's volume is set once, and any scene may follow any other."""
    loudness = {}
    for name in (scene.name for scene in SCENES if scene.name not in ("crossing", WEATHER)):
        cut = story.clip(name)
        start, end = (round(second * 48_000) for second in (cut.in_seconds, cut.in_seconds + story.duration(name)))
        loudness[name] = lufs_of(sound_of(cut.file).T[start:end])
    # The crossing sounds as the visitor's face has it: the ground alone, or with each part, in either weather.
    weathers = {name: sound_of(clip(name))[:, : 16 * 48_000] for name in ("crossing", WEATHER)}
    ground = sound_of(clip("deep").with_suffix(".m4a"))[:, : 16 * 48_000]
    for part, weather in (("bright", "crossing"), ("grieving", WEATHER), ("pulse", WEATHER)):
        heard = weathers[weather] + ground + sound_of(clip(part).with_suffix(".m4a"))[:, : 16 * 48_000]
        loudness[f"crossing with {part}"] = lufs_of(heard.T)
    loudness["crossing"] = lufs_of((weathers["crossing"] + ground).T)
    assert max(loudness.values()) - min(loudness.values()) <= 3.5, loudness


def lufs_of(sound: np.ndarray) -> float:
    meter = LoudnessMeter()
    meter.add(np.ascontiguousarray(sound))
    return meter.lufs or 0.0


def test_the_threads_of_the_crossing_are_one_voyage_in_two_lights() -> None:
    """The lantern, the brightest thing, is at the same place in both, second by second; all else is another weather."""
    for second in range(0, 16, 5):
        evening, storm = (picture_at(clip(name), second) for name in ("crossing", WEATHER))
        places = [
            np.unravel_index(cv2.GaussianBlur(p.sum(2), (0, 0), 2).argmax(), p.shape[:2]) for p in (evening, storm)
        ]
        assert np.abs(np.subtract(*places)).max() <= 3
        warmth = [float(p[..., 0].mean() / p[..., 2].mean()) for p in (evening, storm)]
        assert warmth[0] > 1.3 > 0.95 > warmth[1]


def test_the_stems_are_as_long_as_their_scene_and_none_is_silent() -> None:
    for file in STEMS:
        sound = sound_of(file)
        assert 16 * 48_000 <= sound.shape[1] < 16 * 48_000 + 2048
        power = (sound[:, : 16 * 48_000].reshape(2, 16, -1) ** 2).mean((0, 2))
        assert (power > 1e-6).all()
        assert np.abs(sound).max() < 0.99


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_has_no_seam_in_the_picture(name: str) -> None:
    pictures = lumas(clip(name))
    steps = [float(np.abs(b - a).mean()) for a, b in pairwise(pictures)]
    seam = float(np.abs(pictures[0] - pictures[-1]).mean())
    # The first picture is a key frame: it may differ as much as the other key frames do, and no more.
    assert seam < 1.25 * max(steps[29::30])


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_has_no_seam_in_the_sound(name: str) -> None:
    seconds = CLIPS[name][0].seconds
    sound = score.play(name, seconds)
    steps = np.abs(np.diff(sound, axis=0)).max(1)
    assert np.abs(sound[0] - sound[-1]).max() < np.quantile(steps, 0.9999)
    played = sound_of(clip(name))[:, : seconds * 48_000]
    around = np.concatenate([played[:, -4800:], played[:, :4800]], axis=1)
    assert np.abs(np.diff(around, axis=1)).max() < 0.05


def test_nothing_flashes_more_than_three_times_a_second() -> None:
    """The general flash rule of WCAG 2.3.1 on the hardest scene, by blocks: a quarter of the picture must not."""
    pictures = np.stack(lumas(clip("forge"))[::2])
    blocks = pictures.reshape(-1, 9, 10, 16, 10).mean((2, 4)).reshape(len(pictures), -1) ** 2.2
    too_often = [max_flashes(course) > 3 for course in blocks.T]
    assert np.mean(too_often) < 0.25


def max_flashes(course: np.ndarray, a_second: int = 15) -> float:
    """Most pairs of opposite changes of a tenth and more within a second."""
    turns: list[int] = []
    way, low, high = 0, course[0], course[0]
    for number, value in enumerate(course):
        low, high = min(low, value), max(high, value)
        if (way <= 0 and value - low >= 0.1) or (way >= 0 and high - value >= 0.1):
            way = 1 if value - low >= 0.1 and way <= 0 else -1
            low = high = value
            turns.append(number)
    return max((sum(start <= turn < start + a_second for turn in turns) for start in turns), default=0) / 2


def test_the_rule_itself_knows_a_strobe_from_a_breath() -> None:
    time = np.arange(150) / 15
    assert max_flashes(0.4 + 0.3 * np.sin(2 * np.pi * 5 * time)) > 3
    assert max_flashes(0.4 + 0.3 * np.sin(2 * np.pi * 1.2 * time)) <= 3
