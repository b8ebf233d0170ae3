"""What an operator sets on the stage itself: volume, brightness, camera, doors, a rehearsed mood."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from installation.osc.registry import Code
from installation.show.answer import DONE, Answer
from installation.show.keys import Controls
from installation.show.parts import Parts
from scenes.machine.command import (
    CloseHouse,
    OpenHouse,
    Ping,
    RehearseMood,
    SendSnapshot,
    SetBrightness,
    SetCamera,
    SetCaptions,
    SetClosed,
    SetMasterVolume,
    SetMute,
    SetOverlay,
    SetStaff,
    ShowCamera,
)
from scenes.story.translations import languages_asked

CAPTION_LANGUAGES = 2
"""At a time: more would hide the picture."""
Setting = (
    SetMasterVolume
    | SetMute
    | SetBrightness
    | SetCaptions
    | SetOverlay
    | SetCamera
    | SetStaff
    | SetClosed
    | OpenHouse
    | CloseHouse
    | RehearseMood
    | ShowCamera
    | SendSnapshot
    | Ping
)


def set_stage(command: Setting, parts: Parts, controls: Controls, now: float) -> tuple[Controls, Answer]:
    """Obey ``command`` at ``now`` (seconds): how the machine is set then, and the answer. Raises nothing."""
    film, eye = parts.film, parts.eye
    match command:
        case SetMasterVolume(level):
            controls = replace(controls, volume=level)
            film.master_volume(level)
        case SetMute(on):
            controls = replace(controls, mute=on)
            film.mute(on)
        case SetBrightness(level):
            controls = replace(controls, brightness=level)
            film.brightness(level)
        case SetCaptions(wish):
            languages = languages_asked(wish)
            if refusal := _cannot_read(languages, controls.languages):
                return controls, (Code.UNKNOWN, refusal)
            controls = replace(controls, captions=languages)
            film.caption_languages(languages)
        case SetOverlay(on):
            controls = replace(controls, overlay=on)
            eye.set_thumbnail(on or (parts.console is not None and parts.console.shows_camera))
        case SetCamera(on):
            controls = replace(controls, camera=on)
        case SetStaff(on):
            return controls, parts.consent.set_staff(on)
        case SetClosed(on):
            parts.house.ask(not on, now, at_once=True)
        case OpenHouse() | CloseHouse():
            parts.house.ask(isinstance(command, OpenHouse), now)
        case RehearseMood(label, intensity):
            try:
                parts.rehearsal.set(label, intensity, now)
            except ValueError as error:
                return controls, (Code.UNKNOWN, str(error))
        case ShowCamera():
            if parts.console is None:
                return controls, (Code.NOT_NOW, "this show has no console")
            parts.console.show_camera(command, now)
        case SendSnapshot():
            parts.broadcast.snapshot()
        case Ping():
            return controls, (Code.DONE, "pong")
        case _:
            assert_never(command)
    return controls, DONE


def _cannot_read(languages: tuple[str, ...] | None, there: tuple[str, ...]) -> str:
    """Why captions cannot be shown in ``languages``; '' where they can."""
    known = ", ".join(language for language in there if language) or "no other languages than its own"
    if languages and len(languages) > CAPTION_LANGUAGES:
        return f"at most {CAPTION_LANGUAGES} languages at a time"
    lacking = next((language for language in languages or () if language not in there), None)
    return "" if lacking is None else f"no captions in {lacking[:20]!r}; the story has {known}, and own, off"
