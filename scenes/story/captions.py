"""Captions as people write them: SubRip (.srt) and WebVTT (.vtt) read into text with times.

A caption runs from one line of time stamps to the next, whatever empty lines stand between. Whatever cannot be shown is
told with its line. The work grows with the file's length only, and no file is longer than ``FILE_BYTES``.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from heapq import heappop, heappush
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from stat import S_ISREG

from scenes.story.caption_forms import other_form

FILE_BYTES = 1_000_000
ROW_LETTERS = 1000
"""A line of a file is cut after so many; about ten rows on the wall."""
AT_ONCE = 4
"""Captions that overlap stand under each other; more than these would hide the picture."""
PROBLEMS_AT_MOST = 20
"""Told for one file; the rest is counted."""

_STAMP = r"(?:(\d{1,4}) ?: ?)?(\d{1,4}) ?: ?(\d{1,4})(?: ?[.,] ?(\d{1,9}))?"
_STAMPS = re.compile(rf"\s*{_STAMP}\s*(?:-{{1,3}}|[\u2013\u2014])>\s*{_STAMP}(?=\s|$)")
_CLOCK = r"-?\d{1,4} ?[:\uff1a] ?\d{1,2} ?[:\uff1a] ?\d{1,2}"
_BAD_STAMPS = re.compile(rf"\s*(?:-?\d{{1,4}} ?:[^<>]{{0,30}}->|{_CLOCK}[^<>]{{0,30}}?{_CLOCK})")
_SETTINGS = re.compile(r"(?:\s+[\w-]+:\S+)*\s*")
_NUMBER = re.compile(r"\s*\d{1,9}\s*")
# Every repetition is bounded: without that, a row of "<" takes time by the square of its length.
_TAG = re.compile(
    r"</?(?:[ibus]|font|c|v|lang|ruby|rt)(?:[.\s][^<>]{0,200})?>|<\d{1,4}:[\d:.]{1,20}>|\{\\[^{}]{0,200}\}",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br ?/?>|\\N", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
_BLOCKS = ("NOTE", "STYLE", "REGION")
"""Of WebVTT: not to be shown."""
_ROW_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"
"""Without width, but scripts need them."""
BLANKS = f" \u00a0\u3000{_JOINERS}"
"""A row of these alone shows nothing."""
EXPECTED = "expected, for example, 00:00:01,000 --> 00:00:02,500"


@dataclass(frozen=True, slots=True)
class CaptionLine:
    """Text on the picture from ``start`` to ``end`` seconds of the file; may have several rows."""

    start: float
    end: float
    text: str
    line: int = 1
    """Where it begins in the file, for messages."""


@dataclass(frozen=True, slots=True)
class Captions:
    """A file's captions in order of time, never two at once; and what of the file cannot be shown, with its line."""

    lines: tuple[CaptionLine, ...] = ()
    problems: tuple[str, ...] = ()


def read_captions(file: Path) -> Captions:
    """The captions of an SRT or WebVTT file, or what is wrong with it. Cached while the file does not change.

    Accepts UTF-8, UTF-16 and, with a remark, Windows-1252 and Latin-1, and all line ends.
    """
    try:
        stat = file.stat()
        if not S_ISREG(stat.st_mode):
            return Captions(problems=("is not a regular file; no captions are shown",))
        return _read(file, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        return Captions(problems=(f"cannot be read: {error.strerror or error}",))
    except ValueError:  # a NUL in the name
        return Captions(problems=("cannot be read: its name has a control character",))


@lru_cache(maxsize=4096)
def _read(file: Path, _changed: int, size: int) -> Captions:
    if size > FILE_BYTES:
        return Captions(problems=(f"is too large for captions: {size:,} bytes, at most {FILE_BYTES:,}",))
    with file.open("rb") as opened:
        text, remark = _decoded(opened.read(FILE_BYTES))
    captions = parse_captions(text)
    return replace(captions, problems=(remark, *captions.problems)) if remark and captions.lines else captions


def _decoded(raw: bytes) -> tuple[str, str]:
    """The text, and what is to be said of its encoding."""
    odd, even = raw[1:2000:2].count(0), raw[0:2000:2].count(0)
    unmarked = len(raw) > 20 and max(odd, even) * 5 > len(raw[:2000])  # letters of Europe, two bytes each
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or unmarked:  # what Notepad calls Unicode
        marked = not unmarked or raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        encoding = "utf-16" if marked else "utf-16-le" if odd > even else "utf-16-be"
        text = raw.decode(encoding, errors="replace")
        torn = next((number for number, row in enumerate(text.split("\n"), 1) if "\ufffd" in row), 0)
        return text, f"line {torn}: is torn; a letter is lost" if torn else ""
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        try:
            text, name = raw.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError:
            text, name = raw.decode("latin-1"), "Latin-1"
        return text, f"line {line}: is not UTF-8, so the file was read as {name}; save it as UTF-8 if letters are wrong"


def parse_captions(text: str) -> Captions:
    """The captions in the text of an SRT or WebVTT file."""
    problems: list[tuple[int, str]] = []
    rows = _rows(text.replace("\ufeff", ""), problems)  # a mark stands inside, too, where files were joined
    web = bool(rows) and rows[0].startswith("WEBVTT")
    if web:
        _blank_out_blocks(rows)
    lines = list(_captions(rows, web, problems))
    kept = _at_most_at_once(sorted(lines, key=attrgetter("start")), problems)
    told = [f"line {line}: {what}" for line, what in sorted(problems)]
    if len(told) > PROBLEMS_AT_MOST:
        told[PROBLEMS_AT_MOST:] = [f"and {len(told) - PROBLEMS_AT_MOST} more problems like these"]
    return Captions(tuple(_one_at_a_time(kept)), tuple(told))


def caption_at(lines: Sequence[CaptionLine], seconds: float) -> str:
    """What is to be read at ``seconds``, of captions that do not overlap."""
    at = bisect_right(lines, seconds, key=attrgetter("start")) - 1
    return lines[at].text if at >= 0 and seconds < lines[at].end else ""


def readable(text: str) -> str:
    """``text`` without what no font can draw: control characters, halves of letters, marks without width."""
    rows = _ROW_ENDS.sub("\n", text).replace("\t", " ")
    return "".join(letter for letter in rows if letter == "\n" or _has_form(letter))


def _has_form(letter: str) -> bool:
    if letter.isascii():
        return letter.isprintable()
    if letter in _JOINERS:
        return True
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Cn") and not "\ufe00" <= letter <= "\ufe0f"


def _rows(text: str, problems: list[tuple[int, str]]) -> list[str]:
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, row in enumerate(rows, 1):
        if len(row) > ROW_LETTERS:
            problems.append((number, f"is {len(row):,} letters long; cut after {ROW_LETTERS:,}"))
            rows[number - 1] = row[:ROW_LETTERS]
        if any(unicodedata.category(letter) == "Cc" and letter not in "\t\x85" for letter in row[:ROW_LETTERS]):
            problems.append((number, "has control characters; they are left out"))
    return rows


def _blank_out_blocks(rows: list[str]) -> None:
    """Empty WebVTT's header, remarks and styles, up to the empty row that ends each."""
    inside = True
    for at, row in enumerate(rows):
        begins = not at or not rows[at - 1].strip()
        inside = bool(row.strip()) and "-->" not in row and (inside or (begins and row.startswith(_BLOCKS)))
        if inside:
            rows[at] = ""


def _captions(rows: list[str], web: bool, problems: list[tuple[int, str]]) -> Iterator[CaptionLine]:
    """The captions in the file's order."""
    stamps = {at: _STAMPS.match(row) for at, row in enumerate(rows)}
    begins = [at for at, row in enumerate(rows) if stamps[at] or _BAD_STAMPS.match(row)]
    if not begins:
        problems[:] = [(1, other_form("\n".join(rows[:10])) or f"no captions found; {EXPECTED}")]
        return
    numbered = _is_number(rows, begins[0] - 1)
    last = 0
    """Number of the last caption that has one."""
    for before, at in pairwise([-1, *begins, len(rows)]):
        after = at
        if at < len(rows):
            after = _end_of_text(rows, before, at, web, numbered, last)
        body = rows[before + 1 : after]
        if before < 0:
            first = next((row for row, text in enumerate(body, 1) if text.strip()), 0)
            if first:
                problems.append((first, "stands before the first time stamp; left out"))
        else:
            stamp = stamps[before]
            body = _without_stampless(body, before, last + 1 if numbered else 0, problems)
            if stamp is None:
                problems.append(
                    (before + 1, f"has time stamps that cannot be read; {EXPECTED}; its caption is left out")
                )
            elif (caption := _caption(stamp, rows[before], body, before + 1, problems)) is not None:
                yield caption
        if after < at and (number := _number(rows[after])):
            last = number


def _end_of_text(rows: list[str], before: int, at: int, web: bool, numbered: bool, last: int) -> int:
    """Where the text before the time stamps at ``at`` ends: its own number or name, on the row before, is no text."""
    above = at - 1
    if above <= before:
        return at
    if numbered and _is_number(rows, above):
        return above
    if web and rows[above].strip() and (above == 0 or not rows[above - 1].strip()):
        return above
    while numbered and above > before and not rows[above].strip():
        above -= 1  # an empty row between the number and its time stamps
    return above if numbered and above > before and _number(rows[above]) == last + 1 else at


def _is_number(rows: list[str], at: int) -> bool:
    return at >= 0 and _NUMBER.fullmatch(rows[at]) is not None


def _number(row: str) -> int:
    return int(row) if _NUMBER.fullmatch(row) else 0


def _without_stampless(body: list[str], before: int, awaited: int, problems: list[tuple[int, str]]) -> list[str]:
    """The text up to an empty row with the next caption's number behind it: that one has no time stamps."""
    for at in range(1, len(body)):
        if awaited and not body[at - 1].strip() and _number(body[at]) == awaited:
            if any(row.strip() for row in body[at + 1 :]):
                problems.append((before + 2 + at, f"caption {awaited} has no time stamps; left out; {EXPECTED}"))
            return body[:at]
    return body


def _caption(
    stamp: re.Match[str], row: str, body: list[str], line: int, problems: list[tuple[int, str]]
) -> CaptionLine | None:
    rest = row[stamp.end() :]
    if not _SETTINGS.fullmatch(rest):  # text behind the time stamps, on their row
        body = [rest, *body]
    start, end = _seconds(stamp.groups()[:4]), _seconds(stamp.groups()[4:])
    text = _text("\n".join(body))
    if end <= start:
        problems.append((line, "does not end after it begins; left out"))
    elif not text:
        problems.append((line, "has no text that can be shown; left out"))
    else:
        return CaptionLine(start, end, text, line)
    return None


def _text(body: str) -> str:
    """What is to be read, without markup and empty rows."""
    plain = _TAG.sub("", _BREAK.sub("\n", body)).replace("\\h", " ")
    shown = readable(_ENTITY.sub(lambda entity: html.unescape(entity[0]), plain))
    return "\n".join(row.strip() for row in shown.split("\n") if row.strip(BLANKS))


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    return float(int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(f"{seconds}.{fraction or 0}"))


def _at_most_at_once(lines: list[CaptionLine], problems: list[tuple[int, str]]) -> list[CaptionLine]:
    kept, ends = [], list[float]()
    for one in lines:
        while ends and ends[0] <= one.start:
            heappop(ends)
        if len(ends) >= AT_ONCE:
            problems.append((one.line, f"more than {AT_ONCE} captions at once; this one is left out"))
            continue
        heappush(ends, one.end)
        kept.append(one)
    return kept


def _one_at_a_time(lines: list[CaptionLine]) -> Iterator[CaptionLine]:
    """Captions that overlap, put under each other for as long as they do."""
    moments = sorted({moment for one in lines for moment in (one.start, one.end)})
    on: list[CaptionLine] = []
    waiting = iter([*lines, None])
    following = next(waiting)
    for begin, end in pairwise(moments):
        on = [one for one in on if one.end > begin]
        while following is not None and following.start <= begin:
            on.append(following)
            following = next(waiting)
        if on:
            yield CaptionLine(begin, end, "\n".join(one.text for one in on), on[-1].line)
