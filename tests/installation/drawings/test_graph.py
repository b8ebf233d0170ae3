"""A story's graph as the console draws it."""

import re

from installation.drawings.graph import CARD, graph_of

HUNDRED = [f"scene {number}" for number in range(100)]
WAYS = [(f"scene {n}", f"scene {to}") for n in range(100) for to in (2 * n + 1, 2 * n + 2, 0) if to < 100]


def test_a_hundred_scenes_stand_without_one_over_another_and_each_way_from_card_to_card() -> None:
    graph = graph_of(HUNDRED, WAYS)
    corners = list(graph.cards.values())
    for number, (x, y) in enumerate(corners):
        assert 0 <= x <= graph.width - CARD[0]
        assert 0 <= y <= graph.height - CARD[1]
        assert not [1 for other in corners[:number] if abs(other[0] - x) < CARD[0] and abs(other[1] - y) < CARD[1]]
    assert set(graph.ways) == set(WAYS)
    for (source, target), path in graph.ways.items():
        x1, y1, *_, x2, y2 = map(float, re.findall(r"-?[\d.]+", path))
        for (x, y), name in (((x1, y1), source), ((x2, y2), target)):
            left, top = graph.cards[name]
            assert left - 0.1 <= x <= left + CARD[0] + 0.1
            assert top - 0.1 <= y <= top + CARD[1] + 0.1


def test_ways_lead_to_the_right_but_for_those_that_lead_back() -> None:
    graph = graph_of(("a", "b", "c", "a"), [("a", "b"), ("b", "c"), ("c", "a"), ("b", "b"), ("b", "c"), ("c", "gone")])
    assert graph.cards["a"][0] < graph.cards["b"][0] < graph.cards["c"][0]
    assert list(graph.cards) == ["a", "b", "c"]
    assert set(graph.ways) == {("a", "b"), ("b", "c"), ("c", "a"), ("b", "b")}
    lowest = max(float(number) for number in re.findall(r"[\d.]+ ([\d.]+)", graph.ways["c", "a"]))
    assert lowest > CARD[1], "a way back goes under the cards"
