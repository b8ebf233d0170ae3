"""SVG as text: small pure functions, one escape for all that comes from a story or a venue.

Colours stand twice: as attributes for a printer and for readers that know no style sheet (the PDF), and as classes that
the page's style sheet gives other colours in the dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from calibration.plain import plain

INK, GREY, RULE, PALE = "#1d2126", "#5c646d", "#c9ced4", "#eceff2"
ACCENT, WARN = "#1f6f8b", "#b3462f"
FONTS = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', Helvetica, Arial, sans-serif"
EMOTIONS = {
    "neutral": "#8d949c",
    "happiness": "#d3a51b",
    "surprise": "#d9762f",
    "sadness": "#4a7fc4",
    "anger": "#c83f37",
    "disgust": "#6a9a3f",
    "fear": "#7d5fbf",
    "contempt": "#bf6a93",
}
"""One colour for each emotion: the hues of the console's (``installation/web/static/console.css``), for paper."""
CLASSES = {INK: "ink", GREY: "grey", RULE: "rule", PALE: "pale", ACCENT: "accent", WARN: "warn"} | {
    colour: label for label, colour in EMOTIONS.items()
}
"""By which style sheets of pages find a filled shape or a text, and with "-line" a line, to give it another colour."""
LETTER = 0.56
"""Mean width of a letter, as a share of its size."""


def words(text: object) -> str:
    """``text`` for the inside of an element, without control characters and with nothing that could be markup."""
    return escape(plain(str(text)).replace("\n", " "))


def figure(width: float, height: float, title: str, parts: Iterable[str], least: int = 0, top: int = 0) -> str:
    """A drawing as wide as its column, in units of about a pixel. ``least``: narrower than so many it is scrolled;
    ``title``: for a screen reader, '' where the page has its own words; ``top``: the first row that is shown.
    """
    style = f' style="min-width:{least}px"' if least else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {top} {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" font-family="{FONTS}"{style}>{_told(title)}{"".join(parts)}</svg>'
    )


def text(  # noqa: PLR0913 - each is an attribute of the element
    x: float,
    y: float,
    said: object,
    size: float = 12,
    colour: str = INK,
    anchor: str = "start",
    weight: int = 400,
) -> str:
    """A line of text; ``x`` and ``y`` are where its foot stands."""
    heavy = f' font-weight="{weight}"' if weight != 400 else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}"{_named(colour)}{where}{heavy}>'
        f"{words(said)}</text>"
    )


def rect(x: float, y: float, width: float, height: float, colour: str, told: str = "", opacity: float = 1.0) -> str:  # noqa: PLR0913 - as above
    """A filled rectangle; ``told`` is shown where a mouse rests on it."""
    shape = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" fill="{colour}"'
    clear = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
    return f"<rect {shape}{_named(colour)}{clear}>{_told(told)}</rect>"


def line(x1: float, y1: float, x2: float, y2: float, colour: str = RULE, width: float = 1, dashes: str = "") -> str:  # noqa: PLR0913 - as above
    """A straight line."""
    broken = f' stroke-dasharray="{dashes}"' if dashes else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width:g}"{_named(colour, "-line")}{broken}/>'


def polyline(points: Sequence[tuple[float, float]], colour: str, width: float = 2, told: str = "") -> str:
    """A line through points."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
        f'stroke-linejoin="round"{_named(colour, "-line")}>{_told(told)}</polyline>'
    )


def area(points: Sequence[tuple[float, float]], colour: str, told: str = "", opacity: float = 0.85) -> str:
    """A filled polygon."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    shape = f'points="{path}" fill="{colour}" fill-opacity="{opacity:g}"'
    return f"<polygon {shape}{_named(colour)}>{_told(told)}</polygon>"


def band(path: str, colour: str, width: float, told: str = "", opacity: float = 0.5, dashes: str = "") -> str:
    """A curve so wide that its width is a figure."""
    broken = f' stroke-dasharray="{dashes}"' if dashes else ""
    stroke = f'stroke="{colour}" stroke-width="{width:.1f}" stroke-opacity="{opacity:g}"{broken}'
    return f'<path d="{path}" fill="none" {stroke}>{_told(told)}</path>'


def image(x: float, y: float, width: float, height: float, address: str) -> str:
    """A picture that fills the rectangle, from an address of the same server."""
    where = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<image {where} href={quoteattr(plain(address))} preserveAspectRatio="xMidYMid slice"/>'


def short(said: str, room: float, size: float) -> str:
    """``said`` cut so that it takes ``room`` at most."""
    letters = max(1, int(room / (LETTER * size)))
    return said if len(said) <= letters else said[: letters - 1] + "…"


def nice_top(value: float) -> float:
    """The end of an axis that reaches ``value``: 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    step = 1.0
    while step < value:
        step *= 10
    return next(step * part for part in (0.1, 0.2, 0.5, 1.0) if step * part >= value)


def _named(colour: str, part: str = "") -> str:
    name = CLASSES.get(colour)
    return f' class="{name}{part}"' if name else ""


def _told(words_: str) -> str:
    return f"<title>{words(words_)}</title>" if words_ else ""
