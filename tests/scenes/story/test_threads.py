"""Threads, cuts and drives as an author writes them: what is wrong is told, all at once, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.errors import BadFile
from scenes.story.story import Story, load_story
from tests.clips import make_clip, make_sound, make_still

TABLE = """
title = "Table"
start = "table"
attract = "lamp"
safe = "lamp"
[groups]
dark = ["sadness", "fear", "anger"]
[scenes.lamp]
clip = "lamp.png"
minimum_seconds = 5
[scenes.table]
next = "lamp"
decide_before_end_seconds = 0.1
"""
THREAD = '[[scenes.table.thread]]\nname = "{}"\nclip = "{}"\n'
GOOD = THREAD.format("she", "she.mp4") + THREAD.format("he", "he.mp4")
CUT = '[[scenes.table.cut]]\nto = "he"\nwhen = { mood = "dark" }\n'
DRIVE = '[[scenes.table.drive]]\nwhat = "brightness"\nfollow = { mood = "dark" }\nfrom = 1\nto = 0.2\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("table")
    make_still(folder / "lamp.png")
    for name in ("she", "he"):
        make_clip(folder / f"{name}.mp4")
    make_clip(folder / "long.mp4", seconds=3.0)
    make_clip(folder / "quick.mp4", fps=20)
    make_clip(folder / "talk.mp4", sound=True)
    make_sound(folder / "tone.ogg")
    return folder


def load(folder: Path, text: str, forgive: bool = False) -> Story:
    return load_story(folder / "story.toml", text=TABLE + text, forgive_clips=forgive)


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(BadFile) as refused:
        load(folder, text)
    return refused.value.problems


def test_a_scene_with_threads_is_a_story(folder: Path) -> None:
    story = load(folder, "cut_points_seconds = [0.5, 1]\n" + GOOD + CUT + DRIVE)
    clip = story.clip("table")
    assert [(one.thread, one.file.name) for one in (clip, *clip.threads)] == [("she", "she.mp4"), ("he", "he.mp4")]
    assert story.duration("table") == pytest.approx(2.0)
    assert not clip.own_sound
    assert story.warnings == ()


def test_threads_may_begin_elsewhere_in_their_files(folder: Path) -> None:
    later = THREAD.format("he", "long.mp4") + "in_seconds = 1.5\n"
    clip = load(folder, "in_seconds = 0.5\nout_seconds = 1.5\n" + THREAD.format("she", "she.mp4") + later).clip("table")
    assert [(one.in_seconds, one.out_seconds) for one in (clip, *clip.threads)] == [(0.5, 1.5), (1.5, 2.5)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            THREAD.format("she", "she.mp4") + THREAD.format("he", "long.mp4"),
            "scenes.table.thread.1: long.mp4 has 3.00 s from 0 s on, and the scene 2.00 s (she); threads must be "
            "equally long: cut one, or set out_seconds",
        ),
        (
            "out_seconds = 2.5\n" + THREAD.format("she", "long.mp4") + THREAD.format("he", "he.mp4"),
            "scenes.table.thread.1: he.mp4 has 2.00 s from 0 s on, and the scene 2.50 s (she); threads must be "
            "equally long: cut one, or set out_seconds",
        ),
        (
            "out_seconds = 1\n"
            + THREAD.format("she", "she.mp4")
            + "in_seconds = 1.5\n"
            + THREAD.format("he", "he.mp4"),
            "scenes.table.thread.0: nothing is left of she.mp4 from 1.5 s to the scene's out_seconds",
        ),
        (
            THREAD.format("she", "she.mp4") + THREAD.format("he", "quick.mp4"),
            "scenes.table.thread.1.clip: quick.mp4 has 20 pictures a second, and she.mp4 10; threads need the same "
            "rate (chiaro convert)",
        ),
        (
            THREAD.format("she", "she.mp4") + THREAD.format("he", "lamp.png"),
            "scenes.table.thread.1.clip: lamp.png is a picture; threads must be films, so that they run in step",
        ),
        (
            THREAD.format("she", "she.mp4"),
            "scenes.table.thread: there is only one; a scene has 2 or 3 threads, or a `clip`",
        ),
        ('clip = "long.mp4"\n' + GOOD, "scenes.table.clip: the first thread is the scene's clip; remove `clip`"),
        (
            GOOD + THREAD.format("he", "she.mp4"),
            "scenes.table.thread: 2 threads are called 'he'; give each a name of its own",
        ),
        (
            GOOD + CUT.replace('"he"', '"hee"'),
            "scenes.table.cut.0.to: no thread of this scene is called 'hee'; did you mean 'he'?",
        ),
        (
            GOOD + CUT.replace('"dark"', '"drak"'),
            "scenes.table.cut.0.when.mood: no emotion or group is called 'drak'; did you mean 'dark'?",
        ),
        (
            GOOD + CUT.replace("}", ", share = 0.5 }"),
            "scenes.table.cut.0.when.share: is about a listening window, and a cut asks how it is now; use "
            "hold_seconds of the cut",
        ),
        (
            GOOD + CUT.replace("{ mood", "{ not = { valence = { rises_by = 0.2 } }, mood"),
            "scenes.table.cut.0.when.not.valence.rises_by: is about a listening window, and a cut asks how it is now; "
            "use hold_seconds of the cut",
        ),
        (
            GOOD + CUT + "hold_seconds = 0\n",
            "scenes.table.cut.0.hold_seconds: must be above 0, or one analysed frame could cut the film",
        ),
        (
            "cut_points_seconds = [1, 2]\n" + GOOD,
            "scenes.table.cut_points_seconds.1: must be before the scene's end, at 2.00 s (given: 2)",
        ),
        ('clip = "she.mp4"\n' + CUT, "scenes.table.cut: needs threads; add two or three `[[scenes.NAME.thread]]`"),
        (
            'sound = "tone.ogg"\nthread_sound = "own"\n' + GOOD,
            "scenes.table.thread_sound: `sound` replaces the threads' own sound; remove one of the two",
        ),
        (
            GOOD + DRIVE + DRIVE.replace("0.2", "0.5"),
            "scenes.table.drive: 2 drives move the brightness; keep one",
        ),
        (
            GOOD + DRIVE.replace("to = 0.2", "to = 2"),
            "scenes.table.drive.0: to must be from 0 to 1 for brightness (given: 2)",
        ),
        (
            GOOD + DRIVE.replace('{ mood = "dark" }', '{ signal = "heart" }'),
            "scenes.table.drive.0.follow.signal: no signal is called 'heart'; [signals] has none",
        ),
        (
            'clip = "talk.mp4"\n' + DRIVE.replace('"brightness"', '"rate"').replace("0.2", "0.9"),
            "scenes.table.drive.0.what: cannot move the rate, because talk.mp4 has sound, which would no longer be in "
            "step; remove the sound (or volume = 0), or use a bed",
        ),
        (
            GOOD
            + DRIVE.replace('"brightness"', '"rate"').replace("0.2", "0.9")
            + '[[scenes.table.stem]]\nfile = "tone.ogg"\n',
            "scenes.table.drive.0.what: cannot move the rate, because tone.ogg has sound, which would no longer be in "
            "step; remove the sound (or volume = 0), or use a bed",
        ),
        (
            GOOD + "[[scenes.lamp.drive]]\n" + DRIVE.partition("\n")[2],
            "scenes.lamp.drive: the safe scene must work when all else fails; give it one `clip` and no drives",
        ),
    ],
)
def test_what_cannot_be_is_told_with_what_to_do(folder: Path, text: str, told: str) -> None:
    assert problems(folder, text) == [told]


def test_the_rate_may_move_where_nothing_is_heard_in_step(folder: Path) -> None:
    rate = DRIVE.replace('"brightness"', '"rate"').replace("0.2", "0.9")
    load(folder, GOOD + rate)
    load(folder, 'clip = "talk.mp4"\nvolume = 0\n' + rate)
    load(folder, THREAD.format("she", "she.mp4") + THREAD.format("he", "talk.mp4") + rate)
    own = 'thread_sound = "own"\n' + THREAD.format("she", "she.mp4") + THREAD.format("he", "talk.mp4") + rate
    assert "talk.mp4 has sound" in problems(folder, own)[0]


def test_stems_are_the_scenes_and_not_those_of_each_thread(folder: Path) -> None:
    stems = "".join(
        f'[[scenes.table.stem]]\nfile = "tone.ogg"\nfollow = {{ mood = "{m}" }}\n' for m in ("dark", "fear")
    )
    clip = load(folder, GOOD + stems).clip("table")
    assert len(clip.stems) == 2
    assert [one.stems for one in clip.threads] == [()]


def test_in_the_morning_a_scene_goes_on_without_a_thread_that_is_missing(folder: Path) -> None:
    text = THREAD.format("she", "away.mp4") + THREAD.format("he", "he.mp4") + THREAD.format("dog", "she.mp4")
    assert problems(folder, text)[0].startswith("scenes.table.thread.0.clip: away.mp4: ")
    story = load(folder, text, forgive=True)
    clip = story.clip("table")
    assert [one.thread for one in (clip, *clip.threads)] == ["he", "dog"]
    assert story.duration("table") == pytest.approx(2.0)
    assert story.unplayable == frozenset()
    none = load(folder, text.replace("he.mp4", "x.mp4").replace("she.mp4", "y.mp4"), forgive=True)
    assert none.unplayable == {"table"}


def test_all_faults_of_threads_are_told_at_once(folder: Path) -> None:
    text = (
        THREAD.format("She", "she.mp4")
        + THREAD.format("he", "he.mp4").replace("clip", "clp")
        + CUT.replace("when", "wen")
        + DRIVE.replace("brightness", "colour")
    )
    found = " ".join(problems(folder, text))
    for part in (
        "thread.0.name: must start with a letter",
        "thread.1.clp: unknown key; did you mean 'clip'?",
        "cut.0.when: is missing",
        "drive.0.what",
    ):
        assert part in found
