"""The audio description: a second sound in step with the scene, on channels of its own. Its loss is its own."""

from __future__ import annotations

from dataclasses import dataclass

from installation.film.audio_decoder import RATE, AudioDecoder
from installation.film.mixer_voice import MixerVoice
from installation.film.shot import Shot
from installation.film.sound import Sound
from installation.host.console import LossReporter

FADE = RATE // 50
"""A description that is left in mid-word goes within 20 ms."""


@dataclass(slots=True)
class _Spoken:
    scene: str
    audio: AudioDecoder
    voice: MixerVoice


class Description:
    """Places the description of each scene in the programme. Nobody waits for it: what comes late is missing."""

    def __init__(self, sound: Sound, losses: LossReporter) -> None:
        self._sound, self._losses = sound, losses
        self._on: _Spoken | None = None
        self._before: _Spoken | None = None
        """What was heard before the change that was planned last."""
        self._old: list[_Spoken] = []

    def change(self, new: Shot, begin: int, start: int) -> None:
        """From sample ``begin`` on the old scene's is not heard, from ``start`` on that of ``new``."""
        self._before = self._on
        if self._on:
            with self._sound.mixer.changing:
                self._on.voice.fade_out(max(begin, self._sound.mixed), FADE)
            self._old.append(self._on)
            self._on = None
        clip = new.clip
        if clip.description is None or not self._sound.describes:
            return
        length = new.decoded.length
        loop = clip.loop and length is not None
        audio = AudioDecoder(clip.description, 0.0 if loop else clip.skipped_seconds, length, loop)
        self._on = _Spoken(new.scene, audio, MixerVoice(audio, start))
        self._sound.mixer.add(self._on.voice, described=True)

    def cancel_change(self) -> None:
        """The change that was planned last will not happen: what is heard continues."""
        dropped, self._on = self._on, self._before
        with self._sound.mixer.changing:
            if self._on:
                self._on.voice.stay()
            if dropped:
                dropped.voice.end = 0
        self._old = [one for one in [*self._old, dropped] if one and one is not self._on]

    def close_ended(self, programme: float, retry: bool) -> None:
        """Close those that have ended, and report one that cannot be read; ``retry``: try it again."""
        if self._on:
            part, audio = f"audio description of scene {self._on.scene}", self._on.audio
            if audio.failed:
                self._losses.lost(part, f"{audio.file}: {audio.failed}")
                if retry:
                    audio.try_again()
            elif audio.ready.is_set():
                self._losses.back(part)
        for one in [one for one in self._old if programme * RATE > one.voice.end]:
            one.audio.close()
            self._old.remove(one)

    def close(self) -> None:
        """Close all."""
        for one in [*self._old, *([self._on] if self._on else [])]:
            one.audio.close()
            one.audio.join(1.0)
