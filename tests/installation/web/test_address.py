"""Where the console is, in words and as a code: the token is in the code alone, and only where one is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation.host.addresses import EVERYWHERE
from installation.web import address as module
from installation.web.address import address_file, address_of, read_place, write_place
from installation.web.token import read_tokens


@pytest.mark.parametrize(("host", "seen"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("localhost", "localhost")])
def test_on_this_machine_no_token_is_needed_and_none_is_made(tmp_path: Path, host: str, seen: str) -> None:
    found, url = address_of((host, 8470), tmp_path), f"http://{seen}:8470/"
    assert (found.url, found.link, found.has_token) == (url, url, False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "seen"),
    [(EVERYWHERE[0], "192.0.2.7"), (EVERYWHERE[1], "192.0.2.7"), ("hall.local", "hall.local")],
)
def test_in_the_network_the_link_holds_the_operators_token_and_the_address_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, seen: str
) -> None:
    monkeypatch.setattr(module, "reachable", lambda _: ["192.0.2.7", "192.0.2.8"])
    found = address_of((host, 8470), tmp_path)
    token = read_tokens(tmp_path).operator
    assert (found.url, found.link) == (f"http://{seen}:8470/", f"http://{seen}:8470/#token={token}")
    assert token not in repr(found)


def test_without_a_network_it_is_told_as_this_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "reachable", lambda _: [])
    assert address_of((EVERYWHERE[0], 8470), tmp_path).link == "http://127.0.0.1:8470/"


def test_the_place_of_a_running_show_is_found_again_and_nonsense_is_not(tmp_path: Path) -> None:
    file = address_file(tmp_path / "state", "Hall 2 (east)")
    assert read_place(file) is None
    write_place(file, ("192.0.2.7", 40123))
    write_place(file, ("192.0.2.7", 40124))
    assert read_place(file) == ("192.0.2.7", 40124)
    for nonsense in ("", "{}", "[1]", '["a", "b"]', "[[], 3, 4]"):
        file.write_text(nonsense)
        assert read_place(file) is None
