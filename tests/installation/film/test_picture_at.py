"""One picture of a clip, for thumbnails."""

from pathlib import Path

import pytest

from calibration.errors import Unplayable
from installation.bench.marked_clip import Mark, make_clip, read_mark
from installation.film.picture_at import picture_at
from scenes.story.clip import Clip

SIZE = (320, 180)


def test_it_is_that_of_the_moment_asked_for_and_behind_the_end_the_last_one(tmp_path: Path) -> None:
    clip = Clip(make_clip(tmp_path / "a.mkv", 1, 1.0, SIZE), in_seconds=0.2, out_seconds=0.8)
    marks = [read_mark(picture_at(clip, seconds, SIZE)) for seconds in (0.0, 0.3, 0.6, 9.0)]
    assert marks == [Mark(1, number) for number in (6, 15, 23, 23)]


def test_a_file_that_is_no_film_gives_none(tmp_path: Path) -> None:
    for name, content in (("gone.mp4", None), ("torn.mp4", b"torn" * 100)):
        if content:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(Unplayable):
            picture_at(Clip(tmp_path / name), 0.0, SIZE)
