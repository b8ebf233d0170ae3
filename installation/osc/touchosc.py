"""A layout for TouchOSC on a tablet: ``.tosc``, an XML tree packed with zlib.

The format as TouchOSC 1.5 writes it (``lexml`` 6): https://hexler.net/touchosc/manual and, for what stands where in the
file, the notes of py2tosc (https://github.com/shakfu/py2tosc, docs/guide/format.md).
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterable
from xml.etree import ElementTree

from installation.osc.layouts import ON_AT_FIRST, SHOWN, Widget, widgets

WIDTH, HEIGHT, COLUMNS, GAP = 1024, 768, 4, 12
SHOWN_HEIGHT = 84
BUTTON_TYPES = {"button": 0, "switch": 1}
"""Momentary; toggles when it is let go."""
EAST, CENTRE, SQUARE = 1, 2, 1
COLORS = {"button": (0.15, 0.3, 0.45), "switch": (0.5, 0.28, 0.1), "level": (0.2, 0.4, 0.25), "shown": (0.1, 0.1, 0.1)}
NAMESPACE = uuid.UUID("6f6b6f3e-8f0f-4f0c-9a50-3d7c0a0f5a11")
Frame = tuple[float, float, float, float]
Properties = dict[str, int | dict[str, int]]
"""By a letter for their type, and their key."""


def layout(prefix: str) -> bytes:
    """The file's bytes. The same each time, so that a changed file is a changed layout."""
    root = ElementTree.Element("lexml", version="6")
    group = _node(root, "GROUP", "chiaroscuro", (0, 0, WIDTH, HEIGHT), (0.0, 0.0, 0.0), {"b:grabFocus": 0})
    group.insert(0, ElementTree.Element("includes"))
    children = ElementTree.SubElement(group, "children")
    width = (WIDTH - GAP) / len(SHOWN)
    for place, (caption, address) in enumerate(SHOWN.items()):
        x = GAP + place * width
        _label(children, f"{caption} caption", caption, (x, GAP, width - GAP, 24), 14)
        shown = _label(children, caption, "", (x, GAP + 24, width - GAP, SHOWN_HEIGHT - 24 - GAP), 22)
        _message(shown, prefix + address, ("text", "STRING"), sends=False)
    plan = widgets()
    rows = -(-len(plan) // COLUMNS)
    width, height = (WIDTH - GAP) / COLUMNS, (HEIGHT - SHOWN_HEIGHT - GAP) / rows
    for place, widget in enumerate(plan):
        row, column = divmod(place, COLUMNS)
        frame = (GAP + column * width, GAP + SHOWN_HEIGHT + row * height, width - GAP, height - GAP)
        _widget(children, widget, prefix, frame)
    return zlib.compress(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _widget(parent: ElementTree.Element, widget: Widget, prefix: str, frame: Frame) -> None:
    kinds: Properties = {"b:grabFocus": 1, "b:interactive": 1}
    if widget.kind == "level":
        node = _node(parent, "FADER", widget.name, frame, COLORS["level"], kinds | {"i:orientation": EAST})
        _values(node, {"x": "1", "touch": "false"})
    else:
        more: Properties = {"i:buttonType": BUTTON_TYPES[widget.kind], "b:press": 1, "b:release": 1}
        node = _node(parent, "BUTTON", widget.name, frame, COLORS[widget.kind], kinds | more)
        _values(node, {"x": str(int(widget.name in ON_AT_FIRST)), "touch": "false"})
    _message(node, prefix + widget.address, ("x", "FLOAT"), sends=True)
    _label(parent, f"{widget.name} caption", widget.name, frame, 22)


def _label(parent: ElementTree.Element, name: str, text: str, frame: Frame, size: int) -> ElementTree.Element:
    """Words, through which a touch goes to what lies under them."""
    more: Properties = {"b:background": 0, "b:grabFocus": 0, "b:interactive": 0, "b:outline": 0, "b:textClip": 1}
    more |= {"i:textAlignH": CENTRE, "i:textAlignV": CENTRE, "i:textSize": size, "i:textLength": 0, "i:font": 0}
    node = _node(parent, "LABEL", name, frame, COLORS["shown"], more | {"c:textColor": dict.fromkeys("rgba", 1)})
    _values(node, {"text": text, "touch": "false"})
    return node


def _node(
    parent: ElementTree.Element, kind: str, name: str, frame: Frame, color: Iterable[float], more: Properties
) -> ElementTree.Element:
    """A node with its properties in order of their keys;"""
    node = ElementTree.SubElement(parent, "node", ID=str(uuid.uuid5(NAMESPACE, name)), type=kind)
    found: dict[str, tuple[str, object]] = {
        "name": ("s", name),
        "color": ("c", dict(zip("rgba", (*color, 1.0), strict=True))),
        "frame": ("r", dict(zip("xywh", frame, strict=True))),
        "shape": ("i", SQUARE),
        "visible": ("b", 1),
        "background": ("b", 1),
        "outline": ("b", 1),
    }
    found |= {key[2:]: (key[0], value) for key, value in more.items()}
    properties = ElementTree.SubElement(node, "properties")
    for key, (letter, value) in sorted(found.items()):
        one = ElementTree.SubElement(properties, "property", type=letter)
        ElementTree.SubElement(one, "key").text = key
        holder = ElementTree.SubElement(one, "value")
        if isinstance(value, dict):
            for part, number in value.items():
                ElementTree.SubElement(holder, part).text = f"{number:g}"
        else:
            holder.text = str(value)
    return node


def _values(node: ElementTree.Element, defaults: dict[str, str]) -> None:
    values = ElementTree.SubElement(node, "values")
    for key, default in defaults.items():
        one = ElementTree.SubElement(values, "value")
        fields = {"key": key, "locked": "0", "lockedDefaultCurrent": "0", "default": default, "defaultPull": "0"}
        for name, text in fields.items():
            ElementTree.SubElement(one, name).text = text


def _message(node: ElementTree.Element, address: str, value: tuple[str, str], sends: bool) -> None:
    """One OSC message, over every connection; sent when the value changes, or received."""
    osc = ElementTree.SubElement(ElementTree.SubElement(node, "messages"), "osc")
    flags = {"enabled": 1, "send": int(sends), "receive": int(not sends), "feedback": 0, "noDuplicates": 0}
    for name, flag in flags.items():
        ElementTree.SubElement(osc, name).text = str(flag)
    ElementTree.SubElement(osc, "connections").text = "1" * 10
    key, conversion = value
    trigger = ElementTree.SubElement(ElementTree.SubElement(osc, "triggers"), "trigger")
    ElementTree.SubElement(trigger, "var").text = key
    ElementTree.SubElement(trigger, "condition").text = "ANY"
    for part, kind, to, what in (
        ("path", "CONSTANT", "STRING", address),
        ("arguments", "VALUE", conversion, key),
    ):
        partial = ElementTree.SubElement(ElementTree.SubElement(osc, part), "partial")
        fields = {"type": kind, "conversion": to, "value": what, "scaleMin": "0", "scaleMax": "1"}
        for name, text in fields.items():
            ElementTree.SubElement(partial, name).text = text
