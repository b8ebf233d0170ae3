"""A sensor speaks to the show through the guard's door: real datagrams on loopback."""

import ipaddress
import logging
import math
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibration.settings import OscSettings, OscTarget
from installation.host.console import LossReporter
from installation.osc import Broadcast, Control
from installation.osc.control import SIGNALS_AT_ONCE
from installation.osc.encoder import bundle
from installation.osc.monitor import Tally
from installation.osc.registry import Code
from installation.osc.state import About
from models.mood import Mood
from scenes.machine.command import Next
from scenes.machine.cue import SignalChanged
from scenes.machine.signal_state import SignalMessage
from scenes.story.signals import SIGNALS_AT_MOST, SignalEntry
from scenes.story.story import load_story
from tests.installation.osc.test_control import SETTINGS, Phone, packet
from tests.installation.waiting import LONG, wait_until

EXAMPLE = Path(__file__).parents[3] / "docs" / "receivers"
HEART = SignalEntry(osc="/sense/heart", low=40, high=180)
BUTTON = SignalEntry(osc="/sense/button")
VALENCE = SignalEntry(osc="/room2/mood/valence", low=-1)


@pytest.fixture
def control() -> Iterator[Control]:
    signals = {"heart": HEART, "button": BUTTON, "room2": VALENCE}
    control = Control(SETTINGS, ("attract",), LossReporter(), signals=signals)
    yield control
    control.close()


@pytest.fixture
def sensor(control: Control) -> Iterator[Phone]:
    sensor = Phone(control)
    yield sensor
    sensor.socket.close()


def heard(control: Control, wanted: int = 1) -> list[SignalMessage]:
    got: list[SignalMessage] = []
    until = time.monotonic() + LONG
    while len(got) < wanted and time.monotonic() < until:
        got += control.heard()
        time.sleep(0.002)
    return got


@pytest.mark.parametrize("address", ["/sense/heart", "/emo/sense/heart"])
def test_a_signal_is_heard_with_and_without_the_shows_prefix_and_answered(
    control: Control, sensor: Phone, address: str
) -> None:
    sensor.socket.send(packet(address, "f", 72.0))
    assert sensor.answer() == ("/emo/reply/signal", 0, "heart 72")
    assert heard(control) == [SignalMessage("heart", 72.0)]


def test_numbers_are_numbers_and_a_bare_message_is_a_button_pressed(control: Control, sensor: Phone) -> None:
    sent = [("i", 1), ("h", 1), ("f", 1.0), ("d", 1.0), ("T", None), ("", None), ("N", None), ("I", None)]
    for tag, value in [*sent, ("F", None), ("f", 0.0)]:
        sensor.socket.send(packet("/sense/button", tag, value))
        sensor.answer()
    assert [one.value for one in heard(control, 10)] == [1.0] * 8 + [0.0] * 2


def test_a_flat_bundle_brings_each_of_its_signals(control: Control, sensor: Phone) -> None:
    sensor.socket.send(bundle([packet("/sense/heart", "i", 90), packet("/emo/sense/button", "i", 1)]))
    assert heard(control, 2) == [SignalMessage("heart", 90.0), SignalMessage("button", 1.0)]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (packet("/sense/heart", "s", "72"), "the signal heart takes a number; got a text"),
        (packet("/sense/heart", "ff", 1.0, 2.0), "the signal heart takes one number; got 2 arguments"),
        (packet("/sense/heart", "f", math.nan), "the signal heart takes a number; got nan"),
        (packet("/sense/heart", "b"), "the signal heart takes a number; got a block of bytes"),
        (packet("/sense/heart", "f", 72.0)[:-2], "the message is damaged or cut short"),
    ],
)
def test_another_form_is_refused_in_words_and_told_once(
    control: Control, sensor: Phone, caplog: pytest.LogCaptureFixture, message: bytes, reason: str
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            sensor.socket.send(message)
            assert sensor.answer() == ("/emo/reply/signal", Code.WRONG_ARGUMENTS, reason)
    assert control.heard() == ()
    told = [line for line in caplog.messages if reason in line]
    assert len(told) == 1
    assert "'/sense/heart'" in told[0]


def test_an_address_that_nearly_is_a_signals_is_told_with_the_one_that_was_meant(
    sensor: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        sensor.socket.send(packet("/sense/hart", "f", 72.0))
        wait_until(lambda: bool(caplog.messages), LONG)
    assert "'/sense/hart' is not an address of this show; did you mean '/sense/heart'?" in caplog.text


def test_the_doors_guards_hold_for_signals_too() -> None:
    elsewhere = OscSettings(listen_port=0, allow=(ipaddress.ip_network("10.0.0.0/8"),))
    few = OscSettings(listen_port=0, messages_per_second=10)
    for settings, kind in ((elsewhere, "not on the allow-list"), (few, "too many")):
        control = Control(settings, (), LossReporter(), signals={"heart": HEART})
        sensor = Phone(control)
        for _ in range(40):
            sensor.socket.send(packet("/sense/heart", "f", 72.0))
        wait_until(lambda: control.counts[kind] + control.counts["signal"] >= 40, LONG)  # noqa: B023 - asked at once
        assert control.counts[kind] >= 25
        assert len(control.heard()) == control.counts["signal"] <= 15
        sensor.socket.close()
        control.close()


def test_signals_that_nobody_takes_keep_the_newest_and_no_command_waits_behind_them() -> None:
    control = Control(OscSettings(listen=False, messages_per_second=1e6), (), LossReporter(), signals={"heart": HEART})
    for number in range(SIGNALS_AT_ONCE + 100):
        control.receive(packet("/sense/heart", "i", number), ("127.0.0.1", 9))
    control.receive(packet("/emo/control/next"), ("127.0.0.1", 9))
    assert [type(one) for one in control.drain()] == [Next]
    assert [one.value for one in control.heard()] == [float(100 + k) for k in range(SIGNALS_AT_ONCE)]


def test_a_story_that_is_read_again_has_its_own_signals(control: Control, sensor: Phone) -> None:
    control.story(("attract",), {"pulse": HEART})
    sensor.socket.send(packet("/sense/heart", "f", 72.0))
    assert heard(control) == [SignalMessage("pulse", 72.0)]


def test_another_rooms_mood_is_a_signal(control: Control) -> None:
    """As docs/receivers says: a second show names this one as a target."""
    target = OscTarget.model_validate(
        {"port": control.port, "profile": "scalar", "bundles": False, "only_named": True}
        | {"addresses": {"/mood/valence": "/room2/mood/valence"}}
    )
    room = Broadcast(OscSettings(targets=(target,)), (), About("1", "film", "room 2"), LossReporter())
    room.mood(Mood(captured_at=0.0, trusted=True, present=True, count=1, valence=-0.5))
    assert heard(control)[0] == SignalMessage("room2", -0.5)
    room.close()
    assert set(control.counts) == {"signal"}


def test_a_signal_is_told_to_the_network_as_the_registry_says() -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(LONG)
    target = OscTarget(port=receiver.getsockname()[1])
    room = Broadcast(OscSettings(targets=(target,)), (), About("1", "film", "room"), LossReporter())
    for number in (2, SIGNALS_AT_MOST + 1):
        room.cue(SignalChanged(number, "heart", 75.0, 0.25, known=True))
    tally, until = Tally(), time.monotonic() + LONG
    while "/emo/scene/signal/2/known" not in tally.heard and time.monotonic() < until:
        tally.receive(receiver.recv(2048), 0.0)
    room.close()
    receiver.close()
    said = {path: one for path, one in tally.heard.items() if "/signal/" in path}
    assert {path.rpartition("/")[2]: one.last.values for path, one in said.items()} == {
        "name": ("heart",),
        "level": (0.25,),
        "known": (1,),
    }
    assert [one.fault for one in tally.heard.values()] == [""] * len(tally.heard)


def test_the_example_of_the_documentation_is_a_story_and_its_sender_is_heard() -> None:
    story = load_story(EXAMPLE / "signals.toml")
    control = Control(SETTINGS, story.names, LossReporter(), signals=story.file.signals)
    command = [sys.executable, str(EXAMPLE / "signals.py"), str(control.port), "0.2"]
    subprocess.run(command, check=True, timeout=LONG)
    assert heard(control, 4)[:3] == [
        SignalMessage("button", 1.0),
        SignalMessage("button", 0.0),
        SignalMessage("heart", 70.0),
    ]
    control.close()
