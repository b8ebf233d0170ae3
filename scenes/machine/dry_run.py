"""A player made of numbers: it answers ``Play`` as the real one does, frame for frame, and shows nothing.

With it a story runs under a clock of its own: a week in seconds, or ten thousand visitors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from models.mood import Mood
from scenes.machine.advance import Moment, StoryState, advance, begin
from scenes.machine.command import StoryCommand
from scenes.machine.cue import Cue, CutThread, DrivePicture, Play
from scenes.machine.memory import NO_TAKES, History, Hour, Memory
from scenes.machine.other_rooms import NO_ROOMS, OtherRooms
from scenes.machine.replacing import replace
from scenes.machine.signal_state import SignalMessage
from scenes.story.clip import Playhead
from scenes.story.story import Story


@dataclass(slots=True)
class DryPlayer:
    """The playhead of a film that is always ready, and the scene that follows."""

    story: Story
    playhead: Playhead = field(default_factory=Playhead)
    scene: str = ""
    following: Play | None = None
    cut: CutThread | None = None
    rate: float = 1.0
    next_rate: tuple[int, float] = (0, 1.0)
    """Entry that comes, and the rate at which it is to begin."""

    def perform(self, cues: tuple[Cue, ...]) -> DryPlayer:
        """Take note of what is asked for; itself."""
        for cue in cues:
            match cue:
                case Play():
                    if cue.at == "now":
                        self._show(cue)
                    else:
                        self.following = cue
                case CutThread():
                    self.cut = cue
                case DrivePicture(entry, picture):
                    if entry == self.playhead.entry:
                        self.rate = picture.rate
                    else:
                        self.next_rate = entry, picture.rate
        return self

    def run(self, seconds: float, since: float | None = None) -> DryPlayer:
        """Some time later; itself. ``since``: seconds of film from which it goes on; None: from where it is."""
        head = self.playhead
        if not head.entry:
            return self
        time = (head.seconds if since is None else since) + seconds * self.rate
        if self.cut is not None and time >= self.cut.at_seconds:
            self.playhead, self.cut = replace(head, thread=self.cut.thread), None
            return self.run(seconds, since)
        length = self.story.duration(self.scene)
        if time < length or self.story.clip(self.scene).loop:
            self.playhead = replace(head, seconds=time)
        elif self.following is not None:
            self._show(self.following)
            self.run(time - length)
        else:
            self.playhead = replace(head, seconds=length, ended=True)
        return self

    def _show(self, play: Play) -> None:
        thread, (entry, rate) = self.story.clip(play.scene).thread, self.next_rate
        self.playhead = replace(self.playhead, entry=play.entry, seconds=play.from_seconds, ended=False, thread=thread)
        self.scene, self.following, self.cut = play.scene, None, None
        self.rate = rate if entry == play.entry else 1.0


def dry_run(  # noqa: PLR0913 - what an evening is made of; most give two or three
    story: Story,
    moods: Callable[[float, StoryState], Mood],
    until: float,
    tick_seconds: float = 1 / 30,
    commands: Callable[[float], tuple[StoryCommand, ...]] = lambda _now: (),
    signals: Callable[[float], tuple[SignalMessage, ...]] = lambda _now: (),
    hour: Callable[[float], Hour | None] = lambda _now: None,
    memory: Memory | None = None,
    history: History = NO_TAKES,
    rooms: Callable[[float], OtherRooms] = lambda _now: NO_ROOMS,
) -> Iterator[tuple[float, StoryState, tuple[Cue, ...]]]:
    """Run a story from 0 to ``until`` seconds; gives each tick that had cues, with the state after it.

    ``moods`` gives the mood at a time (it may use the state before the tick); ``commands`` and
    ``signals`` what came since the tick before; ``hour`` what the clock on the wall says,
    ``rooms`` what is known of other rooms.
    """
    state, cues = begin(story, 0.0, memory=memory, history=history)
    yield 0.0, state, cues
    player = DryPlayer(story).perform(cues)
    for number in range(1, round(until / tick_seconds) + 1):
        now = number * tick_seconds
        if not state.paused:
            player = player.run(tick_seconds)
        moment = Moment(
            now, moods(now, state), player.playhead, commands(now), signals(now), hour(now), rooms=rooms(now)
        )
        state, cues = advance(story, state, moment)
        if cues:
            player = player.perform(cues)
            yield now, state, cues
