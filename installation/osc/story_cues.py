"""The OSC messages that a story sends itself, for whoever listens to them."""

from __future__ import annotations

from pathlib import Path

from calibration.errors import BadFile
from installation.osc.decoder import Cues
from installation.osc.encoder import free_message
from scenes.story.salvage import read_story_file


def story_cues(path: Path) -> Cues:
    """Each address that the story in ``path`` sends, with its type tags. Opens no clip. Raises ``BadFile``."""
    story, problems, _ = read_story_file(path)
    if story is None:
        raise BadFile(path, [str(problem) for problem in problems])
    tags: dict[str, set[str]] = {}
    for scene in story.scenes.values():
        for cue in scene.cue:
            if cue.osc is not None:
                message = free_message(cue.osc.address, cue.osc.arguments)
                tags.setdefault(message.path, set()).add(message.tags)
    return {address: frozenset(sent) for address, sent in tags.items()}
