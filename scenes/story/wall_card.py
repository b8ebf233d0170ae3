"""One scene as a card on the wall of the cutting room: pictures, times, and its ways out, as SVG."""

from __future__ import annotations

import base64
import math
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from calibration.plain import plain
from scenes.story.graph import answers, exits
from scenes.story.story import Story

WIDTH, PADDING = 264.0, 12.0
INNER = WIDTH - 2 * PADDING
PICTURE_HEIGHT = INNER * 9 / 16
SMALL, TEXT, HEAD = 10.0, 12.0, 18.0
"""Sizes of letters; lines are 1.35 times as high."""
INK, GREY, PALE, FRAME = "#1c1a18", "#6b655e", "#e4dfd8", "#b9b2a8"
LISTENS, CLOSES = "#7fa6cf", "#d58a1c"
TOLD = (
    "clip",
    "in_seconds",
    "out_seconds",
    "still_seconds",
    "branch",
    "next",
    "end",
    "listen",
    "loop",
    "cue",
    "transition",
    "kind",
    "thread",
    "cut",
    "drive",
    "wait_for",
    "together",
)
"""Keys of a scene that the card shows in its own way; all others are written as they are."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """JPEG pictures of a scene, 16 to 9."""

    large: bytes = b""
    strip: tuple[bytes, ...] = ()
    """From the scene's first picture to its last."""


@dataclass(slots=True)
class Card:
    """A card that grows downwards while it is filled. ``ports``: how far down each way out leaves it."""

    parts: list[str] = field(default_factory=list)
    height: float = PADDING
    ports: list[float] = field(default_factory=list)

    def text(self, text: str, size: float, colour: str = INK, more: str = "", right: str = "") -> None:
        """``text`` in as many lines as it needs; ``right`` stands at the right edge of the last of them."""
        room = INNER - (wide(right, size) + size if right else 0)
        lines = wrapped(text, room, size) or [""]
        for number, line in enumerate(lines):
            self.height += size * 1.35
            self.parts.append(svg_text(PADDING, self.height - size * 0.3, line, size, colour, more))
            if right and number == len(lines) - 1:
                end = f'text-anchor="end" font-weight="600" {more}'
                self.parts.append(svg_text(WIDTH - PADDING, self.height - size * 0.3, right, size, colour, end))


def card(story: Story, name: str, pictures: Pictures, colours: Mapping[str, str], back: Collection[int]) -> Card:
    """The card of a scene; ``colours`` are those of the scenes, by name, and ``back`` the ways out that lead back."""
    made = Card()
    roles = [role for role in ("start", "attract", "safe") if getattr(story.file, role) == name]
    roles += ["end"] if story.scene(name).end else []
    made.text(f"{story.index(name)}  {name}", HEAD, colours[name], 'font-weight="700"', right="")
    if roles:
        words = " · ".join(roles).upper()
        end = 'text-anchor="end" font-weight="600" letter-spacing="1"'
        made.parts.append(svg_text(WIDTH - PADDING, made.height - HEAD * 0.3, words, SMALL, GREY, end))
    made.height += 6
    _show_pictures(made, pictures)
    _show_times(made, story, name)
    for line in _written(story, name):
        made.text(line, SMALL, GREY)
    made.height += 6
    made.parts.append(f'<path d="M0 {made.height:.1f}H{WIDTH}" stroke="{FRAME}"/>')
    made.height += 4
    for number, (words, to) in enumerate(exits(story, name)):
        first = made.height
        made.text(words, TEXT, INK, right=f"{'↩' if number in back else '→'} {story.index(to)} {to}")
        made.parts[-1] = made.parts[-1].replace(f'fill="{INK}"', f'fill="{colours[to]}"')
        made.ports.append((first + made.height) / 2 + 1)
        made.height += 3
    made.height += PADDING - 4
    return made


def _show_pictures(made: Card, pictures: Pictures) -> None:
    made.parts.append(_picture(PADDING, made.height, INNER, PICTURE_HEIGHT, pictures.large))
    made.height += PICTURE_HEIGHT + 3
    if pictures.strip:
        each = (INNER - 3 * (len(pictures.strip) - 1)) / len(pictures.strip)
        for number, jpeg in enumerate(pictures.strip):
            made.parts.append(_picture(PADDING + number * (each + 3), made.height, each, each * 9 / 16, jpeg))
        made.height += each * 9 / 16 + 3


def _picture(x: float, y: float, width: float, height: float, jpeg: bytes) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    if not jpeg:
        return f'<rect {place} fill="{PALE}"/>'
    coded = base64.b64encode(jpeg).decode()
    return f'<image {place} preserveAspectRatio="xMidYMid slice" href="data:image/jpeg;base64,{coded}"/>'


def _show_times(made: Card, story: Story, name: str) -> None:
    """The scene as a line: when it listens, when the choice closes, when cues come."""
    length, close, loops = story.duration(name), story.close(name), story.clip(name).loop
    opens, until = story.window(name)
    whole = close if loops and math.isfinite(close) else length

    def at(seconds: float) -> float:
        return PADDING + INNER * min(max(seconds / whole, 0.0), 1.0) if whole else PADDING

    made.height += 4
    y = made.height
    made.parts.append(f'<rect x="{PADDING}" y="{y:.1f}" width="{INNER}" height="6" fill="{PALE}"/>')
    listens = story.listens(name)
    if listens:
        wide_ = at(min(until, whole)) - at(opens)
        made.parts.append(f'<rect x="{at(opens):.1f}" y="{y:.1f}" width="{wide_:.1f}" height="6" fill="{LISTENS}"/>')
    for cue in story.cues(name):
        made.parts.append(f'<path d="M{at(cue.at_seconds):.1f} {y + 2:.1f}v6" stroke="{INK}"/>')
    if math.isfinite(close):
        made.parts.append(f'<path d="M{at(close):.1f} {y - 3:.1f}v12" stroke="{CLOSES}" stroke-width="2"/>')
    made.height += 8
    words = [f"{length:.1f} s" + (", loops" if loops else "")]
    words += (
        [f"listens {opens:.1f} to {until:.1f} s" if math.isfinite(until) else f"listens from {opens:.1f} s"]
        if listens
        else []
    )
    words += [f"choice at {close:.1f} s"] if math.isfinite(close) and len(story.branches(name)) > 1 else []
    made.text(", ".join(words), SMALL)


def _written(story: Story, name: str) -> list[str]:
    """The clip's file, and the keys of the scene that are not drawn."""
    scene = story.scene(name)
    files = [f"{one.name}: {one.clip}" for one in scene.thread] or [scene.clip or scene.kind]
    end = f" to {scene.out_seconds:g} s" if scene.out_seconds is not None else ""
    part = f", from {scene.in_seconds:g} s{end}" if scene.in_seconds or end else ""
    lines = [*files[:-1], f"{files[-1]}{part}" + (" CANNOT BE READ" if name in story.unplayable else "")]
    if scene.cue:
        lines.append(f"{len(scene.cue)} cue{'s' if len(scene.cue) > 1 else ''}")
    if scene.transition.seconds:
        lines.append(f"comes by a {scene.transition.kind} of {scene.transition.seconds:g} s")
    lines += answers(story, name)[bool(scene.thread) :]  # the threads are named with their files
    more = scene.model_dump(by_alias=True, exclude_defaults=True, exclude=set(TOLD))
    return lines + [f"{key}: {in_words(value)}" for key, value in more.items()]


def in_words(value: object) -> str:
    """A value of a story file without brackets and quotes."""
    if isinstance(value, Mapping):
        return " ".join(f"{key} {in_words(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ("; " if any(isinstance(item, Mapping) for item in value) else ", ").join(
            in_words(item) for item in value
        )
    return f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)


def svg_text(x: float, y: float, text: str, size: float, colour: str, more: str = "") -> str:
    """One line of text, whatever is in it."""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" {more}>{escape(plain(text))}</text>'


def attribute(text: str) -> str:
    """Text as an attribute's value, with its quotes."""
    return quoteattr(plain(text))


def wide(text: str, size: float) -> float:
    """About how wide a line is: letters of the scripts that are drawn in squares count twice."""
    squares = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return size * (0.56 * (len(text) - squares) + squares)


def wrapped(text: str, width: float, size: float) -> Sequence[str]:
    """``text`` in lines of about ``width``, broken within a word only where it has no other place."""
    lines: list[str] = []
    for word in text.split(" "):
        while wide(word, size) > width and len(word) > 1:
            fits = max(1, int(len(word) * width / wide(word, size)))
            word, rest = word[:fits], word[fits:]
            lines.append(word)
            word = rest
        if lines and wide(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
