"""A page of buttons for Bitfocus Companion (a Stream Deck, or its own web page): ``.companionconfig``, JSON.

A page as Companion 4.2 exports it (format 9, shared-lib/lib/Model/ExportModelv6.ts of
https://github.com/bitfocus/companion); its buttons speak through the module "Generic: OSC"
(https://github.com/bitfocus/companion-module-generic-osc), which lights them too where the show tells its state.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from installation.osc.layouts import STATE, STATES, widgets

VERSION = 9
ROWS, COLUMNS = 4, 8
LEVELS = (0.25, 0.5, 0.75, 1.0)
"""A button has no fader; none of these is silence or darkness, for which there are switches."""
MODULE = "generic-osc"
WHITE, LIT = 0xFFFFFF, 0x2E7D32
COLORS = {"button": 0x1F3A5F, "switch": 0x7A3A12, "level": 0x29523A}


class Button(NamedTuple):
    """One button: its words and color, and the message that it sends; ``argument`` None: it carries nothing."""

    text: str
    color: int
    address: str
    argument: float | None
    lit_at: int | None
    """``/scene/state`` while it is lit."""


def buttons() -> tuple[Button, ...]:
    """Those of the page, in order. A switch is two: one alone would guess how the show stands."""
    return tuple(_buttons())


def page(prefix: str, host: str, port: int, feedback_port: int) -> bytes:
    """The file's bytes, for a show at this address that sends its state to Companion's ``feedback_port``."""
    connection = _id("connection")
    rows: dict[str, dict[str, Any]] = {}
    for place, button in enumerate(buttons()):
        row, column = divmod(place, COLUMNS)
        rows.setdefault(str(row), {})[str(column)] = _control(button, prefix, connection)
    config = {
        "host": host,
        "targetPort": str(port),
        "protocol": "udp",
        "listen": True,
        "feedbackPort": str(feedback_port),
    }
    instance = {
        "label": "chiaroscuro",
        "instance_type": MODULE,
        "config": config,
        "isFirstInit": False,
        "lastUpgradeIndex": 0,
        "enabled": True,
        "sortOrder": 0,
    }
    document = {
        "version": VERSION,
        "type": "page",
        "companionBuild": "made by chiaro osc layouts",
        "page": {
            "id": _id("page"),
            "name": "chiaroscuro",
            "controls": rows,
            "gridSize": {"minColumn": 0, "maxColumn": COLUMNS - 1, "minRow": 0, "maxRow": ROWS - 1},
        },
        "instances": {connection: instance},
        "connectionCollections": [],
        "oldPageNumber": 1,
    }
    return (json.dumps(document, indent=1) + "\n").encode()


def _buttons() -> Iterator[Button]:
    for widget in widgets():
        color, lit = COLORS[widget.kind], STATES.get(widget.name)
        if widget.kind == "button":
            yield Button(widget.name, color, widget.address, None, lit)
        elif widget.kind == "switch":
            yield Button(f"{widget.name}\non", color, widget.address, 1, lit)
            yield Button(f"{widget.name}\noff", color, widget.address, 0, None)
        else:
            for level in LEVELS:
                yield Button(f"{widget.name}\n{level:.0%}", color, widget.address, level, None)


def _control(button: Button, prefix: str, connection: str) -> dict[str, Any]:
    options: dict[str, Any] = {"path": prefix + button.address}
    definition = "send_blank"
    if button.argument is not None:
        definition = "send_float"
        options["float"] = button.argument
    action = _entity(button, connection, "action", definition, options)
    return {
        "type": "button",
        "style": {
            "text": button.text,
            "textExpression": False,
            "size": "auto",
            "png64": None,
            "alignment": "center:center",
            "pngalignment": "center:center",
            "color": WHITE,
            "bgcolor": button.color,
            "show_topbar": "default",
        },
        "options": {"stepProgression": "auto", "stepExpression": "", "rotaryActions": False},
        "feedbacks": _feedbacks(button, prefix, connection),
        "steps": {"0": {"action_sets": {"down": [action], "up": []}, "options": {"runWhileHeld": []}}},
        "localVariables": [],
    }


def _feedbacks(button: Button, prefix: str, connection: str) -> list[dict[str, Any]]:
    if button.lit_at is None:
        return []
    asked = {"path": prefix + STATE, "arguments": button.lit_at, "comparison": "equal"}
    entity = _entity(button, connection, "feedback", "osc_feedback_int", asked)
    return [entity | {"style": {"bgcolor": LIT}, "isInverted": False}]


def _entity(button: Button, connection: str, kind: str, definition: str, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": _id(f"{kind} {button.text}"),
        "type": kind,
        "definitionId": definition,
        "connectionId": connection,
        "upgradeIndex": 0,
        "options": options,
        "children": {},
    }


def _id(of: str) -> str:
    """21 letters like those of Companion, the same each time."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"chiaroscuro {of}".encode()).digest()).decode()[:21]
