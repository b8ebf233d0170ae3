"""Stories in which a visitor loses something by looking away: to be looked at must stay the visitor's choice.

Told, as a warning, is what a story file alone can show:

- a scene that is left only by what a face shows, so that whoever shows nothing, or turns aside, is held there for ever;
- a way back that is taken because nobody looks (``facing`` below, or ``visitors = "absent"`` for a moment only);
- a take that is lost to whoever looks aside for a few seconds (``left.after_seconds``).
"""

from __future__ import annotations

from collections.abc import Iterator

from scenes.story.conditions import When
from scenes.story.problem import Problem
from scenes.story.story_file import StoryFile

ASIDE_SECONDS = 5.0
"""For so long anybody may look aside."""


def check_looking_away(file: StoryFile) -> Iterator[Problem]:
    """Yield what a visitor would lose who looks away or shows nothing."""
    homes = {file.attract, file.safe}
    held = {name for name in file.scenes if name not in homes} - _without_a_face(file)
    traps = [name for name in file.scenes if name in held and not _ways(file, name)]
    for name in traps or sorted(held)[:1]:
        yield Problem(
            f"scenes.{name}",
            "whoever looks away, or whose face says nothing, never comes from here to an end: all ways on ask what a "
            "face shows; add `next`, or a branch with elapsed_seconds",
            fatal=False,
        )
    for name, scene in file.scenes.items():
        for number, branch in enumerate(scene.branch):
            back = branch.to == file.attract or (branch.to in file.scenes and name in _reached(file, branch.to))
            if name not in homes and back and branch.when is not None and _for_looking_away(branch.when):
                yield Problem(
                    f"scenes.{name}.branch.{number}",
                    "leads back because nobody looks: a visitor who looks away loses the way that was gone; let it "
                    f'lead on, or ask for `visitors = "absent"` with for_seconds = {ASIDE_SECONDS:g} or more',
                    fatal=False,
                )
    if file.left.after_seconds < ASIDE_SECONDS:
        yield Problem(
            "left.after_seconds",
            f"whoever looks aside for {file.left.after_seconds:g} s loses the take; {ASIDE_SECONDS:g} or more lets "
            "visitors look where they like",
            fatal=False,
        )


def _without_a_face(file: StoryFile) -> set[str]:
    """Scenes from which a visitor who shows nothing comes to an end, or back to attract."""
    found = {name for name, scene in file.scenes.items() if scene.end} | {file.attract, file.safe}
    grown = True
    while grown:
        more = {name for name in file.scenes if name not in found and found & _ways(file, name)}
        grown, found = bool(more), found | more
    return found


def _ways(file: StoryFile, name: str) -> set[str]:
    """Where a scene may lead whoever is there and shows nothing."""
    scene = file.scenes[name]
    ways = {branch.to for branch in scene.branch if branch.when is None or not _asks_face(branch.when)}
    return ways | ({scene.next} if scene.next else {file.attract} if scene.end else set())


def _asks_face(when: When) -> bool:
    """Whether it cannot hold for a face of which nothing is known."""
    if when.asks_faces or when.took is not None or when.untrusted or when.visitors == "absent":
        return True
    if when.not_ is not None and any(inner.asks_faces for _, inner in when.not_.walk()):
        return True
    return any(map(_asks_face, when.all_ or ())) or (bool(when.any_) and all(map(_asks_face, when.any_ or ())))


def _for_looking_away(when: When) -> bool:
    """Whether it may hold because somebody who is there looks away."""
    asked = [inner for key, inner in when.walk() if "not" not in key.split(".")]
    return any(
        (inner.facing is not None and inner.facing.below is not None)
        or (inner.visitors == "absent" and (inner.for_seconds or 0.0) < ASIDE_SECONDS)
        for inner in asked
    )


def _reached(file: StoryFile, first: str) -> set[str]:
    """All scenes that can be come to from ``first``, itself too, without beginning anew."""
    found: set[str] = set()
    todo = [first]
    while todo:
        name = todo.pop()
        if name in file.scenes and name not in found and name not in (file.attract, file.safe):
            found.add(name)
            scene = file.scenes[name]
            todo += [branch.to for branch in scene.branch] + ([scene.next] if scene.next else [])
    return found
