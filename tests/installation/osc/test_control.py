"""A guard's phone steers the show, and nothing else does."""

from __future__ import annotations

import ipaddress
import pickle
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from calibration.settings import OscSettings
from installation.host.console import LossReporter
from installation.osc import Control
from installation.osc.command_parser import Released, read
from installation.osc.control import COMMANDS_AT_MOST, FULL, REST_SECONDS
from installation.osc.decoder import decode
from installation.osc.encoder import bundle, header
from installation.osc.incoming import AT_MOST_BYTES, CommandRefused, split
from installation.osc.rate_limit import SENDERS_AT_MOST, SENDERS_OF_A_HOST, WRONG_PASSPHRASES, RateLimiter
from installation.osc.refusals import KINDS_AT_MOST, LINES_AN_HOUR, RefusalLog
from installation.osc.registry import IN, Code
from scenes.machine.command import (
    KEY,
    Command,
    GoTo,
    Next,
    Origin,
    RehearseMood,
    Restart,
    SetBrightness,
    SetMasterVolume,
    SetMute,
    Shutdown,
    journal_fields,
)
from tests.installation.waiting import LONG, wait_until

BUNDLE = b"#bundle\0" + bytes(7) + b"\x01"
SCENES = ("attract", "opening", "joy")
SETTINGS = OscSettings(listen_port=0, passphrase="open sesame")  # noqa: S106 - of this test
PHONE = Origin("osc", ("127.0.0.1", 1))


def packet(address: str, tags: str = "", *values: object) -> bytes:
    """A message of any type tags, written by the specification and not by the code under test."""
    written = b""
    carried = iter(values)
    for tag in tags:
        if tag in "ihfd":
            written += struct.pack(">" + {"h": "q"}.get(tag, tag), next(carried))
        elif tag in "sS":
            text = str(next(carried)).encode()
            written += text + bytes(4 - len(text) % 4)
        elif tag == "b":
            written += struct.pack(">i", 4) + b"blob"
    return header(address, tags) + written


def wish(name: str, tags: str = "", *values: object) -> Command | Released:
    return read(packet(f"/emo/control/{name}", tags, *values), SETTINGS, SCENES, PHONE)


class Phone:
    """A socket like that of a guard's phone."""

    def __init__(self, control: Control) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", control.port))
        self.socket.settimeout(LONG)

    def ask(self, name: str, tags: str = "", *values: object) -> tuple[Any, ...]:
        self.socket.send(packet(f"/emo/control/{name}", tags, *values))
        return self.answer()

    def answer(self) -> tuple[Any, ...]:
        (one,) = decode(self.socket.recv(2048))
        return one.address, *one.values


@pytest.fixture
def control() -> Iterator[Control]:
    control = Control(SETTINGS, SCENES, LossReporter())
    yield control
    control.close()


@pytest.fixture
def phone(control: Control) -> Iterator[Phone]:
    phone = Phone(control)
    yield phone
    phone.socket.close()


def drained(control: Control, wanted: int = 1, seconds: float = LONG) -> list[Command]:
    got: list[Command] = []
    until = time.monotonic() + seconds
    while len(got) < wanted and time.monotonic() < until:
        got += control.drain()
        time.sleep(0.002)
    return got


BUTTONS = ("start", "stop", "pause", "resume", "next", "reset", "attract", "reload", "snapshot", "ping")
ONES = (("i", 1), ("h", 1), ("f", 1.0), ("d", 1.0), ("T", None))
ZEROS = (("i", 0), ("h", 0), ("f", 0.0), ("d", 0.0), ("f", -0.0), ("F", None))
"""The same number as every kind of sender writes it."""


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_fires_when_pressed_and_not_when_let_go(name: str) -> None:
    command = wish(name)
    assert not isinstance(command, Released)
    assert journal_fields(command) == {"name": name, "value": None, "source": "osc 127.0.0.1:1"}
    for tag, value in (*ONES, ("f", 0.5), ("i", 127), ("N", None), ("I", None)):
        assert wish(name, tag, value) == command, tag
    for tag, value in (*ZEROS, ("f", 0.49)):
        assert wish(name, tag, value) == Released(name), tag
    for tags, values in (("s", ("1",)), ("b", ()), ("[f]", (1.0,)), ("ff", (1.0, 1.0)), ("f", (float("nan"),))):
        with pytest.raises(CommandRefused):
            wish(name, tags, *values)


@pytest.mark.parametrize("name", ["blackout", "mute", "camera", "closed"])
def test_a_switch_says_on_or_off_in_every_type_of_number(name: str) -> None:
    for numbers, wanted in (((*ONES, ("f", 0.7)), 1), ((*ZEROS, ("f", 0.2)), 0)):
        for tag, value in numbers:
            command = wish(name, tag, value)
            assert not isinstance(command, Released)
            assert journal_fields(command)["value"] == wanted, tag
    for tags in ("", "N", "I"):
        with pytest.raises(CommandRefused):
            wish(name, tags)


@pytest.mark.parametrize("name", ["volume", "brightness"])
def test_a_fader_is_clamped(name: str) -> None:
    levels = [wish(name, "f", x) for x in (-3.0, 0.25, 7.0)]
    assert [one.level for one in levels if isinstance(one, SetMasterVolume | SetBrightness)] == [0.0, 0.25, 1.0]
    for numbers, wanted in ((ONES, 1.0), (ZEROS, 0.0)):
        for tag, value in numbers:
            command = wish(name, tag, value)
            assert isinstance(command, SetMasterVolume | SetBrightness)
            assert command.level == wanted, tag
    with pytest.raises(CommandRefused):
        wish(name, "f", float("inf"))


def test_goto_takes_a_name_or_an_index_from_1_and_no_other() -> None:
    assert wish("goto", "s", "joy") == GoTo("joy", origin=PHONE)
    assert wish("goto", "S", "joy") == GoTo("joy", origin=PHONE)
    for tag in "ihfd":
        assert wish("goto", tag, 1) == GoTo("attract", origin=PHONE)
        assert wish("goto", tag, 3) == GoTo("joy", origin=PHONE)
    for tags, value in (("s", "jo"), ("i", 0), ("i", 4), ("i", -1), ("f", 1.5), ("d", 4.0), ("h", 2**40), ("d", 1e300)):
        with pytest.raises(CommandRefused) as refused:
            wish("goto", tags, value)
        assert refused.value.code is Code.UNKNOWN
    with pytest.raises(CommandRefused, match="did you mean 'joy'"):
        wish("goto", "s", "jo")


def test_a_rehearsed_mood_is_a_known_emotion_at_a_strength() -> None:
    assert wish("mood", "sf", "fear", 2.0) == RehearseMood("fear", 1.0, origin=PHONE)
    for tag, value in ONES:
        assert wish("mood", "s" + tag, "fear", value) == RehearseMood("fear", 1.0, origin=PHONE)
    with pytest.raises(CommandRefused, match="no emotion is called 'joy'"):
        wish("mood", "sf", "joy", 1.0)


@pytest.mark.parametrize(
    ("name", "tags", "values", "answer"),
    [
        ("volume", "s", ("loud",), "volume takes a number from 0 to 1; got a text"),
        ("volume", "", (), "volume takes a number from 0 to 1; got no arguments"),
        ("volume", "f", (float("nan"),), "volume takes a number from 0 to 1; got nan"),
        ("mute", "s", ("yes",), "mute takes on or off (1 or 0, true or false); got a text"),
        ("volume", "b", (), "volume takes a number from 0 to 1; got a block of bytes"),
        ("volume", "N", (), "volume takes a number from 0 to 1; got an empty value"),
        ("volume", "[ff]", (1.0, 1.0), "volume takes a number from 0 to 1; got a list"),
        ("volume", "fx", (1.0,), "volume takes a number from 0 to 1; got 2 arguments"),
        ("goto", "T", (), "goto takes a scene's name, or its number from 1; got true"),
        ("goto", "d", (float("-inf"),), "goto takes a scene's name, or its number from 1; got -inf"),
        ("goto", "f", (1.5,), "there is no scene 1.5; the story has 3"),
        ("mood", "s", ("fear",), "mood takes an emotion and a strength from 0 to 1; got 1 argument"),
        ("next", "s", ("now",), "next takes no argument, or a number; got a text"),
        ("reload", "ii", (1, 1), "reload takes no argument, or a number; got 2 arguments"),
        ("shutdown", "i", (1,), "shutdown takes a passphrase; got 1"),
    ],
)
def test_what_a_command_takes_is_answered_in_words(
    name: str, tags: str, values: tuple[object, ...], answer: str
) -> None:
    with pytest.raises(CommandRefused) as refused:
        wish(name, tags, *values)
    assert str(refused.value) == answer
    assert refused.value.code is (Code.UNKNOWN if "there is no" in answer else Code.WRONG_ARGUMENTS)
    assert refused.value.command == name


@pytest.mark.parametrize("name", ["shutdown", "restart"])
def test_the_show_is_shut_down_with_the_passphrase_only_and_never_where_there_is_none(name: str) -> None:
    assert isinstance(wish(name, "s", "open sesame"), Shutdown | Restart)
    with pytest.raises(CommandRefused, match="wrong passphrase"):
        wish(name, "s", "open barley")
    with pytest.raises(CommandRefused, match="off in this venue"):
        read(packet(f"/emo/control/{name}", "s", ""), OscSettings(), SCENES, PHONE)


def test_every_command_of_the_registry_is_understood() -> None:
    examples: dict[str, tuple[object, ...]] = {"s": ("joy",), "f": (1.0,), "sf": ("fear", 1.0)}
    for line in IN:
        values = ("open sesame",) if line.name in ("shutdown", "restart") else examples[line.tags]
        command = wish(line.name, line.tags, *values)
        assert not isinstance(command, Released)
        assert command.name == line.name


def test_a_truncated_float_is_refused_and_not_read_as_zero() -> None:
    for cut in (packet("/emo/control/volume", "f", 0.5)[:-2], packet("/emo/control/volume", "f", 0.5) + bytes(4)):
        with pytest.raises(CommandRefused, match="damaged or cut short") as refused:
            read(cut, SETTINGS, SCENES, PHONE)
        assert (refused.value.kind, refused.value.command) == ("malformed", "volume")


def test_a_very_old_sender_may_leave_out_the_tags() -> None:
    assert read(b"/emo/control/next\0\0\0", SETTINGS, SCENES, PHONE) == Next(origin=PHONE)


def test_the_phone_is_answered_once_the_stage_has_done_it(control: Control, phone: Phone) -> None:
    phone.socket.send(packet("/emo/control/goto", "s", "joy"))
    (command,) = drained(control)
    assert isinstance(command, GoTo)
    assert command.scene == "joy"
    control.reply(command, Code.NOT_NOW, "the room is closed")
    assert phone.answer() == ("/emo/reply/goto", Code.NOT_NOW, "the room is closed")


def test_a_ping_and_a_wrong_command_are_answered_at_once(control: Control, phone: Phone) -> None:
    assert phone.ask("ping") == ("/emo/reply/ping", 0, "pong")
    assert phone.ask("goto", "s", "nowhere")[:2] == ("/emo/reply/goto", Code.UNKNOWN)
    assert phone.ask("volume")[:2] == ("/emo/reply/volume", Code.WRONG_ARGUMENTS)
    assert control.drain() == []


def test_a_phone_that_listens_on_another_port_is_answered_there() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(2.0)
        control = Control(SETTINGS.model_copy(update={"reply_port": ear.getsockname()[1]}), SCENES, LossReporter())
        phone = Phone(control)
        phone.socket.send(packet("/emo/control/ping"))
        assert ear.recv(512).startswith(b"/emo/reply/ping")
        phone.socket.close()
        control.close()


def test_a_command_by_key_is_not_answered(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[object] = []
    monkeypatch.setattr(control, "_answer", lambda *answer: answered.append(answer))
    control.reply(Next(origin=KEY), 0, "done")
    assert answered == []
    sender = ("127.0.0.1", 9001)
    control.reply(Next(origin=Origin("osc", sender)), 0, "done")
    assert answered == [("next", 0, "done", sender)]


def test_a_sender_who_is_not_on_the_list_is_neither_heard_nor_answered() -> None:
    settings = SETTINGS.model_copy(update={"allow": (ipaddress.ip_network("192.0.2.0/24"),)})
    control = Control(settings, SCENES, LossReporter())
    phone = Phone(control)
    phone.socket.settimeout(0.3)
    try:
        with pytest.raises(TimeoutError):
            phone.ask("ping")
        assert control.counts == {"not on the allow-list": 1}
    finally:
        phone.socket.close()
        control.close()


def test_an_address_of_version_4_is_known_on_a_socket_of_version_6() -> None:
    limiter = RateLimiter((ipaddress.ip_network("192.168.1.0/24"),), 10.0, lambda: 0.0)
    assert limiter.refuses(("::ffff:192.168.1.5", 1)) == ""
    assert limiter.refuses(("::ffff:192.168.2.5", 1)) != ""


def test_each_sender_has_a_rate_of_its_own_and_thousands_of_them_take_no_memory() -> None:
    now = [0.0]
    limiter = RateLimiter((ipaddress.ip_network("10.0.0.0/8"),), 10.0, lambda: now[0])
    assert [limiter.refuses(("10.0.0.1", 1)) for _ in range(11)] == [""] * 10 + ["too many"]
    assert limiter.refuses(("10.0.0.2", 1)) == ""
    now[0] = 0.1
    assert [limiter.refuses(("10.0.0.1", 1)) for _ in range(2)] == ["", "too many"]
    for number in range(10_000):
        limiter.refuses((f"10.0.{number % 256}.{number // 256}", number))
    assert len(limiter._buckets) <= SENDERS_AT_MOST


def test_a_flat_bundle_is_its_messages_and_each_is_answered(control: Control, phone: Phone) -> None:
    words = [("mute", "T", None), ("volume", "f", 0.5), ("volum", "f", 0.5), ("next", "f", 0.0), ("ping", "f", 1.0)]
    phone.socket.send(bundle([packet(f"/emo/control/{name}", tag, value) for name, tag, value in words]))
    assert drained(control, 2) == [
        SetMute(True, origin=Origin("osc", phone.socket.getsockname())),
        SetMasterVolume(0.5, origin=Origin("osc", phone.socket.getsockname())),
    ]
    assert phone.answer() == ("/emo/reply/unknown", Code.UNKNOWN, "there is no command 'volum'; did you mean 'volume'?")
    assert phone.answer() == ("/emo/reply/next", Code.DONE, "released")
    assert phone.answer() == ("/emo/reply/ping", Code.DONE, "pong")
    assert control.counts == {"done": 3, "released": 1, "unknown address": 1}


def test_a_bundle_is_no_way_round_the_limit(control: Control) -> None:
    control._rate_limiter = RateLimiter(SETTINGS.allow, 3.0, lambda: 0.0)
    control.receive(bundle([packet("/emo/control/next")] * 5), ("127.0.0.1", 5000))
    assert len(control.drain()) == 3
    assert control.counts == {"done": 3, "too many": 2}


BAD_BUNDLES = {
    "malformed bundle": BUNDLE + struct.pack(">i", 400) + packet("/emo/control/next"),
    "nested bundle": bundle([bundle([packet("/emo/control/next")])]),
    "empty bundle": BUNDLE,
    "too long": bundle([packet("/emo/control/next")] * 40),
}


@pytest.mark.parametrize("kind", BAD_BUNDLES)
def test_a_bundle_that_is_not_read_is_answered_where_a_command_can_be_seen_in_it(
    kind: str, control: Control, phone: Phone
) -> None:
    phone.socket.send(BAD_BUNDLES[kind])
    if kind != "empty bundle":
        address, code, reason = phone.answer()
        assert (address, code) == ("/emo/reply/next", Code.WRONG_ARGUMENTS)
        assert reason
    assert phone.ask("ping")[0] == "/emo/reply/ping"
    assert control.counts == {kind: 1, "done": 1}
    assert control.drain() == []


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("/emo/control/volum", "there is no command 'volum'; did you mean 'volume'?"),
        ("/emo/control/NEXT", "there is no command 'NEXT'; did you mean 'next'?"),
        ("/emo/control/next/1", "there is no command 'next/1'; did you mean 'next'?"),
        ("/emo/control/goto/the-long-evening", "there is no command 'goto/the-long-evening'; did you mean 'goto'?"),
        ("/emo/control/xyzzy", "there is no command 'xyzzy'"),
        ("/control/next", "'/control/next' is not an address of this show; did you mean '/emo/control/next'?"),
        ("/emo/control/" + "a" * 300, "there is no command '" + "a" * 60 + "...'"),
    ],
)
def test_an_unknown_command_is_answered_with_what_may_have_been_meant(address: str, answer: str, phone: Phone) -> None:
    phone.socket.send(packet(address))
    assert phone.answer() == ("/emo/reply/unknown", Code.UNKNOWN, answer)


@pytest.mark.parametrize(
    "address", ["/emo/reply/next", "/emo/reply/unknown", "/reply/control/x", "/emo/mood/valence", "/tuio/2Dcur", "/"]
)
def test_an_answer_and_what_is_meant_for_others_is_not_answered(address: str, control: Control, phone: Phone) -> None:
    phone.socket.send(packet(address, "is", 0, "x"))  # two shows that answer each other's answers never end
    assert phone.ask("ping")[0] == "/emo/reply/ping"
    assert control.counts == {"unknown address": 1, "done": 1}


def test_the_operator_is_told_of_each_kind_of_refusal_once_for_each_sender(
    control: Control, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("WARNING", "chiaro"):
        for port in (5000, 5001, 5000):
            control.receive(packet("/emo/control/volume", "s", "loud"), ("127.0.0.1", port))
        control.receive(packet("/emo/control/volume", "s", "loud"), ("127.0.0.2", 5000))
        control.receive(packet("/emo/control/volume"), ("127.0.0.1", 5000))
        control.receive(packet("/emo/control/n\x1b[2Jext"), ("127.0.0.1", 5000))
        for _ in range(3):
            control.receive(packet("/emo/control/next"), ("192.0.2.7", 5000))
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "OSC '/emo/control/volume' from 127.0.0.1:5000 refused: volume takes a number from 0 to 1; got a text "
        "(told once, then only counted)",
        "OSC '/emo/control/volume' from 127.0.0.2:5000 refused: volume takes a number from 0 to 1; got a text "
        "(told once, then only counted)",
        "OSC '/emo/control/n\\x1b[2Jext' from 127.0.0.1:5000 refused: there is no command 'n\\x1b[2Jext'; did you mean "
        "'next'? (told once, then only counted)",
        "OSC from 192.0.2.7:5000 refused: [osc] allow in the venue file does not name this sender "
        "(told once, then only counted)",
    ]
    assert control.counts == {"wrong arguments": 5, "unknown address": 1, "not on the allow-list": 3}


def test_a_sender_who_tries_every_address_does_not_fill_the_log_and_memory(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    refusals = RefusalLog(lambda: now[0])
    with caplog.at_level("WARNING", "chiaro"):
        for number in range(2000):
            refusals.warn_once(("127.0.0.1", 1), "unknown address", f"/x/{number}", "no")
        assert len(caplog.records) == LINES_AN_HOUR
        now[0] = 3600.0 * 24 * 30
        for number in range(2000):
            refusals.warn_once(("127.0.0.1", 1), "unknown address", f"/y/{number}", "no")
    assert len(caplog.records) == 2 * LINES_AN_HOUR


def test_who_was_told_of_is_remembered_within_limits() -> None:
    now = [0.0]
    refusals = RefusalLog(lambda: now[0])
    for number in range(2 * KINDS_AT_MOST):
        now[0] += 3600.0
        refusals.warn_once(("127.0.0.1", 1), "unknown address", f"/x/{number}", "no")
    assert len(refusals._told) == KINDS_AT_MOST


@pytest.mark.parametrize(
    ("datagram", "told"),
    [
        (b"/noise\xff\0", ""),  # no two pieces are alike, so it is told once and not once for each piece
        (packet("/tuio/2Dcur"), "/tuio/2Dcur"),
        (packet("/x/" + "a" * 300), "/x/" + "a" * 57),
    ],
)
def test_the_address_that_the_operator_reads_is_one_that_was_meant_and_short(datagram: bytes, told: str) -> None:
    with pytest.raises(CommandRefused) as refused:
        read(datagram, SETTINGS, SCENES, PHONE)
    assert refused.value.address == told


@pytest.mark.parametrize("size", [-(2**31), -4, 0, 1, 18, 2**31 - 1])
def test_a_bundle_whose_element_has_an_impossible_size_is_refused_as_a_whole(size: int) -> None:
    with pytest.raises(CommandRefused, match="the bundle is damaged"):
        split(BUNDLE + struct.pack(">i", size) + bytes(max(0, min(size, 100))))


def test_a_message_with_anything_but_zeros_behind_a_text_is_refused() -> None:
    for message in (b"/emo/control/next\0\0x", b"/emo/control/goto\0\0\0,s\0\0joy\0opening."):
        with pytest.raises(CommandRefused, match="damaged"):
            read(message, SETTINGS, SCENES, PHONE)


def test_what_was_refused_is_summed_up_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    control = Control(SETTINGS, SCENES, LossReporter())
    for name in ("next", "volume", "volume", "volum"):
        control.receive(packet(f"/emo/control/{name}"), ("127.0.0.1", 5000))
    with caplog.at_level("INFO", "chiaro"):
        control.close()
    assert caplog.messages[-1:] == ["OSC control: obeyed 1; refused 2 wrong arguments, 1 unknown address"]


def test_a_passphrase_cannot_be_guessed_from_ever_new_ports() -> None:
    now = [0.0]
    control = Control(SETTINGS.model_copy(update={"listen": False}), SCENES, LossReporter(), lambda: now[0])
    control._refusals = RefusalLog(lambda: now[0])
    for port in range(20_000):
        now[0] += 1e-6
        control.receive(packet("/emo/control/shutdown", "s", f"guess {port}"), ("127.0.0.1", port))
    now[0] += 1.0
    assert control._rate_limiter.may_give_passphrase("127.0.0.1") is False
    # The right one would be found among the 20,000: while too many were wrong it is refused like the others.
    control.receive(packet("/emo/control/shutdown", "s", "open sesame"), ("127.0.0.1", 30_000))
    assert control.drain() == []
    # Another machine, and everything but the passphrase, is heard all the same.
    control.receive(packet("/emo/control/restart", "s", "open sesame"), ("127.0.0.2", 1))
    control.receive(packet("/emo/control/next"), ("127.0.0.1", 30_001))
    assert [command.name for command in control.drain()] == ["restart", "next"]
    now[0] += 60.0
    control.receive(packet("/emo/control/shutdown", "s", "open sesame"), ("127.0.0.1", 30_002))
    assert [command.name for command in control.drain()] == ["shutdown"]


def test_the_guesser_is_answered_the_same_whether_the_passphrase_is_right_or_wrong(phone: Phone) -> None:
    answers = [phone.ask("shutdown", "s", "open barley") for _ in range(WRONG_PASSPHRASES + 1)]
    assert answers[0] == ("/emo/reply/shutdown", Code.NOT_ALLOWED, "wrong passphrase")
    assert answers[-1] == ("/emo/reply/shutdown", Code.TOO_MANY, "too many wrong passphrases; wait a minute")
    assert phone.ask("shutdown", "s", "open sesame") == answers[-1]


def test_one_machine_with_many_addresses_of_version_6_is_one_guesser() -> None:
    limiter = RateLimiter((), 10.0, lambda: 0.0)
    for number in range(WRONG_PASSPHRASES):
        limiter.wrong_passphrase(f"2001:db8::{number + 1:x}")
    assert not limiter.may_give_passphrase("2001:db8::ffff")
    assert limiter.may_give_passphrase("2001:db8:0:1::1")
    for _ in range(WRONG_PASSPHRASES):
        limiter.wrong_passphrase("::ffff:192.168.1.5")
    assert not limiter.may_give_passphrase("192.168.1.5")
    assert limiter.may_give_passphrase("192.168.1.6")


def test_a_new_port_for_each_message_is_no_way_round_the_limit() -> None:
    limiter = RateLimiter((ipaddress.ip_network("10.0.0.0/8"),), 10.0, lambda: 0.0)
    answers = [limiter.refuses(("10.0.0.1", port)) for port in range(1, 1000)]
    assert answers == [""] * 10 * SENDERS_OF_A_HOST + ["too many"] * (999 - 10 * SENDERS_OF_A_HOST)
    assert limiter.refuses(("10.0.0.2", 1)) == ""


def test_a_stage_that_does_not_drain_gets_no_endless_queue(control: Control) -> None:
    for _ in range(COMMANDS_AT_MOST + 5):
        control.receive(packet("/emo/control/next"), ("127.0.0.1", random.randrange(1024, 65535)))
    assert len(control.drain()) == COMMANDS_AT_MOST
    assert control.counts["queue full"] == 5


def test_a_taken_port_is_told_and_taken_over_when_it_is_free_while_the_show_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("installation.osc.control.RETRY_SECONDS", 0.05)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        losses = LossReporter()
        control = Control(OscSettings(listen_port=other.getsockname()[1]), SCENES, losses)
        time.sleep(0.2)  # several tries
        assert losses.errors == 1
        assert control.drain() == []
    wait_until(lambda: control.port, LONG)
    phone = Phone(control)
    assert phone.ask("ping") == ("/emo/reply/ping", 0, "pong")
    phone.socket.close()
    assert not losses.lost_parts()
    control.close()


def test_a_fault_of_ours_is_told_and_the_guard_is_heard_all_the_same(
    control: Control, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("installation.osc.control.read", lambda *_: 1 / 0)
        phone.socket.send(packet("/emo/control/ping"))
        until = time.monotonic() + 2.0
        while not control._losses.is_lost("OSC control") and time.monotonic() < until:
            time.sleep(0.01)
    assert control._losses.is_lost("OSC control")
    assert phone.ask("ping") == ("/emo/reply/ping", 0, "pong")


def test_with_listening_off_nothing_is_opened() -> None:
    control = Control(OscSettings(listen=False), SCENES, LossReporter())
    assert control.port == 0
    control.close()


# -- what the network can do to us -------------------------------------------------------------------------------------

KILLERS = {
    "an element of size -4 (python-osc's parser hangs for ever)": BUNDLE + struct.pack(">i", -4),
    "bundles in bundles (RecursionError)": b"".join(BUNDLE + struct.pack(">i", 16 * n) for n in range(25, 0, -1)),
    "bad UTF-8 (raises in the server)": b"/emo/control/goto\0\0\0,s\0\0\xff\xfe\xfd\0",
}


@pytest.mark.parametrize("killer", KILLERS)
def test_a_known_killer_is_refused_and_the_next_command_answered(killer: str, control: Control, phone: Phone) -> None:
    phone.socket.send(KILLERS[killer])
    answers = [phone.ask("ping")]
    while answers[-1][0] != "/emo/reply/ping":
        answers.append(phone.answer())
    assert all(code == Code.WRONG_ARGUMENTS for _, code, _ in answers[:-1])
    assert control.counts["done"] == 1
    assert control.counts.total() == 2
    assert control.drain() == []


def test_a_bundle_for_the_year_2036_is_obeyed_now(control: Control, phone: Phone) -> None:
    # It blocks the servers of python-osc till then.
    phone.socket.send(b"#bundle\0" + b"\xff" * 8 + bundle([packet("/emo/control/next")])[16:])
    assert [command.name for command in drained(control)] == ["next"]


def fuzzed(seed: int, count: int) -> Iterator[bytes]:
    """Packets of noise, and real ones with bytes changed, cut, doubled or put together."""
    dice = random.Random(seed)
    real = [
        packet(f"/emo/control/{line.name}", line.tags, *("joy" if t == "s" else 0.5 for t in line.tags)) for line in IN
    ]
    real += [packet("/emo/control/next", tag, 1) for tag in "ihfdTFNIbSc["]
    real += [bundle(dice.choices(real, k=count)) for count in (0, 1, 2, 5, 9)]
    real += [*KILLERS.values(), packet("/emo/control/next", "f", 1.0), b"/", b"", b"#bundle\0"]
    for _ in range(count):
        kind = dice.random()
        if kind < 0.2:
            yield dice.choice((b"", b"/", b"#bundle\0", b"/emo/control/")) + dice.randbytes(dice.randrange(0, 600))
            continue
        datagram = bytearray(dice.choice(real))
        for _ in range(dice.randrange(1, 5)):
            if datagram:
                datagram[dice.randrange(len(datagram))] = dice.choice((0, 0x2C, 0x5B, 0x5D, 0xFF, dice.randrange(256)))
        if kind < 0.4:
            del datagram[dice.randrange(len(datagram) + 1) :]
        elif kind < 0.5:
            datagram += dice.choice(real)
        elif kind < 0.55:
            datagram *= dice.randrange(1, 200)
        yield bytes(datagram[:9000])


def test_40000_fuzzed_packets_are_each_refused_or_a_sound_command() -> None:
    taken = refused = 0
    for datagram in fuzzed(7, 40_000):
        try:
            messages = split(datagram[: AT_MOST_BYTES + 1])
        except CommandRefused:
            refused += 1
            continue
        assert 1 <= len(messages) <= AT_MOST_BYTES // 8
        for message in messages:
            assert message in datagram
            try:
                command = read(message, SETTINGS, SCENES, PHONE)
            except CommandRefused:
                refused += 1
                continue
            taken += 1
            if isinstance(command, SetMasterVolume | SetBrightness):
                assert 0.0 <= command.level <= 1.0
            if isinstance(command, GoTo):
                assert command.scene in SCENES
    assert taken + refused >= 40_000
    assert refused > 35_000
    assert taken > 1000


class Ticks(threading.Thread):
    """A stage that answers commands some 60 times a second; 'chiaro bench osc' measures how late its ticks are."""

    def __init__(self, control: Control) -> None:
        super().__init__(daemon=True)
        self.control, self.commands, self.ending = control, 0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self.ending.wait(1 / 60):
            for command in self.control.drain():
                self.commands += 1
                self.control.reply(command, Code.DONE, "")

    def end(self) -> None:
        self.ending.set()
        self.join(timeout=2)


def is_one_message(datagram: bytes) -> bool:
    """Not a sound bundle of several: its messages are counted one by one."""
    try:
        return len(split(datagram)) == 1
    except CommandRefused:
        return True


FLOOD = """
import pickle, socket, sys, time
port, per_second, seconds, datagrams = pickle.load(sys.stdin.buffer)
way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
way.connect(("127.0.0.1", port))
sent, started = 0, time.monotonic()
while (passed := time.monotonic() - started) < seconds:
    while sent < passed * per_second:
        way.send(datagrams[sent % len(datagrams)])
        sent += 1
    time.sleep(0.001)
print(sent)
"""


def flood(port: int, datagrams: list[bytes], per_second: float, seconds: float) -> int:
    """Send at a rate from a process of its own (its interpreter lock is not ours); how many."""
    told = pickle.dumps((port, per_second, seconds, datagrams))
    return int(subprocess.run([sys.executable, "-c", FLOOD], input=told, capture_output=True, check=True).stdout)


def test_after_a_flood_a_valid_command_is_answered_and_every_datagram_is_counted(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests, sleep = [], time.sleep

    def noted_sleep(seconds: float) -> None:
        rests.append(seconds)
        sleep(seconds)

    monkeypatch.setattr("installation.osc.control.BATCH_SECONDS", 60.0)  # a flood on the slowest machine too
    monkeypatch.setattr("installation.osc.control.time.sleep", noted_sleep)
    datagrams = [datagram for datagram in fuzzed(3, 2000) if datagram and is_one_message(datagram)]
    phone, stage = Phone(control), Ticks(control)
    try:
        sent = flood(control.port, datagrams, 50_000, 1.0)
        # On a starved machine the system's buffer is still full after the flood: then a guard presses again.
        phone.socket.settimeout(1.0)
        until, presses = time.monotonic() + LONG, 0
        while presses == 0 or time.monotonic() < until:
            presses += 1
            try:
                answer = phone.ask("next")
                break
            except TimeoutError:
                continue
        assert answer[:2] == ("/emo/reply/next", 0)
        stage.end()
        until = time.monotonic() + LONG  # what the machine's buffer could not hold is counted a moment later
        while control.counts.total() - presses < sent and time.monotonic() < until:
            time.sleep(0.01)
        counted = control.counts.total() - presses
        assert REST_SECONDS in rests, "the loop never let the stage have the interpreter's lock"
        if sys.platform == "linux":  # others do not tell what their buffers lost
            assert counted == sent, (counted, sent, control.counts)
        assert control.counts["too many"] > (counted - control.counts[FULL]) * 0.9
        assert stage.commands <= presses + SETTINGS.messages_per_second * 3
    finally:
        phone.socket.close()
