"""An operator's request in a browser becomes a command by the rules of OSC, or an answer that says why not."""

from __future__ import annotations

from typing import Any

import pytest

from calibration.settings import OscSettings
from installation.osc.registry import IN, Code
from installation.show.console_requests import COMMANDS_AT_MOST, ConsoleRequests
from installation.web.document import Answer, Request
from scenes.machine.command import Command, GoTo, Restart, SetMasterVolume, ShowCamera, Shutdown

SCENES = ("lamp", "door")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def requests(clock: Clock) -> ConsoleRequests:
    return ConsoleRequests(OscSettings(), SCENES, clock)


def ask(requests: ConsoleRequests, name: str, *arguments: Any) -> Answer | None:
    return requests.receive(Request(number=7, who="Anna", name=name, arguments=arguments))


def commands(requests: ConsoleRequests, name: str, *arguments: Any) -> list[Command]:
    assert ask(requests, name, *arguments) is None
    return requests.drain()


def test_what_an_operator_asks_is_the_command_of_that_name_and_says_who_asked(requests: ConsoleRequests) -> None:
    (command,) = commands(requests, "goto", "door")
    assert isinstance(command, GoTo)
    assert command.scene == "door"
    assert str(command.origin) == "console Anna"
    assert command.origin.request == 7
    assert commands(requests, "volume", 2)[0] == SetMasterVolume(1.0, origin=command.origin), "clamped as by OSC"
    assert requests.drain() == []


@pytest.mark.parametrize("line", IN, ids=lambda line: line.name)
def test_every_command_of_osc_can_be_asked(requests: ConsoleRequests, line: Any) -> None:
    texts = {"goto": "door", "captions": "de", "mood": "happiness"}
    values = [texts.get(line.name, "") if argument.tag == "s" else 1 for argument in line.arguments]
    answer = ask(requests, line.name, *values)
    assert answer is None or answer.code == Code.DONE, answer


def test_an_operator_of_the_console_ends_the_show_without_a_passphrase(requests: ConsoleRequests) -> None:
    assert isinstance(commands(requests, "restart")[0], Restart)
    assert isinstance(commands(requests, "shutdown")[0], Shutdown)


@pytest.mark.parametrize(
    ("name", "arguments", "code", "words"),
    [
        ("goto", ["dor"], Code.UNKNOWN, "did you mean 'door'"),
        ("blackot", [], Code.UNKNOWN, "did you mean 'blackout'"),
        ("show_camra", [5], Code.UNKNOWN, "did you mean 'show_camera'"),
        ("mute", [], Code.WRONG_ARGUMENTS, "on or off"),
        ("mute", [[True]], Code.WRONG_ARGUMENTS, "a list"),
        ("volume", [{}], Code.WRONG_ARGUMENTS, "a list"),
        ("volume", [10**400], Code.WRONG_ARGUMENTS, "too large"),
        ("volume", [float("nan")], Code.WRONG_ARGUMENTS, "too large"),
        ("captions", ["x" * 300], Code.WRONG_ARGUMENTS, "a text"),
        ("show_camera", [61], Code.WRONG_ARGUMENTS, "0 to 60"),
        ("show_camera", ["5"], Code.WRONG_ARGUMENTS, "0 to 60"),
        ("show_camera", [True], Code.WRONG_ARGUMENTS, "0 to 60"),
        ("show_camera", [], Code.WRONG_ARGUMENTS, "0 to 60"),
        ("overlay", [True], Code.UNKNOWN, "no command"),
    ],
)
def test_what_cannot_be_obeyed_is_answered_in_words(
    requests: ConsoleRequests, name: str, arguments: list[Any], code: Code, words: str
) -> None:
    answer = ask(requests, name, *arguments)
    assert answer is not None
    assert answer.number == 7
    assert (answer.code, words in answer.reason) == (code, True), answer.reason
    assert requests.drain() == []


def test_the_camera_can_be_asked_for_a_minute_at_most(requests: ConsoleRequests) -> None:
    (command,) = commands(requests, "show_camera", 60)
    assert isinstance(command, ShowCamera)
    assert command.seconds == 60


def test_of_a_flood_a_hundred_wait_and_the_rest_is_told_so(requests: ConsoleRequests, clock: Clock) -> None:
    answers = [ask(requests, "next") for _ in range(2000)]
    assert answers[:COMMANDS_AT_MOST] == [None] * COMMANDS_AT_MOST
    assert {answer and answer.code for answer in answers[COMMANDS_AT_MOST:]} == {Code.TOO_MANY}
    clock.now += 10.0
    crowd = [requests.receive(Request(number=1, who=f"guest {n}", name="next")) for n in range(500)]
    assert crowd.count(None) == 0, "the queue is full, whoever asks"
    assert len(requests.drain()) == COMMANDS_AT_MOST
    assert ask(requests, "next") is None


def test_another_story_has_other_scenes(requests: ConsoleRequests) -> None:
    requests.story(("cellar",))
    assert commands(requests, "goto", "cellar")
    answer = ask(requests, "goto", "door")
    assert answer is not None
    assert answer.code == Code.UNKNOWN
