"""A story as one page for the wall of the cutting room: its scenes with pictures, and which leads where."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from xml.sax.saxutils import escape

from calibration.plain import plain
from scenes.story.graph_layout import Layout, Spacing, Way, curve, lay_out, leading_back
from scenes.story.story import Story
from scenes.story.wall_card import (
    CLOSES,
    FRAME,
    GREY,
    INK,
    LISTENS,
    WIDTH,
    Card,
    Pictures,
    attribute,
    card,
    in_words,
    svg_text,
    wide,
    wrapped,
)

PAPERS = {"A4": (297, 210), "A3": (420, 297), "A2": (594, 420), "A1": (841, 594), "A0": (1189, 841)}
"""Width and height in millimetres, lying."""
FONTS = "Inter, Noto Sans, DejaVu Sans, Helvetica, Arial, sans-serif"
MARGIN, TITLE_HEIGHT, FOOT_HEIGHT = 10.0, 18.0, 6.0
SPACING = Spacing(width=WIDTH, column_gap=96.0, row_gap=34.0, entry=22.0)
LARGEST = 0.42
"""Millimetres for a unit of the drawing; more would only make a small story coarse."""
LEAST_LETTERS_MM = 1.2
"""Smaller letters are not read from where one stands before a wall."""


def wall_svg(story: Story, pictures: Mapping[str, Pictures], paper: str = "A3", stand: str = "") -> str:
    """The page as SVG, in millimetres. ``stand``: of which day the story is. Nothing in it lies elsewhere."""
    width, height = PAPERS[paper]
    drawing = _Drawing(story, pictures, (width - 2 * MARGIN) / (height - 2 * MARGIN - TITLE_HEIGHT - FOOT_HEIGHT))
    layout, scale = drawing.layout, drawing.scale(width, height)
    left = MARGIN + (width - 2 * MARGIN - layout.width * scale) / 2
    room = height - 2 * MARGIN - TITLE_HEIGHT - FOOT_HEIGHT
    top = MARGIN + TITLE_HEIGHT + (room - layout.height * scale) / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
            f'viewBox="0 0 {width} {height}" font-family="{FONTS}">',
            f"<title>{escape(plain(story.title))}</title>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *_heading(story, width, stand),
            f'<g transform="translate({left:.2f} {top:.2f}) scale({scale:.4f})">',
            *drawing.ways(),
            *drawing.cards(),
            "</g>",
            *_legend(height),
            "</svg>",
        ]
    )


def wall_html(story: Story, pictures: Mapping[str, Pictures], paper: str = "A3", stand: str = "") -> str:
    """The same page as HTML that a browser prints on ``paper``."""
    width, height = PAPERS[paper]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(plain(story.title))}</title>\n"
        f"<style>@page {{ size: {width}mm {height}mm; margin: 0 }} body {{ margin: 0; background: #777 }} "
        "svg { display: block; background: #fff; max-width: 100%; height: auto } "
        f"@media print {{ svg {{ width: {width}mm; height: {height}mm; max-width: none }} }}</style>\n"
        f"</head>\n<body>\n{wall_svg(story, pictures, paper, stand)}\n</body>\n</html>\n"
    )


def letters_mm(story: Story, paper: str) -> float:
    """How high the smallest letters are on this paper."""
    width, height = PAPERS[paper]
    ratio = (width - 2 * MARGIN) / (height - 2 * MARGIN - TITLE_HEIGHT - FOOT_HEIGHT)
    return 10.0 * _Drawing(story, {}, ratio).scale(width, height)


class _Drawing:
    """The scenes as cards with their places, in the drawing's own unit."""

    def __init__(self, story: Story, pictures: Mapping[str, Pictures], ratio: float) -> None:
        self._story = story
        self._colours = {name: _colour(number) for number, name in enumerate(story.names)}
        home = (story.file.attract, story.file.safe)
        order = list(dict.fromkeys((story.file.attract, story.file.start, *story.names)))
        ways = [
            (name, number, branch.to)
            for name in order
            for number, branch in enumerate(story.branches(name))
            if branch.to not in home
        ]
        back = {ways[number][:2] for number in leading_back(order, [(source, to) for source, _, to in ways])}
        self._cards: dict[str, Card] = {
            name: card(
                story,
                name,
                pictures.get(name, Pictures()),
                self._colours,
                {number for source, number in back if source == name},
            )
            for name in order
        }
        self._ways = [
            Way(name, to, self._cards[name].ports[number]) for name, number, to in ways if (name, number) not in back
        ]
        heights = {name: made.height for name, made in self._cards.items()}
        self.layout: Layout = lay_out(heights, self._ways, SPACING, ratio)

    def scale(self, width: float, height: float) -> float:
        """Millimetres for a unit of the drawing."""
        room = height - 2 * MARGIN - TITLE_HEIGHT - FOOT_HEIGHT
        return min((width - 2 * MARGIN) / self.layout.width, room / self.layout.height, LARGEST)

    def ways(self) -> list[str]:
        """A curve for each way out that leads on, under the cards."""
        drawn = []
        for way, points in zip(self._ways, self.layout.routes, strict=True):
            if not points:
                continue
            (x, y), path = points[-1], curve(points, SPACING.column_gap)
            colour = self._colours[way.target]
            drawn.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2.2"/>')
            drawn.append(f'<path d="M{x - 9:.1f} {y - 5:.1f}L{x:.1f} {y:.1f}l-9 5z" fill="{colour}"/>')
        return drawn

    def cards(self) -> list[str]:
        """The cards at their places."""
        drawn = []
        for name, made in self._cards.items():
            x, y = self.layout.cards[name]
            frame = f'width="{WIDTH}" height="{made.height:.1f}" rx="6" fill="#fff" stroke="{FRAME}"'
            drawn += [
                f'<g transform="translate({x:.1f} {y:.1f})" id={attribute(f"scene-{name}")}><rect {frame}/>',
                f'<path d="M6 0.5H{WIDTH - 6}" stroke="{self._colours[name]}" stroke-width="4"/>',
                *made.parts,
                "</g>",
            ]
        return drawn


def _colour(number: int) -> str:
    """A dark colour of its own for each scene, by the golden angle; readable on white."""
    red, green, blue = colorsys.hls_to_rgb((0.58 + number * 0.381966) % 1.0, 0.34, 0.62)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def _heading(story: Story, width: float, stand: str) -> list[str]:
    seconds = sum(story.duration(name) for name in story.names)
    words = f"{len(story.names)} scenes, {seconds / 60:.1f} minutes of film"
    left = f"who leaves: after {story.file.left.after_seconds:g} s to {story.left_to}"
    known = [f"{name} = {in_words(labels)}" for name, labels in story.file.groups.items()]
    known += [f"drawn for each take: {name} of {in_words(draw.of)}" for name, draw in story.file.draws.items()]
    known += [f"signal {name} by {entry.source}" for name, entry in story.file.signals.items()]
    rows = wrapped(" · ".join(known), width - 2 * MARGIN, 3.2)
    size = min(7.0, 7.0 * (width - 2 * MARGIN) * 0.6 / max(1.0, wide(story.title, 7.0)))
    return [
        svg_text(MARGIN, MARGIN + 6, story.title, size, INK, 'font-weight="700"'),
        svg_text(width - MARGIN, MARGIN + 3, " · ".join(filter(None, (words, stand))), 3.2, GREY, 'text-anchor="end"'),
        svg_text(width - MARGIN, MARGIN + 7.5, left, 3.2, GREY, 'text-anchor="end"'),
        *(svg_text(MARGIN, MARGIN + 11 + 4 * number, row, 3.2, GREY) for number, row in enumerate(rows[:2])),
    ]


def _legend(height: float) -> list[str]:
    y = height - MARGIN
    return [
        f'<rect x="{MARGIN}" y="{y - 2.4}" width="8" height="1.8" fill="{LISTENS}"/>',
        svg_text(MARGIN + 10, y - 0.8, "the scene listens to faces and signals", 2.8, GREY),
        f'<path d="M{MARGIN + 70} {y - 3}v3" stroke="{CLOSES}" stroke-width="0.7"/>',
        svg_text(MARGIN + 72, y - 0.8, "the choice closes", 2.8, GREY),
        f'<path d="M{MARGIN + 104} {y - 3}v3" stroke="{INK}" stroke-width="0.4"/>',
        svg_text(MARGIN + 106, y - 0.8, "a cue", 2.8, GREY),
        svg_text(MARGIN + 122, y - 0.8, "↩ leads back", 2.8, GREY),
        svg_text(
            MARGIN + 148,
            y - 0.8,
            "ways out are asked from above; the first that holds is taken. Ways to attract and safe are not drawn",
            2.8,
            GREY,
        ),
    ]
