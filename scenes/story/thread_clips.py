"""The clips of a scene with threads: what the player plays, and whether they can run in step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from scenes.story.clip import Clip
from scenes.story.probe import Unreadable, probe
from scenes.story.problem import Problem
from scenes.story.salvage import BLANK
from scenes.story.story_file import SceneEntry
from scenes.story.threads import Thread

SAME_RATE = 0.01
"""Pictures a second by which headers of one camera differ."""


def lead_thread(scene: SceneEntry, folder: Path) -> Thread | None:
    """The first thread whose file can be read, which gives the scene its length; None without threads."""
    return next((one for one in scene.thread if _is_film(folder / one.clip)), next(iter(scene.thread), None))


def with_threads(clip: Clip, seconds: float, scene: SceneEntry, folder: Path) -> Clip:
    """``clip``, which is the lead thread's, with the other threads in step. Those that cannot be read are left out."""
    if not scene.thread:
        return clip
    found = []
    for one in scene.thread:
        begin = begins_at(one, scene)
        found.append(
            replace(
                clip,
                file=folder / one.clip,
                in_seconds=begin,
                out_seconds=begin + seconds,
                sound_track=scene.sound_track if one.sound_track is None else one.sound_track,
                thread=one.name,
                stems=(),
            )
        )
    there = [one for one in found if _is_film(one.file)] or found
    return replace(there[0], stems=clip.stems, threads=tuple(there[1:]), own_sound=scene.thread_sound == "own")


def begins_at(thread: Thread, scene: SceneEntry) -> float:
    """Where in its file a thread begins, in seconds."""
    return scene.in_seconds if thread.in_seconds is None else thread.in_seconds


def check_thread_clips(name: str, scene: SceneEntry, folder: Path) -> Iterator[Problem]:
    """Threads that cannot be read, or not run in step."""
    lead = lead_thread(scene, folder)
    readable = lead is not None and _is_film(folder / lead.clip)
    for number, one in enumerate(scene.thread):
        key = f"scenes.{name}.thread.{number}"
        if one.clip == BLANK:
            continue
        try:
            header = probe(folder / one.clip)
            if not header.has_picture:
                raise Unreadable("has no picture")
        except Unreadable as error:
            yield Problem(f"{key}.clip", f"{one.clip}: {error}", forgivable=True, unplayable=None if readable else name)
            continue
        if header.still:
            yield Problem(f"{key}.clip", f"{one.clip} is a picture; threads must be films, so that they run in step")
        elif lead is not None and readable:
            yield from _check_in_step(key, one, lead, scene, folder)


def _check_in_step(key: str, one: Thread, lead: Thread, scene: SceneEntry, folder: Path) -> Iterator[Problem]:
    """A thread that ends before the others, or has another rate."""
    header, other = probe(folder / one.clip), probe(folder / lead.clip)
    begin, first = begins_at(one, scene), begins_at(lead, scene)
    left, wanted = header.seconds - begin, other.seconds - first
    if scene.out_seconds is not None:
        wanted = scene.out_seconds - first
    elif scene.maximum_seconds is not None and not scene.loop:
        wanted = min(wanted, scene.maximum_seconds)
    if wanted <= 0:
        if one is lead:  # the others end as long after their own beginnings
            yield Problem(key, f"nothing is left of {one.clip} from {begin:g} s to the scene's out_seconds")
        return
    frame = 1 / max(1.0, header.rate)
    if left < wanted - frame / 2 or (left > wanted + frame / 2 and one is not lead and _plays_to_its_end(scene)):
        why = f"{one.clip} has {left:.2f} s from {begin:g} s on, and the scene {wanted:.2f} s ({lead.name})"
        yield Problem(key, f"{why}; threads must be equally long: cut one, or set out_seconds", forgivable=True)
    if abs(header.rate - other.rate) > SAME_RATE:
        why = f"{one.clip} has {header.rate:g} pictures a second, and {lead.clip} {other.rate:g}"
        yield Problem(f"{key}.clip", f"{why}; threads need the same rate (chiaro convert)", forgivable=True)


def check_rate_drive(name: str, scene: SceneEntry, folder: Path) -> Iterator[Problem]:
    """A drive of the rate where sound is to run in step with the picture."""
    number = next((n for n, one in enumerate(scene.drive) if one.what == "rate"), None)
    if number is None:
        return
    heard = [scene.sound] if scene.sound else [one.clip for one in scene.thread] or [scene.clip]
    if scene.thread_sound == "first" and scene.thread and not scene.sound:
        heard = heard[:1]
    heard += [one.file for one in scene.stem] + ([scene.description] if scene.description else [])
    for file in heard:
        with suppress(Unreadable):
            if scene.volume > 0 and probe(folder / file).has_sound:
                why = f"cannot move the rate, because {file} has sound, which would no longer be in step"
                yield Problem(
                    f"scenes.{name}.drive.{number}.what", f"{why}; remove the sound (or volume = 0), or use a bed"
                )
                return


def _plays_to_its_end(scene: SceneEntry) -> bool:
    return scene.out_seconds is None and (scene.loop or scene.maximum_seconds is None)


def _is_film(path: Path) -> bool:
    try:
        return probe(path).has_picture
    except Unreadable:
        return False
