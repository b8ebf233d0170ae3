"""Journals as a show writes them, made by the tests: evenings with visitors, takes and losses at chosen times."""

from __future__ import annotations

import gzip
import json
import time
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

MOOD = [0.1, 0.6, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05]
SCENES = {"lamp": None, "opening": 20.0, "joy": 30.0, "ash": 10.0}


def wall(text: str, zone: tzinfo | None = None) -> float:
    """``2026-11-26 18:30`` as unix seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


class MadeJournal:
    """Writes the files of one room, each line to the day that the machine's clock says."""

    def __init__(self, folder: Path, room: str = "hall", story: str = "aaaa") -> None:
        self.folder, self.room, self.hash = folder, room, story
        self.takes = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.lines: list[tuple[float, str]] = []

    def line(self, at: float, kind: str, **fields: Any) -> None:
        self.lines.append((at, json.dumps({"at": at, "t": at - 1e9, "kind": kind, **fields}, separators=(",", ":"))))

    def write(self, packed: bool = False) -> None:
        """All lines in the order of time."""
        days: dict[str, list[str]] = {}
        for at, text in sorted(self.lines, key=lambda one: one[0]):
            days.setdefault(time.strftime("%Y-%m-%d", time.localtime(at)), []).append(text)
        for day, texts in days.items():
            content = ("\n".join(texts) + "\n").encode()
            name = f"{day}.{self.room}.jsonl"
            if packed:
                (self.folder / f"{name}.gz").write_bytes(gzip.compress(content, 6))
            else:
                (self.folder / name).write_bytes(content)
        self.lines.clear()

    def start(self, at: float, moods: str = "eye", scenes: dict[str, float | None] | None = None) -> None:
        self.line(at, "show_start", story="Film", venue=self.room.title(), version="1", moods=moods)
        self.story(at, scenes or SCENES)

    def story(self, at: float, scenes: dict[str, float | None] = SCENES) -> None:
        self.line(
            *(at, "story"),
            title="Film",
            hash=self.hash,
            first="opening",
            attract="lamp",
            safe="lamp",
            scenes=scenes,
            endings=["joy", "ash"],
        )

    def doors(self, at: float, state: str) -> None:
        self.line(at, "house", state=state, why="opening hours")

    def counters(self, at: float, seconds: float = 300.0, seeing: float = 300.0, **lost: float) -> None:
        """The five minutes before ``at``."""
        fields = {"seconds": seconds, "open": seconds, "seeing": seeing, "pictures": 100, "late": 2, "lost": lost}
        self.line(at, "counters", **fields)

    def visit(self, at: float, seconds: float) -> None:
        self.line(at, "enter", here=1)
        self.line(at + seconds, "leave", seconds=seconds, here=0)

    def mood(self, at: float, mood: list[float] = MOOD, **fields: Any) -> None:
        said = {"trusted": True, "reason": "", "present": True, "count": 1, "probabilities": mood}
        self.line(at, "mood", **said, dominant=None, confidence=0.6, valence=0.5, arousal=0.2, **fields)

    def branch(self, at: float, source: str, target: str, share: float = 0.5, **fields: Any) -> None:
        stood = [
            {"to": "joy", "asks": "happiness", "taken": target == "joy", "share": share, "needed": 0.4},
            {"to": "ash", "asks": "otherwise", "taken": target == "ash"},
        ]
        said = {"source": source, "target": target, "reason": "otherwise", "emotion": None, "confidence": 0.0}
        self.line(at, "branch", **(said | {"stood": stood if source == "opening" else []} | fields))

    def take(self, at: float, ending: str = "joy", outcome: str = "", **fields: Any) -> float:
        """One take: the opening, then ``ending`` ('' the visitor left in the opening). Returns when it ended."""
        self.takes += 1
        self.line(at, "take_start", take=self.takes, seed=1, draws={}, story=self.hash, **fields)
        for scene, begin in (("opening", 0.0), (ending, 20.0)):
            if scene:
                self.line(at + begin + 0.01, "scene_start", entry=1, scene=scene, index=1)
                length = SCENES.get(scene) or 10.0
                for second in range(0, int(length), 2):
                    self.mood(at + begin + 0.5 + second)
                if scene == "opening" and ending:
                    self.branch(at + 19.0, "opening", ending)
                self.line(at + begin + length, "scene_end", entry=1, scene=scene, index=1, seconds=length)
        end = at + 20.0 + ((SCENES.get(ending) or 10.0) if ending else 0.0) + 0.1
        self.line(end, "take_end", take=self.takes, outcome=outcome or ending or "left")
        return end

    def guest(self, at: float, ending: str = "joy", outcome: str = "") -> None:
        """Somebody who comes, sees the film and goes."""
        end = self.take(at + 1.0, ending, outcome)
        self.visit(at, end + 2.0 - at)
