"""A performance says who is there and what they show, without any picture."""

import random

import pytest

from models.labels import LABELS
from models.rendering.performance import WALK, DirectedVisit, Evening, plan_visit


@pytest.mark.parametrize("seed", range(8))
def test_feelings_take_the_time_that_human_ones_take(seed: int) -> None:
    visit = plan_visit(random.Random(seed), 3, 10.0)
    assert 20 <= visit.leaves - visit.enters <= 40
    for feeling, after in zip(visit.feelings, (*visit.feelings[1:], None), strict=True):
        assert feeling.label in LABELS
        assert 0.3 <= feeling.onset <= 0.5
        assert 1.0 <= feeling.apex <= 4.0
        assert visit.enters + WALK < feeling.begins
        assert feeling.ends < visit.leaves - WALK
        assert after is None or feeling.ends < after.begins, "one at a time"
        assert feeling.at(feeling.begins) == 0
        assert feeling.at(feeling.begins + feeling.onset) == pytest.approx(feeling.strength)
        assert feeling.at(feeling.ends) == pytest.approx(0)


def test_a_directed_visitor_shows_what_was_asked_for_at_once_until_somebody_else_is_asked() -> None:
    stage = DirectedVisit(seed=1)
    assert stage.visit_at(0.0) is None, "nobody was asked"
    stage.direct(0, "anger", 5.0)
    visit = stage.visit_at(5.1)
    assert visit is not None
    assert (visit.person, visit.truth(5.1), visit.truth(60.0)) == (0, "anger", "anger")
    stage.direct(2, "", 70.0)
    visit = stage.visit_at(70.0)
    assert visit is not None
    assert (visit.person, visit.truth(70.0)) == (2, "neutral")
    stage.direct(None, "", 80.0)
    assert stage.visit_at(80.0) is None


def test_an_evening_says_the_same_of_a_second_whenever_it_is_asked() -> None:
    onward, back = Evening(3, seed=6), Evening(3, seed=6)
    times = [k / 2 for k in range(240)]
    visits = [onward.visit_at(t) for t in times]
    assert [back.visit_at(t) for t in reversed(times)] == visits[::-1]
    assert None in visits
    people = [visit.person for visit in visits if visit]
    assert len(set(people)) > 1
