"""A course as SVG: what the wall shows, for a page and for paper."""

from dataclasses import replace
from xml.etree import ElementTree

from installation.drawings.course_layout import MOODS_AT_MOST, Layout
from installation.drawings.course_svg import SIZE, Course, Curve, Turn, Visit, course_svg
from installation.drawings.svg import EMOTIONS

SVG = "{http://www.w3.org/2000/svg}"
TAKE = Course(
    seconds=60.0,
    visits=(Visit("opening", 0.0), Visit("rain & <wind>", 20.0), Visit("dawn", 50.0)),
    turns=(Turn(20.0, "rain & <wind>", "sorrow led"), Turn(50.0, "dawn", "joy led")),
    curves=(
        Curve("joy", "happiness", (((0.0, 0.1), (10.0, 0.2)), ((30.0, 0.6), (59.0, 0.9)))),
        Curve("sorrow", "sadness", (((0.0, 0.7), (59.0, 0.1)),)),
    ),
)


def drawn(course: Course, pictures: bool = False) -> ElementTree.Element:
    svg = course_svg(course, "the way", lambda scene: f"/thumbnails/{scene}" if pictures else "")
    return ElementTree.fromstring(svg)  # noqa: S314 - our own


def said(picture: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in picture.iter(f"{SVG}text")]


def test_scenes_choices_and_moods_stand_where_the_wall_has_them() -> None:
    picture, layout = drawn(TAKE), Layout(SIZE, 60.0)
    assert {"opening", "rain & <wind>", "dawn", "sorrow led", "joy led", "joy", "sorrow"} <= set(said(picture))
    strips = [one for one in picture.iter(f"{SVG}rect") if float(one.get("height", 0)) == layout.strip.high]
    assert [round(float(one.get("x", 0))) for one in strips] == [layout.x(at) for at in (0.0, 20.0, 50.0)]
    choices = {float(one.get("x1", 0)) for one in picture.iter(f"{SVG}line") if one.get("x1") == one.get("x2")}
    assert choices == {float(layout.x(20.0)), float(layout.x(50.0))}


def test_a_curve_is_broken_where_nobody_was_seen_and_reaches_as_high_as_its_level() -> None:
    lines = list(drawn(TAKE).iter(f"{SVG}polyline"))
    joys = [one.get("points", "") for one in lines if one.get("stroke") == EMOTIONS["happiness"]]
    assert len(joys) == 2
    heights = [float(point.split(",")[1]) for joy in joys for point in joy.split()]
    assert heights == sorted(heights, reverse=True)


def test_pictures_are_the_scenes_own_and_none_where_there_are_none() -> None:
    assert not list(drawn(TAKE).iter(f"{SVG}image"))
    addresses = [one.get("href") for one in drawn(TAKE, pictures=True).iter(f"{SVG}image")]
    assert addresses == ["/thumbnails/opening", "/thumbnails/rain & <wind>", "/thumbnails/dawn"]


def test_of_many_moods_the_strongest_are_drawn_and_a_take_without_a_face_has_none() -> None:
    many = tuple(Curve(f"mood {n}", "fear", (((0.0, n / 10), (60.0, n / 10)),)) for n in range(9))
    names = [words for words in said(drawn(replace(TAKE, curves=many))) if words.startswith("mood")]
    assert sorted(names) == [f"mood {n}" for n in range(9 - MOODS_AT_MOST, 9)]
    blind = replace(TAKE, curves=(Curve("joy", "happiness", ()),))
    assert not list(drawn(blind).iter(f"{SVG}polyline"))


def test_choices_close_together_have_no_words_over_each_other() -> None:
    close = replace(
        TAKE, turns=tuple(Turn(20.0 + n / 10, "somewhere far away", "for this long reason") for n in range(9))
    )
    assert said(drawn(close)).count("somewhere far away") == 1
