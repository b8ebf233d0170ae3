"""Layouts for a technician's own tools: one plan of buttons, switches and faders, made from the command registry.

``touchosc`` and ``companion`` draw it. What needs a word of its own (a scene's name, a passphrase) is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from installation.osc.registry import COMMANDS, IN

LEFT_OUT = ("ping", "snapshot")
"""Buttons for programs."""
ON_AT_FIRST = ("camera",)
"""Switches that are on when the show begins."""
STATES = {"attract": 1, "pause": 5, "blackout": 6}
"""Commands whose standing ``/scene/state`` tells, and its number then."""
STATE, HOUSE, SCENE, LOST, MOOD = "/scene/state", "/info/house", "/scene/id", "/health/lost", "/mood/label"
SHOWN = {"scene": SCENE, "mood": MOOD, "doors": HOUSE, "lost": LOST}
"""What a layout shows in words: its caption, and the address that tells it."""


@dataclass(frozen=True, slots=True)
class Widget:
    """One control of a layout."""

    name: str
    """The command's."""
    kind: Literal["button", "switch", "level"]

    @property
    def address(self) -> str:
        """Below the prefix."""
        return COMMANDS[self.name].path


def widgets() -> tuple[Widget, ...]:
    """All commands that need no text, in the registry's order."""
    kinds: dict[str, Literal["button", "switch", "level"]] = {"pressed": "button", "on": "switch"}
    return tuple(
        Widget(line.name, kinds.get(line.arguments[0].name, "level"))
        for line in IN
        if [argument.tag for argument in line.arguments] == ["f"] and line.name not in LEFT_OUT
    )
