"""A course in motion: a light moves along the way and uncovers it; then the earlier visitors; then it goes round."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from installation.course.canvases import Canvases
from installation.course.palette import INK
from installation.course.sheet import Fade, Sheet
from installation.drawings.course_layout import Box
from installation.film.picture_drawer import RATE
from models.arrays import Image

RISES_SECONDS = 1.0
"""The ground and the heading come out of black; the player holds these pictures ready before the take is over ..."""
STANDS_UNTIL = 2.0
"""... and here they stand while the rest is drawn."""
SWEEP_SHARE, SHORTEST_SWEEP, LONGEST_SWEEP = 0.42, 2.5, 13.0
FADE_SECONDS = 0.8
ROUND_SECONDS = 6.0
"""In so much time the light goes along the whole way again."""
SOFT_EDGE = 0.045
"""Of the width: the edge of what is uncovered."""


def rising(ground: Image, canvases: Canvases) -> Iterator[tuple[float, Image]]:
    """The first pictures: ``ground`` comes out of black and stands."""
    count = round(RISES_SECONDS * RATE)
    for number in range(count):
        share, canvas = (number + 1) / count, canvases.free()
        cv2.convertScaleAbs(ground, dst=canvas, alpha=share * share * (3 - 2 * share))
        yield number / RATE, canvas
    for number in range(count, round(STANDS_UNTIL * RATE)):
        yield number / RATE, ground


def standing(ground: Image, seconds: float) -> Iterator[tuple[float, Image]]:
    """All later pictures where there is nothing to show: an operator came here past the film."""
    for number in range(round(STANDS_UNTIL * RATE), round(seconds * RATE)):
        yield number / RATE, ground


def uncovering(sheet: Sheet, seconds: float, canvases: Canvases) -> Iterator[tuple[float, Image]]:
    """All later pictures of a course of ``seconds``."""
    layout = sheet.layout
    sweep = min(max(SWEEP_SHARE * seconds, SHORTEST_SWEEP), LONGEST_SWEEP, max(0.5, seconds - STANDS_UNTIL - 2))
    wide = layout.size[0]
    soft = max(2, round(SOFT_EDGE * wide))
    begin, end = layout.strip.x, layout.right + soft
    stage = sheet.ground.copy()
    pending = {id(fade): fade for fade in sheet.fades}
    beneath: dict[int, Image] = {}
    lit = 0
    for number in range(round(STANDS_UNTIL * RATE), round(seconds * RATE)):
        now = number / RATE - STANDS_UNTIL
        x = begin + round((end - begin) * min(1.0, now / sweep))
        lit = _uncover(stage, sheet, lit, x, soft)
        canvas = canvases.free()
        np.copyto(canvas, stage)
        _blend_edge(canvas, sheet, lit, x)
        for key, fade in list(pending.items()):
            share = (now - _due(fade, begin, end, sweep)) / FADE_SECONDS
            if share <= 0:
                continue
            rows, columns = fade.box.rows(), fade.box.columns()
            under = beneath.setdefault(key, stage[rows, columns].copy())
            share = min(1.0, share)
            mixed = cv2.addWeighted(fade.picture, share, under, 1 - share, 0)
            canvas[rows, columns] = mixed
            if share == 1.0:
                stage[rows, columns] = mixed
                del pending[key], beneath[key]
        _shine(canvas, sheet, x if now < sweep else None, now - sweep)
        yield number / RATE, canvas


def _due(fade: Fade, begin: int, end: int, sweep: float) -> float:
    """When it begins, seconds after the light has."""
    return sweep + fade.after if fade.x is None else sweep * (fade.x - begin) / max(1, end - begin) + 0.15


def _uncover(stage: Image, sheet: Sheet, lit: int, x: int, soft: int) -> int:
    """Put what the light has left behind into ``stage``; up to where."""
    until = max(lit, min(x - soft, sheet.layout.size[0]))
    top, bottom = _band(sheet)
    stage[top:bottom, lit:until] = sheet.uncovered[top:bottom, lit:until]
    return until


def _blend_edge(canvas: Image, sheet: Sheet, lit: int, x: int) -> None:
    """From what is uncovered to what is not yet, softly."""
    right = min(x, canvas.shape[1])
    if right <= lit:
        return
    top, bottom = _band(sheet)
    share = np.linspace(1, 0, right - lit, dtype=np.float32)[None, :, None]
    shown, covered = (picture[top:bottom, lit:right].astype(np.float32) for picture in (sheet.uncovered, sheet.ground))
    canvas[top:bottom, lit:right] = covered + (shown - covered) * share


def _band(sheet: Sheet) -> tuple[int, int]:
    """The rows that the light uncovers."""
    layout = sheet.layout
    return layout.curves.y - layout.length(12), layout.others.y


def _shine(canvas: Image, sheet: Sheet, x: int | None, after: float) -> None:
    """The light itself: a spark on the way's line, which later goes along it again and again."""
    layout = sheet.layout
    strength = 1.0
    if x is None:
        round_share = (after / ROUND_SECONDS) % 1.0
        strength = 0.75 * min(1.0, 8 * round_share, 8 * (1 - round_share))
        x = layout.strip.x + round(round_share * layout.strip.wide)
    if layout.strip.x <= x <= layout.strip.right:
        _spark(canvas, x, layout.way_y, layout.length(26), strength)


def _spark(canvas: Image, x: int, y: int, reach: int, strength: float) -> None:
    box = Box(max(0, x - reach), max(0, y - reach), 0, 0)
    part = canvas[box.y : y + reach + 1, box.x : x + reach + 1, :3]
    down, across = np.ogrid[box.y : box.y + part.shape[0], box.x : box.x + part.shape[1]]
    away = np.hypot(across - x, down - y) / reach
    light = (np.clip(1 - away, 0, 1) ** 2.2 * strength)[..., None]
    part[:] = np.clip(part + light * np.array(INK), 0, 255)
