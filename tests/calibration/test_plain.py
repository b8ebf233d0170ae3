"""Text from outside is shown and not obeyed, and no password of a camera is told."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.plain import one_line, plain

CRET = "s3cret"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b]0;title\x07\x1b[2J", "\\x1b]0;title\\x07\\x1b[2J"),
        ("\x9b2J", "\\x9b2J"),
        ("a\rb\x00", "a\\rb\\x00"),
        ("film\u202egnp.exe\u2066", "film\\u202egnp.exe\\u2066"),
        ("\u2028\ufeff\u200b\ud800", "\\u2028\\ufeff\\u200b\\ud800"),
        ("Stra\u00dfe \u65e5\u672c\u3000\u0645\u200c\u06cc \U0001f468\u200d\U0001f469", None),
        ("[/] [bold red]x[/] \\[x]", None),
        ("two\nrows\tand a tab", None),
    ],
)
def test_control_characters_and_turned_directions_are_written_out(written: str, shown: str | None) -> None:
    assert plain(written) == (written if shown is None else shown)


def test_a_name_within_a_line_cannot_begin_another_one() -> None:
    assert one_line("a\n12:00:00 ERROR\tx") == "a\\n12:00:00 ERROR\\tx"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (f"rtsp://visitor:{CRET}@10.0.0.2:554/live lost", "rtsp://***@10.0.0.2:554/live lost"),
        (f"'rtsp://u:a#{CRET}@x/{CRET}@cam/live'", "'rtsp://***@cam/live'"),
        (f"no rtsp://u:{CRET} and {CRET}@cam/live there", "no rtsp://***@cam/live there"),
        (f"camera.source = rtsp:/u:{CRET}@cam", "camera.source = rtsp:/***@cam"),
        (f"('u:{CRET}@cam')", "('***@cam')"),
        (f"http://cam/video?user={CRET}&pwd={CRET}&size=1", "http://cam/video?user=***&pwd=***&size=1"),
        (f"one\nrtsp://u:{CRET}@cam\nthree", "one\nrtsp://***@cam\nthree"),
        ("rtsp://10.0.0.2:554/live; ask me@home.example", None),
        ("osc.targets.0 = 127.0.0.1:9000, 2 = 3", None),
    ],
)
def test_no_password_of_an_address_is_told_and_its_host_is(written: str, shown: str | None) -> None:
    assert plain(written) == (written if shown is None else shown)


@given(st.text(st.sampled_from("ab:/@?&=#pwd user\x1b\u202e\n'"), max_size=60))
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    shown = plain(text)
    assert plain(shown) == shown
    assert "\x1b" not in shown


@given(st.text(st.characters(exclude_categories=("Zs", "Zl", "Zp", "Cc", "Cf", "Cs"), exclude_characters="'\"")))
def test_any_password_without_blanks_is_hidden(password: str) -> None:
    secret = f"<<{password}>>"
    assert secret not in plain(f"the stream rtsp://user:{secret}@camera:554/live is lost")


@pytest.mark.parametrize("piece", ["a:/", "a://", "a://u:", "?user=@", "x:y@", " a:b", "\x1b"])
def test_the_work_grows_with_the_length_and_not_with_its_square(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece)) + "@="
        begun = time.thread_time()
        plain(text)
        return time.thread_time() - begun

    seconds(1000)
    assert min(seconds(400_000) for _ in range(2)) < 8 * max(seconds(100_000), 0.01)
