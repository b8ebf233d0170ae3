"""What travels between stage and eye: signed, numbered, and never more than it says."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibration.errors import BadFile
from installation.eye.link import EyeStatus, Report
from installation.eyes.clock import EyeClock
from installation.eyes.key import make_key, read_key
from installation.eyes.sessions import LIVE_SECONDS, PENDING_AT_MOST, EyeEnd, StageEnd
from installation.eyes.wire import (
    MAX_BYTES,
    VERSION,
    Hello,
    Kind,
    Order,
    Packet,
    Told,
    Welcome,
    other_version,
    seal,
    unseal,
)
from models.labels import LABELS
from models.mood import Mood, VisitorMood, unseen

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
ORDER = Order(stage=7, on=True, open=True)


def told(mood: Mood | None = None, **said: float) -> Told:
    report = Report(mood=mood or unseen(1.0, "nothing"), status=EyeStatus())
    return Told.model_validate({"sent": 1.0, "echo": 0, "heard": 0.5, "may_film": False, "report": report, **said})


def packet(datagram: bytes | None) -> Packet:
    assert datagram is not None
    opened = unseal(datagram)
    assert opened is not None
    return opened


def connected(now: float = 0.0, key: bytes = KEY) -> tuple[StageEnd, EyeEnd]:
    stage, eye = StageEnd("left", KEY), EyeEnd("left", key)
    eye.take(packet(stage.welcome(packet(eye.hello()), now)), now)
    return stage, eye


def test_a_report_and_an_order_arrive_as_they_were_sent() -> None:
    stage, eye = connected()
    said = told()
    assert stage.receive(packet(eye.report(said)), 0.1) == said
    assert eye.take(packet(stage.order(ORDER, 0.2)), 0.3) == ORDER
    assert (eye.echo, eye.heard_at) == (1, 0.3)


def test_nothing_is_taken_twice_nor_late() -> None:
    stage, eye = connected()
    first, second = eye.report(told()), eye.report(told())
    assert stage.receive(packet(second), 0.1)
    assert stage.receive(packet(second), 0.1) is None
    assert stage.receive(packet(first), 0.1) is None
    older, newer = stage.order(ORDER, 0.2), stage.order(ORDER, 0.2)
    assert eye.take(packet(newer), 0.3)
    assert eye.take(packet(newer), 0.3) is None
    assert eye.take(packet(older), 0.3) is None


def test_what_was_recorded_of_another_session_is_not_taken() -> None:
    stage, eye = connected()
    recorded = eye.report(told())
    assert stage.receive(packet(recorded), 0.1)
    for_the_eye = stage.order(ORDER, 0.1)
    restarted, anew = connected(now=10.0)
    assert restarted.receive(packet(recorded), 10.0) is None
    assert anew.take(packet(for_the_eye), 10.0) is None


def test_a_hello_that_is_played_back_gets_nobody_in() -> None:
    stage, eye = connected()
    hello = packet(eye.hello())
    assert stage.receive(packet(eye.report(told())), 0.1)
    assert stage.welcome(hello, 0.2) is None  # heard just now: nobody takes its place
    for _ in range(PENDING_AT_MOST + 1):
        assert stage.welcome(hello, 0.2 + LIVE_SECONDS)
    assert stage.receive(packet(eye.report(told())), 1.3)  # the session that lived goes on


def test_an_eye_with_another_key_is_neither_welcomed_nor_obeys() -> None:
    stage, eye = connected(key=OTHER_KEY)
    assert not eye.open
    assert not packet(eye.hello()).is_signed_with(KEY)
    assert eye.report(told()) is None
    assert stage.order(ORDER, 0.1) is None


def test_a_name_is_part_of_the_session() -> None:
    stage, eye = StageEnd("left", KEY), EyeEnd("right", KEY)
    eye.take(packet(stage.welcome(packet(eye.hello()), 0.0)), 0.0)
    assert stage.receive(packet(eye.report(told())), 0.1) is None


def test_an_eye_that_was_dropped_asks_anew_and_is_taken_up() -> None:
    stage, eye = connected()
    assert stage.receive(packet(eye.report(told())), 0.1)
    eye.drop()
    assert eye.report(told()) is None
    eye.take(packet(stage.welcome(packet(eye.hello()), 2.0)), 2.0)
    assert stage.receive(packet(eye.report(told())), 2.1)
    assert eye.take(packet(stage.order(ORDER, 2.2)), 2.3) == ORDER


def test_random_bytes_and_changed_ones_raise_nothing_and_say_nothing() -> None:
    rng = random.Random(20)
    stage, eye = connected()
    good = eye.report(told())
    assert good is not None
    for _ in range(3000):
        noise = rng.randbytes(rng.randrange(120))
        changed = bytearray(good)
        changed[rng.randrange(len(changed))] ^= rng.randrange(1, 256)
        for datagram in (noise, good[:54] + noise, bytes(changed), good[: rng.randrange(len(good))]):
            opened = unseal(datagram)
            other_version(datagram)
            if opened:
                assert stage.receive(opened, 0.1) is None
                assert eye.take(opened, 0.1) is None
                opened.body(Hello)
    assert stage.receive(packet(good), 0.2)


def test_signed_nonsense_is_no_report() -> None:
    assert unseal(seal(Kind.REPORT, bytes(16), 9, Hello(name="x"), KEY) + bytes(MAX_BYTES)) is None
    assert packet(seal(Kind.REPORT, bytes(16), 9, Hello(name="x"), KEY)).body(Told) is None
    two = Mood(captured_at=1.0, trusted=True, probabilities=(0.5, 0.5))
    with pytest.raises(ValueError, match="our emotions"):
        told(two)
    with pytest.raises(ValueError, match="none of ours"):
        told(Mood(captured_at=1.0, trusted=True, dominant="envy"))


def test_another_version_is_known_as_such() -> None:
    hello = bytearray(EyeEnd("left", KEY).hello())
    assert other_version(bytes(hello)) is None
    hello[4] = VERSION + 1
    assert (unseal(bytes(hello)), other_version(bytes(hello))) == (None, VERSION + 1)
    assert other_version(b"/emo/control/next\0\0\0,\0\0\0" * 9) is None


KEYS = (
    2,
    """
arousal camera camera_address camera_name camera_reason captured_at confidence count distance dominant drift
echo eyes_shut face_luminance facing forget forgotten fps frame_luminance heard held_seconds last_words left_out
may_film model model_line mood name nonce on open pitch position present prints probabilities provider reason
refused remarks report roll scene sent shut size slot speaking stage stages_ms status trusted valence visitor_id
visitors why yaw zone
""",
)
"""The version, and every key that travels."""


def test_a_new_key_makes_another_version() -> None:
    # A stage of before drops what has a key that it does not know, and says nothing: only the version tells why.
    def keys(schema: object) -> Iterator[str]:
        if isinstance(schema, dict):
            for name, of in schema.items():
                if name == "properties":
                    yield from of
                yield from keys(of)

    told_keys = sorted({key for model in (Hello, Welcome, Order, Told) for key in keys(model.model_json_schema())})
    assert (VERSION, told_keys) == (KEYS[0], KEYS[1].split()), "another VERSION for other keys, named here"


def test_a_cinema_fits_into_a_datagram() -> None:
    share = tuple(1 / 7 for _ in LABELS)
    visitors = tuple(
        VisitorMood(
            slot=slot,
            visitor_id=2**31 - slot,
            probabilities=share,
            dominant="happiness",
            confidence=1 / 7,
            position=(1 / 3, 2 / 3),
            size=1 / 7,
            facing=1 / 3,
            yaw=-100 / 7,
            pitch=-100 / 7,
            roll=-100 / 7,
            distance=10 / 7,
            eyes_shut=False,
        )
        for slot in range(1, 33)
    )
    _, eye = connected()
    full = Mood(captured_at=1e6 / 7, trusted=True, present=True, count=32, visitors=visitors, probabilities=share)
    assert len(eye.report(told(full)) or b"") < MAX_BYTES


def test_a_clock_that_is_ahead_and_an_uneven_way_are_seen_through() -> None:
    clock, ahead = EyeClock(), 1000.0
    assert not clock.known
    clock.add(sent=1.0, heard=1.2 + ahead, answered=1.25 + ahead, arrived=1.9)  # held up on its way back
    clock.add(sent=2.0, heard=2.001 + ahead, answered=2.101 + ahead, arrived=2.102)
    clock.add(sent=3.0, heard=3.4 + ahead, answered=3.4 + ahead, arrived=3.41)
    assert clock.round_trip == pytest.approx(0.002)
    assert clock.here(5.0 + ahead) == pytest.approx(5.0)


def test_a_clock_forgets_what_was_measured_long_ago() -> None:
    clock = EyeClock()
    clock.add(0.0, 0.001, 0.001, 0.002)
    clock.add(20.0, 20.01 + 0.5, 20.01 + 0.5, 20.02)
    assert clock.here(30.5) == pytest.approx(30.0)


def test_a_key_is_made_once_and_read_by_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "eyes.key"
    make_key(file)
    key = read_key(str(file))
    assert len(key) == 64
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(BadFile, match="never written over"):
        make_key(file)
    assert read_key(str(file)) == key
    file.write_text("short\n")
    with pytest.raises(BadFile, match="make-key"):
        read_key(str(file))
    with pytest.raises(BadFile, match="holds the key"):
        read_key(str(tmp_path / "none"))
