"""The files of stems: what the player plays of them, and whether they are as long as one another and as the scene."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scenes.story.clip import Stem
from scenes.story.probe import Unreadable, probe
from scenes.story.problem import Problem
from scenes.story.salvage import BLANK
from scenes.story.story_file import SceneEntry

UNEQUAL_SECONDS = 0.02
"""What coders of sound add at an end is less, or the same in all files of one export."""


def stems_of(scene: SceneEntry, folder: Path) -> tuple[Stem, ...]:
    """The stems as the player takes them. One whose file is missing is there too: it is lost alone, and may come back.

    None of them is left out, so that each keeps its level's number.
    """
    return tuple(
        Stem(folder / one.file, one.floor, one.volume, one.attack_seconds, one.release_seconds) for one in scene.stem
    )


def longest_stem(scene: SceneEntry, folder: Path) -> float:
    """Seconds; 0 where no stem can be read."""
    return max(_lengths(scene, folder).values(), default=0.0)


def check_stem_lengths(key: str, scene: SceneEntry, folder: Path, seconds: float) -> Iterator[Problem]:
    """Warn of stems of unequal length, and of those that end before the scene of ``seconds`` does."""
    lengths = _lengths(scene, folder)
    if not lengths:
        return
    shortest, longest = min(lengths.values()), max(lengths.values())
    if longest - shortest <= UNEQUAL_SECONDS and shortest >= seconds - UNEQUAL_SECONDS:
        return
    listed = ", ".join(f"{name} {length:.2f} s" for name, length in lengths.items())
    what = "are of unequal length" if longest - shortest > UNEQUAL_SECONDS else "are shorter than the scene"
    silent = "; one that ends before the scene is silent from there on" if shortest < seconds - UNEQUAL_SECONDS else ""
    why = f"{what}: {listed}; the scene lasts {seconds:.2f} s{silent}. Export them together, as long as the scene"
    yield Problem(f"{key}.stem", why, fatal=False)


def _lengths(scene: SceneEntry, folder: Path) -> dict[str, float]:
    """Seconds of each file that can be read."""
    found = {}
    for one in scene.stem:
        try:
            header = probe(folder / one.file)
        except Unreadable:
            continue
        if one.file != BLANK and header.has_sound:
            found[one.file] = header.seconds
    return found
