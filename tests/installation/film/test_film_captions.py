"""Captions are shown in time and drawn in letters that are there, whatever the text is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from installation.bench.marked_clip import make_clip
from installation.film.lettering import Lettering
from installation.host.console import LossReporter
from models.arrays import Image
from scenes.story.captions import CaptionLine, caption_at, parse_captions
from scenes.story.clip import Clip
from tests.installation.film.cinema import SIZE, cinema


def test_captions_come_and_go_with_the_film_and_a_cue_goes_before_them(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mkv", 1, 1.5, SIZE)
    with cinema() as house:
        house.film.play(1, "a", Clip(clip, in_seconds=0.2, captions=(CaptionLine(0.7, 1.0, "Hello"),)))

        def bright() -> bool:
            return bool((house.screen.last[-40:, :, :3] > 200).any())

        house.run_until(lambda: house.film.playhead.seconds > 0.3)
        assert not bright()
        house.run_until(lambda: house.film.playhead.seconds > 0.55)  # 0.75 s of the file
        assert bright()
        house.run_until(lambda: house.film.playhead.seconds > 0.85)
        assert not bright()
        house.film.caption("From the story", 0.2)
        house.step()
        assert bright()
        house.run(0.3)
        assert not bright()


def test_the_language_of_the_captions_changes_with_the_next_picture_and_off_hides_all(tmp_path: Path) -> None:
    clip = Clip(
        make_clip(tmp_path / "a.mkv", 1, 1.5, SIZE), translations=(("de", (CaptionLine(0.0, 5.0, "Guten Abend"),)),)
    )
    with cinema() as house:
        house.film.play(1, "a", clip)

        def bright() -> bool:
            house.step()
            return bool((house.screen.last[-40:, :, :3] > 200).any())

        house.run_until(lambda: house.film.playhead.seconds > 0.1)
        assert not bright()
        house.film.caption_languages(("de",))
        assert bright()
        house.film.caption("From the story", 0.5)
        house.film.caption_languages(None)
        assert not bright()
        house.film.caption_languages(())
        assert bright()


def test_a_notice_stands_below_captions_and_without_them_one_sentence_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.film.film.NOTICE_SECONDS", 0.3)
    clip = make_clip(tmp_path / "a.mkv", 1, 3.0, SIZE)
    with cinema() as house:
        house.film.play(1, "a", Clip(clip, captions=(CaptionLine(0.0, 5.0, "Good evening"),)))
        house.film.caption_languages(None)

        def letters() -> NDArray[np.bool_]:
            """What is white near the lower edge."""
            house.step()
            return np.asarray(house.screen.last[-60:, :, :3].min(axis=2) > 200)

        house.run_until(lambda: house.film.playhead.seconds > 0.05)
        assert not letters().any()
        house.film.notice(("A computer sees you.",))
        alone = letters()
        assert alone.any()
        house.film.caption_languages(())
        both = letters()
        assert (both & alone).sum() > 0.8 * alone.sum(), "in its place below the captions"
        assert both.sum() > 1.3 * alone.sum()
        house.film.caption_languages(None)
        house.film.notice(("iiii", "M" * 20))
        seen = set()
        for _ in range(6):
            seen.add(int(letters().any(axis=0).sum()) > 100)
            house.run(0.15)
        assert seen == {False, True}, "each in its turn"
        house.film.notice(())
        assert not letters().any()


OWN = str(Path(pygame.font.__file__).with_name(pygame.font.get_default_font()))
"""The font that comes with pygame; it has European letters only."""


def test_letters_that_no_font_has_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.film.lettering.FAMILIES", ())
    for strange in ("\u65e5\u672c\u8a9e", "\U00016b05\U0001e900"):  # Japanese; Pahawh Hmong, Adlam
        losses = LossReporter()
        lettering = Lettering(OWN, (640, 360), losses)
        canvas = np.zeros((360, 640, 4), np.uint8)
        lettering.draw(canvas, "Gr\u00fc\u00dfe,\u00a0\u0416\u0451\u200b")
        assert canvas.max() > 200
        assert not losses.lost_parts()
        lettering.draw(canvas, strange)
        assert losses.is_lost("letters for captions")


def test_a_row_is_drawn_in_the_first_family_that_has_its_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    if pygame.font.match_font("dejavusans") is None:
        pytest.skip("DejaVu Sans is not installed here")
    monkeypatch.setattr("installation.film.lettering.FAMILIES", ("dejavusans",))
    losses = LossReporter()
    lettering = Lettering(OWN, (640, 360), losses)
    assert lettering.font_for("Gute Nacht") is not lettering.font_for("\u2b12 \u2b13")
    assert not losses.lost_parts()


def test_a_font_that_is_not_there_is_told_and_another_is_taken() -> None:
    losses = LossReporter()
    lettering = Lettering("no such font", (640, 360), losses)
    assert losses.is_lost("captions font")
    canvas = np.zeros((360, 640, 4), np.uint8)
    lettering.draw(canvas, "a very long row of words that does not fit on the picture at all and is made smaller, so")
    assert canvas.max() > 200


def drawn(text: str, size: tuple[int, int] = (1280, 720)) -> tuple[np.ndarray, LossReporter]:
    losses = LossReporter()
    canvas = np.zeros((size[1], size[0], 4), np.uint8)
    Lettering("", size, losses).draw(canvas, text)
    return canvas, losses


AT = "1\n00:00:00,500 --> 00:00:02,000\n"
WALL = (
    *(
        "<<Bonsoir>>, dit-elle.",
        "I <3 you. 5 < 6 and 7 > 4.",
        "Who is\n\nthere?",
        "\nWho is there?",
        "ANNA:\tGood evening",
    ),
    *(
        "Good\x00 evening",
        "\u201cIt\u2019s late\u201d \u2013 she said\u2026 \u20ac5",
        "{\\an8}{\\i1}Above{\\i0}\\NSecond row",
    ),
    *(
        "\n".join(f"row {n}" for n in range(30)),
        "word " * 1500,
        "x" * 7500,
        "<" * 40_000,
        "The lamp over the door " * 8,
    ),
    *("\u0301" * 200, "\u6249\u306e\u4e0a\u306e" * 20, "2\n00:00:01,000 --> 00:00:01,500\nNobody."),
)


@pytest.mark.parametrize("written", WALL)
def test_captions_as_people_write_them_are_drawn(written: str) -> None:
    lines = parse_captions(AT + written).lines
    for size in ((1280, 720), (160, 90)):
        canvas, _ = drawn(caption_at(lines, 1.2), size)
        assert canvas.max() > 150
        assert not canvas[:, :3].any(), "the picture's edge must stay free"


def ink_height(canvas: Image) -> int:
    rows = np.flatnonzero((canvas[:, :, 0] > 128).any(axis=1))
    return int(rows[-1] - rows[0]) + 1


def test_a_long_row_continues_below_in_letters_of_the_same_size() -> None:
    row = "The lamp over the door has been burning for eleven years and nobody in the house knows who lit it, or why"
    lettering = Lettering("", (1280, 720), LossReporter())
    rows, cut = lettering.rows_of(row)
    assert len(rows) == 2
    assert not cut
    assert " ".join(rows) == row
    assert ink_height(drawn(row)[0]) > 1.7 * ink_height(drawn(rows[0])[0])


def test_a_row_without_blanks_breaks_between_letters_and_not_before_a_full_stop() -> None:
    lettering = Lettering("", (640, 360), LossReporter())
    assert "".join(lettering.rows_of("x" * 150)[0]) == "x" * 150
    for length in range(20, 60):
        text = "\u6249\u3002" * length
        rows, cut = lettering.rows_of(text)
        assert "".join(rows) == text
        assert not cut
        assert not any(row.startswith("\u3002") for row in rows)


def test_what_does_not_fit_is_cut_and_told_once() -> None:
    losses = LossReporter()
    lettering = Lettering("", (640, 360), losses)
    canvas = np.zeros((360, 640, 4), np.uint8)
    for text in ("\n".join(f"row {n}" for n in range(30)), "word " * 1500):
        rows, cut = lettering.rows_of(text)
        assert cut
        assert rows[-1].endswith("\u2026")
        lettering.draw(canvas, text)
    assert [line.split(":")[0] for line in losses.lost_parts()].count("part of a caption") == 1
    assert losses.errors == 1 + losses.is_lost("captions font")  # a machine without fonts says that too


@pytest.mark.parametrize("text", ["\u200b", "\x00", "\ud800", "\n\n", " ", "\u200d", "\ufeff\u2060", "\U0010ffff"])
def test_text_without_letters_draws_nothing(text: str) -> None:
    canvas, losses = drawn(text)
    assert canvas.max() == 0
    assert not [part for part in losses.lost_parts() if not part.startswith("captions font")]  # a machine without fonts


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.sampled_from(((640, 360), (160, 90))))
def test_any_text_at_all_is_drawn_without_raising(text: str, size: tuple[int, int]) -> None:
    lettering = Lettering("", size, LossReporter())
    lettering.draw(np.zeros((size[1], size[0], 4), np.uint8), text)
