"""Small pictures of scenes: one for all that differ in captions only."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from installation.bench.marked_clip import make_clip
from installation.course.thumbnails import Thumbnails
from scenes.story.captions import CaptionLine
from scenes.story.clip import Clip


def test_scenes_that_differ_in_captions_only_share_a_picture(tmp_path: Path) -> None:
    clip = Clip(make_clip(tmp_path / "a.mkv", 1, 0.2, (160, 90)))
    lettered = replace(clip, captions=(CaptionLine(0.0, 0.1, "other words"),))
    thumbnails = Thumbnails(192)
    thumbnails.ask({clip: 0.2, lettered: 0.2})
    deadline = time.monotonic() + 30
    while thumbnails.of(clip) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    thumbnails.close()
    assert thumbnails.of(clip) is not None
    assert thumbnails.of(lettered) is thumbnails.of(clip)
