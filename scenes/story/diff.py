"""Two versions of a story, and in words what is different: scenes, ways out, clips, timings."""

from __future__ import annotations

import filecmp
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Literal

from calibration.errors import BadFile
from scenes.story.graph import asks
from scenes.story.media import choice_closes_at, timed_clip
from scenes.story.probe import Unreadable, probe
from scenes.story.salvage import read_story_file
from scenes.story.story_file import Branch, SceneEntry, StoryFile

FILE_KEYS = ("clip", "sound", "description", "captions", "file")
"""Keys of a story that name a file; the same name may stand for another file in the other version."""
SCENE_NAMES = ("start", "attract", "safe", "next", "to", "been")
"""Keys that name a scene, in a story and in its branches."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was."""

    where: str
    """``story``, or as in the file: ``scenes.rain``, ``groups.calm``, ``beds.night``."""
    kind: Literal["added", "removed", "renamed", "changed"]
    words: str


def read_version(path: Path) -> StoryFile:
    """The file of one version, whether its clips are there or not. Raises ``BadFile`` for what is no story."""
    file, problems, _ = read_story_file(path)
    if file is None or problems:
        raise BadFile(path, [str(problem) for problem in problems])
    return file


def differences(old: Path, new: Path) -> tuple[Difference, ...]:
    """What is different in ``new``, in the order of its file. Raises ``BadFile``."""
    before, after = read_version(old), read_version(new)
    renamed = _renamed_scenes(before, after)
    before = _with_names(before, renamed)
    found = list(_changed_keys("story", before, after, without=("scenes", "groups", "beds")))
    found += _changed_tables("groups", before.groups, after.groups)
    found += _changed_tables("beds", before.beds, after.beds)
    called = {name: was for was, name in renamed.items()}
    for name in _in_order(before.scenes, after.scenes):
        if name in called:
            found.append(Difference(f"scenes.{name}", "renamed", f"was called {called[name]}"))
        found += _changed_scene(name, before, after, old.parent, new.parent)
    kept = [name for name in before.scenes if name in after.scenes]
    moved = [name for name in after.scenes if name in before.scenes]
    if kept != moved:
        found.append(Difference("story", "changed", f"the scenes stand in another order: {', '.join(after.scenes)}"))
    return (*found, *_changed_files(before, after, old.parent, new.parent))


def _renamed_scenes(before: StoryFile, after: StoryFile) -> dict[str, str]:
    """Old names by new ones where a scene went and one with the same part of the same clip came."""
    gone = [name for name in before.scenes if name not in after.scenes]
    come = [name for name in after.scenes if name not in before.scenes]

    def part(scene: SceneEntry) -> tuple[object, ...]:
        return scene.clip, scene.in_seconds, scene.out_seconds

    renamed = {}
    for name in gone:
        same = [other for other in come if part(after.scenes[other]) == part(before.scenes[name])]
        rivals = [other for other in gone if part(before.scenes[other]) == part(before.scenes[name])]
        if len(same) == len(rivals) == 1:
            renamed[name] = same[0]
    return renamed


def _with_names(file: StoryFile, renamed: Mapping[str, str]) -> StoryFile:
    """The same story under the new names, so that a name is told once and not at every way that leads there."""
    if not renamed:
        return file

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: walk(item, name) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [walk(item, key) for item in value]
        return renamed.get(value, value) if key in SCENE_NAMES and isinstance(value, str) else value

    raw = walk(file.model_dump(by_alias=True, exclude_unset=True))
    raw["scenes"] = {renamed.get(name, name): scene for name, scene in raw["scenes"].items()}
    return StoryFile.model_validate(raw)


def _in_order(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    return [*after, *(name for name in before if name not in after)]


def _changed_scene(name: str, before: StoryFile, after: StoryFile, old: Path, new: Path) -> Iterator[Difference]:
    where = f"scenes.{name}"
    if name not in before.scenes:
        yield Difference(where, "added", f"new: {_summary(after, name, new)}")
        return
    if name not in after.scenes:
        yield Difference(where, "removed", f"gone: {_summary(before, name, old)}")
        return
    was, now = before.scenes[name], after.scenes[name]
    told_as_thread = ("clip",) if was.thread and now.thread else ()
    yield from _changed_keys(where, was, now, without=("branch", "next", *told_as_thread))
    for words, figure in (("lasts", _seconds), ("its choice closes at", _closes)):
        old_figure, new_figure = figure(before, name, old), figure(after, name, new)
        if None not in (old_figure, new_figure) and old_figure != new_figure:
            yield Difference(where, "changed", f"{words} {new_figure} (was {old_figure})")
    ways = list(_changed_ways(where, _ways(was), _ways(now)))
    if not ways and (was.branch, was.next) != (now.branch, now.next):  # not a thing that is said in words
        ways = list(_changed_items(where, "branch", was.branch, now.branch))
    yield from ways


def _summary(file: StoryFile, name: str, folder: Path) -> str:
    scene = file.scenes[name]
    length = _seconds(file, name, folder)
    ways = "; ".join(_ways(scene)) or ("the end" if scene.end else "")
    return ", ".join(filter(None, (scene.clip, length, ways)))


def _seconds(file: StoryFile, name: str, folder: Path) -> str | None:
    """How long a scene lasts; None where its clip cannot be read."""
    return f"{timed_clip(file, name, folder).seconds:.2f} s" if _readable(folder / file.scenes[name].clip) else None


def _closes(file: StoryFile, name: str, folder: Path) -> str | None:
    scene = file.scenes[name]
    if not _readable(folder / scene.clip):
        return None
    end = timed_clip(file, name, folder).seconds
    if file.loops(name):
        return f"{scene.maximum_seconds:g} s" if scene.maximum_seconds else "no time (a loop)"
    return f"{choice_closes_at(file, name, end):.2f} s"


def _readable(path: Path) -> bool:
    try:
        return probe(path).has_picture
    except Unreadable:
        return False


def _ways(scene: SceneEntry) -> list[str]:
    """The ways out as written, each in words."""
    return [*(_way(branch) for branch in scene.branch), *([f"otherwise -> {scene.next}"] if scene.next else [])]


def _way(branch: Branch) -> str:
    more = branch.model_dump(by_alias=True, exclude_defaults=True, exclude={"to", "when", "otherwise", "weight"})
    return f"{asks(branch)} -> {branch.to}" + (f" with {_inline(more)[2:-2]}" if more else "")


def _changed_ways(where: str, was: list[str], now: list[str]) -> Iterator[Difference]:
    """Ways out that came, went or ask for something else, and their order: the first that holds is taken."""
    gone = [way for way in was if way not in now]
    come = [way for way in now if way not in was]
    for way in come:
        like = next((old for old in gone if _target(old) == _target(way)), None)
        place = f"way out {now.index(way) + 1} of {len(now)}"
        if like is None:
            yield Difference(where, "added", f"new {place}: {way}")
        else:
            gone.remove(like)
            yield Difference(where, "changed", f"{place} is {way} (was {like})")
    yield from (Difference(where, "removed", f"no longer a way out: {way}") for way in gone)
    kept = [way for way in was if way in now]
    if kept != [way for way in now if way in was]:
        yield Difference(where, "changed", f"its ways out are asked in another order: {'; '.join(now)}")


def _target(way: str) -> str:
    return way.partition(" -> ")[2].partition(" ")[0]


def _changed_tables(part: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Groups, beds and all else that stands under names of the author's own."""
    for name in _in_order(before, after):
        where = f"{part}.{name}"
        if name not in before:
            yield Difference(where, "added", f"new: {_inline(after[name])}")
        elif name not in after:
            yield Difference(where, "removed", f"gone: {_inline(before[name])}")
        elif hasattr(after[name], "model_fields_set"):
            yield from _changed_keys(where, before[name], after[name])
        elif before[name] != after[name]:
            yield Difference(where, "changed", f"is {_inline(after[name])} (was {_inline(before[name])})")


def _changed_keys(where: str, before: Any, after: Any, without: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Keys with another value; a list of tables item by item, tables under names of their own one by one."""
    for key, field in type(after).model_fields.items():
        was, now = getattr(before, key), getattr(after, key)
        name = field.alias or key
        if key in without or was == now:
            continue
        if _holds_tables(was) or _holds_tables(now):
            yield from _changed_items(where, name, was, now)
        elif hasattr(now, "model_dump") and hasattr(was, "model_dump"):
            old, new = was.model_dump(by_alias=True), now.model_dump(by_alias=True)
            other = [part for part in new if new[part] != old[part]]
            old, new = ({part: side[part] for part in other} for side in (old, new))
            yield Difference(where, "changed", f"{name} is {_inline(new)} (was {_inline(old)})")
        elif isinstance(now, dict) and isinstance(was, dict):
            yield from _changed_tables(name if where == "story" else f"{where}.{name}", was, now)
        else:
            yield Difference(where, "changed", f"{name} is {_inline(now)} (was {_inline(was)})")


def _holds_tables(value: object) -> bool:
    return isinstance(value, tuple) and any(hasattr(item, "model_fields_set") for item in value)


def _changed_items(where: str, key: str, was: tuple[Any, ...], now: tuple[Any, ...]) -> Iterator[Difference]:
    """A list of cues, threads or the like."""
    old, new = [_inline(item) for item in was], [_inline(item) for item in now]
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        changed = min(i2 - i1, j2 - j1)
        for item, before in zip(new[j1 : j1 + changed], old[i1 : i1 + changed], strict=True):
            yield Difference(where, "changed", f"{key} {item} (was {before})")
        yield from (Difference(where, "added", f"new {key}: {item}") for item in new[j1 + changed : j2])
        yield from (Difference(where, "removed", f"no longer a {key}: {item}") for item in old[i1 + changed : i2])


def _inline(value: object) -> str:
    """A value as it is written in TOML, without what is as it would be anyway."""
    if value is None:
        return "not set"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(item)}" for key, item in value.items()) + " }"
    if hasattr(value, "model_dump"):
        return _inline(value.model_dump(by_alias=True, exclude_defaults=True))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else f'"{value}"' if isinstance(value, str) else str(value)


def _changed_files(before: StoryFile, after: StoryFile, old: Path, new: Path) -> Iterator[Difference]:
    """Files that have kept their names and not their contents."""
    if old.resolve() == new.resolve():
        return
    named = {name: _files(file) for name, file in (("old", before), ("new", after))}
    for name, where in named["new"].items():
        one, other = old / name, new / name
        if name in named["old"] and one.is_file() and other.is_file() and not filecmp.cmp(one, other):
            yield Difference(where, "changed", f"{name} is another file under the same name")


def _files(file: StoryFile) -> dict[str, str]:
    """All files that a story names, each with the first place that names it."""
    found: dict[str, str] = {}

    def walk(value: Any, key: str, where: str) -> None:
        if isinstance(value, dict):
            for name, item in value.items():
                walk(item, name, f"{where}.{name}" if where.count(".") < 1 and where else where or name)
        elif isinstance(value, list | tuple):
            for item in value:
                walk(item, key, where)
        elif key in FILE_KEYS and isinstance(value, str):
            found.setdefault(value, where)

    for part in ("beds", "scenes"):
        walk(file.model_dump(by_alias=True)[part], "", part)
    return found
