"""A screen finds the room that leads on the broker of the house."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibration.rooms_settings import RoomsSettings
from calibration.screens_settings import ScreensSettings
from calibration.venue import Venue
from installation.rooms import room_list
from installation.rooms.room_list import BrokerAway, Recipients
from installation.rooms.topics import RoomCard, RoomTopics
from installation.screens.announce import NoLeader
from installation.screens.broker_leader import place_to_follow
from installation.screens.leader_address import leader_of
from tests.helpers.mosquitto import Mosquitto, mosquitto, needs_mosquitto, needs_strangers, password_file


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mosquitto]:
    monkeypatch.setattr(room_list, "LOOK_ROUND_SECONDS", 0.3)
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    yield broker
    broker.kill()


def tell(broker: Mosquitto, room: str, screens: tuple[str, int] | None) -> None:
    card = RoomCard(version="1", venue=room.title(), room=room, screens=screens)
    command = ["mosquitto_pub", "-p", str(broker.port), "-r", "-q", "1", "-s", "-t", RoomTopics("chiaro", room).info]
    subprocess.run(command, input=card.payload(), check=True, timeout=30)


def found(broker: Mosquitto, room: str = "") -> tuple[str, int]:
    return leader_of("", Venue(rooms=RoomsSettings(broker=broker.url, room=room)), "")


@needs_mosquitto
@needs_strangers
def test_the_only_room_that_leads_is_followed_of_several_the_one_of_the_same_name(broker: Mosquitto) -> None:
    tell(broker, "attic", None)
    with pytest.raises(NoLeader, match=r"no room on the broker .* leads"):
        found(broker)
    tell(broker, "hall", ("192.0.2.5", 9021))
    assert found(broker) == ("192.0.2.5", 9021)
    tell(broker, "cellar", ("192.0.2.6", 9022))
    with pytest.raises(NoLeader, match="more than one room leads: cellar, hall; name one"):
        found(broker)
    assert found(broker, "cellar") == ("192.0.2.6", 9022)


@needs_mosquitto
def test_a_broker_that_refuses_us_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_list, "CONNECT_SECONDS", 3600.0)
    with mosquitto(tmp_path, f"password_file {password_file(tmp_path, 'hall', 'right')}") as broker:
        with pytest.raises(
            NoLeader, match=r"^127.0.0.1:\d+: it refuses us: not authorized .*; name the leader: --leader HOST"
        ):
            found(broker)
        house = Recipients(RoomsSettings(broker=broker.url), tmp_path / "no tokens")
        with pytest.raises(BrokerAway, match=r"^127.0.0.1:\d+: it refuses us: .*; nothing was put"), house:
            pass


@needs_mosquitto
def test_a_broker_that_is_not_there_is_told_with_what_to_do(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_list, "CONNECT_SECONDS", 0.5)
    broker.kill()
    with pytest.raises(NoLeader, match=r"the broker cannot be reached: .*; name the leader: --leader HOST"):
        found(broker)


def test_a_leader_is_told_of_where_others_reach_it_and_not_otherwise() -> None:
    led = ScreensSettings(leads=True, listen="192.0.2.5", port=9100)
    assert place_to_follow(led) == ("192.0.2.5", 9100)
    assert place_to_follow(led.model_copy(update={"leads": False})) is None
    assert place_to_follow(led.model_copy(update={"listen": "127.0.0.1"})) is None
