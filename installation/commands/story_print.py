"""``chiaro story print``: a page for the wall of the cutting room."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from installation.commands.choices import chosen, completion, shown
from installation.host.terminal import say

if TYPE_CHECKING:
    from models.arrays import Image
    from scenes.story.clip import Clip
    from scenes.story.wall_card import Pictures

PAPERS = ("A4", "A3", "A2", "A1", "A0")
STRIP, STRIP_SIZE = 4, (160, 90)
JPEG_QUALITY = 82
OURS = "chiaro story print"
"""Stands in each page, so that no file of somebody else is written over."""


def story_print(
    story: Annotated[Path, typer.Argument(help="Story file (.toml) or its folder.", show_default=False)],
    to: Annotated[Path, typer.Option(help="The page to write: .html, or .svg for the drawing alone.")] = Path(
        "story.html"
    ),
    paper: Annotated[
        str, typer.Option(help="Size of the paper.", metavar=shown(PAPERS), autocompletion=completion(PAPERS))
    ] = "A3",
) -> None:
    """Write a page with every scene, its pictures and times, and which leads where, for the wall of the cutting room.

    The page needs no other file; print it from a browser. Clips that cannot be read leave their pictures blank.
    """
    from datetime import datetime

    from calibration.errors import BadFile, BadInput
    from calibration.file_writer import write_whole
    from installation.host.errors import both, plain_errors
    from installation.host.options import story_file
    from installation.host.plain_console import progress_bar
    from scenes.story.story import load_story
    from scenes.story.wall_page import LEAST_LETTERS_MM, letters_mm, wall_html, wall_svg

    with plain_errors():
        size, kind = both(lambda: chosen(paper.upper(), PAPERS, "--paper"), lambda: _kind(to))
        path = story_file(str(story))
        loaded = load_story(path, forgive_clips=True)
        for warning in loaded.warnings:
            say(f"{story}: warning: {warning}", err=True)
        if to.exists() and OURS not in to.read_text("utf-8", errors="replace")[:1000]:
            raise BadInput(f"{to} is another file; name a new one", where="--to")
        pictures = {}
        with progress_bar() as bar:
            task = bar.add_task("pictures", total=len(loaded.names))
            for name in loaded.names:
                if name not in loaded.unplayable:
                    pictures[name] = _pictures(loaded.clip(name), loaded.duration(name))
                bar.advance(task)
        stand = datetime.fromtimestamp(path.stat().st_mtime).strftime("%Y-%m-%d %H:%M")
        page = (wall_svg if kind == ".svg" else wall_html)(loaded, pictures, size, stand)
        first, _, rest = page.partition("\n")
        try:
            write_whole(to, f"{first}\n<!-- {OURS} -->\n{rest}".encode())
        except OSError as error:
            raise BadFile(to, [f"cannot be written: {error.strerror or error}"]) from error
    say(f"{to}: {len(loaded.names)} scenes on {size}")
    letters = letters_mm(loaded, size)
    if letters < LEAST_LETTERS_MM and size != PAPERS[-1]:
        larger = PAPERS[PAPERS.index(size) + 1]
        say(f"its smallest letters are {letters:.1f} mm high; --paper {larger} makes them larger")


def _kind(to: Path) -> str:
    from calibration.errors import BadInput

    if to.suffix.lower() not in (".html", ".htm", ".svg"):
        raise BadInput(f"{to.name} must end in .html or .svg", where="--to")
    return to.suffix.lower()


def _pictures(clip: Clip, seconds: float) -> Pictures:
    """What the card of a scene shows; none where its clip cannot be decoded."""
    import cv2

    from calibration.errors import Unplayable
    from installation.course.thumbnails import thumbnail
    from installation.film.picture_at import picture_at
    from scenes.story.probe import probe
    from scenes.story.wall_card import Pictures

    def jpeg(picture: Image | None) -> bytes:
        if picture is None:
            return b""
        coded, written = cv2.imencode(".jpg", picture[..., :3], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        return written.tobytes() if coded else b""

    try:
        places = [] if probe(clip.file).still else [seconds * number / (STRIP - 1) for number in range(STRIP)]
        strip = tuple(jpeg(picture_at(clip, place, STRIP_SIZE)) for place in places)
        return Pictures(jpeg(thumbnail(clip, seconds)), strip)
    except Unplayable:
        return Pictures()
