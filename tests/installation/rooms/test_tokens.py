"""A room's token: what counts, and what whoever reads the broker's traffic can do with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from calibration.errors import BadFile
from installation.rooms.tokens import (
    Gate,
    NotSigned,
    keep_token,
    new_token,
    read_token,
    read_tokens,
    signed,
    write_token,
)

TOKEN = new_token()
BEGAN = 1_800_000_000.0


class Hall:
    """A room that asks for its token, with a clock."""

    def __init__(self, token: str = TOKEN) -> None:
        self.now = BEGAN
        self.gate = Gate(token, "hall", clock=lambda: self.now)
        self.now += 10.0

    def why(self, payload: bytes, topic: str = "put/offer") -> str:
        """Why it is refused; '' where it counts."""
        try:
            self.gate.admit(topic, json.loads(payload))
        except NotSigned as refused:
            return str(refused)
        return ""


def test_what_is_signed_counts_once(  # and the token is not in it
) -> None:
    hall = Hall()
    payload = signed(TOKEN, "hall", "put/offer", {"dry": True}, hall.now)
    assert TOKEN.encode() not in payload
    assert hall.gate.admit("put/offer", json.loads(payload))["dry"] is True
    assert hall.why(payload) == "was sent before; each request counts once"
    hall.now += 1000.0
    assert "too long ago" in hall.why(payload)
    assert hall.gate.refused == 2


def test_it_is_not_sent_once_more_to_a_room_that_was_started_again() -> None:
    hall = Hall()
    payload = signed(TOKEN, "hall", "put/offer", {}, hall.now)
    assert not hall.why(payload)
    gate = Gate(TOKEN, "hall", clock=lambda: hall.now + 5.0)
    with pytest.raises(NotSigned, match="before this room began"):
        gate.admit("put/offer", json.loads(payload))


def test_it_counts_for_one_room_and_one_thing() -> None:
    hall = Hall()
    assert "another room" in hall.why(signed(TOKEN, "attic", "put/offer", {}, hall.now))
    assert "something else" in hall.why(signed(TOKEN, "hall", "put/back", {}, hall.now))
    said = json.loads(signed(TOKEN, "hall", "put/offer", {"kind": "story"}, hall.now))
    said["signed"] = said["signed"].replace("story", "venue")
    assert hall.why(json.dumps(said).encode()) == "is signed with another token than this room's"


@pytest.mark.parametrize(
    "said", [{}, [], "x", 3, None, {"signed": 1, "mac": "x"}, {"signed": "x"}, {"signed": "[]", "mac": "é"}]
)
def test_what_is_not_signed_is_refused_in_words(said: object) -> None:
    assert Hall().why(json.dumps(said).encode())


@pytest.mark.parametrize("at", [None, "now", True, 0, 1e300])
def test_a_time_that_is_none_counts_as_none(at: object) -> None:
    hall = Hall()
    assert hall.why(signed(TOKEN, "hall", "put/offer", {}, at))  # type: ignore[arg-type]


def test_without_a_token_anything_counts_signed_or_not() -> None:
    hall = Hall(token="")
    assert not hall.why(b'{"dry": true}')
    assert not hall.why(signed(TOKEN, "hall", "put/offer", {}, hall.now))
    assert hall.why(b"[]") == "is not a JSON object"


def test_wrong_ones_are_answered_a_few_times_only() -> None:
    hall = Hall()
    assert [hall.gate.tells() for _ in range(7)] == [True] * 5 + [False] * 2


def test_a_sender_that_cannot_sign_may_give_the_token_itself() -> None:
    hall = Hall()
    assert hall.gate.knows(TOKEN)
    assert not any(hall.gate.knows(wrong) for wrong in ("", TOKEN[:-1], None, 3, "é"))


def test_the_house_keeps_tokens_by_room_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    keep_token(file, "hall", TOKEN)
    keep_token(file, "attic", other := new_token())
    keep_token(file, "hall", newer := new_token())
    assert read_tokens(file) == {"hall": newer, "attic": other}
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(BadFile, match="others can read it; type: chmod 600"):
        read_tokens(file)


def test_a_rooms_own_file_is_read_whole_or_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    write_token(file, TOKEN)
    assert read_token(file) == TOKEN
    for content in ("", "short", "a token with blanks in it 1234"):
        file.write_text(content)
        with pytest.raises(BadFile, match="chiaro rooms token"):
            read_token(file)
    (tmp_path / "tokens").write_text("hall\n")
    (tmp_path / "tokens").chmod(0o600)
    with pytest.raises(BadFile, match="line 1: expected a room and its token"):
        read_tokens(tmp_path / "tokens")
