"""Checks of scenes that draw the visitor's course, and of the words that it uses."""

from __future__ import annotations

from collections.abc import Iterator

from calibration.files import did_you_mean
from models.labels import LABELS
from scenes.story.problem import Problem
from scenes.story.story_file import StoryFile

OF_A_COURSE = {
    *("kind", "course_seconds", "sound", "volume", "bed", "transition", "minimum_seconds"),
    *("decide_before_end_seconds", "branch", "next", "end", "cue", "lamp", "set", "add"),
}
"""Keys of a scene that mean something where nothing is played."""


def check_course(file: StoryFile, name: str) -> Iterator[Problem]:
    """Yield the keys of scene ``name`` that its kind has no use for."""
    scene, key = file.scenes[name], f"scenes.{name}"
    if not scene.is_course:
        if scene.course_seconds is not None:
            yield Problem(f"{key}.course_seconds", 'belongs to a scene with `kind = "course"`; remove it')
        return
    for given in sorted(scene.model_fields_set - OF_A_COURSE):
        if given != "clip" or scene.clip:
            yield Problem(f"{key}.{given}", "a course draws itself and plays no clip; remove this key")
    if name in (file.start, file.attract, file.safe):
        role = next(role for role in ("start", "attract", "safe") if getattr(file, role) == name)
        why = f"there is no way to draw yet in the story's `{role}` scene; give it a clip"
        yield Problem(f"{key}.kind", why)


def check_words(file: StoryFile) -> Iterator[Problem]:
    """Yield the words for what is neither a scene nor a mood of the story."""
    known = (*file.scenes, *file.groups, *LABELS)
    for language, words in file.words.items():
        for name in words:
            if name not in known:
                hint = did_you_mean(name, known) or "; expected the name of a scene, a group or an emotion"
                yield Problem(f"words.{language}.{name}", f"no scene or mood is called {name!r}{hint}")
