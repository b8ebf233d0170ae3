"""Captions are read in both forms, shown in time, and drawn in letters that are there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pygame
import pytest

from installation.bench.marked_clip import make_clip
from installation.film.captions import Line, caption_at, parse_captions, read_captions
from installation.film.lettering import Lettering
from installation.host.console import LossReporter
from scenes.story.clip import Clip
from tests.installation.film.cinema import SIZE, cinema

SRT = "1\r\n00:00:00,500 --> 00:00:01,000\r\n<i>Hello</i> &amp; welcome\r\nsecond row\r\n\r\n2\r\nnonsense\r\n"
VTT = "WEBVTT\n\nNOTE a remark\n\nfirst\n00:02.000 --> 00:03.500 align:start\n<v Anna>Good evening\n"


def test_srt_and_webvtt_are_read() -> None:
    assert parse_captions(SRT) == (Line(0.5, 1.0, "Hello & welcome\nsecond row"),)
    assert parse_captions(VTT) == (Line(2.0, 3.5, "Good evening"),)
    assert parse_captions("00:00:01,000 --> 01:00:02,500\nlong") == (Line(1.0, 3602.5, "long"),)


def test_overlapping_lines_stand_under_each_other() -> None:
    lines = (Line(0.0, 2.0, "one"), Line(1.0, 3.0, "two"))
    assert [caption_at(lines, at) for at in (0.5, 1.5, 2.5, 3.0)] == ["one", "one\ntwo", "two", ""]


def test_a_file_that_is_missing_or_odd_is_told_and_survived(tmp_path: Path) -> None:
    lines, problem = read_captions(tmp_path / "none.srt")
    assert not lines
    assert "No such file" in problem
    (tmp_path / "old.srt").write_bytes("1\n00:00:01,000 --> 00:00:02,000\nGrüße\n".encode("latin-1"))
    lines, problem = read_captions(tmp_path / "old.srt")
    assert lines[0].text == "Grüße"
    assert "Latin-1" in problem
    for wide in ("utf-16", "utf-8-sig"):
        (tmp_path / "wide.srt").write_bytes(SRT.replace("Hello", "\u0416\u65e5").encode(wide))
        lines, problem = read_captions(tmp_path / "wide.srt")
        assert lines[0].text == "\u0416\u65e5 & welcome\nsecond row"
        assert not problem


def test_captions_come_and_go_with_the_film_and_a_cue_goes_before_them(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mkv", 1, 1.5, SIZE)
    (tmp_path / "a.srt").write_text("1\n00:00:00,700 --> 00:00:01,000\nHello\n", encoding="utf-8")
    with cinema() as house:
        house.film.play(1, "a", Clip(clip, in_seconds=0.2, captions=tmp_path / "a.srt"))

        def bright() -> bool:
            return bool((house.screen.last[-40:, :, :3] > 200).any())

        house.run_until(lambda: house.film.playhead.seconds > 0.3)
        assert not bright()
        house.run_until(lambda: house.film.playhead.seconds > 0.55)  # 0.75 s of the file
        assert bright()
        house.run_until(lambda: house.film.playhead.seconds > 0.85)
        assert not bright()
        house.film.caption("From the story", 0.2)
        house.step()
        assert bright()
        house.run(0.3)
        assert not bright()


OWN = str(Path(pygame.font.__file__).with_name(pygame.font.get_default_font()))
"""The font that comes with pygame; it has European letters only."""


def test_letters_that_no_font_has_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.film.lettering.FAMILIES", ())
    for strange in ("\u65e5\u672c\u8a9e", "\U00016b05\U0001e900"):  # Japanese; Pahawh Hmong, Adlam
        losses = LossReporter()
        lettering = Lettering(OWN, (640, 360), losses)
        canvas = np.zeros((360, 640, 4), np.uint8)
        lettering.draw(canvas, "Gr\u00fc\u00dfe,\u00a0\u0416\u0451\u200b")
        assert canvas.max() > 200
        assert not losses.lost_parts()
        lettering.draw(canvas, strange)
        assert losses.is_lost("letters for captions")


def test_a_row_is_drawn_in_the_first_family_that_has_its_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    if pygame.font.match_font("dejavusans") is None:
        pytest.skip("DejaVu Sans is not installed here")
    monkeypatch.setattr("installation.film.lettering.FAMILIES", ("dejavusans",))
    losses = LossReporter()
    lettering = Lettering(OWN, (640, 360), losses)
    assert lettering.font_for("Gute Nacht") is not lettering.font_for("\u2b12 \u2b13")
    assert not losses.lost_parts()


def test_a_font_that_is_not_there_is_told_and_another_is_taken() -> None:
    losses = LossReporter()
    lettering = Lettering("no such font", (640, 360), losses)
    assert losses.is_lost("captions font")
    canvas = np.zeros((360, 640, 4), np.uint8)
    lettering.draw(canvas, "a very long row of words that does not fit on the picture at all and is made smaller, so")
    assert canvas.max() > 200
