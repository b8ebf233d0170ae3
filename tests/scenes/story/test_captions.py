"""Captions are read as people write them: nothing is lost but what is told with its line, and no file takes long."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.story.captions import (
    FILE_BYTES,
    CaptionLine,
    Captions,
    caption_at,
    parse_captions,
    read_captions,
    readable,
)

SRT = "1\r\n00:00:00,500 --> 00:00:01,000\r\n<i>Hello</i> &amp; welcome\r\nsecond row\r\n\r\n2\r\nnonsense\r\n"
VTT = "WEBVTT\n\nNOTE a remark\n\nfirst\n00:02.000 --> 00:03.500 align:start\n<v Anna>Good evening\n"
AT = "1\n00:00:00,500 --> 00:00:02,000\n"
"""The head of a caption."""
LINE_3 = "line 3: is not UTF-8, so the file was read as "


def texts(captions: Captions) -> list[str]:
    return [line.text for line in captions.lines]


def test_srt_and_webvtt_are_read() -> None:
    assert parse_captions(SRT).lines == (CaptionLine(0.5, 1.0, "Hello & welcome\nsecond row", 2),)
    assert parse_captions(VTT) == Captions((CaptionLine(2.0, 3.5, "Good evening", 6),))
    assert parse_captions("00:00:01,000 --> 01:00:02,500\nlong").lines == (CaptionLine(1.0, 3602.5, "long", 1),)


def test_a_caption_ends_at_the_next_time_stamps_and_not_at_an_empty_line() -> None:
    close = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\nLine number {n}.\n" for n in range(1, 9))
    assert parse_captions(close) == Captions(
        tuple(CaptionLine(n, n + 0.9, f"Line number {n}.", 3 * n - 1) for n in range(1, 9))
    )
    assert texts(parse_captions(AT + "\nWho is there?\n\n2\n00:00:02,500 --> 00:00:04,000\nNobody.")) == [
        "Who is there?",
        "Nobody.",
    ]
    assert texts(parse_captions(AT + "Who is\n\nthere?\n\n2\n\n00:00:02,500 --> 00:00:04,000\nNobody.")) == [
        "Who is\nthere?",
        "Nobody.",
    ]


def test_a_number_that_is_said_is_no_number_of_a_caption() -> None:
    assert texts(parse_captions("00:01.0 --> 00:02.0\nIn the year\n1984\n\n00:03.0 --> 00:04.0\n2001")) == [
        "In the year\n1984",
        "2001",
    ]
    assert texts(parse_captions(AT + "1984\n2\n00:00:03 --> 00:00:04\nEnd")) == ["1984", "End"]


@pytest.mark.parametrize(
    ("stamps", "begin", "end"),
    [
        ("00:00:00 --> 00:00:02", 0.0, 2.0),
        ("0:0:1.5-->0:0:2", 1.5, 2.0),
        ("00: 00: 01, 250 -> 00:00:02 , 5", 1.25, 2.5),
        ("00:00:01,000 \u2013> 00:00:02,000", 1.0, 2.0),
        ("01:02.000 --> 01:03.000 position:10%,line-left align:left", 62.0, 63.0),
        ("00:00:01,000 --> 00:00:02,000 X1:100 X2:200", 1.0, 2.0),
    ],
)
def test_time_stamps_as_people_type_them(stamps: str, begin: float, end: float) -> None:
    assert parse_captions(f"1\n{stamps}\nHello").lines == (CaptionLine(begin, end, "Hello", 2),)


def test_text_behind_the_time_stamps_is_shown() -> None:
    assert texts(parse_captions("00:00:01,000 --> 00:00:02,000 Who is there?\nNobody.")) == ["Who is there?\nNobody."]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<<Bonsoir>>, dit-elle.", "<<Bonsoir>>, dit-elle."),
        ("I <3 you. 5 < 6 and 7 > 4.", "I <3 you. 5 < 6 and 7 > 4."),
        ("<\u2026> <no tag>", "<\u2026> <no tag>"),
        ('<font color="red">Run</font>, <B>now</B> <c.loud>!</c><00:00:01.500>', "Run, now !"),
        ("{\\an8}{\\i1}Above{\\i0}\\NSecond\\hrow", "Above\nSecond row"),
        ("one<br/>two", "one\ntwo"),
        ("&lt;i&gt; Q&A &eacute; AT&Tcopy", "<i> Q&A \u00e9 AT&Tcopy"),
        ("ANNA:\tGood evening", "ANNA: Good evening"),
        ("{laughs}", "{laughs}"),
    ],
)
def test_only_known_markup_is_markup(written: str, read: str) -> None:
    assert parse_captions(AT + written) == Captions((CaptionLine(0.5, 2.0, read, 2),))


@pytest.mark.parametrize(
    ("written", "line", "words"),
    [
        (AT + "\u200b", 2, "no text that can be shown"),
        (AT + "Good\x00 evening", 3, "control characters"),
        (AT + "word " * 1500, 3, "7,500 letters long; cut"),
        ("1\n00:00:03,000 --> 00:00:02,000\nHello", 2, "does not end after it begins"),
        (AT + "Hello\n\n2\n00:00:0x,000 --> 00:00:04,000\nlost", 6, "time stamps that cannot be read"),
        (SRT, 6, "caption 2 has no time stamps"),
        ("Who said this?\n\n" + AT + "Hello", 1, "before the first time stamp"),
        ("no captions at all", 1, "no captions found"),
        ("no captions\x00 at all", 1, "no captions found"),
        ("1\n00:00:01,000 \u2192 00:00:02,000\nHello", 2, "time stamps that cannot be read"),
        ("0:00:01.000,0:00:02.000\nHello", 1, "time stamps that cannot be read"),
        ("", 1, "no captions found"),
        ("00:00:01 --> 00:00:02\nx\n" * 5, 9, "more than 4 captions at once"),
    ],
)
def test_what_is_lost_is_told_with_its_line(written: str, line: int, words: str) -> None:
    (told,) = parse_captions(written).problems
    assert told.startswith(f"line {line}: ")
    assert words in told


def test_a_caption_whose_stamps_cannot_be_read_does_not_join_the_one_before() -> None:
    assert texts(parse_captions(AT + "Hello\n\n2\n00:00:0x,000 --> 00:00:04,000\nlost")) == ["Hello"]


def test_many_problems_are_counted() -> None:
    *_, last = parse_captions("00:00:03 --> 00:00:02\nx\n" * 50).problems
    assert last == "and 30 more problems like these"


def test_remarks_and_styles_of_webvtt_are_not_shown() -> None:
    web = "WEBVTT - title\nmore\n\nSTYLE\n::cue { color: red }\n\n00:01.0 --> 00:02.0\nHello\n\nNOTE\ntwo\nrows\n\nid\n"
    assert parse_captions(web + "00:03.0 --> 00:04.0\nNOTE this is said\n") == Captions(
        (CaptionLine(1.0, 2.0, "Hello", 7), CaptionLine(3.0, 4.0, "NOTE this is said", 15))
    )


def test_overlapping_captions_stand_under_each_other() -> None:
    lines = parse_captions(
        "00:00:00 --> 00:00:02\none\n\n00:00:01 --> 00:00:03\ntwo\n\n00:09.0 --> 00:10.0\nnine"
    ).lines
    shown = [caption_at(lines, at) for at in (0.5, 1.5, 2.5, 3.0, 9.5)]
    assert shown == ["one", "one\ntwo", "two", "", "nine"]
    assert not caption_at((), 1.0)


@pytest.mark.parametrize(
    ("encoding", "letters", "said"),
    [
        ("utf-8", "Gr\u00fc\u00dfe \u65e5\u672c", ""),
        ("utf-8-sig", "Gr\u00fc\u00dfe \u65e5\u672c", ""),
        ("utf-16", "Gr\u00fc\u00dfe \u65e5\u672c", ""),
        ("utf-16-le", "Gr\u00fc\u00dfe", ""),
        ("utf-16-be", "Gr\u00fc\u00dfe", ""),
        ("cp1252", "\u201cIt\u2019s late\u201d \u2013 \u0153uvre \u20ac5", LINE_3 + "Windows-1252"),
        ("latin-1", "\x81Gr\u00fc\u00dfe", LINE_3 + "Latin-1"),
    ],
)  # fmt: skip
def test_files_in_the_encodings_of_editors_are_read(tmp_path: Path, encoding: str, letters: str, said: str) -> None:
    file = tmp_path / "a.srt"
    file.write_bytes((AT + letters).encode(encoding))
    captions = read_captions(file)
    assert texts(captions) == [readable(letters)]
    assert [problem.partition(";")[0] for problem in captions.problems[:1]] == ([said] if said else [])


def test_another_countrys_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_bytes((AT + "\u3053\u3093\u3070\u3093\u306f").encode("shift_jis"))
    assert "not UTF-8" in read_captions(tmp_path / "a.srt").problems[0]


def test_a_torn_letter_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_bytes((AT + "Gr\u00fc\u00dfe").encode("utf-16")[:-1])
    assert read_captions(tmp_path / "a.srt").problems == ("line 3: is torn; a letter is lost",)


def test_what_is_no_captions_file_is_told_and_not_read(tmp_path: Path) -> None:
    assert "No such file" in read_captions(tmp_path / "none.srt").problems[0]
    assert "control character" in read_captions(tmp_path / "a\x00.srt").problems[0]
    assert "regular" in read_captions(tmp_path).problems[0]
    os.mkfifo(tmp_path / "pipe.srt")
    assert "regular" in read_captions(tmp_path / "pipe.srt").problems[0]
    (tmp_path / "film.srt").write_bytes(b"\n" * (FILE_BYTES + 1))
    assert "too large" in read_captions(tmp_path / "film.srt").problems[0]


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("[Script Info]\nTitle: a\n", "ASS or SSA"),
        ("{12}{36}Hello|there\n", "MicroDVD"),
        ("[00:00.50]Hello\n", "lyrics"),
        ('<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml">', "TTML"),
        ("<!DOCTYPE html>", "web page"),
        ("{\\rtf1\\ansi Hello}", "RTF"),
        ("PK\x03\x04", "ZIP"),
    ],
)
def test_captions_of_another_form_are_named(written: str, form: str) -> None:
    (told,) = parse_captions(written).problems
    assert form in told
    assert "export it as SubRip" in told


def test_the_mark_of_an_encoding_inside_joined_files_is_no_text() -> None:
    joined = AT + "Hello\n\ufeff2\n00:00:05,000 --> 00:00:06,000\nGood night\n"
    assert texts(parse_captions(joined)) == ["Hello", "Good night"]


def test_a_number_that_an_editor_wrote_twice_is_no_text() -> None:
    written = AT + "Hello\n\n2\n\n2\n00:00:05,000 --> 00:00:06,000\nGood night\n"
    assert texts(parse_captions(written)) == ["Hello", "Good night"]


def test_a_file_that_was_corrected_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.srt"
    file.write_text(AT + "Hello")
    assert texts(read_captions(file)) == ["Hello"]
    file.write_text(AT + "Good evening")
    assert texts(read_captions(file)) == ["Good evening"]


@pytest.mark.parametrize(
    "piece",
    ["<", "<i ", "<<i>", "{\\", "&#", "0:", " ", "\n", "1\n\n", "00:00:01 --> 00:09:00\nx\n", "-->", "\r", "\u3042<"],
)  # fmt: skip
def test_the_work_grows_with_the_length_and_not_with_its_square(piece: str) -> None:
    """Processor time of this thread, four times the text: by the square it would be sixteen times, and minutes."""

    def seconds(size: int) -> float:
        text = AT + piece * (size // len(piece))
        begun = time.thread_time()
        parse_captions(text)
        return time.thread_time() - begun

    seconds(1000)
    assert min(seconds(400_000) for _ in range(2)) < 8 * max(seconds(100_000), 0.01)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("0123:,.-> \n\r\t<>{}\\&;#ai\x00\u200b\u3042"), max_size=300))
def test_any_text_gives_captions_in_order_or_problems(text: str) -> None:
    captions = parse_captions(text)
    assert captions.lines or captions.problems
    for one in captions.lines:
        assert one.start < one.end
        assert one.text.strip()
        assert readable(one.text) == one.text
    assert all(a.end <= b.start for a, b in zip(captions.lines, captions.lines[1:], strict=False))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_captions_or_problems(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "a.srt"
    file.write_bytes(content)
    captions = read_captions(file)
    assert captions.lines or captions.problems
