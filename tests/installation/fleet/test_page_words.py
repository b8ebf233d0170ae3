"""What can be said of the house's pages without a browser: their words in each language, and what they load."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from installation.fleet.health import Need
from installation.osc.registry import COMMANDS

FLEET = Path(__file__).parents[3] / "installation" / "fleet"
CONSOLE = json.loads((FLEET.parent / "web" / "strings" / "en.json").read_text("utf-8"))
STRINGS = {file.stem: json.loads(file.read_text("utf-8")) for file in (FLEET / "strings").iterdir()}
FILES = sorted((FLEET / "static").iterdir())
SOURCE = "\n".join(file.read_text("utf-8") for file in FILES if file.suffix != ".css")


def placeholders(words: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", words))


@pytest.mark.parametrize("language", sorted(set(STRINGS) - {"en"}))
def test_each_language_has_every_word_with_the_same_places_for_values(language: str) -> None:
    english, other = STRINGS["en"], STRINGS[language]
    assert {key: placeholders(one) for key, one in other.items()} == {
        key: placeholders(one) for key, one in english.items()
    }


def test_every_word_that_the_pages_ask_for_exists_and_none_lies_unused() -> None:
    own = set(re.findall(r"""\bw\(\s*"([\w.]+)\"""", SOURCE)) | set(
        re.findall(r'data-(?:w|caption)="([\w.]+)"', SOURCE)
    )
    known, quoted = set(STRINGS["en"]), set(re.findall(r'"([\w.]+)"', SOURCE))
    assert own - known == set()
    assert {key for key in known - quoted if not key.startswith(("need_", "col_", "lost_for", "hung_for"))} == set()
    assert {f"need_{need}" for need in Need} <= known
    consoles = set(re.findall(r"""\bt\(\s*"([\w.]+)\"""", SOURCE))
    consoles |= set(re.findall(r'data-(?:t|label|legend|hint)="([\w.]+)"', SOURCE))
    assert consoles - set(CONSOLE) == set()


def test_needs_have_one_order_and_a_mark_each_so_that_no_colour_is_needed() -> None:
    order = re.search(r"NEEDS = \[(.*?)\]", SOURCE)
    marks = re.search(r"MARKS = \{(.*?)\}", SOURCE)
    assert order
    assert marks
    assert tuple(re.findall(r'"(\w+)"', order[1])) == tuple(Need)
    found = dict(re.findall(r'(\w+): "(\\u\w{4})"', marks[1]))
    assert set(found) == set(Need)
    assert len(set(found.values())) == len(found)


def test_the_pages_ask_rooms_for_commands_that_exist() -> None:
    assert set(re.findall(r'data-do="(\w+)"', SOURCE)) | {"goto", "volume", "brightness"} <= set(COMMANDS)


def test_the_pages_load_nothing_from_elsewhere_and_run_nothing_inside_their_html() -> None:
    assert re.findall(r"https?://", SOURCE) == []
    page = (FLEET / "static" / "house.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)
    assert "innerHTML" not in SOURCE
    assert "insertAdjacentHTML" not in SOURCE
