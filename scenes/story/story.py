"""A story that was found good: what the state machine and the player need to know of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from calibration.errors import BadFile
from models.labels import LABELS
from scenes.story.checks import check_structure, is_immediate
from scenes.story.clip import Bed, Clip
from scenes.story.media import TimedClip, check_media, choice_closes_at, timed_clip
from scenes.story.problem import Problem
from scenes.story.salvage import read_story_file
from scenes.story.story_file import Branch, SceneEntry, StoryFile, TimedCue, When


@dataclass(frozen=True, slots=True)
class SceneTimes:
    """The moments of a scene, in film time."""

    end: float
    close: float
    window: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Story:
    """A story with the lengths of its clips. Made by ``load_story``."""

    path: Path
    file: StoryFile
    clips: Mapping[str, TimedClip]
    warnings: tuple[Problem, ...] = ()
    """What ``check`` tells and the show survives."""
    unplayable: frozenset[str] = frozenset()
    """Scenes whose clip could not be read when the story was loaded with ``forgive_clips``."""

    @property
    def title(self) -> str:
        return self.file.title

    @property
    def names(self) -> tuple[str, ...]:
        """The scenes in the order of the file."""
        return tuple(self.file.scenes)

    def index(self, name: str) -> int:
        """Number of a scene, from 1."""
        return self.names.index(name) + 1

    def scene(self, name: str) -> SceneEntry:
        return self.file.scenes[name]

    def clip(self, name: str) -> Clip:
        """What the player plays."""
        return self.clips[name].clip

    def duration(self, name: str) -> float:
        """Seconds of film of a scene; of one turn, if it loops."""
        return self.clips[name].seconds

    def bed(self, name: str) -> Bed | None:
        """The music under a scene."""
        bed = self.scene(name).bed
        if bed is None:
            return None
        entry = self.file.beds[bed]
        file = self.path.parent / entry.file
        return Bed(file, entry.volume, entry.fade_seconds) if file.is_file() else None

    def labels(self, mood: str) -> tuple[str, ...]:
        """The emotions meant by a word of the story: a group's, or the one."""
        return (mood,) if mood in LABELS else self.file.groups[mood]

    def branches(self, name: str) -> tuple[Branch, ...]:
        """All ways out of a scene in their order; ``next`` and what a scene does by itself are written out."""
        return self._branches[name]

    def is_immediate(self, name: str, branch: Branch) -> bool:
        """The branch is taken as soon as it holds, not on the last frame."""
        return is_immediate(self.file, name, branch)

    def end(self, name: str) -> float:
        """Film time of the scene's last frame; infinite in a loop without ``maximum_seconds``."""
        return self._times[name].end

    def close(self, name: str) -> float:
        """Film time at which the choice is closed. A loop is cut where it stands, so it needs no time before."""
        return self._times[name].close

    def window(self, name: str) -> tuple[float, float]:
        """The listening window in film time."""
        return self._times[name].window

    def asked_moods(self, name: str) -> tuple[str, ...]:
        """The moods that the scene's branches ask for; none: it does not listen."""
        return self._asked_moods[name]

    def cues(self, name: str) -> tuple[TimedCue, ...]:
        """The scene's own cues, by time."""
        return self._cues[name]

    def candidates(self, name: str) -> tuple[str, ...]:
        """Scenes that may follow, in the author's order: to be held ready."""
        targets = [branch.to for branch in self.branches(name)]
        if name not in (self.file.attract, self.file.safe):
            targets.append(self.left_to)
        return tuple(target for target in dict.fromkeys(targets) if target != name)

    @property
    def left_to(self) -> str:
        """Where the film goes when the visitor has left."""
        return self.file.left.to or self.file.attract

    @cached_property
    def _times(self) -> dict[str, SceneTimes]:
        return {name: self._times_of(name) for name in self.names}

    def _times_of(self, name: str) -> SceneTimes:
        scene = self.scene(name)
        end = (scene.maximum_seconds or math.inf) if self.clip(name).loop else self.duration(name)
        close = max(0.0, choice_closes_at(self.file, name, end))
        return SceneTimes(end, close, (scene.listen.from_seconds, min(scene.listen.until_seconds or close, close)))

    @cached_property
    def _branches(self) -> dict[str, tuple[Branch, ...]]:
        return {name: self._exits(name) for name in self.names}

    @cached_property
    def _asked_moods(self) -> dict[str, tuple[str, ...]]:
        asked = {name: [b.when.mood for b in self.branches(name) if b.when and b.when.mood] for name in self.names}
        return {name: tuple(dict.fromkeys(moods)) for name, moods in asked.items()}

    @cached_property
    def _cues(self) -> dict[str, tuple[TimedCue, ...]]:
        return {n: tuple(sorted(self.scene(n).cue, key=lambda cue: cue.at_seconds)) for n in self.names}

    def _exits(self, name: str) -> tuple[Branch, ...]:
        scene = self.scene(name)
        if scene.branch or scene.next:
            return (*scene.branch, *([Branch(to=scene.next, otherwise=True)] if scene.next else []))
        if name == self.file.attract:
            return (Branch(to=self.file.start, when=When(visitors="present"), immediately=True),)
        return (Branch(to=self.file.attract, otherwise=True),)


def load_story(path: Path | str, *, forgive_clips: bool = False) -> Story:
    """Read and check a story.

    Raises ``BadFile`` with all problems at once. With ``forgive_clips`` a media file that is missing or cannot be read
    is a warning: its scene is passed over, its sound or captions are left out (an unattended start after a power cut
    must not stop at one file).
    """
    path = Path(path).resolve()
    file, problems, damaged = read_story_file(path)
    if file is not None:
        problems = [*problems, *check_structure(file, damaged), *check_media(file, path.parent)]
    lost = {p.unplayable for p in problems if p.unplayable is not None}
    forgiven = forgive_clips and file is not None and lost < set(file.scenes)
    if file is None or any(p.fatal and not (forgiven and p.forgivable) for p in problems):
        raise BadFile(path, [str(p) for p in problems if p.fatal])
    clips = {name: timed_clip(file, name, path.parent) for name in file.scenes}
    return Story(path, file, clips, tuple(problems), frozenset(lost))
