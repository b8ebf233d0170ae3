"""What people may ask of the story while it runs."""

from __future__ import annotations

from dataclasses import replace

from models.mood import Mood
from scenes.machine.branching import Choice, choose
from scenes.machine.command import Command
from scenes.machine.state import StoryState
from scenes.machine.transition import Told, as_home, go, straight_to
from scenes.story.story import Story


def obey(story: Story, state: StoryState, mood: Mood, command: Command) -> Told:
    """The state after one wish. One that cannot be met (an unknown or broken scene) changes nothing."""
    match command.name:
        case "pause" | "resume":
            return replace(state, paused=command.name == "pause"), ()
        case "blackout":
            return replace(state, blackout=isinstance(command.value, int | float) and command.value >= 0.5), ()
        case "start" | "stop" | "next" | "reset" | "attract" | "goto":
            return _move(story, state, mood, command)
    return state, ()


def _move(story: Story, state: StoryState, mood: Mood, command: Command) -> Told:
    """Whoever moves the film also ends a pause and a stop."""
    who = f"operator ({command.source})"
    moving = replace(state, stopped=command.name == "stop", paused=False)
    bound_for = state.pending.scene if state.pending else state.scene
    match command.name:
        case "goto":
            if not isinstance(command.value, str) or command.value not in story.names or command.value in state.failed:
                return state, ()
            return go(
                story,
                moving,
                straight_to(story, command.value, who),
                outcome=_given_up(story, state, command.value),
                fresh=not state.in_take,
            )
        case "start":
            if state.in_take or bound_for == story.file.start:
                return moving, ()
            return go(story, moving, straight_to(story, story.file.start, who), fresh=True)
        case "reset":
            return go(story, moving, straight_to(story, story.file.start, who), outcome="operator", fresh=True)
        case "next":
            choice = _next(story, state, mood)
            return go(story, moving, replace(choice, reason=f"{who}: {choice.reason}"))
        case _:  # stop, attract
            if bound_for == story.file.attract:
                return moving, ()
            return go(story, moving, straight_to(story, story.file.attract, who), outcome="operator")


def _given_up(story: Story, state: StoryState, target: str) -> str | None:
    """How the take ends when an operator leads out of the film."""
    return "operator" if state.in_take and target in (story.file.attract, story.file.safe) else None


def _next(story: Story, state: StoryState, mood: Mood) -> Choice:
    """What would be chosen if the scene ended now; where nothing holds, the first way out that was written."""
    home = as_home(story, state)
    first = story.branches(home.scene)[0].to
    return choose(story, home, mood, closing=True) or straight_to(story, first, "the first way out")
