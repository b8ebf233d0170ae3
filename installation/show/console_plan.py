"""The story as the console's pages draw it. Pure."""

from __future__ import annotations

import math
from collections import deque
from typing import Literal

from installation.web.document import SceneNode, StoryPlan, Way
from scenes.story.graph import asks
from scenes.story.story import Story

THUMBNAIL_SHARE = 0.4
"""Of a scene, where its thumbnail is taken."""


def plan_of(story: Story, number: int) -> StoryPlan:
    """The story as the graph of the pages; ``number`` counts the stories that ran."""
    file, columns = story.file, columns_of(story)
    return StoryPlan(
        number=number,
        title=story.title,
        path=str(story.path),
        first=file.start,
        attract=file.attract,
        safe=file.safe,
        scenes=tuple(_node(story, name, columns[name]) for name in story.names),
        moods={name: tuple(labels) for name, labels in file.groups.items()},
    )


def columns_of(story: Story) -> dict[str, int]:
    """For the drawing: attract and what nothing leads to in column 0, the rest by how many choices lead there."""
    found, waiting = {story.file.attract: 0, story.file.start: 1}, deque([story.file.start])
    while waiting:
        name = waiting.popleft()
        for branch in story.branches(name):
            if branch.to not in found:
                found[branch.to] = found[name] + 1
                waiting.append(branch.to)
    return {name: found.get(name, 0) for name in story.names}


def _node(story: Story, name: str, column: int) -> SceneNode:
    clip, scene, seconds = story.clip(name), story.scene(name), story.duration(name)
    at = clip.in_seconds + THUMBNAIL_SHARE * seconds if math.isfinite(seconds) else clip.in_seconds
    return SceneNode(
        name=name,
        kind=_kind(story, name),
        seconds=seconds if 0 < seconds < math.inf else None,
        loops=clip.loop,
        ways=tuple(Way(to=branch.to, asks="" if branch.otherwise else asks(branch)) for branch in story.branches(name)),
        column=column,
        file="" if scene.is_course or name in story.unplayable else str(clip.file),
        thumbnail_at=at,
    )


def _kind(story: Story, name: str) -> Literal["scene", "attract", "safe", "ending", "course"]:
    if name == story.file.attract:
        return "attract"
    if story.scene(name).is_course:
        return "course"
    if story.scene(name).end:
        return "ending"
    return "safe" if name == story.file.safe else "scene"
