"""What can be said of the page without a browser: its words in each language, its colours, its size, what it loads."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from installation.osc.registry import COMMANDS
from installation.show import keys
from models.labels import LABELS

WEB = Path(__file__).parents[3] / "installation" / "web"
STATIC = sorted((WEB / "static").iterdir())
STRINGS = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted((WEB / "strings").glob("*.json"))}
SOURCE = "\n".join(file.read_text("utf-8") for file in STATIC if file.suffix in (".js", ".html"))
VENUE = "\n".join(file.read_text("utf-8") for file in STATIC if file.name.startswith("venue") and file.suffix != ".css")
VENUE_STRINGS = {file.stem: json.loads(file.read_text("utf-8")) for file in (WEB / "strings" / "venue").iterdir()}
CSS = (WEB / "static" / "console.css").read_text("utf-8")
MADE_KEYS = ("word.", "emotion.", "sense.", "sense_state.", "live.", "banner.", "captions.", "do.")
"""Beginnings of keys that the page puts together."""


def placeholders(words: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", words))


@pytest.mark.parametrize("language", sorted(set(STRINGS) - {"en"}))
def test_each_language_has_every_word_with_the_same_places_for_values(language: str) -> None:
    english, other = STRINGS["en"], STRINGS[language]
    assert set(other) == set(english)
    assert {key for key in english if placeholders(other[key]) != placeholders(english[key])} == set()
    assert all(words.strip() for words in other.values())


def test_the_languages_that_can_be_chosen_are_those_that_have_a_file() -> None:
    chosen = re.search(r"LANGUAGES = \{(.*?)\}", SOURCE, re.DOTALL)
    assert chosen
    assert set(re.findall(r"(\w\w):", chosen[1])) == set(STRINGS)


def test_every_word_that_the_page_asks_for_exists_and_none_lies_unused() -> None:
    asked = set(re.findall(r"""\bt\(\s*"([\w.]+)\"""", SOURCE))
    asked |= set(re.findall(r'data-(?:t|label|legend|placeholder|hint)="([\w.]+)"', SOURCE))
    quoted = set(re.findall(r'"([\w.]+)"', SOURCE))
    known = set(STRINGS["en"])
    assert asked - known == set()
    assert {key for key in known - quoted if not key.startswith(MADE_KEYS)} == set()


def test_emotions_have_the_order_of_the_field_words_in_each_language_and_a_colour() -> None:
    order = re.search(r"EMOTIONS = \[(.*?)\]", SOURCE)
    assert order
    assert tuple(re.findall(r'"(\w+)"', order[1])) == LABELS
    assert all(f"emotion.{label}" in STRINGS["en"] for label in LABELS)
    assert all(f"--{label}: #" in CSS for label in LABELS)


def test_the_page_asks_for_commands_that_exist() -> None:
    named = set(re.findall(r'data-command="(\w+)"', SOURCE))
    named |= {
        "pause",
        "resume",
        "mute",
        "open",
        "close",
        "camera",
        "staff",
        "blackout",
        "restart",
        "shutdown",
        "volume",
        "brightness",
    }
    named |= {"captions", "goto", "mood"}
    assert named - set(COMMANDS) == set()


def test_the_keys_are_those_of_the_stages_keyboard() -> None:
    shown = re.search(r"SHOWN = \[(.*?)\];", SOURCE, re.DOTALL)
    assert shown
    ours = {key for one in re.findall(r'\["([^"]+)"', shown[1]) for key in one.replace("\\u2192", "Right").split(", ")}
    stages = {key for names, _ in keys.HELP for key in names.replace("Up, Down", "\\u2191, \\u2193").split(", ")}
    own = {"G", "?"}
    assert stages - ours == {"O", "Tab", "Esc twice"}, "an overlay is on the wall; Esc closes a sheet here"
    assert ours - stages == own


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", CSS))
TEXTS = ("text", "quiet", "light", "next", "ok", "lost", "off", *LABELS)
GROUNDS = ("ground", "panel", "raised")


@pytest.mark.parametrize("words", TEXTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_can_be_read_in_the_dark(words: str, ground: str) -> None:
    assert contrast(COLOURS[words], COLOURS[ground]) >= 4.5


def test_words_on_lit_buttons_and_the_edges_of_controls_can_be_seen() -> None:
    assert contrast(COLOURS["on-light"], COLOURS["light"]) >= 4.5
    assert contrast(COLOURS["on-lost"], COLOURS["lost"]) >= 4.5
    assert contrast(COLOURS["ground"], COLOURS["text"]) >= 4.5
    assert all(contrast(COLOURS["edge"], COLOURS[ground]) >= 3 for ground in GROUNDS)


def test_the_first_load_is_small() -> None:
    sent = [
        *(file for file in STATIC if not file.name.startswith("venue")),
        WEB / "strings/en.json",
        WEB / "strings/ja.json",
    ]
    contents = [file.read_bytes() for file in sent if file.is_file()]
    assert sum(map(len, contents)) < 120_000
    assert sum(len(gzip.compress(content)) for content in contents) < 50_000


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inside_its_html() -> None:
    addresses = set(re.findall(r"https?://[\w.]+", SOURCE + CSS)) - {"http://www.w3.org"}
    assert addresses == set()
    pages = [file.read_text("utf-8") for file in STATIC if file.suffix == ".html"]
    assert not any(re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|innerHTML", page) for page in pages)
    assert "innerHTML" not in SOURCE
    assert "insertAdjacentHTML" not in SOURCE
    assert "prefers-reduced-motion" in CSS


def test_the_venues_page_has_each_of_its_words_in_each_language_that_it_speaks() -> None:
    asked = set(re.findall(r"""\bw\(\s*"([\w.]+)\"""", VENUE)) | set(
        re.findall(r'data-(?:w|caption)="([\w.]+)"', VENUE)
    )
    known, quoted = set(VENUE_STRINGS["en"]), set(re.findall(r'"([\w.]+)"', VENUE))
    assert asked - known == set()
    made = ("corner_", "region_", "channel_", "state_", "verdict_")
    assert {key for key in known - quoted if not key.startswith(made)} == set()
    for words in VENUE_STRINGS.values():
        assert {key: placeholders(one) for key, one in words.items()} == {
            key: placeholders(one) for key, one in VENUE_STRINGS["en"].items()
        }
    assert set(VENUE_STRINGS) <= set(STRINGS)
