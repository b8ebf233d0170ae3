"""What small programs really wrote and sent, held against a venue's promises."""

import http.server
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from calibration.house_settings import DisplaySettings, UpsSettings
from calibration.lamp_settings import LampSettings, UniverseSettings
from calibration.rooms_settings import RoomsSettings
from calibration.settings import OscSettings, OscTarget
from calibration.venue import Venue
from calibration.web_settings import ConsoleSettings, ConstellationSettings
from installation.eyes.wire import Hello, Kind, Order, seal
from installation.privacy.proof_channels import Channel, Traffic
from installation.privacy.proof_judge import Judgement, judge
from installation.privacy.proof_mark import Marked, make_marked_camera
from installation.privacy.proof_promises import Places, Promise, programs_of, promises_of
from installation.privacy.proof_search import Searcher
from tests.installation.privacy.straced import straced

EYE = "installation.eye.main"
READ_FRAME = "import cv2; frame = cv2.imread({!r})\n"


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the marked camera."""
    return tmp_path_factory.mktemp("camera")


@pytest.fixture(scope="module")
def marked(camera: Path) -> Marked:
    """A short course of it."""
    return make_marked_camera(camera, 7, Venue(), 2)


@pytest.fixture(scope="module")
def searcher(marked: Marked) -> Searcher:
    """One that knows it."""
    return Searcher(marked)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """As of a run."""
    return Places(tmp_path / "state", tmp_path / "tmp", tmp_path / "printed.txt", headless=True)


def judged(traffic: Traffic, searcher: Searcher, places: Places, venue: Venue | None = None) -> Judgement:
    """By what the default venue, or this one, promises."""
    venue = venue or Venue()
    return judge(traffic, promises_of(venue, places), programs_of(venue), searcher)


@pytest.fixture
def peer() -> Iterator[int]:
    """The port of somebody who takes what is posted."""

    class Taker(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Taker)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_leak_of_an_eye_is_found(
    tmp_path: Path, searcher: Searcher, marked: Marked, camera: Path, places: Places, peer: int
) -> None:
    """A real program in the eye's place: a file, a datagram, a post, shared memory, text on the way to a journal."""
    assert marked
    traffic = straced(
        tmp_path,
        READ_FRAME.format(str(camera / "000.bmp"))
        + f"""
import base64, socket, urllib.request
from multiprocessing import shared_memory
cv2.imwrite("leak.jpg", frame)
open("leak.bin", "wb").write(frame.tobytes())
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for start in range(0, 70_000, 1400):
    udp.sendto(frame.tobytes()[start : start + 1400], ("127.0.0.1", 47114))
small = cv2.imencode(".jpg", cv2.resize(frame, (160, 90)))[1].tobytes()
urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:{peer}/", data=small)).read()
memory = shared_memory.SharedMemory(create=True, size=frame.nbytes)
memory.buf[: frame.nbytes] = frame.tobytes()
memory.close(); memory.unlink()
inside, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
inside.send(base64.b64encode(small))
""",
        EYE,
    )
    judgement = judged(traffic, searcher, places)
    found = "\n".join(judgement.findings)
    for words in (
        "leak.jpg, ",
        "the camera's picture as JPEG",
        "leak.bin, 691200 bytes: raw pixels of the camera (BGR)",
        "udp 127.0.0.1:47114, 70000 bytes: raw pixels",
        f":{peer}, ",
        "/dev/shm/psm_",  # noqa: S108 - looked for
        "what the eye tells other processes has",
        "other processes of the show",
        "multiprocessing.resource_tracker",
    ):
        assert words in found, (words, found)
    assert all(line.startswith(("eye ", "what the eye", "python")) for line in judgement.findings), found


def test_a_map_into_memory_is_searched_on_the_disk(
    tmp_path: Path, searcher: Searcher, marked: Marked, camera: Path, places: Places
) -> None:
    """It writes without a call: the file was opened to write, and holds the picture at the end."""
    assert marked
    program = """
import mmap
file = open("mapped", "w+b"); file.truncate(frame.nbytes)
mmap.mmap(file.fileno(), frame.nbytes)[:] = frame.tobytes()
"""
    traffic = straced(tmp_path, READ_FRAME.format(str(camera / "000.bmp")) + program, EYE)
    assert any("mapped, 0 bytes: raw pixels" in line for line in judged(traffic, searcher, places).findings)


def test_what_a_venue_promises_is_no_finding(searcher: Searcher, places: Places) -> None:
    venue = Venue(
        osc=OscSettings(targets=(OscTarget(host="10.0.0.7", port=7000),), advertise=True),
        lamps=LampSettings(universes=(UniverseSettings(number=258), UniverseSettings(number=2, host="10.0.0.8"))),
        console=ConsoleSettings(listen="0.0.0.0"),  # noqa: S104 - a setting
        constellation=ConstellationSettings(server="10.0.0.5:8082"),
        rooms=RoomsSettings(broker="mqtts://10.0.0.4"),
        display=DisplaySettings(power="pjlink", host="10.0.0.9"),
        ups=UpsSettings(name="ups@localhost"),
    )
    said = b"/emo/x\0\0,f\0\0\x3f\x80\0\0"
    state = str(places.state)
    promised = [
        Channel("stage", "udp", "10.0.0.7:7000", messages=[said]),
        Channel("stage", "udp", "224.0.0.251:5353"),
        Channel("stage", "udp", "127.0.0.1:50123", messages=[said]),  # a reply: who may command stands in osc.allow
        Channel("stage", "udp", "239.255.1.2:5568", messages=[b"ASC-E1.17"]),
        Channel("stage", "udp", "10.0.0.8:5568"),
        Channel("console", "listening", "tcp 0.0.0.0:8470"),
        Channel("console", "answering", "tcp 192.168.1.4:8470<-192.168.1.9:51000", messages=[b"HTTP/1.1 200 OK"]),
        Channel("console", "tcp", "192.168.1.4:40000->10.0.0.5:8082"),
        Channel("stage", "tcp", "10.0.0.9:4352"),
        Channel("stage", "tcp", "192.168.1.4:40001->10.0.0.4:8883"),
        Channel("stage", "listening", "tcp 0.0.0.0:0"),
        Channel("stage", "file", f"{state}/journal/2026-11-27.unnamed-room.jsonl", messages=[b'{"kind": "mood"}\n']),
    ]
    programs = [("stage", ("upsc", "ups@localhost")), ("stage", ("python", "-m", EYE, "fd:8"))]
    traffic = Traffic({(one.process, one.kind, one.name): one for one in promised}, programs)
    assert judged(traffic, searcher, places, venue).findings == ()
    # Without the settings, and from the eye, each of them is one.
    plain = judged(traffic, searcher, places, Venue(console=ConsoleSettings(listen=""), osc=OscSettings(listen=False)))
    assert len(plain.findings) == len(promised)  # all but the journal, and upsc
    from_eye = {key: replace(one, process="eye") for key, one in traffic.channels.items()}
    assert len(judged(Traffic(from_eye), searcher, places, venue).findings) == len(promised)


def test_a_console_that_may_be_asked_from_everywhere_may_not_ask_others(searcher: Searcher, places: Places) -> None:
    venue = Venue(console=ConsoleSettings(listen="0.0.0.0"), osc=OscSettings(allow=("0.0.0.0/0",)))  # noqa: S104
    for kind, name in (("tcp", "10.1.1.1:80"), ("tcp", "192.168.1.4:8470->10.1.1.1:80"), ("udp", "10.1.1.1:53")):
        channel = Channel("console", kind, name)
        assert len(judged(Traffic({("", "", ""): channel}), searcher, places, venue).findings) == 1


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("udp 10.0.0.7:7000", b"no OSC", "not OSC"),
        ("udp 10.0.0.7:7000", b"/a\0\0,b\0\0\0\0\0\x04abcd", "binary argument"),
        ("file JOURNAL", b"\x01\x02\x03", "not readable text"),
        ("file JOURNAL", b'{"x": "' + b"QUJD" * 100 + b'"}', "400 letters in a row"),
        ("file LOCK", b"", ""),
    ],
)
def test_what_goes_through_a_promised_channel_has_its_form(
    searcher: Searcher, places: Places, name: str, content: bytes, fault: str
) -> None:
    kind, _, place = name.partition(" ")
    place = place.replace("JOURNAL", f"{places.state}/journal/2026-11-27.unnamed-room.jsonl")
    place = place.replace("LOCK", f"{places.state}/unnamed-room.lock")
    venue = Venue(osc=OscSettings(targets=(OscTarget(host="10.0.0.7", port=7000),)))
    channel = Channel("stage", kind, place, messages=[content], size=len(content))
    findings = judged(Traffic({("", "", ""): channel}), searcher, places, venue).findings
    assert (len(findings), fault in "".join(findings)) == (bool(fault), True)


def test_small_pictures_of_the_film_may_be_kept_and_the_cameras_may_not(
    searcher: Searcher, marked: Marked, places: Places
) -> None:
    film = cv2.imencode(".jpg", cv2.GaussianBlur(cv2.rotate(marked.given[0], cv2.ROTATE_180), (0, 0), 9))[1].tobytes()
    ours = cv2.imencode(".jpg", cv2.resize(marked.given[0], (192, 108)))[1].tobytes()
    place = f"{places.state}/thumbnails/0f3a.123.part"
    for picture, found in ((film, 0), (ours, 1)):
        channel = Channel("thumbnails of the film", "file", place, messages=[picture], size=len(picture))
        assert len(judged(Traffic({("", "", ""): channel}), searcher, places).findings) == found


def test_a_program_that_is_no_part_of_the_show_is_a_finding(searcher: Searcher, places: Places) -> None:
    traffic = Traffic(
        programs=[("eye", ("curl", "http://example.org")), ("stage", (sys.executable, "-m", "installation"))]
    )
    assert judged(traffic, searcher, places).findings == (
        "eye ran 'curl http://example.org', which is no part of the show",
    )


def test_each_promise_names_a_setting_of_the_venue_or_none(places: Places) -> None:
    names = {
        "screen",
        "sound",
        *(f"{key}.{inner}" for key, part in Venue() for inner in getattr(type(part), "model_fields", ())),
    }
    promises: list[Promise] = promises_of(Venue(), replace(places, headless=False))
    assert {one.setting.partition(" ")[0] for one in promises} - names <= {"", "journal", "hours", "privacy.sign"}


def test_to_eyes_on_other_machines_only_orders_may_go(searcher: Searcher, places: Places) -> None:
    venue = Venue.model_validate({"eyes": {"key_file": "k", "left": {}}, "osc": {"listen": True}})
    order = seal(Kind.ORDER, bytes(16), 1, Order(stage=1, on=True, open=False), b"k" * 32)
    hello = seal(Kind.HELLO, bytes(16), 1, Hello(name="left"), b"k" * 32)
    for peer, content, found in (("10.0.0.7:41000", order, 0), ("10.0.0.7:41000", hello, 1), ("[::1]:41000", b"x", 1)):
        channel = Channel("stage", "udp", peer, messages=[content], size=len(content))
        assert len(judged(Traffic({("", "", ""): channel}), searcher, places, venue).findings) == found
    door = Channel("stage", "listening", f"udp 0.0.0.0:{venue.eyes.port}")
    assert judged(Traffic({("", "", ""): door}), searcher, places, venue).findings == ()
    assert judged(Traffic({("", "", ""): door}), searcher, places).findings != ()
