"""Who is let in: tokens, cookies, and what is no proof of anything."""

import os
import stat
import threading
from pathlib import Path

import pytest

from installation.web.access import COOKIE_SECONDS, TRIES, TRIES_SECONDS, Access, is_loopback
from installation.web.caller import Caller
from installation.web.token import TOKEN_FILE, Tokens, read_tokens

TOKENS = Tokens("operator-token-of-this-test", "viewer-token-of-this-test-")
PHONE = "10.0.0.7"


class Clock:
    """Unix seconds as the test wants them."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(clock: Clock) -> Access:
    return Access(TOKENS, 8470, clock)


def with_cookie(access: Access, value: str) -> dict[str, str]:
    return {"cookie": f"{access.cookie_name}={value}"}


def logged_in(access: Access, token: str, name: str = "", address: str = PHONE) -> Caller:
    value = access.log_in(access.caller(address, {}), token, name)
    assert value
    return access.caller(address, with_cookie(access, value))


def test_whoever_sits_at_the_machine_is_an_operator_without_a_token(access: Access) -> None:
    assert access.caller("127.0.0.1", {}).operator
    assert access.caller("::1", {}).operator


def test_from_the_network_nobody_is_anything_without_a_token(access: Access) -> None:
    assert access.caller(PHONE, {}).role == ""
    assert access.log_in(access.caller(PHONE, {}), "", "") is None
    assert access.log_in(access.caller(PHONE, {}), "operator", "") is None


@pytest.mark.parametrize("header", ["forwarded", "via", "x-forwarded-for", "x-real-ip"])
def test_a_proxy_on_the_machine_makes_nobody_an_operator(access: Access, header: str) -> None:
    assert access.caller("127.0.0.1", {header: "198.51.100.7"}).role == ""


def test_each_token_gives_its_role_and_the_name_stays(access: Access) -> None:
    operator, viewer = logged_in(access, TOKENS.operator, "Ann\u00e9 \x1b[1m"), logged_in(access, TOKENS.viewer, "Bo")
    assert (operator.role, operator.who) == ("operator", "Ann\u00e9 \\x1b[1m")
    assert (viewer.role, viewer.who) == ("viewer", "Bo")


@pytest.mark.parametrize("token", [TOKENS.operator, TOKENS.viewer])
def test_whoever_is_in_takes_another_name_without_the_token_and_stays_who_they_are(access: Access, token: str) -> None:
    before = logged_in(access, token, "Bo")
    value = access.log_in(before, "", "Ann")
    assert value
    after = access.caller(PHONE, with_cookie(access, value))
    assert (after.role, after.name) == (before.role, "Ann")


def test_a_viewer_at_the_machine_itself_stays_a_viewer(access: Access) -> None:
    assert logged_in(access, TOKENS.viewer, address="127.0.0.1").role == "viewer"


def test_a_name_given_at_the_machine_opens_nothing_from_elsewhere(access: Access) -> None:
    value = access.log_in(access.caller("127.0.0.1", {}), "", "Ann")
    assert value
    assert access.caller("127.0.0.1", with_cookie(access, value)).name == "Ann"
    assert access.caller(PHONE, with_cookie(access, value)).role == ""


def test_a_cookie_that_was_changed_is_none(access: Access) -> None:
    value = access.log_in(access.caller(PHONE, {}), TOKENS.viewer, "Bo")
    assert value
    for forged in (value.replace("v.", "o.", 1), value[:-1], value + "0", "", "...", "o.1.2.3", "\u00fc.1.2.3"):
        assert access.caller(PHONE, with_cookie(access, forged)).role == "", forged


def test_a_cookie_of_another_show_on_this_machine_is_none(access: Access, clock: Clock) -> None:
    other = Access(TOKENS, 9000, clock)
    value = other.log_in(other.caller(PHONE, {}), TOKENS.operator, "")
    assert value
    assert access.caller(PHONE, with_cookie(access, value)).role == ""


def test_another_token_file_logs_everybody_out(access: Access, clock: Clock) -> None:
    value = access.log_in(access.caller(PHONE, {}), TOKENS.operator, "")
    assert value
    later = Access(Tokens("another-operator-token", TOKENS.viewer), 8470, clock)
    assert later.caller(PHONE, with_cookie(access, value)).role == ""
    assert Access(TOKENS, 8470, clock).caller(PHONE, with_cookie(access, value)).operator  # a restart does not


def test_a_cookie_is_old_one_day(access: Access, clock: Clock) -> None:
    value = access.log_in(access.caller(PHONE, {}), TOKENS.operator, "")
    assert value
    clock.now += COOKIE_SECONDS - 1
    assert access.caller(PHONE, with_cookie(access, value)).operator
    clock.now += 2
    assert access.caller(PHONE, with_cookie(access, value)).role == ""


def test_a_scraper_shows_its_token_in_a_header(access: Access) -> None:
    assert access.caller(PHONE, {"authorization": f"Bearer {TOKENS.viewer}"}).role == "viewer"
    assert access.caller(PHONE, {"authorization": "Bearer nonsense"}).role == ""
    assert access.caller(PHONE, {"authorization": f"Basic {TOKENS.operator}"}).role == ""


def test_an_address_has_ten_tries_a_minute_and_others_have_theirs(access: Access, clock: Clock) -> None:
    for _ in range(TRIES):
        assert access.may_try(PHONE)
        assert access.log_in(Caller(PHONE), "guess", "") is None
    assert not access.may_try(PHONE)
    assert access.may_try("10.0.0.8")
    clock.now += TRIES_SECONDS
    assert access.may_try(PHONE)


def test_tries_from_a_million_addresses_are_not_all_remembered(access: Access) -> None:
    for number in range(5000):
        access.log_in(Caller(f"2001:db8::{number:x}"), "guess", "")
    assert len(access._tries) <= 1000


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_an_address_of_this_machine(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["", "10.0.0.7", "::ffff:10.0.0.7", "fe80::1%eth0", "localhost"])
def test_an_address_of_another(address: str) -> None:
    assert not is_loopback(address)


def test_tokens_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    first = read_tokens(tmp_path / "state")
    file = tmp_path / "state" / TOKEN_FILE
    assert read_tokens(tmp_path / "state") == first
    assert first.operator != first.viewer
    assert len(first.operator) >= 32
    assert [left.name for left in file.parent.iterdir()] == [TOKEN_FILE]
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="not tried here: modes of files are POSIX's")
def test_a_token_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    first = read_tokens(tmp_path)
    (tmp_path / TOKEN_FILE).chmod(0o644)
    assert read_tokens(tmp_path) == first
    assert stat.S_IMODE((tmp_path / TOKEN_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"operator x\nviewer y\n", b"\xff\x00" * 40])
def test_damaged_tokens_are_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TOKEN_FILE).write_bytes(content)
    assert read_tokens(tmp_path) == read_tokens(tmp_path)


def test_two_who_make_tokens_at_once_get_the_same(tmp_path: Path) -> None:
    found: list[Tokens] = []
    begin = threading.Barrier(8)

    def make() -> None:
        begin.wait()
        found.append(read_tokens(tmp_path))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(tokens.operator, tokens.viewer) for tokens in found}) == 1
    assert len(found) == 8


def test_tokens_do_not_stand_in_their_repr() -> None:
    assert TOKENS.operator not in repr(TOKENS)
