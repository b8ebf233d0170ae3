"""What the last edit of the story changed: its takes against those with the version before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Literal

from installation.report.counts import StoryCounts
from installation.report.evenings import local
from installation.report.figures import FEWEST_TO_COMPARE, Difference, Edit, WayDifference
from installation.report.statistics import median_difference, newcombe, quantile
from installation.report.told import Told

SIDES = ("before", "after")


def last_edit(stories: Mapping[str, StoryCounts], zone: str) -> Edit | None:
    """The newest version with takes against the one before it; None: there is but one."""
    with_takes = {version: story for version, story in stories.items() if version and story.numbers["takes"]}
    versions = sorted(with_takes, key=lambda version: with_takes[version].last_at)[-2:]
    if len(versions) < 2:
        return None
    before, after = (with_takes[version] for version in versions)
    told = _counted(before, after)
    takes = [told.count((side, "takes")) for side in SIDES]
    known = None not in takes
    return Edit(
        at=local(after.first_at if after.first_at > before.last_at else before.last_at, zone),
        before=versions[0],
        after=versions[1],
        takes_before=takes[0] if known else None,
        takes_after=takes[1] if known else None,
        completed=_shares(told, "ended", "completed"),
        take_seconds=_medians(before.lengths, after.lengths),
        ways=_ways(told, before, after),
        scenes_added=tuple(name for name in after.scenes if name not in before.scenes),
        scenes_removed=tuple(name for name in before.scenes if name not in after.scenes),
    )


def _counted(before: StoryCounts, after: StoryCounts) -> Told:
    """Each cell is (side, name of the count)."""
    told = Told()
    for side, story in zip(SIDES, (before, after), strict=True):
        numbers = story.numbers
        told.add((side, "takes"), numbers["takes"])
        told.add((side, "ended"), numbers["completed"] + numbers["left"])
        told.add((side, "completed"), numbers["completed"])
        told.add((side, "left"), numbers["left"])
        told.adds_up([(side, "completed"), (side, "left")], (side, "ended"))
        for scene in {source for source, _, _ in story.flows}:
            out = {key: takes for key, takes in story.flows.items() if key[0] == scene}
            told.add((side, ("seen", scene)), sum(out.values()))
            for key, takes in out.items():
                told.add((side, ("flow", *key)), takes)
            told.adds_up([(side, ("flow", *key)) for key in out], (side, ("seen", scene)))
    return told


def _ways(told: Told, before: StoryCounts, after: StoryCounts) -> tuple[WayDifference, ...]:
    """Each way that both versions have, where both of them can be told."""
    both = sorted(key for key in before.flows.keys() & after.flows.keys() if key[0] and key[1])
    compared = [WayDifference(key[0], key[1], _shares(told, ("seen", key[0]), ("flow", *key))) for key in both]
    return tuple(one for one in compared if one.difference.before is not None)


def _shares(told: Told, whole: Hashable, part: Hashable) -> Difference:
    """A share before and after."""
    wholes = [told.count((side, whole)) for side in SIDES]
    parts = [told.count((side, part)) for side in SIDES]
    if min(one or 0 for one in wholes) < FEWEST_TO_COMPARE:
        return _nothing("too few")
    if None in parts:
        return _nothing("not told")
    before, after = (
        (part, whole) for part, whole in zip(parts, wholes, strict=True) if part is not None and whole is not None
    )
    low, high = newcombe(before, after)
    return Difference(before[0] / before[1], after[0] / after[1], low, high, _word(low, high))


def _medians(before: Counter[int], after: Counter[int]) -> Difference:
    if min(before.total(), after.total()) < FEWEST_TO_COMPARE:
        return _nothing("too few")
    low, high = median_difference(before, after)
    return Difference(quantile(before, 0.5), quantile(after, 0.5), low, high, _word(low, high))


def _nothing(why: Literal["too few", "not told"]) -> Difference:
    return Difference(None, None, None, None, why)


def _word(low: float, high: float) -> Literal["more", "less", "no difference seen"]:
    return "more" if low > 0 else "less" if high < 0 else "no difference seen"
