"""Drawings of the report, as inline SVG: nothing is loaded from elsewhere."""

from __future__ import annotations

import math
from html import escape

import numpy as np

from calibration.profile import LightProfile
from calibration.settings import Polygon
from installation.calibrate.draft import PersonAccuracy
from installation.calibrate.lamp_drawing import towards
from models.arrays import Doubles
from models.evaluation.metrics import Scores
from models.labels import LABELS

INK, WARM, DIM = "#2b2622", "#c9822b", "#b9b0a6"


def lamp_drawing(light: LightProfile) -> str:
    """The room from the side and from above, with the face in the middle and the lamp where it was found."""
    right, up, front = towards(light)
    side = _view(110, "from the side", front, up, light, "camera")
    above = _view(330, "from above", right, -front, light, "camera below")
    return _svg(440, 230, [side, above])


def screen_drawing(corners: Polygon) -> str:
    """The camera's picture, and in it what was found to be the film's screen."""
    points = " ".join(f"{320 * x:.0f},{180 * y:.0f}" for x, y in corners)
    return _svg(
        320,
        180,
        [
            f'<rect width="320" height="180" fill="none" stroke="{DIM}"/>',
            f'<polygon points="{points}" fill="{WARM}" fill-opacity="0.5" stroke="{INK}"/>',
        ],
    )


def _view(x: float, title: str, along: float, upward: float, light: LightProfile, camera: str) -> str:
    lamp_x, lamp_y = x + 85 * along, 115 - 85 * upward
    size = 5 + light.radius_degrees * 0.5
    lens = (x + 88, 115) if camera == "camera" else (x, 203)
    return (
        f'<text x="{x}" y="16" text-anchor="middle">{title}</text>'
        f'<circle cx="{x}" cy="115" r="85" fill="none" stroke="{DIM}" stroke-dasharray="3 5"/>'
        f'<line x1="{lamp_x:.0f}" y1="{lamp_y:.0f}" x2="{x}" y2="115" stroke="{WARM}"/>'
        f'<circle cx="{x}" cy="115" r="15" fill="#e8ddd0" stroke="{INK}"/>'
        f'<circle cx="{lamp_x:.0f}" cy="{lamp_y:.0f}" r="{size:.0f}" fill="{WARM}"/>'
        f'<rect x="{lens[0] - 6}" y="{lens[1] - 5}" width="12" height="10" fill="{INK}"/>'
    )


def confusion_drawing(found: Scores, title: str) -> str:
    """Confusion matrix. Rows: the emotion asked for; columns: the one recognised."""
    there = [i for i in range(len(LABELS)) if found.confusion[i].sum() or found.confusion[:, i].sum()]
    cell, left, top = 38, 96, 92
    parts = [f'<text x="{left}" y="14" font-weight="bold">{title}</text>']
    for row, i in enumerate(there):
        total = max(int(found.confusion[i].sum()), 1)
        parts.append(f'<text x="{left - 6}" y="{top + row * cell + 23}" text-anchor="end">{LABELS[i]}</text>')
        x = left + row * cell + 22
        parts.append(f'<text x="{x}" y="{top - 6}" transform="rotate(-50 {x} {top - 6})">{LABELS[i]}</text>')
        for column, j in enumerate(there):
            share = found.confusion[i, j] / total
            parts.append(
                f'<rect x="{left + column * cell}" y="{top + row * cell}" width="{cell - 2}" height="{cell - 2}"'
                f' fill="{WARM}" fill-opacity="{share:.2f}" stroke="{DIM}"/>'
            )
            if found.confusion[i, j]:
                text = f"{100 * share:.0f}"
                where = f'x="{left + column * cell + 18}" y="{top + row * cell + 23}"'
                parts.append(f'<text {where} text-anchor="middle">{text}</text>')
    side = len(there) * cell
    return _svg(left + side + 60, top + side, parts)


def reliability_drawing(before: Doubles, after: Doubles) -> str:
    """Reliability diagram: accuracy (up) over confidence (to the right); on the diagonal both are equal."""
    parts = [
        f'<rect x="40" y="10" width="200" height="200" fill="none" stroke="{DIM}"/>',
        f'<line x1="40" y1="210" x2="240" y2="10" stroke="{DIM}" stroke-dasharray="4 4"/>',
        '<text x="140" y="232" text-anchor="middle">confidence</text>',
        '<text x="14" y="110" text-anchor="middle" transform="rotate(-90 14 110)">accuracy</text>',
    ]
    for rows, colour in ((before, DIM), (after, WARM)):
        for confidence, right, share in rows:
            if np.isfinite(confidence):
                radius = 3 + 12 * math.sqrt(share)
                x, y = 40 + 200 * confidence, 210 - 200 * right
                parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.1f}" fill="{colour}" fill-opacity="0.6"/>')
    return _svg(250, 240, parts)


def bars(rows: tuple[PersonAccuracy, ...]) -> str:
    """Of each person: accuracy before (gray) and after (warm)."""
    parts = []
    for k, row in enumerate(rows):
        y = 10 + 34 * k
        parts.append(f'<text x="60" y="{y + 16}" text-anchor="end">{escape(row.initials)} ({row.faces})</text>')
        for value, colour, down in ((row.before, DIM, 0), (row.after, WARM, 12)):
            parts.append(f'<rect x="68" y="{y + down}" width="{220 * value:.0f}" height="10" fill="{colour}"/>')
            parts.append(f'<text x="{74 + 220 * value:.0f}" y="{y + down + 9}" font-size="10">{value:.0%}</text>')
    return _svg(340, 20 + 34 * len(rows), parts)


def _svg(width: int, height: int, parts: list[str]) -> str:
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img">{"".join(parts)}</svg>'
