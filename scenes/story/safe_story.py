"""The safe scene alone, as a story: what can still be shown of one that cannot be used."""

from __future__ import annotations

from pathlib import Path

from calibration.errors import BadFile
from calibration.files import read_text
from scenes.story.media import check_media, timed_clip
from scenes.story.salvage import BLANK, read_story_file
from scenes.story.story import Story
from scenes.story.story_file import Change, SceneEntry, StoryFile

ROUND_SECONDS = 30.0
"""The scene begins anew this often: where a scene begins, a story that was mended takes over."""


def safe_story(path: Path) -> Story | None:
    """The safe scene of the story in ``path``, round and round, without visitors or moods.

    None if the file does not tell which it is, or its clip cannot be played.
    """
    path = path.resolve()
    try:
        text = read_text(path)
        file, _, _ = read_story_file(path, text)
    except BadFile:
        return None
    if file is None or file.safe not in file.scenes or file.scenes[file.safe].clip == BLANK:
        return None
    name, whole = file.safe, file.scenes[file.safe]
    scene = SceneEntry(
        **whole.model_dump(
            include={"clip", "in_seconds", "out_seconds", "sound", "sound_in_seconds", "volume"}, exclude_unset=True
        ),
        transition=Change(kind="crossfade", seconds=1.0),
        maximum_seconds=ROUND_SECONDS,
        next=name,
    )
    alone = StoryFile(title=file.title, start=name, attract=name, safe=name, scenes={name: scene})
    problems = check_media(alone, path.parent)
    if any(problem.fatal and (problem.unplayable or not problem.forgivable) for problem in problems):
        return None
    return Story(path, alone, {name: timed_clip(alone, name, path.parent)}, text=text)
