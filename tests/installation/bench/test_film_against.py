"""The comparison with another player: its clip, and how both are counted."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from installation.bench.film_against import decoded_per_second, shown_by_mpv, shown_here
from installation.bench.heavy_clip import PICTURES, make_heavy_clip
from installation.bench.marked_clip import read_mark

SIZE = (640, 360)


def test_the_heavy_clip_is_the_same_pictures_again_and_again_at_the_rate_that_is_asked_for(tmp_path: Path) -> None:
    file = make_heavy_clip(tmp_path / "a.mkv", SIZE, Fraction(120), 1.0, "libx264")
    with av.open(str(file)) as container:
        frames = [
            (frame.time, np.asarray(frame.to_ndarray(format="bgra"), np.uint8)) for frame in container.decode(video=0)
        ]
    assert np.allclose(np.diff([seconds for seconds, _ in frames]), 1 / 120, atol=0.001)
    marks = [mark.number for _, canvas in frames if (mark := read_mark(canvas))]
    assert marks == [*range(PICTURES)] * 2
    assert decoded_per_second(file) > 0


@pytest.mark.slow
def test_of_a_light_clip_both_players_show_all_but_the_last_moment(tmp_path: Path) -> None:
    if shutil.which("mpv") is None:
        pytest.skip("mpv is not installed here: the other player was not tried")
    file = make_heavy_clip(tmp_path / "a.mkv", SIZE, Fraction(30), 2.0, "libx264")
    theirs, late = shown_by_mpv(file, tmp_path)
    ours, on_time, _ = shown_here(file, Fraction(30), tmp_path)
    assert theirs <= PICTURES
    assert late == 0.0
    assert PICTURES / 2 < on_time <= ours <= PICTURES
