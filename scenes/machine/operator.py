"""What people may ask of the story while it runs."""

from __future__ import annotations

from typing import assert_never

from models.mood import Mood
from scenes.machine.branching import Choice, choose
from scenes.machine.command import (
    Attract,
    ForgetTake,
    GoTo,
    Next,
    Pause,
    Reset,
    Resume,
    SetBlackout,
    Start,
    Stop,
    StoryCommand,
)
from scenes.machine.evidence import NOTHING_SEEN
from scenes.machine.replacing import replace
from scenes.machine.state import StoryState
from scenes.machine.transition import Step, as_home, request_scene, unconditional_choice
from scenes.story.story import Story


def obey(story: Story, state: StoryState, mood: Mood, command: StoryCommand) -> Step:
    """The state after one command. One that cannot be met (an unknown or broken scene) changes nothing.

    Whoever moves the film also ends a pause and a stop.
    """
    moving = replace(state, stopped=isinstance(command, Stop), paused=False)
    bound_for = state.pending.scene if state.pending and state.pending.asks else state.scene

    def straight(scene: str) -> Choice:
        return unconditional_choice(story, scene, f"operator ({command.origin})")

    match command:
        case Pause() | Resume():
            return replace(state, paused=isinstance(command, Pause)), ()
        case SetBlackout(on):
            return replace(state, blackout=on), ()
        case GoTo(scene):
            if scene not in story.names or scene in state.failed:
                return state, ()
            ended = _outcome_of_leaving(story, state, scene)
            return request_scene(story, moving, straight(scene), outcome=ended, fresh=not state.in_take)
        case Start():
            if state.in_take or bound_for == story.file.start:
                return moving, ()
            return request_scene(story, moving, straight(story.file.start), fresh=True)
        case Reset():
            return request_scene(story, moving, straight(story.file.start), outcome="operator", fresh=True)
        case Next():
            choice = _next(story, state, mood)
            reason = f"operator ({command.origin}): {choice.reason}"
            return request_scene(story, moving, choice._replace(reason=reason))
        case Stop() | Attract():
            if bound_for == story.file.attract:
                return moving, ()
            return request_scene(story, moving, straight(story.file.attract), outcome="operator")
        case ForgetTake():
            state, cues = request_scene(story, _forgetting(story, moving), straight(story.file.attract))
            told = [signal.told for signal in moving.signals if signal.told]
            return state, (*cues, *(replace(one, value=0.0, level=0.0, known=False) for one in told))
        case _:
            assert_never(command)


def _forgetting(story: Story, state: StoryState) -> StoryState:
    """Without the take that runs: it has no end either, for it never was. How many there were stays a number."""
    memory = state.memory.next_take().drawn(story)
    state = replace(state, in_take=False, visited=False, ending="", memory=memory)
    return replace(state, evidence=NOTHING_SEEN, signals=())


def _outcome_of_leaving(story: Story, state: StoryState, target: str) -> str | None:
    """How the take ends when an operator leads out of the film."""
    return "operator" if state.in_take and target in (story.file.attract, story.file.safe) else None


def _next(story: Story, state: StoryState, mood: Mood) -> Choice:
    """What would be chosen if the scene ended now; where nothing holds, the first way out that was written."""
    home = as_home(story, state)
    first = story.branches(home.scene)[0].to
    return choose(story, home, mood, closing=True) or unconditional_choice(story, first, "the first way out")
