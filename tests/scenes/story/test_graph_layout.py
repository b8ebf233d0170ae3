"""Scenes on paper: whatever the story is like, no card lies on another and ways lead to the right."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.story.graph_layout import Layout, Spacing, Way, lay_out, leading_back

SPACING = Spacing(width=100.0, column_gap=40.0, row_gap=20.0, entry=10.0)


@st.composite
def stories(draw: st.DrawFn) -> tuple[dict[str, float], list[tuple[str, str]]]:
    names = [f"s{number}" for number in range(draw(st.integers(1, 14)))]
    heights = {name: draw(st.floats(30, 200)) for name in names}
    pair = st.tuples(st.sampled_from(names), st.sampled_from(names))
    return heights, draw(st.lists(pair, max_size=25))


def laid_out(heights: dict[str, float], pairs: list[tuple[str, str]], ratio: float) -> tuple[list[Way], Layout]:
    back = set(leading_back(list(heights), pairs))
    ways = [Way(*pair, heights[pair[0]] - 15) for number, pair in enumerate(pairs) if number not in back]
    return ways, lay_out(heights, ways, SPACING, ratio)


@settings(max_examples=30)
@given(stories(), st.floats(0.5, 3.0))
def test_no_card_lies_on_another_or_beside_the_paper_and_every_way_ends_at_its_scene(
    story: tuple[dict[str, float], list[tuple[str, str]]], ratio: float
) -> None:
    heights, pairs = story
    ways, layout = laid_out(heights, pairs, ratio)
    boxes = [(x, y, x + 100.0, y + heights[name]) for name, (x, y) in layout.cards.items()]
    assert set(layout.cards) == set(heights)
    assert all(x >= -1e-6 and y >= -1e-6 for x, y, _, _ in boxes)
    assert (max(box[2] for box in boxes), max(box[3] for box in boxes)) == (layout.width, layout.height)
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            beside = one[2] <= other[0] or other[2] <= one[0]
            assert beside or one[3] <= other[1] + 1e-6 or other[3] <= one[1] + 1e-6
    for way, points in zip(ways, layout.routes, strict=True):
        if points:
            (from_x, from_y), (to_x, to_y) = layout.cards[way.source], layout.cards[way.target]
            assert points[0] == (from_x + 100.0, from_y + way.port)
            assert points[-1] == (to_x, to_y + 10.0)
            assert [x for x, _ in points] == sorted(x for x, _ in points)


@settings(max_examples=30)
@given(stories())
def test_without_the_ways_that_lead_back_no_way_closes_a_circle(
    story: tuple[dict[str, float], list[tuple[str, str]]],
) -> None:
    heights, pairs = story
    back = set(leading_back(list(heights), pairs))
    left = {pair for number, pair in enumerate(pairs) if number not in back}
    names = set(heights)
    while first := {name for name in names if not any(to == name for source, to in left if source in names)}:
        names -= first
    assert names == set()


def test_a_way_past_a_column_keeps_clear_of_the_cards_in_it() -> None:
    heights = dict.fromkeys(("a", "b", "c"), 80.0)
    ways, layout = laid_out(heights, [("a", "b"), ("b", "c"), ("a", "c")], 9.0)
    x, y = layout.cards["b"]
    lane = [at for at_x, at in layout.routes[2] if x <= at_x <= x + 100.0]
    assert len(lane) == 2
    assert not y <= lane[0] <= y + 80.0
    assert len(ways) == 3


def test_a_story_longer_than_the_paper_is_wide_goes_on_below_as_text_does() -> None:
    names = [f"s{number}" for number in range(12)]
    pairs = list(pairwise(names))
    _, layout = laid_out(dict.fromkeys(names, 60.0), pairs, 1.4)
    assert 0.7 < layout.width / layout.height < 2.8
    assert len({y for _, y in layout.cards.values()}) > 1
    assert layout.routes.count(()) == len({y for _, y in layout.cards.values()}) - 1  # words say where these lead
