"""An evening's journal as moods and cues again, so that visuals can be built with nobody there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibration.errors import BadFile
from models.mood import Mood
from scenes.machine.cue import Branched, Cue, SceneEnded, SceneStarted, ShowState, StateChanged

GAP_SECONDS = 10.0
"""A longer silence (the room was closed, the show began again) is cut to this."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the journal: how long after the one before it, and what it says."""

    wait: float
    said: Mood | Cue


def steps(path: Path) -> Iterator[Step]:
    """The journal's moods and cues in order; unknown kinds and torn lines are skipped."""
    before: float | None = None
    for line in _lines(path):
        try:
            said, at = _said(line), float(line["t"])
        except (KeyError, TypeError, ValueError):  # pydantic's error is a ValueError too
            continue
        if said is not None:
            yield Step(0.0 if before is None else min(max(at - before, 0.0), GAP_SECONDS), said)
            before = at


def scene_names(path: Path) -> list[str]:
    """The scenes by their index, from 1, as far as the journal names them."""
    named: dict[int, str] = {}
    for step in steps(path):
        if isinstance(step.said, SceneStarted) and 0 < step.said.index < 10_000:
            named[step.said.index] = step.said.scene
    return [named.get(index, f"scene {index}") for index in range(1, max(named, default=0) + 1)]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                if isinstance(line, dict):
                    yield line
    except OSError as error:
        raise BadFile(path, [f"cannot be read: {error.strerror}"]) from error


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
        case "branch":
            reason, emotion = str(line.get("reason", "")), line.get("emotion")
            return Branched(
                str(line["source"]), str(line["target"]), reason, emotion, float(line.get("confidence", 0.0))
            )
        case "state":
            state = ShowState[str(line["state"]).upper()]
            return StateChanged(state, bool(line.get("paused", False)), bool(line.get("blackout", False)))
    return None
