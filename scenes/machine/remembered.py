"""What a take remembers and what was drawn for it, in words; for whoever watches, not for the story."""

from __future__ import annotations

from collections.abc import Iterator

from scenes.machine.rooms import waits_in_words
from scenes.machine.state import StoryState
from scenes.story.story import Story


def remembered(story: Story, state: StoryState) -> tuple[str, ...]:
    """What it waits for; scenes and moods (where a branch asks for them), counters and draws, one after another."""
    return tuple(_words(story, state))


def _words(story: Story, state: StoryState) -> Iterator[str]:
    memory, asked = state.memory, story.asked_memory
    if waits := waits_in_words(story, state):
        yield waits
    if asked.been:
        yield "been: " + (", ".join(_often(name, times) for name, times in memory.been.items()) or "nowhere yet")
    if asked.took:
        yield "took: " + (", ".join(sorted(memory.took)) or "nothing yet")
    yield from (f"{name} = {memory.counters.get(name, 0)}" for name in asked.counters)
    yield from (f"{name} is {memory.draws.get(name, 'not drawn')}" for name in story.file.draws)


def _often(name: str, times: int) -> str:
    return name if times == 1 else f"{name} {times} times"
