"""Text of our own windows: no text makes it raise, and none is wider than its place."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from installation.film.window_text import CUT, WindowText

TEXT = WindowText(18)
WORST = {
    "no letters": "",
    "control characters": "a\0b\x1b[31m\n\t\x7f",
    "half of a surrogate pair": "scene \ud83d",
    "joined to nothing": "\u0301\u0301",
    "of no width": "\u200b\u200d\ufeff",
    "right to left": "\u202eמסך الضوء",
    "other letters": "光と影 빛과 그림자 ภาพยนตร์",
    "emoji": "\U0001f3ac" * 80,
    "one endless word": "x" * 100_000,
    "the widest letter there is": "\ufdfd" * 600,
}


@pytest.mark.parametrize("text", WORST.values(), ids=WORST)
@pytest.mark.parametrize("width", [0, 1, 7, 120, 3000])
def test_whatever_a_scene_is_called_it_is_drawn_within_its_place(text: str, width: int) -> None:
    assert TEXT.render(text, (255, 255, 255), width).get_width() <= width
    lines = TEXT.wrap(text, width, 3)
    assert len(lines) <= 3
    assert all(TEXT.width(line) <= width for line in lines)


@example("i\u2e80", 12)  # what is left of it is of another font than the whole
@given(st.text(st.characters(), max_size=80), st.integers(0, 400))
def test_any_text_is_drawn_within_any_place(text: str, width: int) -> None:
    assert TEXT.render(text, (255, 255, 255), width).get_width() <= width


def test_a_long_name_is_cut_and_a_short_one_is_not() -> None:
    assert TEXT.cut("lanterns", 200) == "lanterns"
    cut = TEXT.cut("the lanterns over the lake on the night of the first snow", 200)
    assert cut.startswith("the lanterns")
    assert cut.endswith(CUT)
    assert 150 < TEXT.width(cut) <= 200


def test_a_sentence_is_wrapped_between_words_and_cut_after_the_last_line() -> None:
    lines = TEXT.wrap("the device accepts no more sound and the film continues in silence until it does", 200, 2)
    assert len(lines) == 2
    assert "the device accepts no more sound".startswith(lines[0])
    assert lines[1].endswith(CUT)


@pytest.mark.parametrize("height", [1, 8, 18, 30, 54, 90])
def test_a_line_is_as_high_as_was_asked(height: int) -> None:
    text = WindowText(height)
    drawn = text.render("Light", (255, 255, 255), 2000).get_height()
    assert drawn <= text.height
    assert drawn >= text.height - 2
