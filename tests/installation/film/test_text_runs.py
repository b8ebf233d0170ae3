"""Rows that run from right to left, or hold both directions, stand on the wall as they are read."""

from __future__ import annotations

import unicodedata

import cv2
import numpy as np
import pygame
import pygame.freetype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.film.lettering import Lettering
from installation.film.shaping import can_shape, directed
from installation.film.text_runs import Run, from_right, may_end_before, runs_of
from installation.host.console import LossReporter
from models.arrays import Gray

HEBREW, ARABIC = "\u05d0\u05d1\u05d2", "\u0627\u0628\u062a"


def on_the_wall(row: str) -> str:
    """The letters from left to right. Checked once against python-bidi 0.6 on 20,000 random rows without brackets."""
    return "".join(run.text[::-1] if run.right_to_left else run.text for run in runs_of(row))


@pytest.mark.parametrize(
    ("row", "wall"),
    [
        ("Good evening", "Good evening"),
        (HEBREW, HEBREW[::-1]),
        (f"one {HEBREW} {HEBREW}, two", f"one {HEBREW[::-1]} {HEBREW[::-1]}, two"),
        (f"{HEBREW} one two {HEBREW}!", f"!{HEBREW[::-1]} one two {HEBREW[::-1]}"),
        (f"{HEBREW} 12-34 5,6", f"5,6 12-34 {HEBREW[::-1]}"),
        (f"{ARABIC} 12-34", f"34-12 {ARABIC[::-1]}"),
        (f"{HEBREW} 25%", f"25% {HEBREW[::-1]}"),
        (f"{ARABIC} 1:30", f"1:30 {ARABIC[::-1]}"),
        (f"\u200fone {HEBREW}", f"{HEBREW[::-1]} one"),
        ("\u0661\u0662 one", "\u0661\u0662 one"),
        ("", ""),
    ],
)
def test_letters_stand_in_the_order_of_the_unicode_standard(row: str, wall: str) -> None:
    assert on_the_wall(row) == wall


def test_scripts_that_must_be_shaped_are_runs_of_their_own_with_their_marks_and_signs() -> None:
    hindi = "\u0939\u093f\u0928\u094d\u0926\u0940"
    assert [(run.text, run.script) for run in runs_of(f"In {hindi}! Gut")] == [
        ("In ", ""),
        (f"{hindi}! ", "Deva"),
        ("Gut", ""),
    ]
    assert [run.script for run in runs_of(f"({ARABIC}")] == ["Arab"], "signs before the first letter go with it"


def test_a_word_is_not_cut_within_a_syllable() -> None:
    ka, virama, ssa, sign_i = "\u0915", "\u094d", "\u0937", "\u093f"
    assert may_end_before(ka, ssa)
    assert not may_end_before(ka, virama)
    assert not may_end_before(virama, ssa)
    assert not may_end_before(ssa, sign_i)
    assert not may_end_before("e", "\u0301")


@given(st.text(max_size=40))
def test_no_row_loses_or_gains_a_letter(row: str) -> None:
    shown = [letter for letter in row if letter in "\u200c\u200d" or unicodedata.category(letter) != "Cf"]
    assert sorted(on_the_wall(row)) == sorted(shown if any(letter >= "\u0590" for letter in row) else row)


def font_with(letters: str, *families: str) -> str:
    """An installed family that has these letters; the test is skipped where there is none."""
    if not can_shape():
        pytest.skip("this pygame has no HarfBuzz: shaping is not tried")
    pygame.freetype.init()
    for family in families:
        file = pygame.font.match_font(family)
        if file and all(form is not None for form in pygame.freetype.Font(file, 20).get_metrics(letters)):
            return file
    pytest.skip(f"none of {families} is installed here: shaping {letters!r} is not tried")


def drawn(text: str, font: str, size: tuple[int, int] = (640, 360)) -> Gray:
    losses = LossReporter()
    canvas = np.zeros((size[1], size[0], 4), np.uint8)
    Lettering(font, size, losses).draw(canvas, text)
    assert not losses.lost_parts()
    return np.ascontiguousarray(canvas[..., 0])


def test_arabic_letters_join() -> None:
    word = "\u0633\u0644\u0633"  # three letters that join, without dots
    font = font_with(word, "notosansarabic", "dejavusans")
    assert cv2.connectedComponents((drawn(word, font) > 128).astype(np.uint8))[0] - 1 == 1


def test_a_vowel_of_devanagari_stands_before_the_letter_that_it_is_written_behind() -> None:
    font = font_with("\u0915\u093f", "notosansdevanagari", "lohitdevanagari", "freesans", "mangal")
    shaper = pygame.font.Font(font, 60)
    ki, ka = (
        np.ascontiguousarray(pygame.surfarray.array_alpha(shaper.render(directed(shaper, run), True, "white")).T)
        for run in (Run("\u0915\u093f", script="Deva"), Run("\u0915", script="Deva"))
    )
    wide = ka.shape[1]
    left, right = (int(np.minimum(half, ka).sum()) for half in (ki[:, :wide], ki[:, -wide:]))
    assert right > left, "the letter stands at the right"


def test_signs_that_the_font_of_a_script_lacks_are_drawn_in_another() -> None:
    font_with(HEBREW, "notosanshebrew")
    losses = LossReporter()
    Lettering("notosanshebrew", (640, 360), losses).draw(np.zeros((360, 640, 4), np.uint8), f"{HEBREW}! ({HEBREW})")
    assert not losses.lost_parts()


def test_a_long_row_from_right_to_left_continues_below_in_the_same_direction() -> None:
    lettering = Lettering("", (160, 90), LossReporter())
    rows, _ = lettering.rows_of(f"{HEBREW} " * 3 + "some words of another language that need two rows")
    assert len(rows) > 1
    assert all(from_right(row) for row in rows)


def test_without_harfbuzz_letters_are_turned_round_and_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mock: no pygame without HarfBuzz can be had here."""
    monkeypatch.setattr("installation.film.shaping.can_shape", lambda: False)
    monkeypatch.setattr("installation.film.lettering.can_shape", lambda: False)
    assert directed(pygame.font.Font(None, 20), Run(HEBREW, right_to_left=True)) == HEBREW[::-1]
    losses = LossReporter()
    Lettering("", (640, 360), losses).draw(np.zeros((360, 640, 4), np.uint8), f"Hello {HEBREW}")
    assert losses.is_lost("shaping of captions")
