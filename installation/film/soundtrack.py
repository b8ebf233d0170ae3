"""What is heard: the voice of each scene, crossing with its picture, and the music bed under several scenes."""

from __future__ import annotations

from dataclasses import dataclass

from installation.film.audio_decoder import RATE, AudioDecoder
from installation.film.description import Description
from installation.film.mixer_voice import MixerVoice, samples
from installation.film.scene_sound import SceneSound
from installation.film.shot import Shot, Takeover
from installation.film.sound import RETRY_SECONDS, Sound
from installation.film.thread_sound import HeardSound
from installation.host.console import LossReporter
from scenes.story.clip import Bed

CLICK = RATE // 100
"""A cut in mid-sound is crossed over 10 ms; a cut at the end of a clip not at all: its samples join as they are."""


@dataclass(slots=True)
class _Playing:
    bed: Bed
    audio: AudioDecoder
    voice: MixerVoice


class Soundtrack:
    """Places voices in the programme. Belongs to the stage's thread; the mixer reads what it places."""

    def __init__(self, sound: Sound, losses: LossReporter) -> None:
        self._sound, self._losses = sound, losses
        self._description = Description(sound, losses)
        self._bed: _Playing | None = None
        self._old: list[_Playing] = []
        self._scene: Shot | None = None
        self._retry_at = 0.0

    def change(self, old: Shot | None, new: Shot, takeover: Takeover) -> None:
        """Let the sound of ``new`` take over from ``old`` as planned."""
        mixed = self._sound.mixed
        begin, start = samples(takeover.begin), samples(takeover.start)
        count = samples(takeover.done) - begin
        audio, stems = new.decoded.audio, new.decoded.stems
        if audio is None:
            raise RuntimeError("a change of scene was planned before its sound was open")
        voice = new.voice = MixerVoice(SceneSound(audio, stems), start, new.clip.volume)
        kind = new.transition.kind
        with self._sound.mixer.changing:
            if old and old.voice:
                if kind == "crossfade" and count:
                    old.voice.fade_out(max(begin, mixed), max(CLICK, begin + count - max(begin, mixed)))
                elif kind == "dip" and count:
                    old.voice.fade_out(max(begin, mixed), max(CLICK, start - max(begin, mixed)))
                elif begin >= mixed:
                    old.voice.end = begin
                else:
                    old.voice.fade_out(mixed, CLICK)
            if kind in ("crossfade", "dip") and count:
                voice.fade_in(max(start, mixed), max(CLICK, begin + count - max(start, mixed)))
            elif start < mixed:
                voice.fade_in(mixed, CLICK)
            if stems:
                stems.go(new.levels)
        self._sound.mixer.add(voice)
        self._scene = new
        self._description.change(new, begin, start)
        self._change_bed(new.bed, max(start, mixed))

    def cancel_change(self, on: Shot | None, dropped: Shot) -> None:
        """The change to ``dropped`` was planned and will not happen: what plays continues."""
        with self._sound.mixer.changing:
            if dropped.voice:
                dropped.voice.end = 0
            if on and on.voice:
                on.voice.stay()
        self._description.cancel_change()
        self._scene = on

    def stem_levels(self, shot: Shot) -> None:
        """Bring the stems of ``shot``, which plays or is to follow, to its ``levels``."""
        if shot.decoded.stems:
            with self._sound.mixer.changing:
                shot.decoded.stems.go(shot.levels)

    def scene_volume(self, volume: float, over_seconds: float) -> None:
        """Bring the scene on the screen to ``volume``."""
        if self._scene and self._scene.voice:
            with self._sound.mixer.changing:
                self._scene.voice.set_volume(volume, self._sound.mixed, samples(over_seconds))

    def close_faded(self, programme: float) -> None:
        """Close the beds that have faded out. Report sound that cannot be read, of a scene or music; try it again."""
        retry = programme >= self._retry_at
        if retry:
            self._retry_at = programme + RETRY_SECONDS
        if self._scene and self._scene.decoded.audio:
            audio = self._scene.decoded.audio
            self._report(f"sound of {audio.file.name}", audio, retry)
        if self._scene and self._scene.decoded.stems:
            for stem in self._scene.decoded.stems.sounds:
                self._report(f"stem {stem.file.name}", stem, retry)
        for playing in [*self._old, *([self._bed] if self._bed else [])]:
            self._report(f"music {playing.bed.file.name}", playing.audio, retry)
        self._description.close_ended(programme, retry)
        self._sound.mixer.drop_ended(samples(programme))
        gone = [playing for playing in self._old if programme * RATE > playing.voice.end]
        for playing in gone:
            playing.audio.close()
            self._old.remove(playing)

    def close(self) -> None:
        """Close all beds, and the audio description."""
        self._description.close()
        for playing in [*self._old, *([self._bed] if self._bed else [])]:
            playing.audio.close()
            playing.audio.join(1.0)

    def _report(self, part: str, audio: HeardSound, retry: bool) -> None:
        if audio.failed:
            self._losses.lost(part, f"{audio.file}: {audio.failed}")
            if retry:
                audio.try_again()
        elif audio.ready.is_set():
            self._losses.back(part)

    def _change_bed(self, bed: Bed | None, at: int) -> None:
        if self._bed and bed == self._bed.bed:
            return
        if self._bed:
            with self._sound.mixer.changing:
                self._bed.voice.fade_out(at, max(CLICK, samples(self._bed.bed.fade_seconds)))
            self._old.append(self._bed)
            self._bed = None
        if bed:
            audio = AudioDecoder(bed.file, 0.0, None, loop=True, track=bed.sound_track)
            voice = MixerVoice(audio, at, bed.volume)
            voice.fade_in(at, max(CLICK, samples(bed.fade_seconds)))
            self._bed = _Playing(bed, audio, voice)
            self._sound.mixer.add(voice)
