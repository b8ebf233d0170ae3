"""The control port as the programs of the trade speak to it: each sends for real, and waits for its answer."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.udp_client import SimpleUDPClient

from calibration.settings import OscSettings
from installation.host.console import LossReporter
from installation.osc import Control
from scenes.machine.command import Command, journal_fields
from tests.installation.osc.real_receivers import Missing, need, node_with_osc
from tests.installation.waiting import LONG, wait_until

SCENES = ("attract", "opening", "joy")
TIME_TAGS = (IMMEDIATELY, 0.0, 2e9)
"""At once, in 1970, in 2033."""


@pytest.fixture
def control() -> Iterator[Control]:
    control = Control(OscSettings(listen_port=0), SCENES, LossReporter())
    yield control
    control.close()


def obeyed(control: Control, wanted: int) -> list[tuple[str, object]]:
    """The next commands, as name and value."""
    got: list[Command] = []

    def enough() -> bool:
        got.extend(control.drain())
        return len(got) >= wanted

    wait_until(enough, LONG)
    return [(str(fields["name"]), fields["value"]) for fields in map(journal_fields, got)]


LIBLO = (
    (("next",), ("next", None)),
    (("next", "f", "1.0"), ("next", None)),
    (("next", "d", "1.0"), ("next", None)),
    (("next", "h", "1"), ("next", None)),
    (("next", "T"), ("next", None)),
    (("next", "N"), ("next", None)),
    (("next", "I"), ("next", None)),
    (("reload", "i", "1"), ("reload", None)),
    (("snapshot", "f", "1.0"), ("snapshot", None)),
    (("volume", "i", "1"), ("volume", 1.0)),
    (("volume", "d", "0.25"), ("volume", 0.25)),
    (("mute", "F"), ("mute", False)),
    (("goto", "f", "3.0"), ("goto", "joy")),
    (("goto", "h", "2"), ("goto", "opening")),
    (("goto", "S", "joy"), ("goto", "joy")),
    (("mood", "si", "fear", "1"), ("mood", ["fear", 1.0])),
)


def test_liblo_is_understood_in_every_type_that_it_sends(control: Control) -> None:
    try:
        oscsend = need("oscsend", "liblo-tools")
    except Missing as missing:
        pytest.skip(str(missing))
    for (name, *arguments), wanted in LIBLO:
        subprocess.run([oscsend, "127.0.0.1", str(control.port), f"/emo/control/{name}", *arguments], check=True)
        assert obeyed(control, 1) == [wanted], arguments
    assert set(control.counts) == {"done"}


@pytest.mark.parametrize("time_tag", TIME_TAGS)
def test_a_bundle_of_python_osc_is_obeyed_whatever_its_time_tag_says(time_tag: float, control: Control) -> None:
    builder = OscBundleBuilder(time_tag)  # type: ignore[arg-type]
    for name, value in (("mute", True), ("volume", 0.5), ("goto", 3.0), ("next", None)):
        words = OscMessageBuilder(f"/emo/control/{name}")
        if value is not None:
            words.add_arg(value)
        builder.add_content(words.build())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.sendto(builder.build().dgram, ("127.0.0.1", control.port))
    assert obeyed(control, 4) == [("mute", True), ("volume", 0.5), ("goto", "joy"), ("next", None)]


def test_a_double_and_a_long_number_of_python_osc_are_numbers(control: Control) -> None:
    for name, value, tag in (("volume", 0.5, "d"), ("goto", 3, "h"), ("start", 1, "d")):
        words = OscMessageBuilder(f"/emo/control/{name}")
        words.add_arg(value, tag)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
            way.sendto(words.build().dgram, ("127.0.0.1", control.port))
    client = SimpleUDPClient("127.0.0.1", control.port)
    client.send_message("/emo/control/brightness", True)
    assert obeyed(control, 4) == [("volume", 0.5), ("goto", "joy"), ("start", None), ("brightness", 1.0)]


def test_a_bundle_of_npm_osc_is_obeyed(control: Control, tmp_path: Path) -> None:
    try:
        tool, modules = node_with_osc()
    except Missing as missing:
        pytest.skip(str(missing))
    script = tmp_path / "send.js"
    script.write_text(
        'const osc = require("osc");\n'
        'const port = new osc.UDPPort({localAddress: "127.0.0.1", localPort: 0, metadata: true});\n'
        'port.on("ready", () => { port.send({timeTag: osc.timeTag(60), packets: [\n'
        '  {address: "/emo/control/volume", args: [{type: "d", value: 0.5}]},\n'
        '  {address: "/emo/control/next", args: [{type: "I"}]},\n'
        f']}}, "127.0.0.1", {control.port}); setTimeout(() => process.exit(0), 200); }});\nport.open();\n'
    )
    subprocess.run([tool, str(script)], check=True, env={"NODE_PATH": modules})
    assert obeyed(control, 2) == [("volume", 0.5), ("next", None)]
