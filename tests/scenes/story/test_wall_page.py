"""The page for the wall of the cutting room."""

import xml.etree.ElementTree as ET

import pytest

from scenes.exchange.toml_text import story_text
from scenes.story.graph import exits
from scenes.story.story import Story
from scenes.story.wall_card import Pictures, wide, wrapped
from scenes.story.wall_page import PAPERS, letters_mm, wall_html, wall_svg
from tests.scenes.evenings import TWO_ROOMS, story_of
from tests.scenes.exchange.made_stories import Maker

ODD = "Tür & <Tor> \\u001b[31m \\u8def"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


def texts(svg: str) -> list[str]:
    return [found.text or "" for found in parsed(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_every_scene_is_on_it_with_its_ways_out_in_words_and_where_they_lead() -> None:
    story = story_of()
    said = texts(wall_svg(story, {}, stand="2026-11-26"))
    for name in story.names:
        assert f"{story.index(name)}  {name}" in said
        for words, to in exits(story, name):
            assert words in said
            assert f"→ {story.index(to)} {to}" in said
    assert "10.0 s, listens 2.0 to 8.0 s," in " ".join(said)
    assert "calm = neutral, happiness · dark = sadness, fear, anger" in said
    assert "5 scenes, 1.1 minutes of film · 2026-11-26" in said


def test_what_a_story_remembers_draws_and_hears_is_on_it_in_words() -> None:
    more = '[draws.actor]\nof = ["anna", "ben"]\n[signals.heart]\nosc = "/heart"\nlow = 40\nhigh = 180\n[groups]'
    asked = '{ draw = { actor = "ben" }, counter = "doors", at_least = 2 }'
    scene = (
        'add = { doors = 1 }\nthread = [{ name = "she", clip = "s.mp4" }, { name = "he", clip = "h.mp4" }]\n'
        'cut = [{ to = "he", when = { mood = "dark" }, hold_seconds = 1 }]\n'
        'drive = [{ what = "blur", follow = { mood = "dark" }, from = 0, to = 1 }]'
    )
    text = TWO_ROOMS.replace("[groups]", more).replace('{ mood = "calm" }', asked)
    said = " | ".join(texts(wall_svg(story_of(text.replace('clip = "door.mp4"', scene)), {})))
    for words in (
        *("drawn for each take: actor of anna, ben", "signal heart by /heart", "doors 2 or more", "actor is ben"),
        *("add: doors 1", "she: s.mp4 | he: h.mp4", "dark for 1 s: cut to he", "blur 0 to 1 with dark"),
    ):
        assert words in said


def test_a_way_that_leads_back_is_marked_and_not_drawn() -> None:
    again = TWO_ROOMS.replace("out_seconds = 30\nend = true", 'out_seconds = 30\nnext = "door"')
    assert "↩ 3 door" in texts(wall_svg(story_of(again), {}))
    assert "↩ 3 door" not in texts(wall_svg(story_of(), {}))


@pytest.mark.parametrize("paper", PAPERS)
def test_it_fits_the_paper_and_needs_no_other_file(paper: str) -> None:
    shown = {"door": Pictures(b"\xff\xd8large", (b"\xff\xd8a", b"\xff\xd8b"))}
    page = wall_svg(story_of(), shown, paper)
    root = parsed(page)
    width, height = PAPERS[paper]
    assert (root.get("width"), root.get("viewBox")) == (f"{width}mm", f"0 0 {width} {height}")
    addresses = [value for part in root.iter() for key, value in part.attrib.items() if key.endswith("href")]
    assert len(addresses) == 3
    assert all(address.startswith("data:image/jpeg;base64,") for address in addresses)
    assert f"@page {{ size: {width}mm {height}mm" in wall_html(story_of(), shown, paper)


def test_whatever_stands_in_a_story_is_text_on_the_page_and_nothing_else() -> None:
    text = TWO_ROOMS.replace('title = "Two rooms"', f'title = "{ODD}"').replace('"garden.mp4"', '"<b>&.mp4"')
    said = texts(wall_svg(story_of(text), {}))
    assert "Tür & <Tor> \\x1b[31m 路" in said
    assert any("<b>&.mp4" in line for line in said)


def test_any_story_has_a_page() -> None:
    maker = Maker(seed=7)
    for _ in range(10):
        story = story_of(story_text(maker.story(), {}))
        said = texts(wall_svg(story, {}))
        assert [name for name in story.names if f"{story.index(name)}  {name}" not in said] == []


def chain(length: int) -> Story:
    scenes = "".join(f'[scenes.s{n}]\nclip = "s{n}.mp4"\nnext = "s{n + 1}"\n' for n in range(length))
    head = 'title = "Long"\nstart = "s0"\nattract = "lamp"\nsafe = "lamp"\n[scenes.lamp]\nclip = "lamp.png"\n'
    return story_of(f'{head}{scenes}[scenes.s{length}]\nclip = "end.mp4"\nend = true\n')


def test_letters_are_larger_on_larger_paper_and_smaller_for_more_scenes() -> None:
    assert letters_mm(chain(30), "A3") < letters_mm(chain(10), "A3")
    assert letters_mm(chain(30), "A3") < letters_mm(chain(30), "A1")


def test_lines_are_broken_between_words_and_in_a_word_only_where_it_is_too_long_for_any() -> None:
    room = wide("dark 30% of the time", 12)
    assert list(wrapped("dark 30% of the time and two visitors", room, 12)) == [
        "dark 30% of the time",
        "and two visitors",
    ]
    long = "film-with-a-name-that-goes-on-and-on.mp4"
    assert "".join(wrapped(long, room, 12)) == long
    assert all(wide(line, 12) <= room for line in wrapped(long, room, 12))
    assert wide("路路", 10) > wide("ab", 10)
