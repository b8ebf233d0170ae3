"""[rooms] of a venue file: read, or refused with all faults at once and no piece of a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.errors import BadFile
from calibration.rooms_settings import RoomsSettings, broker_address, room_slug
from calibration.venue import load_venue


@pytest.mark.parametrize(
    ("text", "host", "port", "tls"),
    [
        ("mqtt://house", "house", 1883, False),
        ("mqtts://house.museum.example", "house.museum.example", 8883, True),
        ("mqtt://10.0.0.5:1884/", "10.0.0.5", 1884, False),
        ("mqtt://[fd00::5]", "fd00::5", 1883, False),
    ],
)
def test_a_brokers_address_is_host_and_port(text: str, host: str, port: int, tls: bool) -> None:
    found = broker_address(text)
    assert (found.host, found.port, found.tls) == (host, port, tls)


@pytest.mark.parametrize(
    "text",
    [
        "house",
        "http://house",
        "mqtt://",
        "mqtt://house:0",
        "mqtt://house:99999",
        "mqtt://house:1883/topic",
        "mqtt://a b",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        broker_address(text)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="user and password_file") as refused:
        broker_address("mqtt://hall:hunter2@house")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Salle d'été (2)", "salle-d-ete-2"),
        ("hall_2", "hall_2"),
        ("展示室", "room"),
        ("-", "room"),
        ("x" * 90, "x" * 40),
    ],
)
def test_a_venues_name_becomes_a_part_of_a_topic(name: str, slug: str) -> None:
    assert room_slug(name) == slug
    assert RoomsSettings().room_of(name) == slug
    assert RoomsSettings(room="east").room_of(name) == "east"


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text(
        '[rooms]\nbroker = "mqtt://house"\nroom = "Hall 2"\ngroups = ["a", "a"]\npassword_file = "p"\nca_file = "ca"\n'
        'topic = "chiaro/#"\nmoods_per_second = 99\nbrokr = "x"\n'
    )
    with pytest.raises(BadFile) as refused:
        load_venue(file)
    text = str(refused.value)
    for key in ("room", "groups", "password_file", "ca_file", "topic", "moods_per_second", "brokr"):
        assert f"rooms.{key}" in text, key


def test_its_files_are_relative_to_the_venue_file(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text('[rooms]\nbroker = "mqtts://house"\nuser = "hall"\npassword_file = "secret"\nca_file = "ca.pem"\n')
    rooms = load_venue(file).rooms
    assert (rooms.password_file, rooms.ca_file) == (str(tmp_path / "secret"), str(tmp_path / "ca.pem"))
