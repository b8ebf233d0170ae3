"""The last ten minutes as a page draws them."""

from typing import Any

from installation.web.history import BIN_SECONDS, SAMPLES, WIDTH, History, course_of
from tests.installation.web.stage_double import made_state

MOODS = {"warm": ("happiness", "surprise"), "cold": ("anger", "sadness", "fear")}


def state(second: float, scene: str = "arrival", take: int = 3, **mood: Any) -> dict[str, Any]:
    """What the stage says at one second of 1970; ``take`` 0: none runs."""
    document = made_state(int(second), at=second, take=take, in_take=bool(take)).model_dump(mode="json")
    document["scene"]["name"] = scene
    document["mood"] |= mood
    return document


def of(*states: dict[str, Any]) -> History:
    history = History()
    for one in states:
        history.add(one)
    return history


def test_there_is_one_sample_a_second_of_ten_minutes() -> None:
    history = of(*(state(1000.0 + quarter / 4) for quarter in range(4 * (SAMPLES + 100))))
    assert len(history) == SAMPLES == history.seconds_seen()
    assert len(history.minutes_svg()) < 12_000
    assert len(history.take_svg(None)) < 30_000, "pages are sent it every few seconds"
    assert history.minutes_svg().count("<polygon") == 8


def test_a_clock_that_was_put_back_begins_anew() -> None:
    assert len(of(state(5000.0), state(5001.0), state(1000.0), state(1001.0))) == 2


def test_where_nobody_was_there_nothing_is_drawn_and_doubt_is_pale() -> None:
    times = iter(range(1000, 2000))
    there = [state(next(times)) for _ in range(BIN_SECONDS * 2)]
    away = [state(next(times), present=False) for _ in range(BIN_SECONDS * 2)]
    doubt = [state(next(times), trusted=False) for _ in range(BIN_SECONDS)]
    back = [state(next(times), "calm") for _ in range(BIN_SECONDS)]
    drawn = of(*there, *away, *doubt, *back).minutes_svg()
    assert drawn.count("<polygon") == 2 * 8
    assert drawn.count('class="pale"') == BIN_SECONDS
    assert drawn.count("<line") == 1, "a scene begins"
    assert f'viewBox="0 0 {WIDTH:.0f}' in drawn


def test_the_take_is_drawn_as_its_visitor_sees_it_and_stays_until_the_next() -> None:
    history = of(state(999.0, "attract", 0))
    assert history.take_svg(None) == ""
    for n in range(10):
        history.add(state(1000.0 + n))
    for n in range(10):
        history.add(state(1010.0 + n, "calm"))
    story = {
        "number": 4,
        "moods": MOODS,
        "scenes": [{"name": "calm", "file": "calm.mp4"}, {"name": "arrival", "file": ""}],
    }
    drawn = history.take_svg(story)
    assert "/thumbnails/calm.jpg?story=4" in drawn
    assert "/thumbnails/arrival" not in drawn
    assert ">warm<" in drawn
    history.add(state(1020.0, "attract", 0))
    assert history.take_svg(story) == drawn
    for n in range(3):
        history.add(state(1021.0 + n, "storm", 4))
    assert "calm" not in history.take_svg(story), "another take"


def test_a_course_tells_where_the_way_led_why_and_what_was_felt() -> None:
    history = of(
        *(state(1000.0 + n) for n in range(10)),
        *(state(1010.0 + n, "calm", present=False) for n in range(5)),
        *(state(1015.0 + n, "calm") for n in range(5)),
    )
    course = course_of(list(history._samples), MOODS)
    assert [(visit.scene, visit.begin) for visit in course.visits] == [("arrival", 0.0), ("calm", 10.0)]
    assert [(turn.at, turn.target, turn.reason) for turn in course.turns] == [(10.0, "calm", "happiness")]
    assert (course.seconds, [curve.name for curve in course.curves]) == (19.0, ["warm", "cold"])
    warm = course.curves[0]
    assert [(round(run[0][0]), round(run[-1][0])) for run in warm.runs] == [(0, 9), (15, 19)]
    shares = made_state(1000).mood.probabilities
    assert abs(warm.runs[0][0][1] - shares["happiness"] - shares["surprise"]) < 0.01
