"""An evening kept in a file: moods and commands in, every cue out. Any change of behaviour shows as a difference.

When a change is wanted: CHIARO_GOLDEN=write pytest tests/scenes/machine/test_golden_evening.py, and read
the difference.
"""

import csv
import os
from pathlib import Path

from models.mood import Mood
from scenes.machine.command import (
    Attract,
    GoTo,
    Next,
    Pause,
    Reset,
    Resume,
    SetBlackout,
    Start,
    Stop,
    StoryCommand,
)
from scenes.machine.cue import Cue
from scenes.machine.other_rooms import OtherRooms
from scenes.story.story import Story
from tests.scenes.evenings import BLIND, NOBODY, TWO_ROOMS, Course, evening, feeling, story_of

GOLDEN = Path(__file__).parent / "golden"
CUES = 'cue = [{ at_seconds = 1, osc = { address = "/cue/fog", arguments = [1] } }]\n'


def mood_of(row: dict[str, str]) -> Mood:
    if row["mood"] in ("nobody", "blind"):
        return NOBODY if row["mood"] == "nobody" else BLIND
    label = None if row["mood"] == "undecided" else row["mood"]
    return feeling(label, float(row["strength"] or 0.5), int(row["visitors"]))


PLAIN = {one.name: one for one in (Start, Stop, Pause, Resume, Next, Reset, Attract)}


def command_of(words: str) -> StoryCommand:
    name, _, value = words.partition(" ")
    match name:
        case "goto":
            return GoTo(value)
        case "blackout":
            return SetBlackout(float(value) >= 0.5)
    return PLAIN[name]()


def signal_of(words: str) -> tuple[str, float | None]:
    name, _, value = words.partition(" ")
    return name, float(value) if value else None


def rooms_of(words: str) -> OtherRooms:
    """``hall=cellar stairs=gone meets=4``; nothing: no room is known any more."""
    said = dict(word.split("=") for word in words.split())
    meets, gone = int(said.pop("meets", 0)), frozenset(name for name, scene in said.items() if scene == "gone")
    scenes = {name: scene for name, scene in said.items() if scene != "gone"}
    return OtherRooms("here", scenes, gone, meets, tuple(scenes) if meets else ())


def line(now: float, cue: Cue) -> str:
    parts = [f"{value:.3f}" if isinstance(value, float) else str(value) for value in vars_of(cue)]
    return f"{now:7.2f} {type(cue).__name__} {' | '.join(parts)}".rstrip()


def vars_of(cue: Cue) -> list[object]:
    return [getattr(cue, name) for name in cue.__dataclass_fields__]


def lines_of(name: str, story: Story, until: float) -> list[str]:
    """Every cue of the evening of this name; written to its file when that is wanted."""
    with (GOLDEN / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    course: Course = [(float(row["seconds"]), mood_of(row)) for row in rows if row["mood"]]
    commands = {float(row["seconds"]): command_of(row["command"]) for row in rows if row["command"]}
    signals = [(float(row["seconds"]), *signal_of(row["signal"])) for row in rows if row.get("signal")]
    rooms = [(float(row["seconds"]), rooms_of(row["rooms"])) for row in rows if row.get("rooms") is not None]
    lines = [line(now, cue) for now, cue in evening(story, course, until, commands, signals=signals, rooms=rooms)]
    if os.environ.get("CHIARO_GOLDEN") == "write":
        (GOLDEN / f"{name}.cues").write_text("\n".join(lines) + "\n")
    return lines


def test_the_evening_in_the_file_gives_the_cues_in_the_file() -> None:
    story = story_of(TWO_ROOMS.replace('clip = "cellar.mp4"\n', f'clip = "cellar.mp4"\n{CUES}'))
    assert lines_of("evening", story, until=170) == (GOLDEN / "evening.cues").read_text().splitlines()


def test_an_evening_of_memory_draws_and_lots_gives_the_cues_in_its_file() -> None:
    story = story_of((GOLDEN / "memory.toml").read_text())
    assert lines_of("memory", story, until=260) == (GOLDEN / "memory.cues").read_text().splitlines()


def test_an_evening_with_other_rooms_gives_the_cues_in_its_file() -> None:
    story = story_of((GOLDEN / "rooms.toml").read_text())
    assert lines_of("rooms", story, until=140) == (GOLDEN / "rooms.cues").read_text().splitlines()
