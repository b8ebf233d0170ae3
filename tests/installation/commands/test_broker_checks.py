"""What `chiaro check` and `chiaro doctor` say of the broker, asked for real."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from calibration.rooms_settings import RoomsSettings
from calibration.venue import Venue
from installation.commands.broker_checks import broker_row, check_broker
from installation.host.console import LossReporter
from installation.rooms.client import BrokerClient
from installation.rooms.outbox import Message
from installation.rooms.tokens import new_token, write_token
from tests.helpers.mosquitto import mosquitto, needs_mosquitto, password_file
from tests.installation.waiting import LONG, wait_until


def venue_of(**rooms: Any) -> Venue:
    return Venue(name="Hall", rooms=RoomsSettings.model_validate(rooms))


def said(venue: Venue, show: int = 0) -> list[tuple[str, str, str]]:
    return [(one.state, one.where, one.what) for one in check_broker(venue, show)]


def test_without_a_broker_nothing_is_said_unless_other_keys_wait_for_it() -> None:
    assert said(Venue()) == []
    assert said(venue_of(moods_per_second=2, room="hall")) == [
        ("warning", "rooms.moods_per_second", "has no effect without rooms.broker")
    ]
    assert broker_row(Venue()).what == "none: rooms.broker of the venue is ''"


@needs_mosquitto
def test_a_broker_that_is_away_is_a_warning_and_one_that_lets_us_in_is_fine(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        venue = venue_of(broker=broker.url)
        assert [one[0] for one in said(venue)] == ["ok"]
        assert broker_row(venue).state == "ok"
    ((state, _, what),) = said(venue)
    assert (state, what) == ("warning", "Connection refused; the show goes on without it, and keeps trying")
    assert broker_row(venue).state == "warning"


def test_a_room_that_takes_what_anybody_puts_is_warned_and_a_token_that_cannot_be_read_is_a_problem(
    tmp_path: Path,
) -> None:
    nowhere = "mqtt://127.0.0.1:1"
    found = said(venue_of(broker=nowhere, accept_stories=True, room="hall"))
    assert found[0][:2] == ("warning", "rooms.accept_stories")
    assert found[0][2].endswith("make a token: chiaro rooms token hall")
    token = tmp_path / "token"
    assert said(venue_of(broker=nowhere, token_file=str(token)))[0][:2] == ("problem", "rooms.token_file")
    write_token(token, new_token())
    assert len(said(venue_of(broker=nowhere, token_file=str(token), accept_stories=True))) == 1
    token.chmod(0o644)
    assert "chmod 600" in said(venue_of(broker=nowhere, token_file=str(token)))[0][2]


@needs_mosquitto
def test_a_wrong_password_that_all_can_read_is_told_with_what_to_do(tmp_path: Path) -> None:
    known = password_file(tmp_path, "hall", "right")
    secret = tmp_path / "secret"
    secret.write_text("wrong\n")
    secret.chmod(0o644)
    with mosquitto(tmp_path, f"password_file {known}") as broker:
        found = said(venue_of(broker=broker.url, user="hall", password_file=str(secret)))
        assert [one[0] for one in found] == ["warning", "warning"]
        assert f"chmod 600 {secret}" in found[0][2]
        assert "rooms.user, rooms.password_file" in found[1][2]
        secret.write_text("right\n")
        secret.chmod(0o600)
        assert [one[0] for one in said(venue_of(broker=broker.url, user="hall", password_file=str(secret)))] == ["ok"]


@needs_mosquitto
def test_another_room_of_the_name_and_a_retained_command_are_found(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        greeting = [
            Message("chiaro/hall/status", b"online", retain=True),
            Message("chiaro/hall/set/start", b"true", retain=True),
        ]
        settings = RoomsSettings(broker=broker.url)
        other = BrokerClient(settings, LossReporter(), "chiaro-hall", greet=lambda: greeting)
        other.start()
        try:
            wait_until(lambda: other.connected and not other._unconfirmed, LONG)
            wait_until(lambda: len(said(venue_of(broker=broker.url))) == 3, LONG)
            states = [(state, where) for state, where, _ in said(venue_of(broker=broker.url))]
            assert states[1:] == [("warning", "rooms.room"), ("problem", "chiaro/hall/set/start")]
            assert other.connected, "the check has pushed the room out"
            assert len(said(venue_of(broker=broker.url), show=77)) == 2, "it is this venue's own show"
        finally:
            other.close()


def test_a_password_that_goes_over_the_network_as_it_is_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "chiaro")
    found = said(venue_of(broker="mqtt://nowhere.invalid", user="hall"))
    assert "use mqtts://" in found[0][2]
    assert found[1][1] == "rooms.user"
