"""The connection to the broker, with a real one: away at first, killed, restarted without memory, hanging, closed."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calibration.rooms_settings import RoomsSettings
from installation.host.console import LossReporter
from installation.rooms.client import BrokerClient
from installation.rooms.link import Received
from installation.rooms.outbox import Message
from installation.rooms.room_list import SilentLosses
from tests.helpers.mosquitto import Mosquitto, certificates, mosquitto, needs_mosquitto, password_file
from tests.installation.waiting import LONG, wait_until

HEALED_WITHIN = 10.0
"""Seconds in which a room is heard again; on a loaded machine a little more is no fault of ours."""
pytestmark = needs_mosquitto


@pytest.fixture(autouse=True)
def _tries_again_soon(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_waits" not in request.fixturenames:
        monkeypatch.setattr("installation.rooms.client.RETRY_SECONDS", 0.2)


@pytest.fixture
def real_waits() -> None:
    """The test waits as long as a room would."""


@contextmanager
def client(settings: RoomsSettings, name: str = "reader", **more: object) -> Iterator[BrokerClient]:
    made = BrokerClient(settings, LossReporter(), name, **more)  # type: ignore[arg-type]
    made.start()
    try:
        yield made
    finally:
        made.close()


class Ear:
    """Hears everything below a topic."""

    def __init__(self, reader: BrokerClient, topic_filter: str = "#") -> None:
        self.heard: list[Received] = []
        reader.listen(topic_filter, self.heard.append)

    def payloads(self, topic: str) -> list[bytes]:
        return [one.payload for one in self.heard if one.topic == topic]


def settings(broker: Mosquitto, **more: object) -> RoomsSettings:
    return RoomsSettings.model_validate({"broker": broker.url, **more})


def test_what_is_sent_is_heard_and_a_greeting_comes_first(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker, client(settings(broker)) as reader:
        ear = Ear(reader)
        wait_until(lambda: reader.connected, LONG)
        wait_until(lambda: reader._subscribed, LONG)
        with client(settings(broker), "room", greet=lambda: [Message("a/hello", b"1", retain=True)]) as room:
            room.put("a/state", lambda: b"2", retain=True)
            wait_until(lambda: room.connected, LONG)
            room.send(Message("a/event", b"3"))
            wait_until(lambda: len(ear.heard) == 3, LONG)
        assert ear.heard[0].topic == "a/hello"
        assert {one.topic for one in ear.heard} == {"a/hello", "a/state", "a/event"}


def test_a_broker_that_comes_late_is_told_once_as_lost_and_once_as_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker = Mosquitto(tmp_path)
    try:
        with caplog.at_level(logging.INFO, "chiaro"), client(settings(broker)) as reader:
            wait_until(lambda: "broker lost" in caplog.text, LONG)
            broker.start()
            assert wait_until(lambda: reader.connected, LONG) < HEALED_WITHIN
    finally:
        broker.kill()
    assert caplog.text.count("broker lost") == 1
    assert caplog.text.count("broker is back") == 1


@pytest.mark.usefixtures("real_waits")
def test_a_broker_that_was_killed_and_remembers_nothing_knows_all_again(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        greeting = [Message("a/hello", b"1", retain=True)]
        with client(settings(broker), "room", greet=lambda: greeting) as room, client(settings(broker)) as reader:
            wait_until(lambda: room.connected and reader.connected, LONG)
            broker.kill()
            wait_until(lambda: not room.connected, LONG)
            broker.start()
            begun = time.monotonic()
            ear = Ear(reader)
            wait_until(lambda: ear.payloads("a/hello"), LONG)
            assert time.monotonic() - begun < HEALED_WITHIN


def test_when_a_program_is_gone_the_broker_says_so_and_after_a_farewell_it_does_not(tmp_path: Path) -> None:
    will = Message("a/status", b"offline", retain=True)
    with mosquitto(tmp_path) as broker, client(settings(broker)) as reader:
        ear = Ear(reader)
        wait_until(lambda: reader._subscribed, LONG)
        with client(settings(broker), "room", will=will) as room:
            wait_until(lambda: room.connected, LONG)
            room.close([Message("a/status", b"good bye", retain=True)])
        wait_until(lambda: ear.payloads("a/status"), LONG)
        assert ear.payloads("a/status") == [b"good bye"]


def test_without_the_password_one_line_says_which_keys_are_meant(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    known = password_file(tmp_path, "hall", "right")
    secret = tmp_path / "password"
    secret.write_text("wrong\n")
    with (
        caplog.at_level(logging.INFO, "chiaro"),
        mosquitto(tmp_path, f"password_file {known}") as broker,
        client(settings(broker, user="hall", password_file=str(secret))) as room,
    ):
        wait_until(lambda: "broker lost" in caplog.text, LONG)
        secret.write_text("right\n")
        assert wait_until(lambda: room.connected, LONG) < HEALED_WITHIN
    assert "rooms.user, rooms.password_file" in caplog.text
    assert "wrong" not in caplog.text.replace("wrong username", "")


def test_a_command_still_knows_why_it_was_not_let_in_when_its_client_has_ended(tmp_path: Path) -> None:
    with mosquitto(tmp_path, f"password_file {password_file(tmp_path, 'hall', 'right')}") as broker:
        losses = SilentLosses()
        stranger = BrokerClient(settings(broker), losses, "chiaro-house-1")
        stranger.start()
        wait_until(lambda: losses.why, LONG)
        stranger.close()
        assert losses.why == (
            f"127.0.0.1:{broker.port}: it refuses us: not authorized (rooms.user, rooms.password_file)"
        )


def test_with_tls_the_broker_must_be_who_the_authority_says(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ca, certificate, key = certificates(tmp_path)
    with mosquitto(tmp_path, f"certfile {certificate}", f"keyfile {key}") as broker:
        url = f"mqtts://127.0.0.1:{broker.port}"
        with caplog.at_level(logging.INFO, "chiaro"), client(RoomsSettings(broker=url)):
            wait_until(lambda: "broker lost" in caplog.text, LONG)
        assert "self-signed certificate" in caplog.text or "unable to get local issuer" in caplog.text
        with client(RoomsSettings(broker=url, ca_file=str(ca))) as room:
            ear = Ear(room)
            wait_until(lambda: room._subscribed, LONG)
            room.send(Message("a/large", b"x" * 100_000))  # more than one record of TLS
            wait_until(lambda: ear.payloads("a/large"), LONG)


def test_a_broker_that_hangs_holds_nobody_up_and_then_gets_the_newest_only(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker, client(settings(broker), "room") as room:
        ear = Ear(room, "a/#")
        wait_until(lambda: room._subscribed, LONG)
        broker.stop()
        slowest = 0.0
        for number in range(3000):  # more than any buffer between us takes
            begun = time.perf_counter()
            room.put("a/state", lambda number=number: b"%d " % number * 2000, retain=True)  # type: ignore[misc]
            room.send(Message("a/event", b"%d" % number))
            slowest = max(slowest, time.perf_counter() - begun)
            time.sleep(0.0005)
        waiting = len(room._outbox._row) + len(room._outbox._newest)
        assert slowest < 2.0, "somebody waited for the broker"
        assert waiting <= 201, f"{waiting} messages wait"
        broker.go_on()
        wait_until(lambda: ear.payloads("a/state")[-1:] == [b"2999 " * 2000], LONG)


@pytest.mark.skipif(sys.platform != "linux", reason="no other process can be limited here: no full broker was tried")
def test_a_broker_that_is_full_is_lost_until_it_has_room(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    import resource

    with (
        caplog.at_level(logging.INFO, "chiaro"),
        mosquitto(tmp_path) as broker,
        client(settings(broker), "first") as first,
    ):
        wait_until(lambda: first.connected, LONG)
        taken = len(list(Path(f"/proc/{broker.pid}/fd").iterdir()))
        before = resource.prlimit(broker.pid, resource.RLIMIT_NOFILE, (taken, 1024))
        with client(settings(broker), "second") as second:
            wait_until(lambda: "broker lost" in caplog.text, LONG)
            resource.prlimit(broker.pid, resource.RLIMIT_NOFILE, (min(before[0], 1024), 1024))
            assert wait_until(lambda: second.connected, LONG) < HEALED_WITHIN
            assert first.connected
    assert caplog.text.count("broker lost") == 1


def test_a_message_that_is_too_large_for_the_broker_is_left_out_and_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.INFO, "chiaro"),
        mosquitto(tmp_path) as broker,
    ):
        broker.kill()
        with (tmp_path / "mosquitto.conf").open("a") as more:
            more.write("max_packet_size 200\n")
        broker.start()
        with client(settings(broker), "room") as room:
            ear = Ear(room, "a/#")
            wait_until(lambda: room._subscribed, LONG)
            for _ in range(3):
                room.send(Message("a/large", b"x" * 1000))
            room.send(Message("a/small", b"fine"))
            wait_until(lambda: ear.payloads("a/small"), LONG)
            assert room.connected
            assert not ear.payloads("a/large")
    assert caplog.text.count("refuses a/large: packets of more than 200 bytes") == 1
    assert "broker lost" not in caplog.text


def test_what_the_access_list_forbids_is_told_once_and_the_rest_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rights = tmp_path / "acl"
    rights.write_text("topic readwrite a/allowed\n")
    rights.chmod(0o600)
    with (
        caplog.at_level(logging.INFO, "chiaro"),
        mosquitto(tmp_path, f"acl_file {rights}") as broker,
        client(settings(broker), "room") as room,
    ):
        ear = Ear(room, "a/allowed")
        wait_until(lambda: room._subscribed, LONG)
        for number in range(5):
            room.send(Message("a/forbidden", b"%d" % number))
        wait_until(lambda: "refuses a/forbidden" in caplog.text, LONG)
        room.send(Message("a/allowed", b"fine"))
        wait_until(lambda: ear.payloads("a/allowed"), LONG)
        assert room.connected
    assert caplog.text.count("refuses a/forbidden") == 1


def test_a_slow_broker_gets_the_newest(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker, client(settings(broker), "room") as room:
        ear = Ear(room, "a/state")
        wait_until(lambda: room._subscribed, LONG)
        for number in range(60):
            broker.stop() if number % 3 else broker.go_on()
            room.put("a/state", lambda number=number: b"%d " % number * 20_000, retain=True)  # type: ignore[misc]
            time.sleep(0.01)
        broker.go_on()
        wait_until(lambda: ear.payloads("a/state")[-1:] == [b"59 " * 20_000], LONG)


def test_many_wakes_at_once_leave_no_message_behind(tmp_path: Path) -> None:
    """The thread must not sleep while something waits for it: a wake was once lost while another was being read."""
    with mosquitto(tmp_path) as broker, client(settings(broker), "room") as room:
        ear = Ear(room, "a/#")
        wait_until(lambda: room._subscribed, LONG)
        for number in range(400):
            room.put(f"a/{number % 20}", lambda number=number: b"%d" % number, qos=0)  # type: ignore[misc]
            if number % 7 == 0:
                time.sleep(0.001)
        wait_until(lambda: {one.payload for one in ear.heard} >= {b"%d" % n for n in range(380, 400)}, LONG)
        assert not room._awake or room._wake_out.recv(64)
