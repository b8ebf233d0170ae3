"""The drawing: on any screen, of any take; the gap of who was not seen, the colours, and that it never stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from calibration.settings import CourseSettings, Language
from installation.course.canvases import Canvases
from installation.course.course import Course, CourseDrawing
from installation.course.curves import Plot, seen_runs, unseen_runs, widest_part
from installation.course.earlier_visitors import FEWEST
from installation.course.lettering import Letters, set_whole
from installation.course.palette import mood_colours
from installation.course.phrases import PHRASES, called
from installation.course.sheet import Sheet, SheetPainter
from installation.drawings.course_layout import Box, Layout
from models.arrays import Image
from models.mood import Mood
from tests.installation.course.takes import STORY, Takes
from tests.scenes.evenings import BLIND, feeling, story_of

SIZES = [(1920, 1080), (1280, 800), (1024, 768), (720, 1280), (320, 180), (160, 90)]


def blind_for_a_while(seconds: float) -> Mood:
    return BLIND if 5 < seconds < 8 else feeling("sadness")


def shown(course: Course, size: tuple[int, int], seconds: float = 8.0) -> Iterator[Image]:
    for _, canvas in CourseDrawing(course).pictures(size, seconds):
        yield canvas


@pytest.fixture(scope="module")
def after_some_visitors() -> Course:
    takes = Takes(settings=CourseSettings(languages=("de", "en")))
    for label in ("happiness", "sadness") * FEWEST:
        takes.visit(feeling(label))
    list(takes.until("yours", blind_for_a_while))
    return takes.course


@pytest.mark.parametrize("size", SIZES)
def test_a_course_fills_a_screen_of_any_size(size: tuple[int, int], after_some_visitors: Course) -> None:
    pictures = shown(after_some_visitors, size)
    first = last = next(pictures)
    for last in pictures:
        assert last.shape == (size[1], size[0], 4)
        assert last.dtype == np.uint8
    assert first[..., :3].max() < 20
    assert last[..., :3].max() > 200


def test_the_picture_never_stands_for_longer_than_its_first_seconds(after_some_visitors: Course) -> None:
    pictures = [canvas.copy() for canvas in shown(after_some_visitors, (320, 180), 12.0)]
    assert len(pictures) == 12 * 30
    stands = longest = 0
    for one, following in pairwise(pictures):
        stands = stands + 1 if np.array_equal(one, following) else 0
        longest = max(longest, stands)
    assert longest < 2 * 30


def test_where_nobody_was_seen_no_curve_is_drawn(after_some_visitors: Course) -> None:
    course = after_some_visitors.taken()
    assert course is not None
    plot = Plot(Box(0, 0, 800, 200), course.seconds, 1.0, 4)
    (gap,) = unseen_runs(course)
    assert gap[1] - gap[0] == pytest.approx(3.0, abs=0.4)
    columns = slice(*(round(second / course.seconds * 800) for second in (gap[0] + 0.4, gap[1] - 0.4)))
    for number, _ in enumerate(course.moods):
        line = plot.line(list(seen_runs(course.times, course.levels[:, number])))
        assert not line[:, columns].any()
        assert line[:, : columns.start - 20].any()
        assert line[:, columns.stop + 20 :].any()


def test_a_course_that_an_operator_asks_for_without_a_take_is_only_its_ground() -> None:
    course = Course(CourseSettings(), (320, 180))
    course.of(story_of(STORY))
    *_, last = shown(course, (320, 180))
    assert last.shape == (180, 320, 4)


def test_a_take_in_which_nobody_was_ever_seen_has_its_way_and_no_curve() -> None:
    takes = Takes()
    list(takes.until("door", lambda _: feeling("happiness")))
    list(takes.until("yours", lambda _: BLIND))
    *_, last = shown(takes.course, (640, 360))
    assert last[..., :3].max() > 200


@pytest.mark.parametrize("italic", [False, True])
def test_a_capital_with_an_accent_stands_on_the_line_of_the_others(italic: bool) -> None:
    def rows_of(text: str) -> np.ndarray:
        canvas = np.zeros((80, 300, 4), np.uint8)
        letters.write(canvas, text, (10, 20), (255, 255, 255))
        return np.flatnonzero(canvas[..., 0].max(axis=1) > 128)

    letters = Letters(40, italic)
    plain, accented = rows_of("Uberfahrt"), rows_of("Überfahrt")
    assert accented.max() == plain.max()
    assert accented.min() < plain.min()


def test_the_accent_of_a_reason_is_not_cut_off() -> None:
    def height_of_the_reason(word: str) -> int:
        takes = Takes(STORY.replace("[words.de]", f'[words.en]\ncalm = "{word}"\n[words.de]'))
        list(takes.until("yours", lambda _: feeling("happiness")))
        (reason,) = (fade.picture for fade in painted(takes, (1920, 1080)).fades if fade.x is not None)
        rows = np.flatnonzero(reason[:, 8:, 0].max(axis=1) > 100)
        return int(rows[-1] - rows[0])

    assert height_of_the_reason("Übermut") > height_of_the_reason("Ubermut") + 2


def test_reasons_stand_whole_where_they_can_and_cut_where_they_must() -> None:
    letters = Letters(20)
    why, more, when = ((letters, text) for text in ("Calm in 96% der Zeit", "Calm for 96% of the time", "0:05"))
    tries = [((why, more, when), 2), ((why, when), 3), ((why, when), 1)]

    def lines(wide: int, high: int) -> list[str]:
        return [line for _, line in set_whole(tries, wide, high)]

    column = letters.width("der Zeit")
    assert lines(400, 3 * letters.step) == ["Calm in 96% der Zeit", "Calm for 96% of the time", "0:05"]
    assert lines(400, 2 * letters.step) == ["Calm in 96% der Zeit", "0:05"]
    assert " ".join(lines(column, 5 * letters.step)) == "Calm in 96% der Zeit 0:05"
    assert [line[-1] for line in lines(column, 2 * letters.step)] == ["…", "5"]
    assert lines(column, letters.step) == []
    assert letters.wrap("in 96\u00a0% der Zeit", letters.width("in 96 %") - 1, 9)[:2] == ["in", "96 %"]


def test_the_word_for_a_gap_stands_between_the_lines_of_the_choices() -> None:
    assert widest_part(10, 100, []) == (10, 100)
    assert widest_part(10, 100, [5, 30, 40, 100, 200]) == (40, 100)
    assert widest_part(10, 10, [10]) == (10, 10)


def painted(takes: Takes, size: tuple[int, int]) -> Sheet:
    """The sheet of what is shown, over black."""
    look, course = takes.course.appearance(), takes.course.taken()
    assert look is not None
    assert course is not None
    ground = np.zeros((size[1], size[0], 4), np.uint8)
    return SheetPainter(Layout(size, course.seconds), look).paint(ground, course, takes.course.earlier)


def test_the_word_for_a_gap_stands_on_no_median_and_on_no_line_of_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    takes = Takes()
    for label in ("happiness", "sadness") * FEWEST:
        takes.visit(feeling(label))
    list(takes.until("door", lambda _: feeling("happiness")))
    list(takes.until("yours", lambda _: BLIND))
    with_word = painted(takes, (1280, 720))
    monkeypatch.setitem(PHRASES, "en", replace(PHRASES["en"], unseen=""))
    without = painted(takes, (1280, 720))
    box = with_word.layout.curves
    word = (with_word.uncovered != without.uncovered).any(axis=2)
    (medians,) = (fade.picture for fade in without.fades if fade.box == box)
    dashes = (medians != without.uncovered[box.rows(), box.columns()]).any(axis=2)
    course = takes.course.taken()
    assert course is not None
    assert word.any()
    assert dashes.any()
    assert not (word[box.rows(), box.columns()] & dashes).any()
    assert not any(word[:, with_word.layout.x(turn.at)].any() for turn in course.turns)


def test_a_curve_that_is_not_there_has_no_name() -> None:
    takes = Takes()
    list(takes.until("yours", lambda _: feeling("happiness") if takes.state.scene == "lamp" else BLIND))
    course = takes.course.taken()
    assert course is not None
    assert np.isnan(course.levels).mean() > 0.9
    named = painted(takes, (1280, 720))
    names = slice(named.layout.curves.right + 8, None)
    assert named.uncovered[:, names, :3].any()
    course.levels[:] = np.nan
    assert not painted(takes, (1280, 720)).uncovered[:, names, :3].any()


def test_a_long_name_goes_on_in_a_second_line() -> None:
    def rows_of_the_name(name: str) -> np.ndarray:
        takes = Takes(STORY.replace("[words.de]", f'[words.en]\ngarden = "{name}"\n[words.de]'))
        list(takes.until("yours", lambda _: feeling("happiness")))
        sheet, course = painted(takes, (1280, 720)), takes.course.taken()
        assert course is not None
        garden, names = sheet.layout.visits([visit.begin for visit in course.visits])[1], sheet.layout.names
        name_there = sheet.uncovered[names.y + 8 : sheet.layout.others.y, garden.x : garden.right, :3]
        return np.flatnonzero(name_there.max(axis=(1, 2)) > 100)

    short, long = rows_of_the_name("Ys"), rows_of_the_name("WHERE WOMEN WANDERED WITH WHITE WOLVES")
    assert long.max() > short.max() + 4


def test_a_film_without_a_choice_has_a_course_too() -> None:
    one_way = STORY.replace("[scenes.door]", "[scenes.door]\nend = true").replace('next = "garden"', 'next = "yours"')
    takes = Takes("\n".join(row for row in one_way.splitlines() if not row.startswith("branch")))
    list(takes.until("yours", lambda _: feeling("happiness")))
    *_, last = shown(takes.course, (640, 360))
    assert last[..., :3].max() > 200


def test_the_pictures_are_those_of_the_take_and_not_of_the_one_before() -> None:
    takes = Takes()
    list(takes.until("yours", lambda _: feeling("sadness")))
    *_, sad = shown(takes.course, (640, 360))
    list(takes.until("lamp", lambda _: BLIND))
    list(takes.until("yours", lambda _: feeling("happiness")))
    *_, happy = shown(takes.course, (640, 360))
    assert not np.array_equal(sad, happy)


def test_the_colour_of_a_mood_is_that_of_the_scenes_it_leads_to() -> None:
    def scene(blue: int, green: int, red: int) -> Image:
        picture = np.zeros((36, 64, 3), np.uint8)
        picture[10:26, 20:44] = blue, green, red
        return picture

    colours = mood_colours({"cold": [scene(200, 60, 20)], "warm": [scene(20, 120, 220)]})
    assert colours["cold"][0] > colours["cold"][2]
    assert colours["warm"][2] > colours["warm"][0]


def test_no_two_moods_have_one_colour_even_if_the_film_has_only_one() -> None:
    grey = np.full((36, 64, 3), 90, np.uint8)
    colours = list(mood_colours({str(number): [grey] for number in range(6)}).values())
    apart = [np.abs(np.subtract(one, other)).max() for k, one in enumerate(colours) for other in colours[k + 1 :]]
    assert min(apart) > 20


def test_the_bands_do_not_overlap_and_lie_on_the_screen() -> None:
    for size in SIZES:
        layout = Layout(size, 60.0)
        bands = [layout.heading, layout.reasons, layout.curves, layout.strip, layout.names, layout.others, layout.foot]
        assert all(above.bottom <= below.y for above, below in pairwise(bands)), size
        assert all(0 <= band.x < band.right <= size[0] and band.bottom <= size[1] for band in bands), size


def test_each_language_says_what_it_says_with_the_same_blanks() -> None:
    for phrases in PHRASES.values():
        assert "41" in phrases.median_of(41)
        assert phrases.way_of(15, 41).replace("15", "").count("41") == 1


@pytest.mark.parametrize(
    ("name", "language", "words"),
    [("calm", "de", "Stille"), ("calm", "en", "Calm"), ("cellar", "de", "Cellar"), ("fear", "de", "Angst")],
)
def test_scenes_and_moods_are_called_as_the_story_says(name: str, language: Language, words: str) -> None:
    assert called(story_of(STORY).file, name, language) == words


def test_letters_that_the_books_face_lacks_are_drawn_all_the_same() -> None:
    letters = Letters(40)
    for text in ("Größe", "жизнь", "光", "שלום", "a\u200bb\x00", "", " "):
        assert letters.mask(text).ndim == 2
        assert letters.width(text) >= 0


def test_long_words_end_in_an_ellipsis_and_never_past_their_room() -> None:
    letters = Letters(30)
    rows = letters.wrap("the median of the very many visitors who have been here before you " * 3, 300, 2)
    assert len(rows) == 2
    assert all(letters.width(row) <= 300 for row in rows)
    assert rows[-1].endswith("…")


def test_a_canvas_is_drawn_on_again_when_nobody_shows_it_and_never_before() -> None:
    canvases = Canvases((16, 9))
    first = canvases.free()
    part_of_the_second = canvases.free()[2:5]
    assert canvases.free() is not first
    assert len(canvases) == 3
    del first, part_of_the_second
    for _ in range(5):
        canvases.free()
    assert len(canvases) == 3
