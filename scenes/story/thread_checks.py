"""Checks of threads, cuts and drives that need no media file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from calibration.files import did_you_mean
from scenes.story.condition_checks import Known, check_condition
from scenes.story.follow import check_follow
from scenes.story.problem import Problem
from scenes.story.salvage import BLANK
from scenes.story.signals import SignalEntry
from scenes.story.story_file import SceneEntry, StoryFile
from scenes.story.threads import Cut

OF_A_WINDOW = ("share", "held_seconds", "rises_by")
"""Conditions that only a listening window can answer."""


def check_threads(file: StoryFile, name: str, signals: Mapping[str, SignalEntry]) -> Iterator[Problem]:
    """Threads, cuts and drives of one scene."""
    scene, key = file.scenes[name], f"scenes.{name}"
    names = [one.name for one in scene.thread]
    if len(names) == 1:
        yield Problem(f"{key}.thread", "there is only one; a scene has 2 or 3 threads, or a `clip`")
    if names and scene.clip != scene.thread[0].clip:
        yield Problem(f"{key}.clip", "the first thread is the scene's clip; remove `clip`")
    for one, times in Counter(names).items():
        if times > 1 and BLANK not in (thread.clip for thread in scene.thread):
            yield Problem(f"{key}.thread", f"{times} threads are called {one!r}; give each a name of its own")
    if not names:
        for option in ("cut", "cut_points_seconds", "thread_sound"):
            if option in scene.model_fields_set:
                yield Problem(f"{key}.{option}", "needs threads; add two or three `[[scenes.NAME.thread]]`")
    if scene.sound is not None and scene.thread_sound == "own":
        yield Problem(f"{key}.thread_sound", "`sound` replaces the threads' own sound; remove one of the two")
    for number, cut in enumerate(scene.cut if names else ()):
        yield from _check_cut(file, name, f"{key}.cut.{number}", cut, names, signals)
    yield from _check_drives(file, name, scene, signals)


def _check_cut(
    file: StoryFile, name: str, key: str, cut: Cut, names: list[str], signals: Mapping[str, SignalEntry]
) -> Iterator[Problem]:
    if cut.to not in (BLANK, *names):
        hint = did_you_mean(cut.to, names) or "; expected one of " + ", ".join(names)
        yield Problem(f"{key}.to", f"no thread of this scene is called {cut.to!r}{hint}")
    yield from check_condition(file, name, f"{key}.when", cut.when, "", Known(tuple(file.scenes), signals))
    faces = False
    for place, when in cut.when.walk(f"{key}.when"):
        faces = faces or when.asks_faces
        for part, asked in (("", when), *((f".{one}", level) for one, level in when.levels.items())):
            for option in OF_A_WINDOW:
                if getattr(asked, option, None) is not None:
                    why = "is about a listening window, and a cut asks how it is now; use hold_seconds of the cut"
                    yield Problem(f"{place}{part}.{option}", why)
    if faces and cut.hold_seconds == 0:
        yield Problem(f"{key}.hold_seconds", "must be above 0, or one analysed frame could cut the film")


def _check_drives(
    file: StoryFile, name: str, scene: SceneEntry, signals: Mapping[str, SignalEntry]
) -> Iterator[Problem]:
    key = f"scenes.{name}"
    if name == file.safe and (scene.thread or scene.drive):
        part = "thread" if scene.thread else "drive"
        yield Problem(f"{key}.{part}", "the safe scene must work when all else fails; give it one `clip` and no drives")
    for what, times in Counter(one.what for one in scene.drive).items():
        if times > 1:
            yield Problem(f"{key}.drive", f"{times} drives move the {what}; keep one")
    for number, one in enumerate(scene.drive):
        yield from check_follow(f"{key}.drive.{number}.follow", one.follow, file.groups, signals)
