"""What an operator sets on the stage itself: volume, brightness, camera, doors, a rehearsed mood."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from installation.osc.registry import Code
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
    SetClosed,
    SetMasterVolume,
    SetMute,
    SetOverlay,
)

Answer = tuple[Code, str]
"""What ``/reply/{command}`` carries: a code and a short reason."""
DONE: Answer = (Code.DONE, "ok")
Setting = (
    SetMasterVolume
    | SetMute
    | SetBrightness
    | SetOverlay
    | SetCamera
    | SetClosed
    | OpenHouse
    | CloseHouse
    | RehearseMood
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
        case SetOverlay(on):
            controls = replace(controls, overlay=on)
            eye.set_thumbnail(on)
        case SetCamera(on):
            controls = replace(controls, camera=on)
            eye.set_camera(on)
        case SetClosed(on):
            parts.house.ask(not on, now, at_once=True)
        case OpenHouse() | CloseHouse():
            parts.house.ask(isinstance(command, OpenHouse), now)
        case RehearseMood(label, intensity):
            try:
                parts.rehearsal.set(label, intensity, now)
            except ValueError as error:
                return controls, (Code.UNKNOWN, str(error))
        case SendSnapshot():
            parts.broadcast.snapshot()
        case Ping():
            return controls, (Code.DONE, "pong")
        case _:
            assert_never(command)
    return controls, DONE
