"""A technician's tablet and button box steer the show with the files that are made for them.

The programs themselves are not here: the files are read as they read them, and what each control would send goes to a
real control port.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from calibration.settings import OscSettings
from installation.cli import app
from installation.host.console import LossReporter
from installation.osc import Control
from installation.osc.companion import COLUMNS, ROWS, buttons, page
from installation.osc.layouts import SHOWN, STATE, STATES, widgets
from installation.osc.registry import BY_PATH, COMMANDS, IN, Code
from installation.osc.touchosc import layout
from scenes.machine.command import journal_fields
from scenes.machine.cue import ShowState
from tests.installation.osc.test_control import SCENES, Phone, drained, packet

PREFIX = "/hall/2"
TEXT_NEEDED = {"goto", "captions", "mood", "shutdown", "restart"}
FOR_PROGRAMS = {"ping", "snapshot"}
Message = tuple[str, str, tuple[float, ...]]
"""Address, tags and values."""


@pytest.fixture
def control() -> Iterator[Control]:
    control = Control(OscSettings(listen_port=0, listen_prefix=PREFIX), SCENES, LossReporter())
    yield control
    control.close()


@pytest.fixture
def phone(control: Control) -> Iterator[Phone]:
    phone = Phone(control)
    yield phone
    phone.socket.close()


def tree(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(zlib.decompress(content))  # noqa: S314 - made here


def touchosc_messages(sends: bool) -> Iterator[tuple[str, Message]]:
    """By the node's name, what TouchOSC sends when its x goes to 1; or what it hears."""
    for node in tree(layout(PREFIX)).iter("node"):
        name = {one.findtext("key"): one.findtext("value") for one in node.iterfind("properties/property")}["name"]
        for osc in node.iterfind("messages/osc"):
            if (osc.findtext("send"), osc.findtext("receive")) == (("1", "0") if sends else ("0", "1")):
                assert [part.findtext("type") for part in osc.iterfind("path/partial")] == ["CONSTANT"]
                tag = {"FLOAT": "f", "STRING": "s"}[osc.findtext("arguments/partial/conversion") or ""]
                yield str(name), (osc.findtext("path/partial/value") or "", tag, (1.0,))


def companion_messages() -> Iterator[tuple[str, Message]]:
    document = json.loads(page(PREFIX, "10.0.0.5", 9001, 12321))
    for row in document["page"]["controls"].values():
        for control in row.values():
            (action,) = control["steps"]["0"]["action_sets"]["down"]
            assert action["connectionId"] in document["instances"]
            options, text = action["options"], control["style"]["text"]
            sent = {"send_blank": ("", ()), "send_float": ("f", (options.get("float"),))}[action["definitionId"]]
            yield text, (options["path"], *sent)


def send(phone: Phone, message: Message) -> None:
    address, tags, values = message
    phone.socket.send(packet(address, tags, *values))


def test_every_command_that_needs_no_text_has_a_control() -> None:
    assert {widget.name for widget in widgets()} == set(COMMANDS) - TEXT_NEEDED - FOR_PROGRAMS
    kinds = {kind: {one.name for one in widgets() if one.kind == kind} for kind in ("switch", "level")}
    assert kinds == {"switch": {"blackout", "mute", "camera", "staff", "closed"}, "level": {"volume", "brightness"}}


@pytest.mark.parametrize("program", ["touchosc", "companion"])
def test_what_each_control_sends_is_accepted_by_a_real_control_port(
    program: str, phone: Phone, control: Control
) -> None:
    messages = list(touchosc_messages(sends=True) if program == "touchosc" else companion_messages())
    pressed = {text.split("\n")[0] for text, _ in messages}
    kinds = {widget.name: widget.kind for widget in widgets()}
    assert pressed == set(kinds)
    for text, message in messages:
        name = text.split("\n")[0]
        send(phone, message)
        (command,) = drained(control)
        assert command.name == name
        assert journal_fields(command)["value"] == (message[2][0] if message[2] and kinds[name] != "button" else None)


def test_a_tablet_s_button_that_is_let_go_does_nothing_more(phone: Phone, control: Control) -> None:
    kinds = {widget.name: widget.kind for widget in widgets()}
    for name, (address, tags, _) in touchosc_messages(sends=True):
        send(phone, (address, tags, (0.0,)))
        if kinds[name] == "button":
            assert phone.answer()[1] == Code.DONE  # a command is answered once the show has done it: none waits
        else:
            assert [command.name for command in drained(control)] == [name]
    assert control.drain() == []


def test_what_a_layout_shows_is_sent_to_every_receiver_of_the_usual_profile() -> None:
    heard = {address.removeprefix(PREFIX): tags for _, (address, tags, _) in touchosc_messages(sends=False)}
    assert set(heard) == set(SHOWN.values())
    for path, tags in heard.items():
        assert BY_PATH[path].tags == tags
        assert "aggregate" in BY_PATH[path].profiles
    assert BY_PATH[STATE].tags == "i"
    names = {state.value: state.name.lower() for state in ShowState}
    assert {name: names[number] for name, number in STATES.items()} == {
        "attract": "attract",
        "pause": "paused",
        "blackout": "blackout",
    }


def test_no_control_of_the_tablet_lies_on_another_or_outside() -> None:
    cells: set[tuple[int, int]] = set()
    for node in tree(layout(PREFIX)).iterfind("node/children/node"):
        if node.get("type") == "LABEL":
            continue  # lets touches through
        frame = node.find("properties/property[key='frame']/value")
        assert frame is not None
        x, y, w, h = (float(frame.findtext(part) or "nan") for part in "xywh")
        mine = {(i, j) for i in range(int(x), int(x + w)) for j in range(int(y), int(y + h))}
        assert w > 100
        assert h > 44
        assert x + w <= 1024
        assert y + h <= 768
        assert not mine & cells
        cells |= mine


def test_the_tablet_s_nodes_have_ids_of_their_own_and_the_file_is_the_same_each_time() -> None:
    ids = [node.get("ID") for node in tree(layout(PREFIX)).iter("node")]
    assert len(set(ids)) == len(ids) > len(IN)
    assert layout(PREFIX) == layout(PREFIX) != layout("/emo")


def test_the_button_box_is_told_where_the_show_is_and_lights_what_stands() -> None:
    document = json.loads(page(PREFIX, "10.0.0.5", 9100, 12345))
    (instance,) = document["instances"].values()
    assert instance["instance_type"] == "generic-osc"
    assert {key: instance["config"][key] for key in ("host", "targetPort", "listen", "feedbackPort")} == {
        "host": "10.0.0.5",
        "targetPort": "9100",
        "listen": True,
        "feedbackPort": "12345",
    }
    controls = [control for row in document["page"]["controls"].values() for control in row.values()]
    assert len(controls) == len(buttons()) <= ROWS * COLUMNS
    lit = {one["style"]["text"]: one["feedbacks"][0]["options"] for one in controls if one["feedbacks"]}
    assert {text: asked["arguments"] for text, asked in lit.items()} == {"attract": 1, "pause": 5, "blackout\non": 6}
    assert {asked["path"] for asked in lit.values()} == {PREFIX + STATE}
    ids = [one["id"] for control in controls for one in control["feedbacks"]]
    ids += [one["id"] for control in controls for one in control["steps"]["0"]["action_sets"]["down"]]
    assert len(set(ids)) == len(ids)


def test_the_command_writes_both_with_the_venue_s_own_port_and_prefix(tmp_path: Path) -> None:
    venue = tmp_path / "hall.toml"
    venue.write_text('name = "Hall"\n[osc]\nlisten_port = 9100\nlisten_prefix = "/hall"\n')
    to = tmp_path / "made" / "here"
    asked = ["osc", "layouts", "--to", str(to), "--venue", str(venue), "--host", "10.0.0.5"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    assert (to / "chiaroscuro.tosc").read_bytes() == layout("/hall")
    assert (to / "chiaroscuro.companionconfig").read_bytes() == page("/hall", "10.0.0.5", 9100, 12321)
    assert CliRunner().invoke(app, ["osc", "layouts", "--to", str(venue)]).exit_code == 78
