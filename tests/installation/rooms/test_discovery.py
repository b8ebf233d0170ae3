"""What Home Assistant is told, held against its own rules.

The rules were written from the schemas of its MQTT integration (home-assistant/core, components/mqtt: schemas.py,
config.py and the platforms, read in November 2026). It refuses a device that breaks them, and says so in its log only.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from installation.osc.registry import COMMANDS
from installation.rooms.discovery import discovery_payload, discovery_topic
from installation.rooms.topics import RoomCard, RoomTopics

TOPICS = RoomTopics("chiaro", "hall-2")
CARD = RoomCard(
    version="1.2",
    venue="Hall 2 (east)",
    room="hall-2",
    scenes=("lamp", "door"),
    commands=tuple(COMMANDS),
    console="http://10.0.0.5:8470/",
)

DEVICE_LEVEL = {
    *("device", "origin", "components", "qos", "encoding", "state_topic", "command_topic", "availability"),
    *("availability_topic", "availability_mode", "availability_template", "payload_available"),
    "payload_not_available",
}
"""Keys beside the components; any other one makes it refuse the whole device."""
DEVICE = {
    *("identifiers", "connections", "manufacturer", "model", "model_id", "name", "hw_version", "serial_number"),
    *("sw_version", "via_device", "suggested_area", "configuration_url"),
}
ORIGIN = {"name", "sw_version", "support_url"}
COMMON = {"platform", "name", "unique_id", "icon", "entity_category", "enabled_by_default", "device_class"}
PLATFORMS: dict[str, tuple[set[str], set[str]]] = {
    "sensor": (
        {"value_template"},
        {"value_template", "state_class", "unit_of_measurement", "expire_after", "force_update"},
    ),
    "binary_sensor": (
        {"value_template"},
        {"value_template", "expire_after", "force_update", "payload_on", "payload_off"},
    ),
    "button": ({"command_topic"}, {"command_topic", "command_template", "payload_press", "retain"}),
    "switch": (
        {"command_topic", "value_template"},
        {"command_topic", "value_template", "payload_on", "payload_off", "state_on", "state_off", "retain"},
    ),
    "number": (
        {"command_topic", "value_template"},
        {"command_topic", "command_template", "value_template", "min", "max", "step", "mode", "retain"},
    ),
    "select": (
        {"command_topic", "value_template", "options"},
        {"command_topic", "command_template", "value_template", "options", "retain"},
    ),
}
"""By platform: what our use of it needs, and what it may have."""
STATE_CLASSES = {"measurement", "total", "total_increasing"}
BINARY_CLASSES = {"problem", "running", "connectivity", "occupancy", "door", "power"}
UNIQUE = re.compile(r"[a-zA-Z0-9_-]+")
CONTROLLING = ("button", "switch", "number", "select")


def device(card: RoomCard = CARD) -> dict[str, Any]:
    found = json.loads(discovery_payload(TOPICS, card))
    assert isinstance(found, dict)
    return found


def faults_of(found: dict[str, Any]) -> list[str]:
    """Why Home Assistant would refuse this device, or a part of it."""
    faults = [f"unknown key {key}" for key in found.keys() - DEVICE_LEVEL]
    faults += [f"unknown key device.{key}" for key in found["device"].keys() - DEVICE]
    faults += [f"unknown key origin.{key}" for key in found["origin"].keys() - ORIGIN]
    if not found["device"].get("identifiers"):
        faults.append("the device has no identifier")
    if not found["origin"].get("name"):
        faults.append("the origin has no name")
    for topic in ("availability_topic", "state_topic"):
        if any(sign in found[topic] for sign in "+#\0"):
            faults.append(f"{topic} has a wildcard")
    if found["qos"] not in (0, 1, 2):
        faults.append("no such qos")
    for key, one in found["components"].items():
        faults += [f"{key}: {fault}" for fault in _faults_of_component(one)]
    unique = [one["unique_id"] for one in found["components"].values()]
    if len(set(unique)) < len(unique):
        faults.append("a unique_id is there twice")
    return faults


def _faults_of_component(one: dict[str, Any]) -> list[str]:
    platform = one.get("platform")
    if platform not in PLATFORMS:
        return [f"no platform {platform}"]
    needed, known = PLATFORMS[platform]
    faults = [f"lacks {key}" for key in needed - one.keys()]
    faults += [f"has {key}, which it would leave out" for key in one.keys() - known - COMMON]
    if not UNIQUE.fullmatch(one.get("unique_id", "")):
        faults.append("has no unique_id of letters, digits, _ and -")
    if not one.get("icon", "mdi:").startswith("mdi:"):
        faults.append("has an icon of no known set")
    if one.get("state_class", "total") not in STATE_CLASSES:
        faults.append("no such state_class")
    if platform == "binary_sensor" and one.get("device_class", "running") not in BINARY_CLASSES:
        faults.append("no such device_class")
    category = one.get("entity_category", "diagnostic")
    if category not in ("config", "diagnostic") or (category == "config" and platform not in CONTROLLING):
        faults.append("no such entity_category for it")
    if platform == "number" and not (one["min"] < one["max"] and one["step"] >= 0.001):
        faults.append("min, max and step do not fit")
    template = one.get("value_template", "{{ x }}")
    if template.count("{{") != 1 or template.count("}}") != 1:
        faults.append("its template is none")
    if any(sign in one.get("command_topic", "") for sign in "+#"):
        faults.append("its command_topic has a wildcard")
    return faults


def test_home_assistant_takes_the_room_as_a_device_with_all_its_parts() -> None:
    assert faults_of(device()) == []
    platforms = {one["platform"] for one in device()["components"].values()}
    assert platforms == set(PLATFORMS)


def test_its_topic_is_one_that_home_assistant_reads() -> None:
    topic = discovery_topic("homeassistant", "hall-2")
    assert re.fullmatch(r"homeassistant/device/[a-zA-Z0-9_-]+/config", topic)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda found: found.update(title="x"), "unknown key title"),
        (lambda found: found["device"].pop("identifiers"), "no identifier"),
        (lambda found: found["components"]["set_mute"].pop("command_topic"), "lacks command_topic"),
        (lambda found: found["components"]["takes"].update(state_class="rising"), "no such state_class"),
        (lambda found: found["components"]["takes"].update(unique_id=""), "has no unique_id"),
        (lambda found: found["components"]["lost"].update(entity_category="config"), "entity_category"),
        (lambda found: found["components"]["set_volume"].update(step=0), "min, max and step"),
    ],
)
def test_the_rules_find_what_breaks_them(spoil: Any, fault: str) -> None:
    found = device()
    spoil(found)
    assert any(fault in one for one in faults_of(found))


def test_a_room_that_may_not_be_controlled_shows_how_it_is_and_has_no_controls() -> None:
    found = device(CARD.model_copy(update={"commands": ()}))
    assert faults_of(found) == []
    assert {one["platform"] for one in found["components"].values()} == {"sensor", "binary_sensor"}


def test_no_control_is_sent_to_a_command_that_there_is_not() -> None:
    for key, one in device()["components"].items():
        if "command_topic" in one:
            assert one["command_topic"].removeprefix("chiaro/hall-2/set/") in COMMANDS, key


def test_home_assistant_keeps_what_it_is_told_so_no_mood_is_in_it() -> None:
    said = json.dumps(device())
    assert "mood" not in said
    assert "emotion" not in said
