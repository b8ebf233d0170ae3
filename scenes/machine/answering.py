"""How a scene that answers while it plays stands at this moment, in words: for whoever watches, not for the story."""

from __future__ import annotations

from collections.abc import Iterator

from scenes.machine.state import StoryState
from scenes.story.story import Story
from scenes.story.wording import describe


def answers_now(story: Story, state: StoryState) -> tuple[str, ...]:
    """The thread on the screen, what each cut away from it stands at, and where drives and stems are."""
    return tuple(_answers(story, state))


def _answers(story: Story, state: StoryState) -> Iterator[str]:
    scene, response = story.scene(state.scene), state.response
    if response.thread:
        yield f"thread {response.thread}" + (f", next {response.asked}" if response.asked else "")
    for cut, began in zip(scene.cut, response.since, strict=False):
        if cut.to != response.thread:
            held = 0.0 if began is None else min(state.clock - began, cut.hold_seconds)
            yield f"{cut.to}: {describe(cut.when)}, {held:.1f} of {cut.hold_seconds:g} s"
    for one, level in zip(scene.drive, response.levels, strict=False):
        yield f"{one.what} {one.at(level):.2f} with {one.follow}"
    heard = next((one.levels for one in state.stems if one.entry == state.entry), ())
    for stem, level in zip(scene.stem, heard, strict=False):
        if stem.follow is not None:
            yield f"{stem.file} to {stem.at(level):.2f} with {stem.follow}"
