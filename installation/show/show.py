"""The show: one tick on one page, and how the stage obeys its operators and performs the story's cues."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pygame

from installation.film.clock import STOP_SECONDS
from installation.host.console import log
from installation.osc.registry import Code
from installation.show.announcing import Announcing
from installation.show.answer import DONE, Answer
from installation.show.keys import Controls
from installation.show.lost_media import LostMedia
from installation.show.overlay import Overlay
from installation.show.parts import Parts
from installation.show.reloading import AT_THE_SAME_PLACE, WITH_THE_NEXT_SCENE, Reloading
from installation.show.stage_commands import set_stage
from installation.show.story_line import story_line
from installation.show.view import View
from scenes.machine.advance import Moment, advance, begin
from scenes.machine.branching import standings
from scenes.machine.command import (
    Attract,
    Command,
    Consent,
    ForgetTake,
    GoTo,
    LayPicture,
    Next,
    Origin,
    PlayChannel,
    Reload,
    RenewEye,
    Restart,
    SetBlackout,
    SetCorners,
    SetTone,
    Shutdown,
    StageCommand,
    Start,
    Stop,
    StoryCommand,
    journal_fields,
)
from scenes.machine.cue import (
    Branched,
    Caption,
    Cue,
    CutThread,
    DrivePicture,
    Play,
    Prepare,
    SceneStarted,
    SendOsc,
    SetLamps,
    SetVolume,
    ShowState,
    StateChanged,
    StemLevels,
    TakeEnded,
    TakeStarted,
    ThreadShown,
    WaitBegan,
    WaitEnded,
)
from scenes.machine.other_rooms import NOTHING_HEARD
from scenes.machine.state import StoryState
from scenes.machine.take_over import take_over
from scenes.story.story import Story
from scenes.story.translations import languages_of

HOUSE = Origin("house")
FAULT_SECONDS = 60.0


class Show:
    """Runs one story until it is asked to end."""

    def __init__(self, story: Story, parts: Parts, controls: Controls, clock: Callable[[], float] = time.monotonic):
        self._story, self.parts, self._clock = story, parts, clock
        self.controls = controls
        self.ending = False
        self.restarting = False
        self.unavailable = ""
        """Why the show ended by itself, to be started again."""
        self._started = self._ticked = clock()
        self._passed = 0.0
        """Seconds of the show, without those in which this process stood still."""
        self._overlay = Overlay(parts.film.screen.size)
        then = AT_THE_SAME_PLACE if parts.desk else WITH_THE_NEXT_SCENE
        self._reloading = Reloading(lambda: story.path, parts.losses, then=then)
        self._lost_media = LostMedia(parts.losses)
        self._asked: list[StoryCommand] = []
        self._played_at = 0.0
        self._state_word = ShowState.ATTRACT
        self._state: StoryState
        story = self._have(story, self._started)
        self._state, cues = begin(story, self._passed, memory=parts.takes.memory, history=parts.takes.history)
        self._mood = parts.eye.mood(self._started)
        self._announcing = Announcing(parts, self._started)
        for cue in cues:
            self._perform(cue, self._started)

    @property
    def scene(self) -> str:
        """The scene that is on the screen."""
        return self._state.scene

    @property
    def story(self) -> Story:
        """The story that runs."""
        return self._story

    @property
    def plays(self) -> bool:
        """Whether something of the story is on the wall: the house is open, and a clip can be shown."""
        return self._state.entry > 0 and not self._state.fault and not self.controls.closed

    @property
    def failed(self) -> frozenset[str]:
        """Scenes that cannot be played; others stand in for them."""
        return self._state.failed

    @property
    def in_take(self) -> bool:
        """Whether a visitor is on the way through the film."""
        return self._state.in_take

    def reload_from(self, find: Callable[[], Path]) -> None:
        """Another story stands in for this file's, which takes over as soon as it can be used. Raises nothing."""
        self._reloading.close()
        self._reloading = Reloading(find, self.parts.losses, insist=True)
        self._reloading.ask()

    def run(self, seconds: float | None = None) -> None:
        """Tick until an operator, a signal or ``seconds`` end it. The picture's own deadlines set the pace."""
        until = None if seconds is None else self._clock() + seconds
        while not self.ending and (until is None or self._clock() < until):
            now = self._clock()
            self.tick(now)
            time.sleep(max(0.0, min(self.parts.film.next_deadline(now) - self._clock(), 0.05)))

    def tick(self, now: float) -> None:
        """Read the world once, show one picture. Nothing here waits for a camera, a disk, a network or a decoder."""
        parts = self.parts
        for command in self._commands(now):
            self._obey(command, now)
        self._follow_house(now)
        self._follow_consent(now)
        self._mood = parts.rehearsal.over(parts.eye.mood(now), now)
        parts.film.advance(now)
        self._passed += min(max(now - self._ticked, 0.0), STOP_SECONDS)
        self._ticked = now
        heard = parts.control.heard() if parts.control is not None else ()
        others = parts.room.others.hear(self._story, self._state) if parts.room is not None else NOTHING_HEARD
        hour = parts.house.hour
        moment = Moment(
            self._passed,
            self._mood,
            parts.film.playhead,
            tuple(self._asked),
            heard + others.signals,
            hour,
            looking=self.controls.looking.open,
            on_request=self.controls.asks,
            rooms=others.rooms,
        )
        self._asked.clear()
        self._state, cues = advance(self._story, self._state, moment)
        for cue in cues:
            self._perform(cue, now)
        parts.course.observe(self._story, self._state, self._mood, cues)
        self._begin_reloaded(now, cues)
        self._end_after_fault()
        parts.film.draw(now, self._over_the_film(now))
        if parts.screens is not None:
            parts.screens.show(now, blackout=self.controls.blackout, closed=self.controls.closed)
        self._announcing.send_due(now, self._story, self._state, self._mood, self._view)
        parts.heartbeat.beat(now)

    def end(self, now: float) -> None:
        """The doors close: a take that is running ends with the show."""
        self._reloading.close()
        if self._state.in_take:
            self._perform(TakeEnded(self._state.take, "show_end"), now)

    # -- what people ask -----------------------------------------------------------------------------------------

    def _commands(self, now: float) -> list[Command]:
        events = pygame.event.get()
        commands = self.parts.keys.commands(events, self.controls, now)
        if self.parts.desk is not None:
            commands += self.parts.desk.commands(events)
        for source in (self.parts.control, self.parts.console, self.parts.room, self.parts.button):
            commands += source.drain() if source is not None else ()
        return commands

    def _obey(self, command: Command, now: float) -> None:
        log.debug("%s asks: %s", command.origin, command)
        self.parts.journal.note("command", now, **journal_fields(command))
        answer = self._ask_story(command, now) if isinstance(command, StoryCommand) else self._set_stage(command, now)
        if self.parts.control is not None:
            self.parts.control.reply(command, *answer)
        if self.parts.console is not None:
            self.parts.console.obeyed(command, *answer)
        if self.parts.room is not None:
            self.parts.room.obeyed(command, *answer)

    def _ask_story(self, command: StoryCommand, now: float) -> Answer:
        match command:
            case GoTo(scene) if scene not in self._story.names:
                return Code.UNKNOWN, f"there is no scene {scene!r}"
            case Start() | GoTo() | Next() if self.controls.closed:
                return Code.NOT_NOW, "the show is closed"
            case ForgetTake():
                self._forget(now)
        self._asked.append(command)
        return DONE

    def _forget(self, now: float) -> None:
        """Whoever is there asked for it: what the parts know of the visit goes; the story's own follows."""
        self.parts.consent.withdraw()
        self.parts.eye.forget_visitors()
        self.parts.course.forget()
        since = self.parts.journal.forget(now)
        if self.parts.console is not None:
            self.parts.console.forget(since)

    def _set_stage(self, command: StageCommand, now: float) -> Answer:
        match command:
            case Reload():
                self.parts.film.forget_failures()
                self._reloading.ask()
            case Shutdown() | Restart():
                self.ending, self.restarting = True, isinstance(command, Restart)
            case Consent():
                answer = self.parts.consent.ask(now)
                if answer == DONE:
                    self._asked.append(Start(origin=command.origin))
                return answer
            case LayPicture() | SetCorners() | SetTone() | PlayChannel() | RenewEye():
                if self.parts.console is None:
                    return Code.NOT_NOW, "this show has no console"
                return self.parts.console.venue.obey(command, self.controls, self._state.in_take, now)
            case _:
                self.controls, answer = set_stage(command, self.parts, self.controls, now)
                return answer
        return DONE

    def _follow_house(self, now: float) -> None:
        """Closed: dark and silent, back at attract. Open: as in the morning."""
        closed = self.parts.house.keep(now, self._state.in_take)
        if closed == self.controls.closed:
            return
        self.controls = replace(self.controls, closed=closed)
        self._asked.append(Stop(origin=HOUSE) if closed else Attract(origin=HOUSE))
        self._asked.append(SetBlackout(closed, origin=HOUSE))

    def _follow_consent(self, now: float) -> None:
        """The eye is open or shut as visitors, staff and house want it; what was seen before is forgotten then."""
        take = self._state.take if self._state.in_take else 0
        self.controls = self.parts.consent.keep(now, take, self.controls)
        if not self.controls.looking.open:
            self.parts.course.forget()

    def _have(self, story: Story, now: float) -> Story:
        """This story runs from now on, as this house shows it."""
        story = self.parts.course.of(story)
        self._story = story = self.parts.screens.own(story) if self.parts.screens else story
        self.controls = replace(self.controls, languages=languages_of(story.clip(name) for name in story.names))
        self.parts.film.keep_safe_picture(story.clip(story.file.safe))
        self._lost_media.begin(story, now)
        self.parts.journal.story(story_line(story), now)
        return story

    def _begin_reloaded(self, now: float, cues: Sequence[Cue]) -> None:
        """A story that was read again takes over where a scene begins: in that scene, or at attract if it is gone.

        The same story with media that came back takes over also while no take is running; at a desk, an edited one
        in the midst of a scene.
        """
        begun = any(isinstance(cue, SceneStarted) for cue in cues)
        at_home = begun and self._state.scene == self._story.file.attract
        mended = self._lost_media.poll(now, self._state.fault, at_attract=at_home)
        at_desk = self.parts.desk is not None and self._state.pending is None
        story = self._reloading.take() if begun or self._state.fault or at_desk else None
        if story is None and (begun or not self._state.in_take):
            story = mended
        if story is None:
            return
        before = self._story
        story = self._have(story, now)
        self.parts.broadcast.scenes(story.names, story.title)
        if self.parts.control is not None:
            self.parts.control.story(story.names, story.file.signals)
        self._state, cues = take_over(before, story, self._state, in_midst=at_desk)
        for cue in cues:
            self._perform(cue, now)

    # -- what the story asks -------------------------------------------------------------------------------------

    def _perform(self, cue: Cue, now: float) -> None:
        """Each part may fail alone: none of these calls raises for a loss that can be survived."""
        film, story = self.parts.film, self._story
        match cue:
            case Prepare(scenes):
                film.prepare({name: self.parts.course.clip(story, name) for name in scenes})
            case Play(entry, scene, at, transition, from_seconds):
                clip = self.parts.course.clip(story, scene).rest_from(from_seconds)
                film.play(entry, scene, clip, story.bed(scene), at, transition)
            case Caption(text, seconds):
                film.caption(text, seconds)
            case SetVolume(volume, over_seconds):
                film.set_volume(volume, over_seconds)
            case CutThread(entry, thread, at_seconds):
                film.cut_thread(entry, thread, at_seconds)
            case DrivePicture(entry, picture):
                film.drive(entry, picture)
            case SetLamps(universe, channels, over_seconds):
                if self.parts.lamps:
                    self.parts.lamps.fade(universe, channels, over_seconds)
            case StemLevels(entry, levels):
                film.stem_levels(entry, levels)
            case ThreadShown(_, scene, thread, _, reason):
                log.debug("scene %s: thread %s: %s", scene, thread, reason)
            case Branched(source, target, reason):
                log.debug("%s -> %s: %s", source, target, reason)  # a face's mood: no line of a log can be forgotten
            case TakeStarted():
                self.parts.takes.keep(self._state.history)
            case SceneStarted(_, scene, _):
                log.info("scene %s", scene)
                film.notice(self.parts.notice if scene == story.file.attract else ())
                if scene == story.file.attract:
                    film.look_for_failed()
                self.parts.eye.freeze_baseline()  # a held expression must not become the visitor's own neutral
            case StateChanged(_, paused, blackout):
                if self.controls.closed:
                    cue = replace(cue, state=ShowState.CLOSED)
                self._state_word = cue.state
                self.controls = replace(self.controls, paused=paused, blackout=blackout)
                film.stand_by(self._state.fault)
                film.pause(paused)
                film.blackout(blackout)
            case WaitBegan(_, scene, rooms, limit_seconds):
                log.info("scene %s waits for %s, %g s at most", scene, ", ".join(rooms), limit_seconds)
            case WaitEnded(_, scene, _, reason, _):
                log.info("scene %s waits no longer: %s", scene, reason)
            case SendOsc():
                pass  # the broadcast's alone
        self.parts.broadcast.cue(cue)
        if self.parts.room is not None:
            self.parts.room.cue(cue)
        stood = standings(story, self._state, self._mood) if isinstance(cue, Branched) else ()
        self.parts.journal.cue(cue, self._mood, now, stood)

    def _end_after_fault(self) -> None:
        """After a minute in which nothing could be played, a fresh process may: this one ends, to be started again."""
        clock = self._state.clock  # which does not count pauses
        stands = self._state.fault and (self._state.ended or not self._state.entry)  # a loop may still be playing
        if not stands or self.controls.closed or clock < self._played_at:
            self._played_at = clock
        elif clock - self._played_at > FAULT_SECONDS and not self.ending:
            self.ending, self.unavailable = True, f"nothing could be played for {FAULT_SECONDS:g} s"

    # -- what is told -----------------------------------------------------------------------------------------------

    def _over_the_film(self, now: float) -> pygame.Surface | None:
        question, controls = self.parts.keys.question, self.controls
        if controls.overlay:
            return self._overlay.draw(self._view, question, now)
        if question and self.parts.desk is None:
            return self._overlay.question(question)
        if self.parts.desk is not None and (bar := self.parts.desk.bar(self._view, now)) is not None:
            return bar
        return self._overlay.pause_sign() if controls.paused and not controls.blackout else None

    def _view(self) -> View:
        return self._announcing.view(self._story, self._state, self._mood, self._state_word, self.controls)
