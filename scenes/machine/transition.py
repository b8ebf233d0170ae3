"""Going from scene to scene: what is asked of the player, and what that means for the visitor's take."""

from __future__ import annotations

from typing import Literal

from models.mood import Mood
from scenes.machine.branching import Choice, choose, fallback_for
from scenes.machine.cue import Branched, Cue, Play, TakeEnded
from scenes.machine.replacing import replace
from scenes.machine.state import Pending, StoryState
from scenes.story.story import Story

Step = tuple[StoryState, tuple[Cue, ...]]


def is_home(story: Story, state: StoryState) -> bool:
    """The scene that waits for visitors: attract, or safe in its place when attract's clip is broken."""
    return state.scene == story.file.attract or (state.scene == story.file.safe and story.file.attract in state.failed)


def as_home(story: Story, state: StoryState) -> StoryState:
    """The state with the branches that count: a home waits as attract does, whichever scene it is."""
    stands_in = state.scene != story.file.attract and is_home(story, state)
    return replace(state, scene=story.file.attract) if stands_in else state


def ending_of(story: Story, state: StoryState) -> str:
    """The scene that a take ends with: the one on the screen, or the one before it where that draws the course."""
    return (state.ending or state.scene) if story.scene(state.scene).is_course else state.scene


def request_scene(
    story: Story,
    state: StoryState,
    choice: Choice,
    at: Literal["now", "end"] = "now",
    outcome: str | None = None,
    fresh: bool = False,
) -> Step:
    """Ask the player for a scene, or for its replacement where it cannot be played.

    ``outcome``: how the running take ends. ``fresh``: a new take begins, whatever plays now.
    """
    scene = fallback_for(story, choice.to, state.failed)
    if scene is None:
        ended = (TakeEnded(state.take, "fault"),) if state.in_take else ()
        memory = state.memory.next_take() if state.in_take else state.memory
        return replace(state, pending=None, fault=True, in_take=False, memory=memory), ended
    waits = scene in (story.file.attract, story.file.safe)
    if waits and state.in_take and outcome is None:
        outcome = ending_of(story, state) if scene == choice.to else "fault"
    at_home = state.scene in (story.file.attract, story.file.safe)
    begins = not waits and (fresh or (at_home and not state.in_take))
    transition = choice.transition if scene == choice.to else story.scene(scene).transition.transition
    entry = state.last_entry + 1
    pending = Pending(entry, scene, at, transition, begins, outcome, state.clock, moods=choice.moods, way=choice.way)
    return replace(state, pending=pending, last_entry=entry), (
        Branched(state.scene, scene, choice.reason, choice.emotion, choice.confidence),
        Play(entry, scene, at, transition),
    )


def request_chosen(story: Story, state: StoryState, choice: Choice, at: Literal["now", "end"] = "now") -> Step:
    """Ask the player for the scene that a branch leads to; one that waits for other rooms is not asked for yet."""
    state, cues = request_scene(story, state, choice, at)
    asked = state.pending
    if asked is None or not (story.scene(asked.scene).wait_for or story.scene(asked.scene).together):
        return state, cues
    return replace(state, pending=replace(asked, asks=0)), tuple(cue for cue in cues if not isinstance(cue, Play))


def unconditional_choice(story: Story, name: str, reason: str) -> Choice:
    """A choice that no branch made."""
    return Choice(name, story.scene(name).transition.transition, reason)


def close_choice(story: Story, state: StoryState, mood: Mood, waits: bool, stopped_film: bool) -> Step:
    """The choice is closed: on the last frame, or at once where there is none to wait for.

    ``waits``: for somebody to ask, in attract. ``stopped_film``: the player says that the film has ended, or it stands
    still.
    """
    choice = None if waits else choose(story, as_home(story, state), mood, closing=True)
    if choice is None:
        choice = unconditional_choice(story, story.file.attract, "the film stopped" if stopped_film else "otherwise")
    at_once = stopped_film or story.clip(state.scene).loop
    return request_chosen(story, state, choice, "now" if at_once else "end")
