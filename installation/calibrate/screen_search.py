"""Where the film's display is in the camera's picture, from pictures of a room in which it showed ``flash_pattern``.

Each block of the picture is explained by the six fields' sequences and by slow changes (lamps, daylight, a visitor who
walks); least squares. A block belongs to the display where one field explains most of what it does, strongly: light
that the display throws on walls and faces is a mixture of fields, and weaker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from calibration.settings import Polygon
from installation.calibrate.flash_pattern import COLUMNS, FIELDS, fields_seen
from models.arrays import Doubles, Floats, Image, Mask

BLOCKS_WIDE = 160
GAMMA = 2.2
LONGEST_DELAY, DELAY_STEP = 2.0, 0.05
"""Seconds from the display to the program: a network camera may be so late."""
SLOW_TERMS = 9
"""Cosines over the whole time: all that changes more slowly than in 5 s is not asked."""
EXPLAINED, PURE, STRONG = 0.5, 0.85, 0.2
"""Of what a block does (in energy), the share that the fields explain (on the display 0.7 and more, also when pictures
come unevenly; noise and who walks by 0.4 at most); the share of the strongest field in that (0.9 and more; light thrown
on walls has 0.5); and how strong that one is, as a share of the strongest blocks'."""
SMALLEST = 0.002
"""Of the picture: less is no display in which a face would be found."""
JOINED = 0.4
"""Pieces belong together whose fields lie where those of the largest piece lead, to so many fields' widths."""
MARGIN = 0.008
"""Of the picture's width, that a mask goes beyond what was found: lenses blur, cameras get knocked."""
LEAST_PICTURES = 60


@dataclass(frozen=True, slots=True)
class FoundScreen:
    """The display as the camera sees it."""

    corners: Polygon
    """Around it, as shares of the picture; four of them unless the picture's border cuts it."""
    share: float
    """Of the picture that lies inside, 0 to 1."""
    fields: int
    """Of the six fields, how many were seen: less when somebody stands before it, or a part is not in the picture."""
    delay_seconds: float
    """From the display to the program."""


def small_light(picture: Image) -> Floats:
    """The picture (height, width, 3) in blocks, as linear light from 0 to 1: what ``find_screen`` is given."""
    height = max(1, round(BLOCKS_WIDE * picture.shape[0] / picture.shape[1]))
    small = cv2.resize(picture, (BLOCKS_WIDE, height), interpolation=cv2.INTER_AREA).mean(axis=2)
    return np.asarray((small / 255) ** GAMMA, np.float32)


def find_screen(pictures: Sequence[Floats], taken: Sequence[float], shown: Sequence[float]) -> FoundScreen | None:
    """The display in ``pictures`` ((h, w) light each), or None where it cannot be seen.

    ``taken`` and ``shown``: as for ``fields_seen``. Raises ValueError for fewer than ``LEAST_PICTURES``.
    """
    if len(pictures) < LEAST_PICTURES:
        raise ValueError(f"{len(pictures)} pictures are too few to find the screen in")
    height, width = pictures[0].shape
    light = _without_slow(np.stack(pictures).reshape(len(pictures), -1))
    times, steps = np.array(taken), np.array(shown)
    delay = _delay(light, times, steps)
    seen = _without_slow(fields_seen(times, steps, delay))
    strengths = np.asarray(np.linalg.pinv(seen) @ light, np.float32).reshape(FIELDS, height, width)
    field = _own_field(strengths, _explained(light, seen).reshape(height, width))
    found = _pieces(field)
    if found.mean() < SMALLEST:
        return None
    corners = _corners(found)
    return FoundScreen(corners, _area(corners), len(np.unique(field[found & (field >= 0)])), round(delay, 2))


def _without_slow(series: Floats) -> Floats:
    """Each column (t, n) without its mean and its slow changes."""
    count = len(series)
    when = (np.arange(count) + 0.5) / count
    slow = np.linalg.qr(np.cos(np.pi * np.outer(when, np.arange(SLOW_TERMS))))[0].astype(np.float32)
    return np.asarray(series - slow @ (slow.T @ series), np.float32)


def _explained(light: Floats, seen: Floats) -> Floats:
    """(n,): of each block's changes, the share that the fields explain."""
    basis = np.linalg.qr(seen)[0]
    return np.asarray(((basis.T @ light) ** 2).sum(0) / np.maximum((light**2).sum(0), 1e-9), np.float32)


def _delay(light: Floats, times: Doubles, steps: Doubles) -> float:
    """The delay with which the picture follows the fields best; what follows them most decides."""
    some = light[:, :: max(1, light.shape[1] // 1500)]
    delays = np.arange(0.0, LONGEST_DELAY, DELAY_STEP)
    score = [float((_explained(some, _without_slow(fields_seen(times, steps, one))) ** 2).sum()) for one in delays]
    return float(delays[int(np.argmax(score))])


def _own_field(strengths: Floats, explained: Floats) -> np.ndarray:
    """(h, w): which field a block shows, -1 for none."""
    best = strengths.max(axis=0)
    pure = best**2 / np.maximum((strengths**2).sum(axis=0), 1e-9)
    own = (explained >= EXPLAINED) & (pure >= PURE)
    if own.any():
        own &= best >= STRONG * np.percentile(best[own], 95)
    return np.where(own, strengths.argmax(axis=0), -1)


def _pieces(field: np.ndarray) -> Mask:
    """Where the display is: the largest connected piece, and those whose fields lie where they belong beside it."""
    whole = cv2.morphologyEx((field >= 0).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, label, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=4)
    order = sorted(range(1, count), key=lambda one: -int(stats[one, cv2.CC_STAT_AREA]))
    found = np.zeros(field.shape, bool)
    for number in order:
        piece = (label == number) & (field >= 0)
        if stats[number, cv2.CC_STAT_AREA] < SMALLEST * field.size / 4:
            break
        if not found.any() or _belongs(piece, found, field):
            found |= piece
    return np.asarray(found)


def _belongs(piece: Mask, found: Mask, field: np.ndarray) -> bool:
    """Whether fields lie in ``piece`` as an affine map of those in ``found`` leads: not in a mirror of the display."""
    rows, columns = np.nonzero(found)
    places = np.column_stack([columns, rows, np.ones(len(rows))])
    led = np.linalg.lstsq(places, _middles(field[found]), rcond=None)[0]
    rows, columns = np.nonzero(piece)
    away = np.column_stack([columns, rows, np.ones(len(rows))]) @ led - _middles(field[piece])
    return bool(np.median(np.abs(away).max(axis=1)) < 0.5 + JOINED)


def _middles(fields: np.ndarray) -> Doubles:
    """(n, 2): column and row of fields on the display, in fields' widths and heights."""
    return np.column_stack([fields % COLUMNS, fields // COLUMNS]).astype(np.float64)


def _corners(found: Mask) -> Polygon:
    """Four corners around what was found, with the margin: also where a visitor stands before one of them."""
    height, width = found.shape
    rows, columns = np.nonzero(found)
    # The four corners of each block, and the margin around them.
    reach = 0.5 + MARGIN * width
    points = np.concatenate(
        [np.column_stack([columns + x, rows + y]) for x in (-reach, reach) for y in (-reach, reach)]
    )
    hull = cv2.convexHull(points.astype(np.float32))[:, 0]
    four = _four_sided(hull.astype(np.float64))
    inside = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    _, clipped = cv2.intersectConvexConvex(hull if four is None else four, inside)
    simple = cv2.approxPolyDP(clipped, 0.5, True)[:, 0]
    shares = np.clip((simple + 0.5) / [width, height], 0, 1)
    return tuple((round(float(x), 4), round(float(y), 4)) for x, y in shares)


def _four_sided(hull: Doubles) -> Floats | None:
    """The hull with sides taken away, each time the one whose neighbours then meet with the least more area."""
    corners = list(hull)
    while len(corners) > 4:
        tried = [
            (more, i, meet) for i in range(len(corners)) if (one := _without_side(corners, i)) for more, meet in [one]
        ]
        if not tried:
            return None
        _, i, meet = min(tried, key=lambda one: one[0])
        after = (i + 1) % len(corners)
        corners[i] = meet
        del corners[after]
    return np.array(corners, np.float32) if len(corners) == 4 else None


def _without_side(corners: list[Doubles], i: int) -> tuple[float, Doubles] | None:
    """How much larger it is without the side from ``i`` on, and where its neighbours meet; None where they do not."""
    count = len(corners)
    before, begin, end, after = (corners[(i + k) % count] for k in (-1, 0, 1, 2))
    along, back = begin - before, end - after
    across = along[0] * back[1] - along[1] * back[0]
    if abs(across) < 1e-9:
        return None
    gap = end - begin
    reach = (gap[0] * back[1] - gap[1] * back[0]) / across
    if reach < 0:
        return None
    meet = begin + reach * along
    more = gap[0] * (meet - begin)[1] - gap[1] * (meet - begin)[0]
    return abs(float(more)) / 2, meet


def _area(polygon: Polygon) -> float:
    """Of the picture."""
    return float(cv2.contourArea(np.array(polygon, np.float32)))
