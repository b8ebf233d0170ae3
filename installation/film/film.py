"""The film player: scenes one after another without a seam, the possible next ones held ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
import pygame

from calibration.settings import ScreenSettings
from installation.film.audio_decoder import RATE
from installation.film.brightness import Brightness
from installation.film.composer import Composer
from installation.film.decoded_clip import OPEN_SECONDS, STALLED_SECONDS
from installation.film.decoded_threads import DecodedThreads
from installation.film.frame_counter import FilmHealth
from installation.film.overload import OverloadReport
from installation.film.preroll import Preroll
from installation.film.screen import Screen
from installation.film.shot import Shot, dip_level, plan
from installation.film.sound import Sound
from installation.film.soundtrack import Soundtrack
from installation.host.console import LossReporter
from models.arrays import Image
from scenes.story.clip import Bed, Clip, PictureLevels, Playhead, Transition

IDLE_SECONDS = 1 / 30
"""The loop wakes at least this often, for keys and moods, even while a still is shown."""
OPENING_SECONDS = 0.01
"""How often a scene that was requested and is still opening is checked."""
SLACK_SECONDS = 0.001
REFRESH_SECONDS = 0.5
"""A picture that does not change is redrawn this often, in case a window was covered."""
NOTICE_SECONDS = 6.0
"""How long one sentence of a notice stands before the next takes its turn."""


class Film:
    """Plays what is requested and reports where it is. Only the stage's thread calls it; no method waits for a disk."""

    def __init__(self, screen: Screen, sound: Sound, losses: LossReporter, megabytes: int) -> None:
        self.screen, self.sound, self._losses = screen, sound, losses
        self._preroll = Preroll(screen, losses, megabytes)
        self._soundtrack = Soundtrack(sound, losses)
        self._brightness = Brightness(screen.settings.brightness)
        self._composer = Composer(screen, losses)
        self._overload = OverloadReport(losses)
        self._on: Shot | None = None
        self._next: Shot | None = None
        self._old: Shot | None = None
        self._leaving: list[tuple[float, Shot]] = []
        self._candidates: Mapping[str, Clip] = {}
        self._programme = self._now = 0.0
        self._caption: tuple[str, float] = ("", 0.0)
        self._notice: tuple[str, ...] = ()
        self._volume_after: float | None = None
        """During a blackout: the master volume to restore after it."""
        self._level, self._drawn_at, self._overlaid = 1.0, 0.0, False
        self._given_up: Shot | None = None
        self._cover: Image | None = None
        self._lying: Image | None = None
        """What lay over the film when it was last drawn."""
        self.ahead_seconds = 0.0
        """How long before it is made a cut is planned."""
        self.playhead = Playhead()

    def prepare(self, clips: Mapping[str, Clip]) -> None:
        """Hold these scenes ready, the likeliest first, as far as memory allows; drop all others.

        While a scene leaves the screen none is opened: two scenes play then, and memory and processor are theirs.
        """
        self._candidates = clips
        busy = {shot.scene: shot.clip for shot in (self._next,) if shot}
        wanted = {scene: clip for scene, clip in clips.items() if busy.get(scene) != clip}
        self._preroll.prepare(wanted, opens=not self._leaving)

    def play(
        self,
        entry: int,
        scene: str,
        clip: Clip,
        bed: Bed | None = None,
        at: Literal["now", "end"] | float = "now",
        transition: Transition | None = None,
    ) -> None:
        """Change to ``scene``, now or on the last frame of what plays. A later call replaces one that is waiting.

        ``at`` may be the programme second of its first picture, as another screen has it; if that is past, it is caught
        up with. A scene that has failed is not tried while the playhead lists it in ``failed``.
        """
        if scene in self._preroll.failures.scenes:
            return
        waiting, transition = self._next, transition or Transition()
        wish = (scene, clip, bed, at, transition)
        if waiting and wish == (waiting.scene, waiting.clip, waiting.bed, waiting.at, waiting.transition):
            waiting.entry = entry  # asked again for what is coming: it comes no later for that
            return
        self._forget_next()
        same = waiting is not None and waiting.decoded.clip == clip.without_words()
        if waiting and same and not waiting.decoded.failed and self._unheard(waiting):
            decoded = waiting.decoded  # what was to follow at the end comes now, and is already open
        else:
            if waiting:
                waiting.decoded.close()
            decoded = self._preroll.pop(scene, clip)
        self._next = Shot(entry, scene, clip, decoded, bed, at, transition)
        if waiting and waiting.entry == entry:
            self._next.levels = waiting.levels

    def stay(self) -> None:
        """What was to come next does not; it had better not be open for long."""
        if self._next:
            self._next.decoded.close()
        self._forget_next()

    def appoint(self, start: float) -> None:
        """What comes next is to begin at another programme second than ``play`` said. For a film without sound."""
        if self._next:
            self._next.appoint(start)

    def cut_thread(self, entry: int, thread: str, at_seconds: float) -> None:
        """Cut the scene of this entry to another of its threads, at a film time or with the next picture."""
        if self._on and self._on.entry == entry and isinstance(self._on.decoded, DecodedThreads):
            self._on.decoded.cut(thread, at_seconds - self._on.clip.skipped_seconds)

    def drive(self, entry: int, picture: PictureLevels) -> None:
        """What the drives of a scene make of its picture; it may be the scene that comes next.

        The rate stays as it is once the end of the scene is planned.
        """
        for shot in (self._on, self._next):
            if shot and shot.entry == entry:
                shot.picture = picture
        if self._on and self._on.entry == entry and (self._next is None or self._next.start is None):
            self._on.turn(picture.rate, self._programme)

    def caption(self, text: str, seconds: float) -> None:
        """Show ``text`` for ``seconds`` of film time, instead of the clip's own captions; '' removes it."""
        self._caption = (text, self._programme + seconds)

    def notice(self, sentences: tuple[str, ...]) -> None:
        """Show these, one after the other, below all captions and also without them; () removes them."""
        self._notice = sentences

    def caption_languages(self, languages: tuple[str, ...] | None) -> None:
        """In which languages captions are shown, from the next picture on; () as the story has them, None: not."""
        self._composer.languages = languages

    def set_volume(self, volume: float, over_seconds: float) -> None:
        """The scene's own volume, on top of the master volume; the next scene starts with its own again."""
        self._soundtrack.scene_volume(volume, over_seconds)

    def stem_levels(self, entry: int, levels: tuple[float, ...]) -> None:
        """Bring the stems of the scene that came, or will come, with this ``play`` to ``levels``, 0 to 1 each."""
        for shot in (self._on, self._next):
            if shot and shot.entry == entry:
                shot.levels = levels
                self._soundtrack.stem_levels(shot)

    def master_volume(self, volume: float, over_seconds: float = 0.0) -> None:
        """The master volume, 0 to 1; during a blackout, the volume to restore after it."""
        if self._volume_after is not None:
            self._volume_after = volume
        else:
            self.sound.mixer.set_volume(volume, over_seconds)

    def mute(self, mute: bool) -> None:
        """Silence, or the master volume as it was."""
        self.sound.mixer.set_mute(mute)

    def brightness(self, brightness: float) -> None:
        """Of the picture, 0 to 1."""
        self._brightness.brightness = brightness

    def cover(self, canvas: Image | None) -> None:
        """Let a picture of the screen's size lie over the film, also in a blackout; None: the film is seen again."""
        self._cover = None if canvas is None else self.screen.tone.apply(canvas)

    def correct(self, settings: ScreenSettings) -> None:
        """Other corners, gamma and black level, at once. A picture that lies over the film has to be laid again."""
        self.screen.correct(settings)
        self._overlaid = True  # drawn again, though nothing else has changed

    def blackout(self, black: bool, fade_seconds: float = 0.5) -> None:
        """Fade picture and sound out, or back in; the film keeps running meanwhile."""
        self._brightness.blackout(black, fade_seconds)
        mixer, after = self.sound.mixer, self._volume_after
        if black and after is None:
            self._volume_after = mixer.volume
            mixer.set_volume(0.0, fade_seconds)
        elif not black and after is not None:
            self._volume_after = None
            mixer.set_volume(after, fade_seconds)

    def keep_safe_picture(self, clip: Clip) -> None:
        """The scene of which one picture stays in memory, for the hour when no clip can be read."""
        self._preroll.keep_safe_picture(clip)

    def stand_by(self, standing: bool) -> None:
        """Nothing can be played: the safe picture stands where the film has ended, and clips are looked for often."""
        self._preroll.failures.standing = standing

    def look_for_failed(self) -> None:
        """Look now whether clips that could not be played are there again."""
        self._preroll.failures.look_now(self._now)

    def forget_failures(self) -> None:
        """Try again what could not be played: somebody says that it was mended."""
        self._preroll.failures.forget()

    def pause(self, paused: bool) -> None:
        """Stop picture and sound where they are, or resume from there."""
        self.sound.pause(paused, self._now)

    def advance(self, now: float) -> None:
        """Move on to ``now``: begin scenes whose time has come, give up those that cannot be played."""
        self._now, self._programme = now, max(self._programme, self.sound.clock.at(now))
        self._brightness.advance(now)
        self._preroll.poll(now)
        self._change(now)
        self._close_left_scenes()
        if self._on and self._on.decoded.failed and self._on is not self._given_up:
            self._given_up = self._on
            self._preroll.fail(self._on.scene, self._on.decoded, now)
        if self._on and isinstance(self._on.decoded, DecodedThreads):
            self._on.decoded.report(self._losses, self._on.scene)
        if self._on:
            decoded = self._on.decoded
            self._overload.update(now, decoded, decoded.left_out, str(self._on.clip.file))
        self.playhead = self._current_playhead()

    def draw(self, now: float, overlay: pygame.Surface | None = None) -> None:
        """Show the picture of this moment, changes asked for since ``advance`` included; returns when presented."""
        self._change(now)
        programme = self._programme
        text = self._caption[0] if programme < self._caption[1] else None
        turn = int(programme / NOTICE_SECONDS)
        notice = self._notice[turn % len(self._notice)] if self._notice else ""
        canvas = self._composer.compose(self._on, self._old, programme, now, text, notice)
        level = self._brightness.level * dip_level(self._on, self._next, programme) * self._composer.picture.brightness
        lying = self._safe_picture()
        if self._cover is not None:
            lying, level = self._cover, self._brightness.brightness
        canvas = canvas if lying is None else lying
        stays = not self._composer.changed and lying is self._lying
        same = stays and level == self._level and overlay is None and not self._overlaid
        if same and now < self._drawn_at + REFRESH_SECONDS:
            return
        self.screen.show(canvas, level, overlay)
        self._level, self._drawn_at, self._overlaid = level, now, overlay is not None
        self._lying = lying
        self._composer.count(self._on, self.sound.clock, now)

    def next_deadline(self, now: float) -> float:
        """When the next picture is due, by the clock that gave ``now``."""
        idle = now + IDLE_SECONDS
        if self.sound.clock.paused:
            return idle
        due = []
        if self._on and self._on.start is not None:
            start = self._on.decoded.video.next_start(self._on.seconds(self._programme))
            if start is not None:
                due.append(self._on.moment(start))
        if self._next and self._next.start is None:
            idle = now + OPENING_SECONDS
        elif self._next and self._next.start is not None:
            due.append(self._next.start)
        times = [self.sound.clock.when(programme, now) for programme in due if programme > self._programme]
        return max(now + SLACK_SECONDS, min([idle, *times]))

    def caught_up(self) -> bool:
        """Whether all that this moment needs is decoded. For a simulated clock: the real one waits for nobody."""
        on, following = self._on, self._next
        if on and not on.decoded.caught_up(on.seconds(self._programme)):
            return False
        if following and not (following.decoded.poll() or following.decoded.failed):
            return False
        return self._preroll.caught_up()

    @property
    def on_screen(self) -> Shot | None:
        """The scene that plays; None before the first one."""
        return self._on

    @property
    def coming(self) -> Shot | None:
        """The scene that is to follow; its ``start`` is None until it is open."""
        return self._next

    @property
    def programme(self) -> float:
        """The programme second that is on the screen."""
        return self._programme

    @property
    def health(self) -> FilmHealth:
        """The counters, as they are published."""
        counter = self._composer.counter
        return FilmHealth(
            fps=counter.fps(self._drawn_at),
            shown=counter.shown,
            late=counter.late,
            dropped=counter.dropped,
            repeated=counter.repeated,
            sound_ok=self.sound.ok,
            sound_gaps=self.sound.gaps,
            candidates_ready=self._preroll.ready,
            candidates_megabytes=self._preroll.megabytes,
            path=self.screen.path,
        )

    def close(self) -> None:
        """Stop everything; files and threads are gone when it returns. Screen and sound belong to the caller."""
        shots = [shot for shot in (self._on, self._next, *(shot for _, shot in self._leaving)) if shot]
        for shot in shots:
            shot.decoded.close()
        self._preroll.close()
        self._soundtrack.close()
        for shot in shots:
            shot.decoded.join(1.0)

    def _safe_picture(self) -> np.ndarray | None:
        over = self._on is None or (self._is_over(self._on) and self._next is None)
        return self._preroll.safe_picture if self._preroll.failures.standing and over else None

    def _change(self, now: float) -> None:
        if self._next:
            self._await(self._next, now)
        if self._next and self._next.start is not None and self._programme + SLACK_SECONDS >= self._next.start:
            self._change_over(self._next)

    def _await(self, following: Shot, now: float) -> None:
        """Plan the change as soon as the next scene can be played, or give it up."""
        on = self._on
        ready = following.decoded.await_first(now, STALLED_SECONDS if on and self._is_over(on) else OPEN_SECONDS)
        if following.decoded.failed:
            self._preroll.fail(following.scene, following.decoded, now)
            self._forget_next()
        elif ready and following.start is None:
            self._preroll.failures.works(following.scene)
            change = following.transition
            end = on.end_after(self._programme + change.lead_seconds) if on else None
            mixed = self.sound.mixed / RATE
            # The very first scene waits for its first sample; later ones take over picture first.
            begin = self._programme + self._ahead(following) if on else max(mixed, self._programme)
            takeover = plan(change, following.at, end, begin, mixed)
            following.start, following.takeover = takeover.start, takeover
            if on and change.kind == "hold":
                on.frozen_at = takeover.begin
            self._soundtrack.change(on, following, takeover)

    def _change_over(self, following: Shot) -> None:
        if self._on and following.takeover:
            crossing = following.transition.kind == "crossfade"
            self._old = self._on if crossing else None
            voice_ends = self._on.voice.end / RATE if self._on.voice else 0.0
            self._leaving.append((max(following.takeover.done, voice_ends), self._on))
        self._on, self._next = following, None

    def _ahead(self, following: Shot) -> float:
        """Screens that follow hear of a cut before it is made, where it could be made at once."""
        return self.ahead_seconds if following.at == "now" else 0.0

    def _unheard(self, shot: Shot) -> bool:
        """Whether nothing of its sound is mixed yet: a decoded clip is read once, and forward."""
        return shot.start is None or shot.start * RATE >= self.sound.mixed

    def _forget_next(self) -> None:
        """Drop the scene that was waiting; what plays continues as if nothing had been planned."""
        dropped, self._next = self._next, None
        if dropped and dropped.start is not None:
            self._soundtrack.cancel_change(self._on, dropped)
            if self._on:
                self._on.frozen_at = None

    def _close_left_scenes(self) -> None:
        left = [(until, shot) for until, shot in self._leaving if self._programme > until]
        for gone in left:
            self._leaving.remove(gone)
            gone[1].decoded.close()
            if gone[1] is self._old:
                self._old = None
        if left and not self._leaving:
            self.prepare(self._candidates)
        self._soundtrack.close_faded(self._programme)

    def _current_playhead(self) -> Playhead:
        on, failed = self._on, self._preroll.failures.scenes
        if on is None or on.start is None:
            return Playhead(failed=failed)
        seconds = on.clip.skipped_seconds + on.seconds(self._programme)
        head = Playhead(on.entry, seconds, self._is_over(on) and self._next is None, failed)
        threads = on.decoded
        if isinstance(threads, DecodedThreads):
            return replace(head, thread=threads.thread, lost_threads=threads.lost)
        return head

    def _is_over(self, on: Shot) -> bool:
        """Whether only its last picture is left: it is at its end, or can no longer be played."""
        end = on.end_after(self._programme) if not on.clip.loop else None
        return bool(on.decoded.failed) or (end is not None and self._programme + SLACK_SECONDS >= end)
