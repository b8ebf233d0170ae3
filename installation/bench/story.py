"""What the story costs: one tick of the state machine, and a week of visitors under a simulated clock."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import numpy as np

import scenes
from installation.bench.report import Figure, Progress, Report
from installation.host.cores import Cores, usable_cores
from scenes.machine.advance import Moment, advance, begin
from scenes.machine.audience import Audience, Visitor
from scenes.machine.dry_run import DryPlayer, dry_run
from scenes.machine.next_event import LONGEST_SECONDS
from scenes.machine.simulate import simulate
from scenes.story.story import Story, load_story

WEEK_SECONDS = 7 * 86400.0
WEEK_TICK_SECONDS = 0.5
TICKS = 20_000
TICK_SECONDS = 1 / 60
AUDIENCE, SAMPLE = 10_000, 100
"""Visitors from event to event, and those of them that are simulated tick by tick."""


def run(progress: Progress) -> Report:
    """Measure on the demo film."""
    story = load_story(Path(scenes.__file__).parent / "demo" / "story.toml")
    progress("ticks at 60 per second", 0.0)
    ticks = _ticks(story)
    busy = float(ticks.mean())
    wall, takes, grown = _week(story, progress)
    budget, cores = TICK_SECONDS * 1e6, usable_cores()
    progress("simulated visitors", 0.0)
    audience, each_tick = _audience(story, cores)
    return Report(
        "story",
        (
            Figure("tick, mean (CPU)", busy * 1e6, "us", budget, "one tick at 60 per second"),
            Figure("tick, p99 (CPU)", float(np.percentile(ticks, 99)) * 1e6, "us", budget, "one tick at 60 per second"),
            Figure("ticks per second of CPU time", 1 / busy, "1/s"),
            Figure("simulated week", wall, "s", WEEK_SECONDS, "real time"),
            Figure("takes in that week", takes, "takes"),
            Figure("memory growth in that week", grown, "MB"),
            Figure(f"{AUDIENCE:,} simulated visitors on {cores} cores", audience, "s", each_tick, "every tick of them"),
        ),
        (f"ticks: one visitor after another, every {TICK_SECONDS * 1000:.1f} ms; week: every {WEEK_TICK_SECONDS} s",),
    )


def _ticks(story: Story) -> np.ndarray:
    visitors, clock = Audience(1), time.thread_time
    state, cues = begin(story, 0.0)
    player = DryPlayer(story).perform(cues)
    durations = np.empty(TICKS)
    for number in range(TICKS):
        now = number * TICK_SECONDS
        player = player.run(TICK_SECONDS)
        moment = Moment(now, visitors.mood(now, state), player.playhead)
        started = clock()
        state, cues = advance(story, state, moment)
        durations[number] = clock() - started
        player = player.perform(cues)
    return durations


def _week(story: Story, progress: Progress) -> tuple[float, int, float]:
    """Wall-clock seconds, number of takes, and megabytes by which the process grew after the first day."""
    visitors, started, takes, day_one = Audience(2, gap_seconds=120.0), time.perf_counter(), 0, 0.0
    for now, state, _ in dry_run(story, visitors.mood, WEEK_SECONDS, WEEK_TICK_SECONDS):
        takes = state.take
        if not day_one and now > 86400.0:
            day_one = _megabytes()
        progress("a week of visitors", now / WEEK_SECONDS)
    return time.perf_counter() - started, takes, _megabytes() - day_one


def _audience(story: Story, cores: int) -> tuple[float, float]:
    """Wall-clock seconds of all of them from event to event, and (from a sample) tick by tick on as many cores."""
    started = time.perf_counter()
    with Cores("scenes.machine.simulate") as processes:
        simulate(story, AUDIENCE, 1, processes.run)
    quick, started = time.perf_counter() - started, time.perf_counter()
    for number in range(SAMPLE):
        visitor = Visitor(1, number)
        way = dry_run(story, visitor.mood, LONGEST_SECONDS, WEEK_TICK_SECONDS)
        next(state for _, state, _ in way if visitor.is_gone and not state.in_take)
    return quick, (time.perf_counter() - started) / SAMPLE * AUDIENCE / cores


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
