"""The measures of threads: a sample that is not the one its place asks for is out of step, in a crossing or not."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

from installation.bench.film_threads import CLIP_SECONDS, out_of_step
from installation.cli import app
from installation.film.audio_decoder import RATE
from installation.film.thread_sound import CROSSING

LENGTH = round(CLIP_SECONDS * RATE)


def test_samples_that_count_on_through_cuts_and_loops_are_in_step() -> None:
    numbers = np.arange(LENGTH - 5000, LENGTH + 5000) % LENGTH
    marks = np.where(np.arange(len(numbers)) < 3000, 1, 2)
    numbers[3000 : 3000 + CROSSING] = 7  # two sounds at once cannot be read
    silence = np.zeros(100, np.int64)
    assert (
        out_of_step(np.concatenate([silence, marks, silence]), np.concatenate([silence - 1, numbers, silence - 1])) == 0
    )


@pytest.mark.parametrize("wrong", [1, -1, 40])
def test_a_thread_that_is_some_samples_off_is_out_of_step(wrong: int) -> None:
    numbers = np.arange(20_000)
    numbers[8_000:15_000] += wrong
    assert out_of_step(np.ones(20_000, np.int64), numbers) == 7_000


def test_silence_is_in_step_with_nothing() -> None:
    assert out_of_step(np.zeros(100, np.int64), np.full(100, -1)) == 0


def test_only_the_film_has_threads() -> None:
    refused = CliRunner().invoke(app, ["bench", "osc", "--threads"])
    assert refused.exit_code != 0
    assert "is only for film" in refused.output
