from __future__ import annotations

import colorsys
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

import installation.web
from installation.drawings.svg import EMOTIONS, nice_top
from installation.report.charts import bars_svg, difference_svg, evening_svg
from installation.report.figures import Difference, Flow, MoodBin, Report, Share
from installation.report.flows import flows_svg
from installation.report.page import report_html
from installation.report.style import STYLE
from installation.report.usual_way import usual_way
from installation.report.words import FOLDER, Words
from models.labels import LABELS
from tests.installation.report.made_report import NOBODY, figures, hundred_ways, made_report

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = """<script>alert("&")</script>'"><img src=x onerror=y>"""
WORDS = Words("en")


def parsed(html: str) -> ElementTree.Element:
    """Raises for what is not well formed."""
    return ElementTree.fromstring(html.removeprefix("<!DOCTYPE html>\n"))  # noqa: S314 - our own page


def said(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "report",
    [
        made_report(),
        made_report(("one", "two", "three")),
        made_report(tuple(f"a scene of the film {number:20}" for number in range(60))),
        made_report(("שער", "חדר", "سوف", "نهاية")),
        hundred_ways(),
        replace(made_report(), days=()),
        replace(made_report(), total=NOBODY),
        replace(made_report(), flows=(), evening=(), scenes=(), choices=(), weeks=(), losses=(), edit=None, hours=()),
    ],
    ids=["evening", "three scenes", "sixty scenes", "right to left", "hundred ways", "no journal", "nobody", "bare"],
)
def test_a_page_is_well_formed_and_takes_nothing_from_elsewhere(report: Report, language: str) -> None:
    html = report_html(report, language)  # type: ignore[arg-type]
    page = parsed(html)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|src=|url\(|@import|<script|<link", html)
    assert "hall" in said(page)
    for drawing in page.iter(f"{SVG}svg"):
        assert drawing.get("role") == "img"
        assert drawing.findtext(f"{SVG}title"), "a screen reader is told what is drawn"
        _, top, wide, high = map(float, drawing.get("viewBox", "").split())
        for shape in drawing.iter(f"{SVG}rect"):
            assert 0 <= float(shape.get("x", -1)) <= wide
            assert top <= float(shape.get("y", -1)) + float(shape.get("height", 0)) <= top + high


def test_the_way_that_most_went_is_drawn_as_a_visitors_own_with_what_is_told_of_it() -> None:
    report = made_report()
    course = usual_way(report, WORDS)
    assert course
    way = [visit.scene for visit in course.visits]
    assert way[0] == "opening"
    for turn, before in zip(course.turns, way, strict=False):
        out = {flow.target: flow.takes or 0 for flow in report.flows if flow.source == before}
        assert out[turn.target] == max(out.values())
        assert turn.reason == f"{out[turn.target]} of {sum(out.values())} went here"
    happiness = course.curves[LABELS.index("happiness")]
    scene = next(scene for scene in report.scenes if scene.name == "opening")
    assert happiness.runs[0][0][1] == scene.moods[0].probabilities[LABELS.index("happiness")]  # type: ignore[index]
    hidden = replace(report, flows=tuple(replace(flow, takes=None, about=20) for flow in report.flows))
    assert usual_way(hidden, WORDS) is None, "a way that is not told is not drawn"


def test_no_name_can_be_markup() -> None:
    report = made_report((HOSTILE, "two", "three\x1b[2J\u202e", "four"))
    page = parsed(report_html(replace(report, room=HOSTILE, title=HOSTILE)))
    assert HOSTILE in said(page)
    assert not [one for one in page.iter() if one.tag in ("script", "img") or "onerror" in one.attrib]
    assert not re.search("[\x1b\u202e]", said(page))


def test_behind_each_drawing_stands_the_same_as_a_table() -> None:
    page = parsed(report_html(made_report()))
    for section in page.iter("section"):
        drawings = list(section.iter(f"{SVG}svg"))
        assert not drawings or list(section.iter("table")), said(section)[:60]
    rows = [[said(cell) for cell in row] for row in page.iter("tr")]
    assert ["opening", "crossing", "20"] in rows
    assert ["rain", "left", "–"] not in rows  # the made story leaves "crossing"
    assert ["crossing", "left", "–"] in rows


def test_what_rests_on_too_few_is_drawn_without_its_count() -> None:
    flows = [Flow("", "a", "", 40), Flow("a", "b", "", None), Flow("a", "", "left", 30)]
    drawing = flows_svg(flows, WORDS)
    assert 'stroke-dasharray="3 3"' in drawing
    assert "a → b: – takes" in drawing
    other = parsed(flows_svg([Flow("", "a", "", 200), Flow("a", "b", "", None, about=180)], WORDS))
    wide = {path.findtext(f"{SVG}title"): float(path.get("stroke-width", 0)) for path in other.iter(f"{SVG}path")}
    assert wide["a → b: ≈\u202f180 takes"] > 50, "what is told in tens is drawn as wide"
    bars = bars_svg([("14:00", figures(3)), ("15:00", figures(50))], WORDS, "visits")
    assert bars.count("·</text>") == 2, "a dot each for visits and takes"


def test_a_band_is_as_wide_as_the_takes_that_went_there() -> None:
    drawing = parsed(flows_svg([Flow("", "a", "", 90), Flow("a", "b", "", 60), Flow("a", "c", "", 30)], WORDS))
    wide = {path.findtext(f"{SVG}title"): float(path.get("stroke-width", 0)) for path in drawing.iter(f"{SVG}path")}
    assert wide["a → b: 60 takes"] == pytest.approx(2 * wide["a → c: 30 takes"], rel=0.01)
    bars = {bar.findtext(f"{SVG}title"): float(bar.get("height", 0)) for bar in drawing.iter(f"{SVG}rect")}
    assert bars["a: 90 takes"] == pytest.approx(wide["a → b: 60 takes"] + wide["a → c: 30 takes"], rel=0.01)


def test_a_circle_in_the_story_is_drawn() -> None:
    flows = [Flow("", "a", "", 20), Flow("a", "b", "", 20), Flow("b", "a", "", 8), Flow("b", "", "completed", 12)]
    assert "b → a: 8 takes" in flows_svg(flows, WORDS)


def test_a_time_that_nobody_tells_of_is_a_gap_and_not_a_calm_mood() -> None:
    calm = tuple(float(label == "neutral") for label in LABELS)
    bins = [MoodBin(14 + n, 15 + n, calm if n != 2 else None, 0.0, 0.0) for n in range(5)]
    drawing = parsed(evening_svg(bins, WORDS))
    neutral = [one for one in drawing.iter(f"{SVG}polygon") if one.get("fill") == EMOTIONS["neutral"]]
    assert len(neutral) == 2
    ends = sorted(
        (min(x), max(x)) for x in ([float(p.split(",")[0]) for p in one.get("points", "").split()] for one in neutral)
    )
    assert ends[0][1] < ends[1][0]
    assert evening_svg([MoodBin(14, 15, None, None, None)], WORDS) == ""


def test_an_edit_with_too_few_takes_shows_no_difference() -> None:
    few = Difference(None, None, None, None, "too few")
    edit = made_report().edit
    assert edit is not None
    page = said(parsed(report_html(replace(made_report(), edit=replace(edit, takes_after=40, completed=few)))))
    assert "Too few to say: 412 takes before the edit and 40 after it" in page
    assert difference_svg([("all", few)], WORDS) == ""


def test_a_room_without_an_eye_is_no_empty_room() -> None:
    page = said(parsed(report_html(made_report())))
    assert "30\u202fmin 00\u202fs without an eye are no empty room".replace("\u202f", " ") in page.replace(
        "\u202f", " "
    )


def test_pictures_are_all_on_time_only_when_none_was_late() -> None:
    total = replace(figures(50), pictures=1_000_000, pictures_late=1)
    assert "99.99" in report_html(replace(made_report(), total=total))
    assert "100.00" in report_html(replace(made_report(), total=replace(total, pictures_late=0)))


def test_each_language_has_all_sentences_with_the_same_gaps() -> None:
    gaps = {
        file.stem: {
            key: sorted(re.findall(r"{(\w+)}", line)) for key, line in json.loads(file.read_text("utf-8")).items()
        }
        for file in FOLDER.glob("*.json")
    }
    assert set(gaps) == {"en", "de"}
    assert gaps["de"] == gaps["en"]


def test_german_numbers_have_a_comma_and_a_space_before_the_percent() -> None:
    german = Words("de")
    assert (german.number(1234567.25, 2), german.percent(0.125, 1)) == ("1\u202f234\u202f567,25", "12,5\u202f%")
    assert (WORDS.span(3599.6), WORDS.span(59.4), WORDS.span(7265)) == (
        "1\u202fh 00\u202fmin",
        "59\u202fs",
        "2\u202fh 01\u202fmin",
    )


def test_a_share_of_too_few_is_a_bound() -> None:
    assert WORDS.share(Share(None, None, 50, at_least=0.92)) == "≥\u202f92\u202f%"
    assert WORDS.share(Share(None, None, 50, at_most=0.08)) == "≤\u202f8\u202f%"
    assert (WORDS.share(Share(None, None, None)), WORDS.share(Share(0.5, 10, 20))) == ("–", "50\u202f%")


def test_an_axis_ends_at_a_round_number() -> None:
    assert [nice_top(value) for value in (0, 1, 6, 11, 31, 99, 100, 101)] == [1, 1, 10, 20, 50, 100, 100, 200]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_all_letters_can_be_read_on_their_ground(scheme: int) -> None:
    values = dict(re.findall(r"--(\w+): (#\w+)", STYLE.split("{ :root")[scheme]))

    def light(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for ink in ("ink", "grey", "accent", "warn"):
        for ground in ("ground", "card"):
            dark, bright = sorted((light(values[ink]), light(values[ground])))
            assert (bright + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"


def test_an_emotion_has_the_same_hue_on_the_console_and_in_the_report() -> None:
    css = (Path(installation.web.__file__).parent / "static" / "console.css").read_text("utf-8")
    for label, paper in EMOTIONS.items():
        found = re.search(rf"--{label}: (#\w{{6}});", css)
        assert found, label
        (hue, _, full), (other, _, dull) = (
            colorsys.rgb_to_hls(*(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))) for colour in (found[1], paper)
        )
        apart = abs((hue - other + 0.5) % 1 - 0.5)
        assert apart < 0.06 or max(full, dull) < 0.12, f"{label}: {found[1]} and {paper}"
