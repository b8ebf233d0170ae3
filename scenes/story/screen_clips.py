"""The clips of several screens that play one story: what each plays, and whether they can run in step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from calibration.screens_settings import WHOLE, Crop
from scenes.story.clip import Clip
from scenes.story.probe import Unreadable, probe
from scenes.story.problem import Problem
from scenes.story.salvage import BLANK
from scenes.story.screens import ScreenClip
from scenes.story.story_file import SceneEntry
from scenes.story.thread_clips import SAME_RATE


def screen_clip(clip: Clip, seconds: float, own: ScreenClip | None, folder: Path, crop: Crop = WHOLE) -> Clip:
    """What a screen plays in a scene whose clip lasts so long; ``crop``: what it shows of clips for all screens."""
    part = own.crop if own and own.crop else WHOLE if own and own.clip else crop
    threads = tuple(replace(one, crop=part) for one in clip.threads)
    clip = replace(clip, crop=part, threads=threads)
    if own is None or own.clip is None:
        return clip
    file = folder / own.clip
    out = None if clip.loop and _is_still(file) else clip.in_seconds + seconds  # loops come round together
    return replace(clip, file=file, out_seconds=out, threads=(), thread="", own_sound=False)


def check_screen_clips(name: str, scene: SceneEntry, clip: Clip, seconds: float, folder: Path) -> Iterator[Problem]:
    """Clips of single screens that cannot be read, or cannot run in step with the scene's own.

    Warnings only: this machine need not be the one that plays them.
    """
    for screen, own in scene.screens.items():
        if own.clip is not None and own.clip != BLANK:
            key = f"scenes.{name}.screens.{screen}.clip"
            for why in _faults(own.clip, clip, seconds, folder):
                yield Problem(key, why, fatal=False)


def _faults(named: str, clip: Clip, seconds: float, folder: Path) -> Iterator[str]:
    try:
        header = probe(folder / named)
        if not header.has_picture:
            raise Unreadable("has no picture")
    except Unreadable as error:
        yield f"{named}: {error}"
        return
    if header.still:
        return
    begin, frame = clip.in_seconds, 1 / max(1.0, header.rate)
    if header.seconds - begin < seconds - frame / 2:
        after = f" from {begin:g} s on" if begin else ""
        why = f"{named} has {header.seconds - begin:.2f} s{after}, and the scene {seconds:.2f} s"
        yield f"{why}; clips of several screens must be equally long"
    try:
        lead = probe(clip.file)
    except Unreadable:
        return
    if not lead.still and abs(header.rate - lead.rate) > SAME_RATE:
        why = f"{named} has {header.rate:g} pictures a second, and {clip.file.name} {lead.rate:g}"
        yield f"{why}; clips of several screens need the same rate (chiaro convert)"


def _is_still(file: Path) -> bool:
    try:
        return probe(file).still
    except Unreadable:
        return False
