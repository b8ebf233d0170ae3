"""What ``bench console`` counts, at the console's real process with a double of the stage."""

import asyncio
from pathlib import Path

import pytest

from installation.bench.console import Phase, first_load
from installation.bench.console_pages import open_pages
from tests.installation.web.stage_double import StageDouble


def test_pages_see_how_old_a_state_is_and_a_flood_is_answered(tmp_path: Path) -> None:
    with StageDouble(tmp_path, rate=20.0) as stage:
        seen = asyncio.run(open_pages(stage.port, pages=3, seconds=1.0, flooders=1))
        size, milliseconds, files = first_load(stage.port)
    assert seen.ages_ms
    assert min(seen.ages_ms) >= 0.0
    assert seen.last["pictures"] > seen.first["pictures"]
    assert seen.answered > 0
    assert stage.asked("mute")
    assert files > 10  # the page, its style and all modules that they name
    assert size < 300_000
    assert milliseconds > 0.0


def test_late_dropped_and_repeated_pictures_count_among_all() -> None:
    counters = {"pictures": 100, "late": 1, "dropped": 5, "repeated": 0}
    later = {"pictures": 300, "late": 3, "dropped": 6, "repeated": 1}
    phase = Phase("1 page", 30.0, 0.1, 0.2, {"first": counters, "last": later})
    assert phase.bad_share == pytest.approx(2.0)
