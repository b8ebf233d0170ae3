"""How loud each scene is, and which changes of scene a visitor would hear as a jump."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from installation.commands.finding import Finding, ok, warning
from installation.film.inspection import Inspection
from scenes.story.story import Story

JUMP_LU = 3.0
"""A change of loudness that everybody notices."""
LISTED = 12
"""Scenes or jumps told one by one."""
LEVEL = "ffmpeg -i CLIP -af loudnorm=I=-18:TP=-1.5:LRA=11 -ar 48000 -c:v copy LEVELLED"


def check_loudness(story: Story, found: Mapping[str, Inspection]) -> Iterator[Finding]:
    """The loudness of every scene by EBU R 128, and the changes of scene that jump. ``found``: by ``scene NAME``."""
    levels = {name: level for name in story.names if (level := loudness_of(story, name, found)) is not None}
    if not levels:
        return
    where = str(story.path)
    told = [f"{name} {level:.1f}" for name, level in sorted(levels.items(), key=lambda pair: -pair[1])]
    shown = told if len(told) <= LISTED else [*told[: LISTED // 2], "...", *told[-LISTED // 2 :]]
    yield ok("loudness", where, f"{', '.join(shown)} LUFS")
    # Where the film goes when the visitor has left is not among the branches: nobody is there to hear it.
    jumps = {
        (name, to): levels[to] - levels[name]
        for name in levels
        for to in dict.fromkeys(branch.to for branch in story.branches(name))
        if to in levels and abs(levels[to] - levels[name]) > JUMP_LU
    }
    if jumps:
        worst = sorted(jumps.items(), key=lambda pair: -abs(pair[1]))
        lines = [f"{name} to {to} {jump:+.1f} LU" for (name, to), jump in worst[:LISTED]]
        more = f" and {len(worst) - LISTED} more" if len(worst) > LISTED else ""
        yield warning(
            "loudness",
            where,
            f"jumps by more than {JUMP_LU:g} LU from {', '.join(lines)}{more}; "
            f"set `volume` of these scenes, or level their clips: {LEVEL}",
        )


def loudness_of(story: Story, name: str, found: Mapping[str, Inspection]) -> float | None:
    """What is heard in a scene, clip, stems and bed together, in LUFS; None in silence.

    Stems that follow the visitor are half up.
    """
    bed, clip = story.bed(name), story.clip(name)
    powers = [_power(found.get(f"scene {name}"), clip.volume)]
    for number, (stem, entry) in enumerate(zip(clip.stems, story.scene(name).stem, strict=True)):
        volume = entry.at(0.5) if entry.follow else stem.volume
        powers.append(_power(found.get(f"stem {name} {number}"), clip.volume * volume))
    if bed is not None:
        powers.append(_power(found.get(f"bed {story.scene(name).bed}"), bed.volume))
    total = sum(powers)
    return 10 * math.log10(total) if total > 0 else None


def _power(found: Inspection | None, volume: float) -> float:
    return 0.0 if found is None or found.lufs is None else 10 ** (found.lufs / 10) * volume**2
