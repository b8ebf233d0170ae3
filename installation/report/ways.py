"""Ways through the film: flows from scene to scene, choices, and the mood over each scene."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence

from installation.report.counts import PARTS, EveningCounts, FlowKey, MeanMood, StoryCounts, WayCounts, parts_of_a_scene
from installation.report.figures import FEWEST, ChoiceFigures, Flow, MoodBin, SceneFigures, WayStood
from installation.report.told import Told


def count_ways(told: Told, stories: Iterable[StoryCounts], days: Sequence[EveningCounts], total: Hashable) -> None:
    """Tell ``told`` of all flows and choices, and how they add up."""
    flows = merged_flows(stories)
    for key, takes in flows.items():
        told.add(("flow", *key), takes)
    for scene in {name for source, target, _ in flows for name in (source, target) if name}:
        out = [key for key in flows if key[0] == scene]
        seen = sum(flows[key] for key in out)
        left = flows[(scene, "", "left")]
        told.add(("seen", scene), seen)
        told.add(("flow", scene, "", "left"), left)
        told.add(("stayed", scene), seen - left)
        told.adds_up([("flow", *key) for key in out], ("seen", scene))
        told.adds_up([("flow", *key) for key in flows if key[1] == scene], ("seen", scene))
    told.adds_up([("flow", *key) for key in flows if not key[0]], ("takes", total))
    for end in ("completed", "left"):
        told.adds_up([("flow", *key) for key in flows if key[2] == end], (end, total))
    for scene, ways in merged_choices(days).items():
        told.add(("fell", scene), sum(way.taken for way in ways.values()))
        for way, counts in ways.items():
            told.add(("choice", scene, *way), counts.taken)
        told.adds_up([("choice", scene, *way) for way in ways], ("fell", scene))
        for target in {to for to, _ in ways}:
            told.adds_up([("choice", scene, *way) for way in ways if way[0] == target], ("flow", scene, target, ""))


def flows_told(told: Told, stories: Iterable[StoryCounts]) -> tuple[Flow, ...]:
    """Every way that a take went."""
    cells = ((key, ("flow", *key)) for key in sorted(merged_flows(stories)))
    return tuple(Flow(*key, told.count(cell), told.about(cell)) for key, cell in cells)


def scenes_told(told: Told, story: StoryCounts, days: Sequence[EveningCounts]) -> tuple[SceneFigures, ...]:
    """The scenes in the order of the story, then those that it no longer has."""
    moods: defaultdict[str, list[MeanMood]] = defaultdict(parts_of_a_scene)
    shown = set[str]()
    for one in days:
        for version in one.stories.values():
            shown.update(name for source, target, _ in version.flows for name in (source, target) if name)
        for scene, parts in one.scenes.items():
            for whole, part in zip(moods[scene], parts, strict=True):
                whole.add(part)
    own = [name for name in story.scenes if name not in story.homes]
    return tuple(
        SceneFigures(
            name=scene,
            seconds=story.scenes.get(scene),
            ending=scene in story.endings,
            seen=told.count(("seen", scene)),
            seen_about=told.about(("seen", scene)),
            left=told.share(("flow", scene, "", "left"), ("stayed", scene), ("seen", scene)),
            moods=tuple(mood_bin(part / PARTS, (part + 1) / PARTS, mood) for part, mood in enumerate(moods[scene])),
        )
        for scene in [*own, *sorted(shown - set(own))]
    )


def choices_told(told: Told, days: Sequence[EveningCounts]) -> tuple[ChoiceFigures, ...]:
    """What each choice stood at when it fell."""
    return tuple(
        ChoiceFigures(
            scene, fell := told.count(("fell", scene)), tuple(_way(told, scene, fell, *one) for one in ways.items())
        )
        for scene, ways in merged_choices(days).items()
    )


def _way(told: Told, scene: str, fell: int | None, way: tuple[str, str], counts: WayCounts) -> WayStood:
    taken = told.count(("choice", scene, *way))
    stood = round(counts.shares / counts.stood, 3) if counts.stood >= FEWEST else None
    share = taken / fell if fell and taken is not None else None
    return WayStood(way[0], way[1], taken, share, stood, counts.needed, told.about(("choice", scene, *way)))


def mood_bin(begin: float, end: float, mood: MeanMood) -> MoodBin:
    """A part of an evening or of a scene; empty where too few were seen in it."""
    if mood.visits < FEWEST or not mood.weight:
        return MoodBin(begin, end, None, None, None)
    values = [round(value, 4) for value in mood.mean]
    return MoodBin(begin, end, tuple(values[:-2]), values[-2], values[-1])


def merged_flows(stories: Iterable[StoryCounts]) -> Counter[FlowKey]:
    """Over all versions of the story."""
    flows: Counter[FlowKey] = Counter()
    for story in stories:
        flows.update(story.flows)
    return flows


def merged_choices(days: Iterable[EveningCounts]) -> dict[str, dict[tuple[str, str], WayCounts]]:
    """Over all evenings."""
    merged: dict[str, dict[tuple[str, str], WayCounts]] = {}
    for one in days:
        for scene, ways in one.choices.items():
            for way, counts in ways.items():
                whole = merged.setdefault(scene, {}).setdefault(way, WayCounts())
                whole.taken += counts.taken
                whole.stood += counts.stood
                whole.shares += counts.shares
                whole.needed = counts.needed
    return merged
