"""The story and its clips, as ``chiaro check`` tries them: read, and decoded from end to end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from calibration.errors import BadFile
from calibration.files import is_file
from calibration.progress import Progress
from calibration.settings import ScreenSettings
from installation.commands.caption_checks import check_captions
from installation.commands.finding import Finding, bad_input, ok, problem, warning
from installation.commands.flash_checks import check_flashes
from installation.commands.loudness_check import check_loudness
from installation.commands.remembered import Remembered, key_of
from installation.film.frame_scaler import FrameScaler
from installation.film.hardware_decoding import hardware
from installation.film.inspection import SPARE, Inspection, effect_seconds, inspect_bed, inspect_clip
from installation.film.keystone import Tone
from installation.film.picture_effects import STILL_GRAIN_HERTZ
from installation.host.state_folder import state_folder
from scenes.story.clip import Bed, Clip, PictureLevels
from scenes.story.drives import Drive
from scenes.story.probe import probe
from scenes.story.story import Story


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file that the story plays: what one decoder has to decode."""

    where: str
    """The first scene or bed that plays it, and the file."""
    key: str
    """Under which its inspection is remembered; the same for all who play the same part."""
    inspect: Callable[[Callable[[], bool]], Inspection]


def check_story(path: Path, decode: bool, progress: Progress, screen: ScreenSettings) -> Iterator[Finding]:
    """The story as data, its captions laid out for ``screen``, and every clip decoded from end to end (a cut-off clip
    still has a whole header).
    """
    from scenes.story.story import load_story

    remembered = Remembered(state_folder())
    try:
        story = load_story(path)
    except BadFile as error:
        yield from bad_input("story", error)
        return
    for remark in story.warnings:
        yield warning("story", str(path), str(remark))
    yield ok("story", str(path), f"{story.title}: {len(story.names)} scenes")
    yield from check_captions(story, screen)
    if decode:
        yield from check_clips(story, progress, screen, remembered)


def check_clips(story: Story, progress: Progress, screen: ScreenSettings, remembered: Remembered) -> Iterator[Finding]:
    """Decode each part of a file that the story plays, on all cores; what was whole and has not changed, not again."""
    users = parts_of(story, screen)
    parts = {part.key or part.where: part for part in users.values()}
    found = {name: known for name, part in parts.items() if (known := remembered.get(part.key)) is not None}
    new = {name: part for name, part in parts.items() if name not in found}
    for name, inspection in _inspect_all(new, progress):
        found[name] = inspection
        remembered.put(parts[name].key, inspection)
    remembered.save()
    for name, part in parts.items():
        yield from _judge(part.where, found[name], screen)
    good = sum(not inspection.fault for inspection in found.values())
    tell = ok if good == len(parts) else warning
    whole = f"{good} of {len(parts)} clips, stems and beds decode to their last frame"
    yield tell("clips", str(story.path.parent), whole)
    of_users = {user: found[part.key or part.where] for user, part in users.items()}
    yield from _judge_scenes(story, of_users, screen)
    yield from check_loudness(story, of_users)
    yield from check_flashes(story, of_users)


def parts_of(story: Story, screen: ScreenSettings) -> dict[str, Part]:
    """What is played, by ``scene NAME``, ``scene NAME thread THREAD``, ``screen SCREEN in scene NAME``,
    ``stem NAME NUMBER`` and ``bed NAME``.
    """
    size = screen.width, screen.height
    parts = {}

    def add(user: str, clip: Clip) -> None:
        files = [clip.file, *([clip.sound] if clip.sound else [])]
        key = key_of(files, clip.in_seconds, clip.out_seconds, clip.sound_track, *size, screen.fit)
        inspect = partial(inspect_clip, clip, FrameScaler(size, screen.fit, Tone(screen)))
        parts[user] = Part(f"{user}: {clip.file}", key, inspect)

    for name in story.names:
        for clip in threads_of(story, name):
            add(f"scene {name}" + (f" thread {clip.thread}" if clip is not story.clip(name) else ""), clip)
        for one, own in story.scene(name).screens.items():
            if own.clip and is_file(story.path.parent / own.clip):  # what is missing is told, and may be another's
                add(f"screen {one} in scene {name}", story.screen_clip(name, one))
        for number, stem in enumerate(story.clip(name).stems):
            decode = partial(inspect_bed, Bed(stem.file))
            parts[f"stem {name} {number}"] = Part(
                f"stem of {name}: {stem.file}", key_of([stem.file], "bed", None), decode
            )
    for scene in story.names:
        entry, bed = story.scene(scene).bed, story.bed(scene)
        if entry and bed:
            key = key_of([bed.file], "bed", bed.sound_track)
            parts[f"bed {entry}"] = Part(f"bed {entry}: {bed.file}", key, partial(inspect_bed, bed))
    return parts


def threads_of(story: Story, name: str) -> tuple[Clip, ...]:
    """The clips that run at once in a scene."""
    clip = story.clip(name)
    return () if story.scene(name).is_course else (clip, *clip.threads)


def _inspect_all(parts: dict[str, Part], progress: Progress) -> Iterator[tuple[str, Inspection]]:
    """Each part decoded, in the order in which they are done. FFmpeg holds no lock of Python's while it decodes."""
    stop = threading.Event()
    with ThreadPoolExecutor(os.cpu_count() or 1, "inspection") as pool:
        waiting = {pool.submit(part.inspect, stop.is_set): name for name, part in parts.items()}
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                progress(f"decoded {done} of {len(parts)} clips, stems and beds", done / len(parts))
                yield waiting[future], future.result()
        finally:  # also when somebody has typed Ctrl-C
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _judge(where: str, found: Inspection, screen: ScreenSettings) -> Iterator[Finding]:
    if found.fault:
        yield problem("clip", where, f"{found.fault}; render the file or copy it again")
        return
    if found.damaged:
        pictures = "1 damaged picture is" if found.damaged == 1 else f"{found.damaged} damaged pictures are"
        yield warning("clip", where, f"{pictures} left out; render the file or copy it again")
    if found.torn_sound:
        places = "1 damaged place" if found.torn_sound == 1 else f"{found.torn_sound} damaged places"
        yield warning("clip", where, f"silent in {places}; render the file or copy it again")
    cores = os.cpu_count() or 1
    hardware.allowed = screen.hardware_decoding == "auto"
    if found.is_too_heavy(cores) and found.is_too_heavy(cores, card=hardware.device() is not None):
        scaling = f"{found.cores - found.decoding_cores:.1f} to bring them to {screen.width}x{screen.height}"
        yield warning(
            "clip",
            where,
            f"too heavy for this machine: its pictures need {found.decoding_cores:.1f} cores to decode and {scaling}, "
            f"more than can be spared of {cores}, so some would be lost; encode it smaller (docs/film.md)",
        )


def _judge_scenes(story: Story, found: Mapping[str, Inspection], screen: ScreenSettings) -> Iterator[Finding]:
    """Scenes whose clips can be decoded one by one on this machine, but not all threads at once and driven."""
    cores = os.cpu_count() or 1
    for name in story.names:
        users = [user for user in found if user == f"scene {name}" or user.startswith(f"scene {name} thread ")]
        driven = driven_most(story.scene(name).drive)
        if not users or (len(users) == 1 and driven == PictureLevels()):
            continue
        rate = probe(story.clip(name).file).rate or STILL_GRAIN_HERTZ
        drives = rate * effect_seconds(driven, (screen.width, screen.height))
        needed = sum(found[user].cores for user in users) + drives
        alone = any(found[user].is_too_heavy(cores) for user in users)
        if needed > SPARE * cores and not alone:
            part = "threads" if len(users) > 1 else "drives"
            who = [f"{len(users)} threads" if len(users) > 1 else "clip", *(["drives"] if drives else [])]
            leave = " or drive less (blur takes most)" if drives else ""
            yield warning(
                part,
                f"scene {name}: {story.path}",
                f"too heavy for this machine: its {' and '.join(who)} need {needed:.1f} cores at once, more than "
                f"can be spared of {cores}, so pictures would be lost; encode smaller{leave} (docs/film.md)",
            )


def driven_most(drives: Sequence[Drive]) -> PictureLevels:
    """The picture at the ends of its drives that take most of the processor."""
    ends = {one.what: (one.from_, one.to) for one in drives}
    grey = next((value for value in ends.get("saturation", ()) if value != 1), 1.0)
    return PictureLevels(saturation=grey, blur=max(ends.get("blur", (0.0,))), grain=max(ends.get("grain", (0.0,))))
