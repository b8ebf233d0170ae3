"""The visitor's own course as the show has it: it watches the take, lends the player a drawing, and forgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from calibration.settings import CourseSettings
from installation.course.animation import rising, standing, uncovering
from installation.course.canvases import Canvases
from installation.course.course_record import CourseRecord, TakeCourse
from installation.course.earlier_visitors import EarlierVisitors
from installation.course.palette import ground_of, mood_colours
from installation.course.phrases import called
from installation.course.reasons import reasons
from installation.course.sheet import Look, SheetPainter
from installation.course.thumbnails import Thumbnails
from installation.drawings.course_layout import Layout
from models.arrays import Image
from models.labels import LABELS
from models.mood import Mood
from scenes.machine.cue import Branched, Cue, SceneStarted, TakeEnded, TakeStarted
from scenes.machine.state import StoryState
from scenes.story.clip import Clip
from scenes.story.story import Story


class Course:
    """Belongs to the stage's thread; what it lends the player is drawn by the player's own thread."""

    def __init__(self, settings: CourseSettings, screen: tuple[int, int]) -> None:
        """``screen``: its width and height."""
        self._settings = settings
        self._thumbnails = Thumbnails(screen[0])
        self._earlier = EarlierVisitors()
        self._shows = False
        self._story: Story | None = None
        """Of the take: one that is read again meanwhile is the next take's."""
        self._record: CourseRecord | None = None
        self._finished: TakeCourse | None = None
        self._clock = 0.0
        self._last_scene = ""
        self._drawing = CourseDrawing(self)

    def of(self, story: Story) -> Story:
        """``story`` as this house shows it: without its courses where they are off."""
        story = story if self._settings.shown else story.without_courses()
        self._shows = self._settings.shown and any(story.scene(name).is_course for name in story.names)
        return story

    def clip(self, story: Story, name: str) -> Clip:
        """What the player plays for a scene."""
        clip = story.clip(name)
        return replace(clip, drawing=self._drawing) if story.scene(name).is_course else clip

    def observe(self, story: Story, state: StoryState, mood: Mood, cues: Sequence[Cue]) -> None:
        """Watch one tick of the take, after the story has advanced to ``state``. Waits for nothing."""
        if not self._shows:
            return
        self._clock = state.clock
        for cue in cues:
            match cue:
                case TakeStarted():
                    self._begin(story)
                case SceneStarted(_, scene, _) if self._record is not None:
                    self._enter(story, scene)
                case Branched(source, target) if self._record is not None and source in story.names:
                    self._choose(story, state, mood, source, target)
                    if target in story.names and not story.scene(target).is_course:
                        self._last_scene = target
                case TakeEnded() if self._record is not None:
                    self._earlier.add(self._finished or self._record.course(state.clock))
                    self._record = self._finished = None
        if self._record is not None and self._finished is None:
            self._record.sample(mood, state.clock)

    def forget(self) -> None:
        """Keep nothing of the take that runs: it is counted for nobody's median either."""
        self._record = self._finished = None
        self._last_scene = ""

    def taken(self) -> TakeCourse | None:
        """The take that is shown; None: there is none any more."""
        record = self._record
        return self._finished or (record.course(self._clock) if record is not None else None)

    def close(self) -> None:
        """End what still takes thumbnails."""
        self._thumbnails.close()

    def _begin(self, story: Story) -> None:
        self._story, self._record, self._finished = story, CourseRecord(moods_of(story), self._clock), None
        films = [name for name in story.names if not story.scene(name).is_course]
        self._thumbnails.ask({story.clip(name): story.duration(name) for name in films})

    def _enter(self, story: Story, scene: str) -> None:
        record = self._record
        if record is None:
            return
        if story.scene(scene).is_course:
            self._finished = record.course(self._clock)
        else:
            self._finished = None
            record.enter(scene, story.end(scene), self._clock)

    def _choose(self, story: Story, state: StoryState, mood: Mood, source: str, target: str) -> None:
        waiting = {story.file.attract, story.file.safe}
        ways = [branch.to for branch in story.branches(source)]
        ways = [way for way in dict.fromkeys(ways) if way not in waiting and not story.scene(way).is_course]
        if self._record is not None and len(ways) > 1:
            why = reasons(story, state, mood, target, self._settings.languages)
            others = tuple(way for way in ways if way != target)
            self._record.choose(source, target, why, others, self._clock)

    # -- for the player's thread ----------------------------------------------------------------------------------

    def appearance(self) -> Look | None:
        """What the story of the take lends to its course."""
        story = self._story
        if story is None:
            return None

        def picture_of(scene: str) -> Image | None:
            return self._thumbnails.of(story.clip(scene)) if scene in story.names else None

        leads = {
            mood: [p for to in _targets(story, mood) if (p := picture_of(to)) is not None] for mood in moods_of(story)
        }
        return Look(
            story.title,
            self._settings.languages,
            lambda name, language: called(story.file, name, language),
            picture_of,
            mood_colours(leads),
        )

    @property
    def last_scene(self) -> str:
        """The last scene of the film that was asked for; '' before the first."""
        return self._last_scene

    @property
    def earlier(self) -> EarlierVisitors:
        """All who were here before, as counts."""
        return self._earlier


class CourseDrawing:
    """The pictures of a course, asked for by the player. One for the whole show: each asking draws the take then."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def pictures(self, size: tuple[int, int], seconds: float) -> Iterator[tuple[float, Image]]:
        """See ``scenes.story.clip.Drawing``. What the take was is read when the first pictures have been shown."""
        look = self._course.appearance()
        ground = ground_of(look.picture_of(self._course.last_scene) if look else None, size)
        if look is not None:
            SheetPainter(Layout(size, 1.0), look).head(ground)
        canvases = Canvases(size)
        yield from rising(ground, canvases)
        course, look = self._course.taken(), self._course.appearance()
        if course is None or look is None or not course.visits:
            yield from standing(ground, seconds)
            return
        painter = SheetPainter(Layout(size, course.seconds), look)
        yield from uncovering(painter.paint(ground, course, self._course.earlier), seconds, canvases)


def moods_of(story: Story) -> dict[str, tuple[str, ...]]:
    """The moods whose curves are drawn, with their emotions: those that the story asks for."""
    asked = dict.fromkeys(mood for name in story.names for mood in story.asked_moods(name))
    names = list(asked) or list(story.file.groups) or list(LABELS)
    return {name: story.labels(name) for name in names}


def _targets(story: Story, mood: str) -> list[str]:
    """Where the branches that ask for a mood lead."""
    branches = [branch for name in story.names for branch in story.branches(name) if branch.when is not None]
    return [b.to for b in branches if b.when and any(when.mood == mood for _, when in b.when.walk())]
