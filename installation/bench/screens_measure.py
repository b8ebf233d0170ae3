"""How far apart screens are, from what each was seen to show: when each new picture came, and which it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FRAME = 1 / 30
SAME_WITHIN_SECONDS = 2.5
"""One picture of one scene comes again only after more than twice as long: the scenes go round."""
MOMENTS_EVERY_SECONDS = 0.005
HEALED_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What a screen showed: each picture once, when it came. ``at`` (n,) seconds, ``picture`` (n,) mark and number."""

    at: np.ndarray
    picture: np.ndarray

    def between(self, begin: float, end: float) -> Shown:
        """What came in a time."""
        inside = (self.at >= begin) & (self.at < end)
        return Shown(self.at[inside], self.picture[inside])


def shown(rows: np.ndarray) -> Shown:
    """From (n, 3): seconds, mark, number; pictures drawn again and those without a mark are left out."""
    rows = rows[rows[:, 1] >= 0]
    picture = rows[:, 1].astype(np.int64) << 16 | rows[:, 2].astype(np.int64)
    new = np.concatenate(([True], picture[1:] != picture[:-1])) if len(picture) else np.zeros(0, bool)
    return Shown(rows[new, 0], picture[new])


def offsets(leader: Shown, screen: Shown) -> tuple[np.ndarray, np.ndarray]:
    """(when, seconds late) of each picture that both have shown: the same picture's flip here less the leader's.

    A picture that the leader has never shown about then is left out; see ``apart`` for all moments.
    """
    when, late = [], []
    order = np.argsort(leader.picture, kind="stable")  # in time, within one picture
    pictures, times = leader.picture[order], leader.at[order]
    for at, picture in zip(screen.at, screen.picture, strict=True):
        first, last = np.searchsorted(pictures, [picture, picture + 1])
        if first == last:
            continue
        nearest = float(times[first:last][np.abs(times[first:last] - at).argmin()])
        if abs(at - nearest) < SAME_WITHIN_SECONDS:
            when.append(at)
            late.append(at - nearest)
    return np.array(when), np.array(late)


def apart(leader: Shown, screen: Shown, begin: float, end: float) -> tuple[np.ndarray, np.ndarray]:
    """(moments, frames) that the picture on the screen is from the leader's, at common moments of the true clock.

    Each picture is placed on the leader's own row of pictures (those it has left out counted in); what has no place
    there about then counts as ``SAME_WITHIN_SECONDS``.
    """
    moments = np.arange(begin, end, MOMENTS_EVERY_SECONDS)
    places = _places(leader)
    theirs = places[np.clip(np.searchsorted(leader.at, moments, side="right") - 1, 0, None)]
    own = _placed(leader, places, screen)[np.clip(np.searchsorted(screen.at, moments, side="right") - 1, 0, None)]
    frames = np.abs(own - theirs)
    return moments, np.where(np.isnan(frames), SAME_WITHIN_SECONDS / FRAME, frames)


def _places(leader: Shown) -> np.ndarray:
    """The number of each picture since the first, through all scenes; within a scene by the picture's own number."""
    mark, number = leader.picture >> 16, leader.picture & 0xFFFF
    step = np.diff(number)
    cut = (np.diff(mark) != 0) | (step < 0)
    return np.concatenate(([0], np.cumsum(np.where(cut, 1 + number[1:], step)))).astype(float)


def _placed(leader: Shown, places: np.ndarray, screen: Shown) -> np.ndarray:
    """Where on the leader's row each picture of another screen has its place; not a number where it has none."""
    out = np.full(len(screen.at), np.nan)
    mark, number = leader.picture >> 16, leader.picture & 0xFFFF
    begins = np.concatenate(([0], np.flatnonzero((np.diff(mark) != 0) | (np.diff(number) < 0)) + 1))
    zero = places[begins] - number[begins]
    for n, (at, picture) in enumerate(zip(screen.at, screen.picture, strict=True)):
        visit = int(np.searchsorted(leader.at[begins], at, side="right")) - 1
        best = None
        for near in (visit - 1, visit, visit + 1):  # at a cut one of the two is in the scene before or after
            if 0 <= near < len(begins) and mark[begins[near]] == picture >> 16:
                place = zero[near] + (picture & 0xFFFF)
                here = places[min(max(int(np.searchsorted(leader.at, at, side="right")) - 1, 0), len(places) - 1)]
                if best is None or abs(place - here) < abs(best - here):
                    best = place
        if best is not None:
            out[n] = best
    return out


def healed_after(leader: Shown, screen: Shown, since: float, until: float) -> float:
    """Seconds after ``since`` from which on it is never more than a frame from the leader through ``HEALED_SECONDS``;
    infinite if it never is.
    """
    moments, frames = apart(leader, screen, since, until)
    bad = np.concatenate(([-1], np.flatnonzero(frames > 1), [len(moments)]))
    long_enough = np.flatnonzero(np.diff(bad) > HEALED_SECONDS / MOMENTS_EVERY_SECONDS)
    return (bad[long_enough[0]] + 1) * MOMENTS_EVERY_SECONDS if len(long_enough) else float("inf")
