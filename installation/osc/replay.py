"""An evening's journal as moods and cues again, so that visuals can be built with nobody there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installation.host.journal_files import read_lines
from models.mood import Mood
from scenes.machine.cue import (
    Branched,
    Cue,
    SceneEnded,
    SceneStarted,
    ShowState,
    SignalChanged,
    StateChanged,
    ThreadShown,
)

GAP_SECONDS = 10.0
"""A longer silence (nobody was there, the room was closed, the show began again) is cut to this."""
TAKE_GAP_SECONDS = 600.0
"""The same in a take: a long scene keeps its length, also when its visitor has left and nothing is written."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the journal: how long after the one before it, and what it says."""

    wait: float
    said: Mood | Cue


def steps(path: Path) -> Iterator[Step]:
    """The journal's moods and cues in order; unknown kinds and torn lines are skipped."""
    before: float | None = None
    in_take, longest = False, GAP_SECONDS
    for line in read_lines(path):
        try:
            said, at = _said(line), float(line["t"])
        except (KeyError, TypeError, ValueError, OverflowError):  # pydantic's error is a ValueError too
            continue
        kind = line.get("kind")
        if kind in ("take_start", "take_end", "show_start"):
            in_take = kind == "take_start"
            longest = GAP_SECONDS if kind == "show_start" else longest
        if said is not None and math.isfinite(at):
            yield Step(0.0 if before is None else min(max(at - before, 0.0), longest), said)
            before, longest = at, TAKE_GAP_SECONDS if in_take else GAP_SECONDS


def scene_names(path: Path) -> list[str]:
    """The scenes by their index, from 1, as far as the journal names them."""
    named: dict[int, str] = {}
    for step in steps(path):
        if isinstance(step.said, SceneStarted) and 0 < step.said.index < 10_000:
            named[step.said.index] = step.said.scene
    return [named.get(index, f"scene {index}") for index in range(1, max(named, default=0) + 1)]


def _said(line: dict[str, Any]) -> Mood | Cue | None:
    match line.get("kind"):
        case "mood":
            fields = {name: value for name, value in line.items() if name in Mood.model_fields}
            return Mood.model_validate(fields | {"captured_at": line["t"]})
        case "scene_start":
            return SceneStarted(int(line.get("entry", 0)), str(line["scene"]), int(line["index"]))
        case "scene_end":
            seconds = float(line.get("seconds", 0.0))
            return SceneEnded(int(line.get("entry", 0)), str(line["scene"]), int(line["index"]), seconds)
        case "thread":
            words = str(line["scene"]), str(line["thread"])
            return ThreadShown(int(line.get("entry", 0)), *words, int(line["index"]), str(line.get("reason", "")))
        case "branch":
            reason, emotion = str(line.get("reason", "")), line.get("emotion")
            return Branched(
                str(line["source"]), str(line["target"]), reason, emotion, float(line.get("confidence", 0.0))
            )
        case "signal":
            value, level = float(line["value"]), min(max(float(line["level"]), 0.0), 1.0)
            return SignalChanged(max(int(line["number"]), 1), str(line["signal"]), value, level, bool(line["known"]))
        case "state":
            state = ShowState[str(line["state"]).upper()]
            return StateChanged(state, bool(line.get("paused", False)), bool(line.get("blackout", False)))
    return None
