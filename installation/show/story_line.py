"""What the journal notes of the story that runs, so that a report knows its film and sees when it was edited."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from scenes.story.story import Story


def story_line(story: Story) -> dict[str, Any]:
    """Title, scenes with the seconds of their clips, and a hash of what the file says (comments do not count)."""
    file = story.file
    return {
        "title": story.title,
        "hash": sha256(file.model_dump_json().encode()).hexdigest()[:8],
        "first": file.start,
        "attract": file.attract,
        "safe": file.safe,
        "scenes": {name: _seconds(story, name) for name in story.names},
        "endings": [name for name in story.names if story.scene(name).end],
    }


def _seconds(story: Story, name: str) -> float | None:
    """Of film in one visit; None: a loop, which plays for as long as it is wanted."""
    return None if story.clip(name).loop else round(story.duration(name), 2)
