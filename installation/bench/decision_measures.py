"""The figures of the decision's bench: calm, delay, the same branch again, nothing carried over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from installation.bench.decision_courses import Seen
from installation.bench.decision_rows import Ours, Reference

SETTLED_SECONDS = 5.0
"""Time at the start of a course that no figure counts: a visitor's own resting face is still being learned."""
Row = Reference | Ours
RowType = Callable[[], Row]


@dataclass(frozen=True, slots=True)
class Protocol:
    """The courses, all made beforehand so that every row judges the very same frames."""

    still: list[list[Seen]]
    neutral: list[list[Seen]]
    onsets: list[list[Seen]]
    onsets_at_15: list[list[Seen]]
    replays: list[list[list[Seen]]]
    visits: list[list[Seen]]


CHANGES, FALSE, MEDIAN, P95 = "label changes, still face", "false events, neutral face", "onset to event", "onset, p95"
MISSED, MEDIAN_15, P95_15 = "onsets missed", "onset to event at 15 frames/s", "onset, p95 at 15 frames/s"
BRANCH, CARRIED = "same branch in noisy replays", "mood carried to the next visitor"
WHATS = (CHANGES, FALSE, MEDIAN, P95, MISSED, MEDIAN_15, P95_15, BRANCH, CARRIED)
COMPARED = (CHANGES, FALSE)
SAME = "same mood bright and dark"


def measure(row: RowType, protocol: Protocol) -> dict[tuple[str, str], float]:
    """Every figure of one row."""
    delays, missed = onset_delays(row, protocol.onsets)
    delays_15, _ = onset_delays(row, protocol.onsets_at_15)
    return {
        (CHANGES, "a minute"): a_minute(row, protocol.still, lambda before, now: before != now),
        (FALSE, "a minute"): a_minute(row, protocol.neutral, lambda before, now: now not in (before, None, "neutral")),
        (MEDIAN, "s"): float(np.median(delays)),
        (P95, "s"): float(np.percentile(delays, 95)),
        (MISSED, "%"): 100 * missed,
        (MEDIAN_15, "s"): float(np.median(delays_15)),
        (P95_15, "s"): float(np.percentile(delays_15, 95)),
        (BRANCH, "%"): 100 * float(np.mean([same_branch(row, scene) for scene in protocol.replays])),
        (CARRIED, "%"): 100 * float(np.mean([carried(row, course) for course in protocol.visits])),
    }


def decisions(row: Row, course: Iterable[Seen]) -> list[tuple[float, str | None]]:
    """The label of ``row`` at each frame of a course: (seconds, label or None)."""
    return [(now, row.update(faces, now)) for now, faces, _ in course]


def a_minute(
    row: RowType,
    group: list[list[Seen]],
    counts: Callable[[str | None, str | None], bool],
    settled: float = SETTLED_SECONDS,
) -> float:
    """How often a minute the label goes from one to another so that ``counts(before, now)``."""
    events, seconds = 0, 0.0
    for course in group:
        labels = [(t, label) for t, label in decisions(row(), course) if t >= course[0][0] + settled]
        events += sum(counts(a, b) for (_, a), (_, b) in pairwise(labels))
        seconds += labels[-1][0] - labels[0][0]
    return 60 * events / seconds


def onset_delays(row: RowType, group: list[list[Seen]]) -> tuple[list[float], float]:
    """Seconds from the first frame of each new expression to its event, and the share of those that never came.

    A missed one counts in the delays with the whole time in which it was shown.
    """
    delays, missed = [], 0
    for course in group:
        truth = course[-1][2]
        onset = next(t for t, _, shown in course if shown == truth)
        hit = next((t for t, label in decisions(row(), course) if t >= onset and label == truth), None)
        missed += hit is None
        delays.append((course[-1][0] if hit is None else hit) - onset)
    return delays, missed / len(group)


def same_branch(row: RowType, replays: list[list[Seen]]) -> float:
    """Share of the replays of one scene that take its commonest branch."""
    branches: Counter[str | None] = Counter()
    for replay in replays:
        judge = row()
        decisions(judge, replay)
        branches[judge.branch()] += 1
    return branches.most_common(1)[0][1] / len(replays)


def carried(row: RowType, course: list[Seen]) -> bool:
    """Is the first visitor's emotion reported without a break until the next one has been there for a second?"""
    first, last = course[0][2], course[-1][2]
    came = max(t for t, _, shown in course if shown != last)
    return all(label == first for t, label in decisions(row(), course) if came < t <= came + 1.0)
