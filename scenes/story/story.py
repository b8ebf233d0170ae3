"""A story that has passed its checks: what the state machine and the player need to know of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from calibration.errors import BadFile
from calibration.files import is_file, read_text
from calibration.screens_settings import WHOLE, Crop
from models.labels import LABELS
from scenes.story.asked_signals import every_signal
from scenes.story.checks import check_structure, is_immediate
from scenes.story.clip import Bed, Clip
from scenes.story.conditions import When
from scenes.story.media import TimedClip, check_media, choice_closes_at, read_headers, timed_clip
from scenes.story.problem import Problem
from scenes.story.salvage import read_story_file
from scenes.story.screen_clips import screen_clip
from scenes.story.signals import SignalEntry
from scenes.story.story_file import Branch, SceneEntry, StoryFile, TimedCue


@dataclass(frozen=True, slots=True)
class SceneTimes:
    """When a scene ends, when its choice closes and when it listens, in seconds of film time."""

    end: float
    close: float
    window: tuple[float, float]


@dataclass(frozen=True, slots=True)
class AskedMemory:
    """What the story asks of a take's memory anywhere."""

    been: bool
    """In which scenes it was."""
    took: bool
    """Which moods decided."""
    counters: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Story:
    """A story with its clips and their lengths. Made by ``load_story``."""

    path: Path
    file: StoryFile
    clips: Mapping[str, TimedClip]
    warnings: tuple[Problem, ...] = ()
    """Problems that ``chiaro check`` reports and the show survives."""
    unplayable: frozenset[str] = frozenset()
    """Scenes whose clip could not be read when the story was loaded with ``forgive_clips``."""
    text: str = ""
    """What was read of the file, which may have been edited since."""
    courses: bool = True
    """False: the house shows no visitor's course; what leads to such a scene leads to the one after it."""

    @property
    def title(self) -> str:
        """Name of the film."""
        return self.file.title

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The scenes in the order of the file."""
        return tuple(self.file.scenes)

    def index(self, name: str) -> int:
        """Number of a scene in the order of the file, from 1; OSC sends it."""
        return self.names.index(name) + 1

    def scene(self, name: str) -> SceneEntry:
        """The scene as written in the file. Raises ``KeyError`` for an unknown name."""
        return self.file.scenes[name]

    def clip(self, name: str) -> Clip:
        """What the player plays for a scene."""
        return self.clips[name].clip

    def screen_clip(self, name: str, screen: str, crop: Crop = WHOLE) -> Clip:
        """What one of several screens plays for a scene; ``crop``: its part of the clips that are for all of them."""
        own = self.scene(name).screens.get(screen)
        return screen_clip(self.clip(name), self.duration(name), own, self.path.parent, crop)

    def on_screen(self, screen: str, crop: Crop) -> Story:
        """The same story as one of several screens plays it."""
        clips = {name: replace(one, clip=self.screen_clip(name, screen, crop)) for name, one in self.clips.items()}
        return replace(self, clips=clips)

    def duration(self, name: str) -> float:
        """Length of a scene in seconds of film (of one pass, if it loops)."""
        return self.clips[name].seconds

    def bed(self, name: str) -> Bed | None:
        """The music under a scene."""
        bed = self.scene(name).bed
        if bed is None:
            return None
        entry = self.file.beds[bed]
        file = self.path.parent / entry.file
        return Bed(file, entry.volume, entry.fade_seconds, entry.sound_track) if is_file(file) else None

    def labels(self, mood: str) -> tuple[str, ...]:
        """The emotions that a mood of the story stands for: those of a group, or the emotion itself."""
        return (mood,) if mood in LABELS else self.file.groups[mood]

    def branches(self, name: str) -> tuple[Branch, ...]:
        """All ways out of a scene in order, with ``next`` and the defaults (attract to start, end to attract) added."""
        return self._branches[name]

    def is_immediate(self, name: str, branch: Branch) -> bool:
        """The branch is taken as soon as it holds, not on the last frame."""
        return branch in self._immediate[name]

    def immediate_ways(self, name: str) -> tuple[int, ...]:
        """The numbers of those branches."""
        return self._immediate_ways[name]

    def end(self, name: str) -> float:
        """Film time of the scene's last frame; infinite in a loop without ``maximum_seconds``."""
        return self._times[name].end

    def close(self, name: str) -> float:
        """Film time at which the choice closes. A loop can be cut anywhere, so it closes at its end."""
        return self._times[name].close

    def window(self, name: str) -> tuple[float, float]:
        """The listening window, (from, until) in film time."""
        return self._times[name].window

    def asked_moods(self, name: str) -> tuple[str, ...]:
        """The moods that the scene's branches ask for."""
        return self._asked_moods[name]

    def rivals(self, name: str, mood: str) -> tuple[tuple[str, ...], ...]:
        """The emotions of each other mood that the scene asks for; none of a mood with an emotion in common."""
        return self._rivals[name][mood]

    def listens(self, name: str) -> bool:
        """Whether a branch of the scene asks for something that is gathered over the listening window."""
        return self._listens[name]

    def cues(self, name: str) -> tuple[TimedCue, ...]:
        """The scene's own cues, by time."""
        return self._cues[name]

    def candidates(self, name: str) -> tuple[str, ...]:
        """Scenes that may follow, in the author's order; the player keeps them ready."""
        return self._candidates[name]

    @cached_property
    def signals(self) -> dict[str, SignalEntry]:
        """All that it asks for, by name: those of [signals], then values of other rooms."""
        return every_signal(self.file)

    @property
    def left_to(self) -> str:
        """Where the film goes when the visitor has left."""
        return self.file.left.to or self.file.attract

    @cached_property
    def asked_memory(self) -> AskedMemory:
        """Found once: whoever watches the show asks many times a second."""
        scenes = self.file.scenes.values()
        ways = [way.when for scene in scenes for way in scene.branch]
        cuts = [cut.when for scene in scenes for cut in scene.cut]
        asked = [one for when in (*ways, *cuts) if when for _, one in when.walk()]
        counters = dict.fromkeys(name for scene in scenes for name in (*scene.set, *scene.add))
        return AskedMemory(any(one.been for one in asked), any(one.took for one in asked), tuple(counters))

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
    def _immediate(self) -> dict[str, tuple[Branch, ...]]:
        ways = self._branches.items()
        return {name: tuple(way for way in exits if is_immediate(self.file, name, way)) for name, exits in ways}

    @cached_property
    def _immediate_ways(self) -> dict[str, tuple[int, ...]]:
        ways = self._branches.items()
        return {name: tuple(n for n, way in enumerate(exits) if self.is_immediate(name, way)) for name, exits in ways}

    @cached_property
    def _asked_moods(self) -> dict[str, tuple[str, ...]]:
        asked = {name: [when.mood for when in self._conditions(name) if when.mood] for name in self.names}
        return {name: tuple(dict.fromkeys(moods)) for name, moods in asked.items()}

    @cached_property
    def _rivals(self) -> dict[str, dict[str, tuple[tuple[str, ...], ...]]]:
        moods = (*LABELS, *self.file.groups)
        return {name: {mood: self._rivals_of(name, mood) for mood in moods} for name in self.names}

    def _rivals_of(self, name: str, mood: str) -> tuple[tuple[str, ...], ...]:
        labels, others = set(self.labels(mood)), (self.labels(other) for other in self.asked_moods(name))
        return tuple(other for other in others if not labels.intersection(other))

    @cached_property
    def _listens(self) -> dict[str, bool]:
        return {name: any(when.asks_faces or when.signal for when in self._conditions(name)) for name in self.names}

    @cached_property
    def _candidates(self) -> dict[str, tuple[str, ...]]:
        return {name: self._followers(name) for name in self.names}

    def _followers(self, name: str) -> tuple[str, ...]:
        targets = [branch.to for branch in self.branches(name)]
        if name not in (self.file.attract, self.file.safe):
            targets.append(self.left_to)
        return tuple(target for target in dict.fromkeys(targets) if target != name)

    def _conditions(self, name: str) -> Iterator[When]:
        """The conditions of all branches, and all that stands inside them."""
        for branch in self.branches(name):
            yield from (when for _, when in (branch.when.walk() if branch.when else ()))

    @cached_property
    def _cues(self) -> dict[str, tuple[TimedCue, ...]]:
        return {n: tuple(sorted(self.scene(n).cue, key=lambda cue: cue.at_seconds)) for n in self.names}

    def require_waiting_scene(self) -> None:
        """Raise ``BadFile`` where the wall would stay black until somebody comes: attract and safe cannot be played."""
        if {self.file.attract, self.file.safe} <= self.unplayable:
            why = "neither its `attract` nor its `safe` scene can be played"
            raise BadFile(self.path, [why, *(str(one) for one in self.warnings if one.unplayable is not None)])

    def without_courses(self) -> Story:
        """The same story in a house that shows no courses."""
        drawn = frozenset(name for name in self.names if self.scene(name).is_course)
        return replace(self, courses=False, unplayable=self.unplayable | drawn) if drawn else self

    def _exits(self, name: str) -> tuple[Branch, ...]:
        ways = self._written_exits(name)
        return (
            ways if self.courses else tuple(branch.model_copy(update={"to": self._past(branch.to)}) for branch in ways)
        )

    def _past(self, name: str) -> str:
        """The scene, or the first after it that is no course."""
        passed: set[str] = set()
        while name in self.file.scenes and self.scene(name).is_course and name not in passed:
            passed.add(name)
            name = self._written_exits(name)[-1].to
        return self.file.attract if name in passed else name

    def _written_exits(self, name: str) -> tuple[Branch, ...]:
        scene = self.scene(name)
        if scene.branch or scene.next:
            return (*scene.branch, *([Branch(to=scene.next, otherwise=True)] if scene.next else []))
        if name == self.file.attract:
            return (Branch(to=self.file.start, when=When(visitors="present"), immediately=True),)
        return (Branch(to=self.file.attract, otherwise=True),)


def load_story(path: Path | str, *, forgive_clips: bool = False, text: str | None = None) -> Story:
    """Read and check a story. ``text``: what was read of the file before, and counts for it.

    Raises ``BadFile`` with all problems at once. With ``forgive_clips`` a media file that is missing or unreadable is
    only a warning: its scene is skipped, or plays without that sound or those captions (an unattended start after a
    power cut must not fail because of one file).
    """
    path = Path(path).resolve()
    text = read_text(path) if text is None else text
    file, problems, damaged = read_story_file(path, text)
    if file is not None:
        read_headers(file, path.parent)
        problems = [*problems, *check_structure(file, damaged), *check_media(file, path.parent)]
    lost = {p.unplayable for p in problems if p.unplayable is not None}
    forgiven = forgive_clips and file is not None and lost < set(file.scenes)
    if file is None or any(p.fatal and not (forgiven and p.forgivable) for p in problems):
        raise BadFile(path, [str(p) for p in problems if p.fatal])
    clips = {name: timed_clip(file, name, path.parent) for name in file.scenes}
    return Story(path, file, clips, tuple(problems), frozenset(lost), text)
