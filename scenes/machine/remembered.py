"""What a take remembers and what was drawn for it, in words; for whoever watches, not for the story."""

from __future__ import annotations

from collections.abc import Iterator

from scenes.machine.state import StoryState
from scenes.story.story import Story


def remembered(story: Story, state: StoryState) -> tuple[str, ...]:
    """Scenes and moods (where a branch asks for them), counters and draws, one after another."""
    return tuple(_words(story, state))


def _words(story: Story, state: StoryState) -> Iterator[str]:
    memory = state.memory
    ways = [way.when for scene in story.file.scenes.values() for way in scene.branch]
    cuts = [cut.when for scene in story.file.scenes.values() for cut in scene.cut]
    asked = [one for when in (*ways, *cuts) if when for _, one in when.walk()]
    if any(one.been for one in asked):
        yield "been: " + (", ".join(_often(name, times) for name, times in memory.been.items()) or "nowhere yet")
    if any(one.took for one in asked):
        yield "took: " + (", ".join(sorted(memory.took)) or "nothing yet")
    counters = dict.fromkeys(name for scene in story.file.scenes.values() for name in (*scene.set, *scene.add))
    yield from (f"{name} = {memory.counters.get(name, 0)}" for name in counters)
    yield from (f"{name} is {memory.draws.get(name, 'not drawn')}" for name in story.file.draws)


def _often(name: str, times: int) -> str:
    return name if times == 1 else f"{name} {times} times"
