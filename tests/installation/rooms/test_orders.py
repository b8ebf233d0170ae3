"""Commands from the broker: the words, checks and limits of OSC, and none that was retained."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from calibration.settings import OscSettings
from installation.osc.registry import COMMANDS, Code
from installation.rooms.link import Received
from installation.rooms.orders import COMMANDS_AT_MOST, Orders
from installation.rooms.tokens import Gate, signed
from installation.rooms.topics import Reply
from scenes.machine.command import Command, GoTo, Next, SetMute, Shutdown


class Asked:
    """Somebody at the broker, and what is answered."""

    def __init__(self, **settings: Any) -> None:
        self.now = 0.0
        self.replies: list[Reply] = []
        self.orders = Orders(
            OscSettings(listen_port=0, **settings), ("lamp", "door"), self.replies.append, lambda: self.now, self.gate()
        )

    def gate(self) -> Gate | None:
        return None

    def ask(self, name: str, payload: bytes = b"", retained: bool = False) -> list[Command]:
        self.orders.receive(name, Received(f"chiaro/hall/set/{name}", payload, retained))
        return self.orders.drain()

    @property
    def code(self) -> int:
        return self.replies[-1].code


TOKEN = "a-token-of-the-hall-1234"  # noqa: S105 - of a test


class AskedWithToken(Asked):
    """A room that asks for its token."""

    def gate(self) -> Gate:
        return Gate(TOKEN, "hall", clock=lambda: 1e9)


@pytest.mark.parametrize(
    ("payload", "done"),
    [
        (b"", False),
        (b'"door"', False),
        (b'{"arguments": ["door"], "token": "another-token-of-20-letters"}', False),
        (b'{"arguments": ["door"], "token": "%s"}' % TOKEN.encode(), True),
        (signed(TOKEN, "hall", "set/goto", {"arguments": ["door"]}, 1e9), True),
        (signed(TOKEN, "hall", "set/next", {"arguments": ["door"]}, 1e9), False),
        (signed(TOKEN, "attic", "set/goto", {"arguments": ["door"]}, 1e9), False),
        (signed(f"{TOKEN}x", "hall", "set/goto", {"arguments": ["door"]}, 1e9), False),
        (signed(TOKEN, "hall", "set/goto", {"arguments": ["door"]}, 1e9 - 600), False),
        (b'{"signed": 3}', False),
    ],
)
def test_a_room_with_a_token_obeys_only_who_has_it(payload: bytes, done: bool) -> None:
    asked = AskedWithToken()
    assert bool(asked.ask("goto", payload)) is done
    if not done:
        assert asked.code == Code.NOT_ALLOWED
        assert asked.replies[-1].reason.startswith("the command ")


def test_a_signed_command_is_obeyed_once_and_answered_under_its_id() -> None:
    asked = AskedWithToken()
    payload = signed(TOKEN, "hall", "set/goto", {"arguments": ["door"], "id": "q7"}, 1e9)
    (command,) = asked.ask("goto", payload)
    asked.orders.obeyed(command, Code.DONE, "ok")
    assert asked.replies == [Reply(command="goto", code=0, reason="ok", id="q7")]
    assert not asked.ask("goto", payload)
    assert asked.replies[-1].reason == "the command was sent before; each request counts once"


def test_whoever_guesses_is_answered_a_few_times_only_and_the_right_one_is_heard() -> None:
    asked = AskedWithToken()
    for _ in range(20):
        asked.ask("next", b'{"token": "a-guess-of-twenty-letters"}')
    assert len(asked.replies) == 5
    assert asked.ask("next", signed(TOKEN, "hall", "set/next", {}, 1e9))


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_a_command_is_answered_when_the_stage_has_obeyed_it_under_the_id_it_came_with(asked: Asked) -> None:
    (command,) = asked.ask("goto", b'{"arguments": ["door"], "id": "q7"}')
    assert isinstance(command, GoTo)
    assert (command.scene, str(command.origin)) == ("door", "mqtt")
    assert asked.replies == []
    asked.orders.obeyed(command, Code.DONE, "ok")
    assert asked.replies == [Reply(command="goto", code=0, reason="ok", id="q7")]


def test_a_command_of_somebody_else_is_not_answered_here(asked: Asked) -> None:
    asked.orders.obeyed(Next(), Code.DONE, "ok")
    assert asked.replies == []


@pytest.mark.parametrize(("payload", "on"), [(b"on", True), (b"OFF", False), (b"1", True), (b"false", False)])
def test_a_switch_takes_what_technicians_type(asked: Asked, payload: bytes, on: bool) -> None:
    (command,) = asked.ask("mute", payload)
    assert isinstance(command, SetMute)
    assert command.on is on


def test_a_retained_command_is_refused_and_told_and_taking_it_away_is_passed_over(
    asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "chiaro"):
        assert asked.ask("start", b"true", retained=True) == []
        assert asked.ask("start", b"true", retained=True) == []
    assert asked.code == Code.NOT_ALLOWED
    assert "publish it without retain" in asked.replies[-1].reason
    assert caplog.text.count("MQTT 'start' refused") == 1
    said = len(asked.replies)
    assert asked.ask("start", b"", retained=True) == []
    assert len(asked.replies) == said


@pytest.mark.parametrize(
    ("name", "payload", "code", "reason"),
    [
        ("strat", b"", Code.UNKNOWN, "did you mean 'start'"),
        ("goto", b"nowhere", Code.UNKNOWN, "there is no scene 'nowhere'"),
        ("volume", b"loud", Code.WRONG_ARGUMENTS, "volume takes a number"),
        ("mute", b"perhaps", Code.WRONG_ARGUMENTS, "mute takes on or off"),
        ("shutdown", b"x", Code.NOT_ALLOWED, "osc.passphrase is not set"),
        ("pause", b'{"args": ["on"]}', Code.WRONG_ARGUMENTS, "'args' is no key of a command; known: arguments, id"),
        ("show_camera", b"1", Code.UNKNOWN, "there is no command"),
        ("x" * 5000, b"", Code.UNKNOWN, "there is no command"),
    ],
)
def test_what_is_refused_is_answered_with_a_code_and_a_reason(
    asked: Asked, name: str, payload: bytes, code: int, reason: str
) -> None:
    assert asked.ask(name, payload) == []
    assert asked.code == code
    assert reason in asked.replies[-1].reason


def test_the_show_is_ended_with_the_passphrase_only_and_guessing_gets_slow() -> None:
    asked = Asked(passphrase="right")  # noqa: S106
    assert isinstance(asked.ask("shutdown", b"right")[0], Shutdown)
    for _ in range(5):
        assert asked.ask("shutdown", b"wrong") == []
        assert asked.code == Code.NOT_ALLOWED
    assert asked.ask("shutdown", b"right") == [], "a guesser must not know that it was right"
    asked.now = 60.0
    assert asked.ask("shutdown", b"right")


def test_a_flood_is_not_obeyed_and_not_answered_by_a_flood() -> None:
    asked = Asked(messages_per_second=1000)
    for _ in range(COMMANDS_AT_MOST + 50):
        asked.orders.receive("next", Received("chiaro/hall/set/next", b"", False))
    assert len(asked.orders.drain()) == COMMANDS_AT_MOST
    assert asked.replies == []


def test_a_sender_who_is_too_fast_is_refused(asked: Asked) -> None:
    obeyed = sum(len(asked.ask("next")) for _ in range(300))
    assert obeyed == 100


def test_every_command_of_osc_is_one_of_the_broker() -> None:
    asked = Asked()
    for name in COMMANDS:
        asked.ask(name)
    assert not [reply for reply in asked.replies if "there is no command" in reply.reason]
