"""A whole house: the real ``chiaro house`` at a real Mosquitto, with rooms that are killed, stopped and asked."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from calibration.fleet_settings import FleetSettings
from installation.rooms.tokens import keep_token, new_token
from tests.helpers.mosquitto import Mosquitto, mosquitto, needs_mosquitto
from tests.installation.fleet.running_house import Following, running_house
from tests.installation.fleet.stand_in_room import stand_in_room
from tests.installation.report.tiny_smtp import TinySmtp, tiny_smtp
from tests.installation.waiting import LONG, wait_until
from tests.installation.web.browser import DESK, PHONE, chromium

pytestmark = needs_mosquitto


class Hook(ThreadingHTTPServer):
    """A chat that takes alarms: what was posted, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.answer = 200
        super().__init__(("127.0.0.1", 0), HookPost)


class HookPost(BaseHTTPRequestHandler):
    """One post."""

    server: Hook

    def do_POST(self) -> None:
        """Keep it."""
        self.server.posted.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(self.server.answer)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Print nothing."""


def publish(broker: Mosquitto, topic: str, payload: bytes) -> None:
    """Have the broker keep this."""
    from paho.mqtt.publish import single

    single(topic, payload, qos=1, retain=True, hostname="127.0.0.1", port=broker.port)


def newest(broker: Mosquitto, topic: str) -> bytes:
    """What the broker keeps there."""
    from paho.mqtt.subscribe import simple

    return bytes(simple(topic, hostname="127.0.0.1", port=broker.port).payload)  # type: ignore[no-untyped-call]


@contextmanager
def hook() -> Iterator[Hook]:
    with Hook() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def settings_of(broker: Mosquitto, mail: TinySmtp, chat: Hook) -> str:
    """A house's file that tells alarms after a second."""
    return f"""
name = "The museum"
[rooms]
broker = "{broker.url}"
tokens_file = "tokens"
[alarms]
after_seconds = 1
webhook = "http://127.0.0.1:{chat.server_port}/hook?secret=xyzzy"
mail_to = ["technician@museum.example"]
mail_from = "house@museum.example"
mail_host = "127.0.0.1"
mail_port = {mail.port}
mail_security = "none"
"""


class Scene:
    """A house with its broker, its rooms and those who are told."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._stack = stack
        token = new_token()
        keep_token(folder / "tokens", "cellar", token)
        self.broker = stack.enter_context(mosquitto(folder / "broker"))
        self.mail, self.chat = stack.enter_context(tiny_smtp()), stack.enter_context(hook())
        self.hall, self.cellar = self.room("hall", "east"), self.room("cellar", "east", token)
        self.tower = self.room("tower")
        report = {"day": "2026-11-26", "story": "=1+1", "visits": 120, "stopped": None, "losses": []}
        publish(self.broker, "chiaro/hall/report", json.dumps(report).encode())
        self.house = stack.enter_context(running_house(folder, settings_of(self.broker, self.mail, self.chat)))
        self.page: Following = stack.enter_context(self.house.page())
        for name in ("hall", "cellar", "tower"):
            self.page.until(name, "well")

    def room(self, name: str, group: str = "", token: str = "") -> Any:
        """Begin a room; ``token``: what it asks for."""
        return self._stack.enter_context(stand_in_room(self.broker.url, name, group, token))

    def told(self, words: str) -> bool:
        """The chat was told so."""
        return any(words in one["text"] for one in self.chat.posted)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with ExitStack() as stack:
        yield Scene(tmp_path_factory.mktemp("house"), stack)


def test_the_page_shows_all_rooms_and_a_rooms_own_page_all_of_it(scene: Scene) -> None:
    card = scene.page.rooms["hall"]
    assert (card["label"], card["groups"], card["scene"], card["visitors"]) == ("The hall", ["east"], "door", 2)
    with scene.house.page("hall") as page:
        wait_until(lambda: "detail" in page.newest, LONG)
        assert page.newest["detail"]["state"]["house"] == "open until 18:00"
        assert page.newest["detail"]["way"] == ["door"]
        assert set(page.rooms) == {"hall"}
    assert scene.house.ask("GET", "/api/events?room=../x")[0] == 404
    assert scene.house.ask("GET", "/room/hall")[0] == 200


def test_an_evening_of_each_room_is_a_row_and_stays_in_a_table(scene: Scene) -> None:
    house = scene.house
    wait_until(lambda: house.ask("GET", "/api/evenings")[1]["tables"], LONG)
    row = house.ask("GET", "/api/evenings")[1]["evenings"][0]
    assert (row["room"], row["visits"], row["stopped"]) == ("hall", 120, None)
    table = house.ask("GET", "/tables/evenings-2026-11-26.csv")[1]
    assert table.splitlines()[1].startswith("2026-11-26,hall,The hall,'=1+1,120,,")
    assert house.ask("GET", "/evenings.csv")[1] == table


def test_a_command_goes_to_a_room_or_a_group_and_each_reply_is_shown(scene: Scene) -> None:
    house = scene.house
    assert house.command("room", "tower", "pause")["answers"] == [{"room": "tower", "code": 0, "reason": "ok"}]
    group = house.command("group", "east", "volume", 0.5)
    assert group["done"] == 2
    assert {one["room"]: one["reason"] for one in group["answers"]} == {"hall": "ok", "cellar": "ok"}
    refused = house.command("all", "", "next")
    assert (refused["code"], refused["done"]) == (5, 0)
    assert "hall: not in the attract scene" in refused["reason"]
    wait_until(lambda: len(scene.page.lines["command"]) >= 3, LONG)
    line = next(one for one in scene.page.lines["command"] if one["name"] == "volume")
    assert (line["to"], line["arguments"], line["done"], line["asked"]) == ("east", [0.5], 2, 2)
    for asked, status in (
        ({"kind": "room", "to": "nowhere", "name": "pause"}, 404),
        ({"kind": "room", "to": "hall", "name": "../pause"}, 400),
        ({"kind": "room", "to": "hall", "name": "pause/#"}, 400),
        ({"kind": "room", "to": "hall", "name": "pause", "arguments": [[1]]}, 400),
        ({"kind": "every", "to": "hall", "name": "pause"}, 400),
        ({"kind": "all", "name": "pause"}, 200),
    ):
        assert house.ask("POST", "/api/command", asked)[0] == status


def test_a_room_that_is_killed_is_lost_by_its_will_and_mail_and_chat_are_told_once(scene: Scene) -> None:
    scene.hall.kill()
    scene.page.until("hall", "lost")
    wait_until(lambda: scene.page.alarms(begun=True, room="hall"), LONG)
    assert scene.page.alarms(begun=True, room="hall")[0]["words"] == "the room is lost"
    wait_until(lambda: scene.chat.posted and scene.mail.mails, LONG)
    posted = scene.chat.posted[0]
    assert posted["house"] == "The museum"
    assert posted["text"].endswith("The hall: the room is lost")
    assert posted["alarms"][0]["room"] == "hall"
    assert scene.mail.mails[0]["subject"] == "The museum: The hall: the room is lost"
    assert scene.house.command("room", "hall", "pause")["reason"] == "the room is lost"
    assert "xyzzy" not in scene.house.log.read_text()


@pytest.mark.slow
def test_a_room_that_is_back_and_one_that_hangs(scene: Scene) -> None:
    scene.hall = scene.room("hall", "east")
    scene.page.until("hall", "well")
    scene.tower.send_signal(signal.SIGUSR1)  # its client lives, its film does not
    scene.page.until("tower", "hung")
    wait_until(lambda: scene.page.alarms(begun=True, room="tower"), LONG)
    assert scene.page.alarms(begun=True, room="tower")[0]["words"] == "the room hangs: its beat stands still"
    scene.tower.send_signal(signal.SIGUSR1)
    scene.page.until("tower", "well")
    scene.cellar.send_signal(signal.SIGSTOP)  # all of it: hung for a second, then the broker gives it up
    wait_until(lambda: scene.page.rooms["cellar"]["need"] in ("hung", "lost"), LONG)
    scene.cellar.send_signal(signal.SIGCONT)
    scene.page.until("cellar", "well")
    for room in ("hall", "tower"):
        wait_until(lambda room=room: scene.page.alarms(begun=False, room=room), LONG)  # type: ignore[misc]
        assert len(scene.page.alarms(begun=True, room=room)) == 1


@pytest.mark.slow
def test_a_broker_that_is_started_again_without_memory_is_one_alarm_and_all_rooms_are_back(scene: Scene) -> None:
    before = len(scene.page.lines["alarm"])
    scene.broker.kill()
    wait_until(lambda: not scene.page.newest["state"]["connected"], LONG)
    wait_until(lambda: scene.page.alarms(begun=True, room=""), LONG)
    assert scene.page.alarms(begun=True, room="")[0]["words"].startswith("the broker is lost: 127.0.0.1:")
    assert {one["need"] for one in scene.page.rooms.values()} == {"waiting"}
    scene.broker.start()
    for name in ("hall", "cellar", "tower"):
        scene.page.until(name, "well")
    begun = [one["kind"] for one in scene.page.lines["alarm"][before:] if one["begun"]]
    assert begun == ["broker"]
    assert scene.house.command("group", "east", "resume")["done"] == 2


@pytest.mark.slow
def test_the_page_in_a_real_browser_at_a_desk_and_on_a_phone(scene: Scene) -> None:
    with chromium() as page:
        for size, touch in ((DESK, False), (PHONE, True)):
            page.size(size, touch)
            page.open(f"http://127.0.0.1:{scene.house.port}/")
            page.wait_for("document.querySelectorAll('#rooms li').length === 3")
            assert page.js("document.documentElement.scrollWidth") == size[0]
            page.click("#groups button:nth-child(2)")
            page.wait_for("document.querySelectorAll('#rooms li').length === 2")
            assert page.text("#controls-for") == "group east (2)"
            page.click("[data-do=pause]")
            page.wait_for("document.getElementById('said').textContent === 'Pause: done in 2 rooms'")
        page.open(f"http://127.0.0.1:{scene.house.port}/room/tower")
        page.wait_for("document.getElementById('room-need').textContent.endsWith('well')")
        page.wait_for("document.querySelectorAll('#senses li').length === 2")
        page.click("[data-do=blackout]:not([data-value='0'])")
        assert page.js("document.querySelector('[data-do=blackout]').textContent") == "Again: Blackout"
        page.click("#open-setup")
        page.put("#language", "de", "change")
        page.wait_for("document.querySelector('nav a').textContent === 'Räume'")
        assert page.faults() == []


def test_it_ends_as_it_is_told_to_and_says_so(scene: Scene) -> None:
    assert scene.house.close() == 0
    assert newest(scene.broker, "chiaro/house/status") == b"offline"


def test_the_draft_of_a_houses_file_can_be_used(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from calibration.fleet_settings import load_fleet
    from installation.cli import app

    file = tmp_path / "house.toml"
    written = CliRunner().invoke(app, ["house", str(file), "--init"])
    assert written.exit_code == 0
    assert load_fleet(file).rooms.broker == "mqtt://127.0.0.1:1883"
    assert load_fleet(file) != FleetSettings()
    assert CliRunner().invoke(app, ["house", str(file), "--init"]).exit_code == 78


def test_the_link_is_for_phones_only_where_phones_can_come(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from installation.cli import app

    file = tmp_path / "house.toml"
    CliRunner().invoke(app, ["house", str(file), "--init"])
    alone = CliRunner().invoke(app, ["house", str(file), "--link"]).output
    assert alone.startswith("http://127.0.0.1:8480/ (from this machine alone")
    assert "token" not in alone
    file.write_text(file.read_text().replace('listen = "127.0.0.1"', 'listen = "192.0.2.7"'))
    assert "http://192.0.2.7:8480/#token=" in CliRunner().invoke(app, ["house", str(file), "--link"]).output
