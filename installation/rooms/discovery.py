"""What Home Assistant is told of a room, so that it finds it by itself: one device with its sensors and controls.

By its documentation of MQTT discovery for devices (https://www.home-assistant.io/integrations/mqtt/); all of it is read
from the room's retained state. The visitors' mood is not in it: Home Assistant writes down what it is told, for weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from installation.rooms.topics import RoomCard, RoomTopics

BIRTH, BORN = "status", b"online"
"""Below its own prefix, Home Assistant says that it has begun; then it is told again."""
EXPIRES_SECONDS = 30
"""A room whose state is older has none: its show hangs. It is sent each ten seconds."""
OPTIONS_AT_MOST = 200

_SENSORS: dict[str, tuple[str, str, Mapping[str, Any]]] = {
    "word": ("State", "{{ value_json.word }}", {"icon": "mdi:theater"}),
    "scene": ("Scene", "{{ value_json.scene }}", {"icon": "mdi:filmstrip"}),
    "visitors": ("Visitors", "{{ value_json.visitors }}", {"icon": "mdi:account", "state_class": "measurement"}),
    "takes": ("Takes", "{{ value_json.counters.takes }}", {"icon": "mdi:movie", "state_class": "total_increasing"}),
    "visits": (
        "Visits",
        "{{ value_json.counters.visits }}",
        {"icon": "mdi:account-multiple", "state_class": "total_increasing"},
    ),
    "house": ("House", "{{ value_json.house }}", {"icon": "mdi:door"}),
    "lost": (
        "Lost",
        "{{ value_json.senses | selectattr('state', 'eq', 'lost') | map(attribute='name') | join(', ') or 'nothing' }}",
        {"icon": "mdi:alert", "entity_category": "diagnostic"},
    ),
    "drift": (
        "Drift of the light",
        "{{ value_json.counters.drift | round(2) }}",
        {"icon": "mdi:brightness-6", "state_class": "measurement", "entity_category": "diagnostic"},
    ),
    "film_fps": (
        "Pictures per second",
        "{{ value_json.counters.film_fps | round(1) }}",
        {"icon": "mdi:speedometer", "state_class": "measurement", "entity_category": "diagnostic"},
    ),
}
_BINARY: dict[str, tuple[str, str, Mapping[str, Any]]] = {
    "problem": (
        "Problem",
        "{{ 'ON' if value_json.senses | selectattr('state', 'eq', 'lost') | list else 'OFF' }}",
        {"device_class": "problem"},
    ),
    "in_take": ("Film running", "{{ 'ON' if value_json.in_take else 'OFF' }}", {"device_class": "running"}),
    "eye_open": ("Eye open", "{{ 'ON' if value_json.controls.eye_open else 'OFF' }}", {"icon": "mdi:eye"}),
}
_BUTTONS = {
    "start": ("Start", "mdi:play"),
    "stop": ("Stop", "mdi:stop"),
    "pause": ("Pause", "mdi:pause"),
    "resume": ("Resume", "mdi:play-pause"),
    "next": ("Next scene", "mdi:skip-next"),
    "reset": ("New take", "mdi:restart"),
    "attract": ("To attract", "mdi:home"),
    "open": ("Open the house", "mdi:door-open"),
    "close": ("Close the house", "mdi:door-closed"),
    "reload": ("Read the story again", "mdi:reload"),
}
_SWITCHES = {
    "blackout": ("Blackout", "mdi:projector-off"),
    "mute": ("Mute", "mdi:volume-off"),
    "camera": ("Camera", "mdi:cctv"),
    "staff": ("Only staff", "mdi:account-hard-hat"),
    "closed": ("Closed", "mdi:door-closed-lock"),
}
_NUMBERS = {"volume": ("Volume", "mdi:volume-high"), "brightness": ("Brightness", "mdi:brightness-7")}


def discovery_topic(prefix: str, room: str) -> str:
    """Where Home Assistant looks; ``prefix`` is ``[rooms] discovery``."""
    return f"{prefix}/device/chiaro_{room}/config"


def discovery_payload(topics: RoomTopics, card: RoomCard) -> bytes:
    """The device. What the room does not obey is no control of it."""
    unique = f"chiaro_{card.room}"
    components: dict[str, dict[str, Any]] = {}
    for platform, table in (("sensor", _SENSORS), ("binary_sensor", _BINARY)):
        for key, (name, template, more) in table.items():
            components[key] = {
                "platform": platform,
                "name": name,
                "value_template": template,
                "expire_after": EXPIRES_SECONDS,
                **more,
            }
    components |= {f"set_{key}": one for key, one in _controls(topics, card).items() if key in card.commands}
    for key, one in components.items():
        one["unique_id"] = f"{unique}_{key}"
    device = {
        "identifiers": [unique],
        "name": card.venue,
        "manufacturer": "chiaroscuro",
        "model": "film that watches its audience",
        "sw_version": card.version,
    }
    if card.console:
        device["configuration_url"] = card.console
    return orjson.dumps(
        {
            "device": device,
            "origin": {"name": "chiaroscuro", "sw_version": card.version},
            "availability_topic": topics.status,
            "state_topic": topics.state,
            "qos": 1,
            "components": components,
        }
    )


def _controls(topics: RoomTopics, card: RoomCard) -> dict[str, dict[str, Any]]:
    """By command."""
    found: dict[str, dict[str, Any]] = {}
    for command, (name, icon) in _BUTTONS.items():
        found[command] = {"platform": "button", "name": name, "icon": icon, "payload_press": "true"}
    for command, (name, icon) in _SWITCHES.items():
        found[command] = {
            "platform": "switch",
            "name": name,
            "icon": icon,
            "value_template": f"{{{{ 'true' if value_json.controls.{command} else 'false' }}}}",
            "payload_on": "true",
            "payload_off": "false",
        }
    for command, (name, icon) in _NUMBERS.items():
        found[command] = {
            "platform": "number",
            "name": name,
            "icon": icon,
            "value_template": f"{{{{ value_json.controls.{command} }}}}",
            "min": 0,
            "max": 1,
            "step": 0.01,
        }
    if 0 < len(card.scenes) <= OPTIONS_AT_MOST:
        found["goto"] = {
            "platform": "select",
            "name": "Go to scene",
            "icon": "mdi:movie-open",
            "value_template": "{{ value_json.scene }}",
            "options": list(card.scenes),
        }
    return {command: {**one, "command_topic": topics.set(command)} for command, one in found.items()}
