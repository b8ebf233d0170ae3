"""Captions: SubRip (.srt) and WebVTT (.vtt) read into lines of text with times."""

from __future__ import annotations

import codecs
import html
import re
from dataclasses import dataclass
from pathlib import Path

TIMES = re.compile(r"^\s*((?:\d+:)?\d+:\d+[.,]\d+)\s*-->\s*((?:\d+:)?\d+:\d+[.,]\d+)", re.MULTILINE)
TAG = re.compile(r"<[^>]*>|\{\\[^}]*\}")


@dataclass(frozen=True, slots=True)
class Line:
    """Text on the picture from ``start`` to ``end`` seconds of the file; may have several rows."""

    start: float
    end: float
    text: str


def read_captions(file: Path) -> tuple[tuple[Line, ...], str]:
    """The lines of an SRT or WebVTT file in order of time, and what is wrong with it ('' if nothing).

    Accepts UTF-8, UTF-16 with a byte order mark, Windows line ends and Latin-1. Skips markup and bad blocks.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        return (), f"{file}: {error.strerror or error}"
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # what Windows' Notepad calls Unicode
    try:
        text, problem = raw.decode("utf-16" if wide else "utf-8-sig"), ""
    except UnicodeDecodeError:
        text, problem = raw.decode("latin-1"), f"{file}: not UTF-8; read as Latin-1"
    lines = parse_captions(text)
    return lines, problem if lines else f"{file}: no captions found in it"


def parse_captions(text: str) -> tuple[Line, ...]:
    """The lines in the text of an SRT or WebVTT file."""
    lines = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        times = TIMES.search(block)
        if not times:
            continue
        start, end = _seconds(times[1]), _seconds(times[2])
        body = block[block.find("\n", times.end()) + 1 :] if "\n" in block[times.end() :] else ""
        words = html.unescape(TAG.sub("", body)).strip()
        if end > start and words:
            lines.append(Line(start, end, words))
    return tuple(sorted(lines, key=lambda line: line.start))


def caption_at(lines: tuple[Line, ...], seconds: float) -> str:
    """What is to be read at ``seconds``; lines that overlap are put under each other."""
    return "\n".join(line.text for line in lines if line.start <= seconds < line.end)


def _seconds(stamp: str) -> float:
    seconds = 0.0
    for part in stamp.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds
