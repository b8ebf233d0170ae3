"""Checks that span several keys of a story: names, moods, roles of scenes, ways in and out. Media: ``media.py``."""

from __future__ import annotations

from collections.abc import Iterator

from calibration.files import did_you_mean
from models.labels import LABELS
from scenes.story.asked_signals import every_signal
from scenes.story.condition_checks import Known, check_condition, unknown_word
from scenes.story.course_checks import check_course, check_words
from scenes.story.follow import check_follow
from scenes.story.lamps import check_lamps
from scenes.story.looking_away import check_looking_away
from scenes.story.problem import Problem
from scenes.story.room_checks import check_rooms
from scenes.story.salvage import BLANK
from scenes.story.signals import check_signals
from scenes.story.story_file import Branch, SceneEntry, StoryFile
from scenes.story.thread_checks import check_threads

RESERVED_ADDRESSES = (
    "frame",
    "count",
    "mood",
    "visitor",
    "event",
    "scene",
    "eye",
    "health",
    "info",
    "control",
    "reply",
)
"""First parts of the addresses that the show itself sends or receives (see the OSC registry)."""
RESERVED_NAMES = ("none",)


def check_structure(file: StoryFile, damaged: frozenset[str] = frozenset()) -> Iterator[Problem]:
    """Yield every problem that can be found without opening a media file.

    ``damaged`` are scenes with keys that could not be read; problems that may only follow from that are left out.
    """
    known, signals = (*file.scenes, *damaged), every_signal(file)
    for key, name in (("start", file.start), ("attract", file.attract), ("safe", file.safe), ("left.to", file.left.to)):
        yield from _check_scene_exists(key, name, known)
    yield from _check_roles(file)
    yield from _check_groups(file)
    yield from check_signals({name: entry for name, entry in file.signals.items() if name not in damaged})
    yield from check_rooms(file, signals)
    yield from check_words(file)
    for name, scene in file.scenes.items():
        key = f"scenes.{name}"
        if name in RESERVED_NAMES:
            yield Problem(key, f"{name!r} is reserved: receivers read it as 'no scene'. Choose another name")
        yield from _check_scene_exists(f"{key}.next", scene.next, known)
        if scene.bed is not None and scene.bed not in file.beds:
            yield Problem(f"{key}.bed", f"no bed is called {scene.bed!r}{did_you_mean(scene.bed, list(file.beds))}")
        for number, stem in enumerate(scene.stem):
            if stem.follow is not None:
                yield from check_follow(f"{key}.stem.{number}.follow", stem.follow, file.groups, signals)
        for number, branch in enumerate(scene.branch):
            yield from _check_branch(file, name, f"{key}.branch.{number}", branch, Known(known, signals))
        for number, cue in enumerate(scene.cue):
            if cue.osc is not None and cue.osc.address.split("/")[1] in RESERVED_ADDRESSES:
                place, first = f"{key}.cue.{number}.osc.address", cue.osc.address.split("/")[1]
                yield Problem(
                    place,
                    f"/{first}/... is reserved for the show; choose another address, such as /cue{cue.osc.address}",
                )
        yield from check_threads(file, name, signals)
        yield from check_lamps(key, scene.lamp)
        for number, lamp in enumerate(scene.lamp):
            yield from check_follow(f"{key}.lamp.{number}.follow", lamp.follow, file.groups, signals)
        yield from check_course(file, name)
        if name not in damaged and not (scene.end and name in (file.attract, file.safe)):
            yield from _check_exits(file, name, scene)
    yield from _check_reachable(file)
    yield from _check_time_to_leave(file)
    if not damaged:
        yield from check_looking_away(file)


def _check_scene_exists(key: str, name: str | None, known: tuple[str, ...]) -> Iterator[Problem]:
    if name is not None and name != BLANK and name not in known:
        yield Problem(key, f"no scene is called {name!r}{did_you_mean(name, known)}")


def _check_roles(file: StoryFile) -> Iterator[Problem]:
    for key, name in (("start", file.start), ("left.to", file.left.to)):
        if name != BLANK and name == (file.attract if key == "start" else file.start):
            yield Problem(
                key, f"{name!r} is also `{'attract' if key == 'start' else 'start'}`; name two different scenes"
            )
    for key, name in (("attract", file.attract), ("safe", file.safe)):
        if name in file.scenes and file.scenes[name].end:
            yield Problem(
                f"scenes.{name}.end", f"{name!r} is the story's `{key}` scene, so it cannot be an end; remove `end`"
            )


def _check_groups(file: StoryFile) -> Iterator[Problem]:
    for group, labels in file.groups.items():
        key = f"groups.{group}"
        if group in LABELS:
            yield Problem(key, f"{group!r} is the name of an emotion; give the group another name")
        if not labels:
            yield Problem(key, "is empty; list at least one of " + ", ".join(LABELS))
        for label in dict.fromkeys(labels):
            if label not in LABELS and label != BLANK:
                yield Problem(key, unknown_word(label, LABELS, "emotion"))
            elif labels.count(label) > 1 and label != BLANK:
                yield Problem(key, f"lists {label!r} twice; remove one")


def _check_branch(file: StoryFile, scene: str, key: str, branch: Branch, known: Known) -> Iterator[Problem]:
    yield from _check_scene_exists(f"{key}.to", branch.to, known.scenes)
    if branch.when is None:
        return
    at_once = "an immediate branch" if branch.immediately else "a loop without maximum_seconds"
    if not is_immediate(file, scene, branch):
        at_once = ""
    yield from check_condition(file, scene, f"{key}.when", branch.when, at_once, known)


def is_endless(file: StoryFile, name: str) -> bool:
    """Whether the scene has no last frame: it loops (attract and safe always do) and has no ``maximum_seconds``."""
    return file.loops(name) and file.scenes[name].maximum_seconds is None


def is_immediate(file: StoryFile, name: str, branch: Branch) -> bool:
    """Whether the branch is taken as soon as its conditions hold, without waiting for the last frame."""
    return branch.immediately or (branch.when is not None and is_endless(file, name))


def _check_exits(file: StoryFile, name: str, scene: SceneEntry) -> Iterator[Problem]:
    key, endless = f"scenes.{name}", is_endless(file, name)
    otherwise = [f"{key}.branch.{number}" for number, branch in enumerate(scene.branch) if branch.otherwise]
    always = [number for number, branch in enumerate(scene.branch) if branch.when is None and branch.weight]
    for number, branch in enumerate(scene.branch):
        if always and number > always[0] and branch.weight is None:
            yield Problem(
                f"{key}.branch.{number}",
                f"is never taken, because {key}.branch.{always[0]} before it holds always; put it first, or give it a "
                "weight",
            )
    if always and scene.next is not None:
        yield Problem(f"{key}.next", f"is never taken, because {key}.branch.{always[0]} holds always; remove it")
    if scene.next is not None and otherwise:
        yield Problem(f"{key}.next", f"repeats {otherwise[0]}, which has `otherwise`; remove one of the two")
    if otherwise and not scene.branch[-1].otherwise:
        yield Problem(otherwise[0], "the branch with `otherwise` must be the last; move it to the end of the list")
    if scene.next is not None:
        otherwise.append(f"{key}.next")
    to_course = scene.next in file.scenes and file.scenes[scene.next].is_course and not scene.branch
    if scene.end and (scene.branch or scene.next) and not to_course:
        yield Problem(
            f"{key}.end", "an end cannot have branches or `next`, since attract follows it; remove them or `end`"
        )
    elif scene.end and endless:
        yield Problem(f"{key}.loop", "an end that loops never ends; set maximum_seconds")
    elif endless and (otherwise or always):
        where = otherwise[0] if otherwise else f"{key}.branch.{always[0]}"
        yield Problem(where, "is never taken, because the scene loops for ever; set maximum_seconds")
    if scene.end or name in (file.attract, file.safe):
        return
    if endless and not scene.branch:
        yield Problem(key, "has no way out and loops for ever; add a branch, or maximum_seconds and `next`")
    if not endless and not otherwise and not always:
        yield Problem(key, 'has no way out when no branch holds; add `next = "..."` or `end = true`')


def _check_reachable(file: StoryFile) -> Iterator[Problem]:
    """Warn of scenes that no visitor can reach; an operator still can, so the show runs."""
    found, todo = {file.safe}, [file.attract, file.start, file.left.to or file.attract]
    while todo:
        name = todo.pop()
        if name in file.scenes and name not in found:
            found.add(name)
            scene = file.scenes[name]
            todo += [branch.to for branch in scene.branch] + ([scene.next] if scene.next else [])
    for name in file.scenes:
        if name not in found:
            yield Problem(
                f"scenes.{name}",
                "no branch leads here, so no visitor will see it; add a branch or remove the scene",
                fatal=False,
            )


def _check_time_to_leave(file: StoryFile) -> Iterator[Problem]:
    scene = file.scenes.get(file.attract)
    if scene is not None and not scene.minimum_seconds and not scene.branch:
        why = "a visitor who stays after an end starts again at once; set minimum_seconds to give them time to leave"
        yield Problem(f"scenes.{file.attract}", why, fatal=False)
