"""What others rely on (addresses, keys, exit codes, commands) does not vanish; see ``tests.public_surface``."""

from pathlib import Path

from tests.public_surface import lines

FROZEN = Path(__file__).with_name("public_surface.txt").read_text(encoding="utf-8").splitlines()

RETIRED: dict[str, str] = {
    "command chiaro train option --lamps": "networks for lamps were retired with chiaro-emotion 2.0: one serves all",
}
"""Lines that were taken back on purpose, each with its reason."""


def test_nothing_that_others_rely_on_has_vanished() -> None:
    vanished = set(FROZEN) - set(lines()) - set(RETIRED)
    assert sorted(vanished) == []


def test_what_was_added_is_frozen_too() -> None:
    added = sorted(set(lines()) - set(FROZEN))
    assert added == [], "write the list anew: python -m tests.public_surface > tests/public_surface.txt"
