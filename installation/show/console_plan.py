"""The story as the console's pages draw it. Pure."""

from __future__ import annotations

import math
from typing import Literal

from installation.web.document import SceneNode, StoryPlan, Way
from scenes.story.graph import asks
from scenes.story.story import Story

THUMBNAIL_SHARE = 0.4
"""Of a scene, where its thumbnail is taken."""


def plan_of(story: Story, number: int) -> StoryPlan:
    """The story as the graph of the pages; ``number`` counts the stories that ran."""
    file = story.file
    return StoryPlan(
        number=number,
        title=story.title,
        path=str(story.path),
        first=file.start,
        attract=file.attract,
        safe=file.safe,
        scenes=tuple(_node(story, name) for name in story.names),
        moods={name: tuple(labels) for name, labels in file.groups.items()},
    )


def _node(story: Story, name: str) -> SceneNode:
    clip, scene, seconds = story.clip(name), story.scene(name), story.duration(name)
    at = clip.in_seconds + THUMBNAIL_SHARE * seconds if math.isfinite(seconds) else clip.in_seconds
    return SceneNode(
        name=name,
        kind=_kind(story, name),
        seconds=seconds if 0 < seconds < math.inf else None,
        loops=clip.loop,
        ways=tuple(Way(to=branch.to, asks="" if branch.otherwise else asks(branch)) for branch in story.branches(name)),
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
