"""The media of a story: whether the files exist and can be read, and whether the story's times fit their lengths."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from calibration.files import is_file
from scenes.story.captions import read_captions
from scenes.story.clip import COURSE_SECONDS, STILL_SECONDS, Clip
from scenes.story.mending import remarks, track_remark
from scenes.story.near_file import near_file
from scenes.story.probe import MediaHeader, Unreadable, probe, seconds_before_key_frame
from scenes.story.problem import Problem
from scenes.story.salvage import BLANK
from scenes.story.screen_clips import check_screen_clips
from scenes.story.sound_track import find_track, in_words
from scenes.story.stem_files import check_stem_lengths, longest_stem, stems_of
from scenes.story.story_file import SceneEntry, StoryFile
from scenes.story.thread_clips import begins_at, check_rate_drive, check_thread_clips, lead_thread, with_threads
from scenes.story.translations import caption_files, translations_of

GUESSED_SECONDS = 10.0
"""Taken for the length of a clip that cannot be read, so that the rest of the story can be checked."""
HOUR_SECONDS = 3600.0
SLOW_SEEK_SECONDS = 2.0
"""An in point further than this after a key frame takes a second or more to prepare."""


@dataclass(frozen=True, slots=True)
class TimedClip:
    """A scene's clip and its length in seconds (of one pass, if it loops)."""

    clip: Clip
    seconds: float


def media_files(file: StoryFile) -> tuple[str, ...]:
    """Every film, picture and sound file that a story names, each once."""
    named: list[str | None] = []
    for scene in file.scenes.values():
        named += [scene.clip, scene.sound, scene.description]
        named += [*(one.clip for one in scene.thread), *(one.file for one in scene.stem)]
        named += [one.clip for one in scene.screens.values()]
    named += [bed.file for bed in file.beds.values()]
    return tuple(dict.fromkeys(name for name in named if name and name != BLANK))


def read_headers(file: StoryFile, folder: Path) -> None:
    """Read what every media file contains, on all cores: ``probe`` remembers it, and tells what is wrong with one."""

    def read(name: str) -> None:
        with suppress(Unreadable):
            probe(folder / name)

    with ThreadPoolExecutor(os.cpu_count() or 1, "headers") as pool:
        list(pool.map(read, media_files(file)))


def timed_clip(file: StoryFile, name: str, folder: Path) -> TimedClip:
    """What the player plays for a scene, and for how long; ``GUESSED_SECONDS`` if the clip cannot be read."""
    scene = file.scenes[name]
    if scene.is_course:
        seconds = scene.course_seconds or COURSE_SECONDS
        sound = _if_there(folder, scene.sound)
        return TimedClip(Clip(folder, out_seconds=seconds, volume=scene.volume, sound=sound), seconds)
    lead = lead_thread(scene, folder)
    path = folder / (lead.clip if lead else scene.clip)
    loop = file.loops(name)
    try:
        header = probe(path)
    except Unreadable:
        header = MediaHeader(scene.in_seconds + GUESSED_SECONDS)
    if header.still:
        seconds, out = scene.still_seconds or longest_stem(scene, folder) or STILL_SECONDS, None
    else:
        out = scene.out_seconds
        begin = begins_at(lead, scene) if lead else scene.in_seconds
        seconds = (out or header.seconds) - begin
    if not loop and scene.maximum_seconds is not None and scene.maximum_seconds < seconds:
        seconds = scene.maximum_seconds
        out = scene.in_seconds + seconds
    if header.still and (scene.stem or not loop):
        out = seconds
    sound = _if_there(folder, scene.sound)
    captions = read_captions(folder / scene.captions).lines if scene.captions else ()
    clip = Clip(
        path,
        scene.in_seconds,
        out,
        loop,
        scene.volume,
        sound,
        scene.sound_track,
        captions,
        scene.sound_in_seconds,
        stems_of(scene, folder),
        description=_if_there(folder, scene.description),
        translations=translations_of(folder / scene.captions) if scene.captions else (),
    )
    return TimedClip(with_threads(clip, seconds, scene, folder), seconds)


def _if_there(folder: Path, name: str | None) -> Path | None:
    return folder / name if name is not None and is_file(folder / name) else None


def check_media(file: StoryFile, folder: Path) -> Iterator[Problem]:
    """Yield every problem with a media file, and every time that does not fit its length."""
    for name, bed in file.beds.items():
        if bed.file != BLANK:
            yield from _check_sound(f"beds.{name}.file", folder / bed.file)
    for name, scene in file.scenes.items():
        key = f"scenes.{name}"
        if scene.sound:
            yield from _check_sound(f"{key}.sound", folder / scene.sound, scene.sound_in_seconds)
        elif scene.sound_in_seconds:
            yield Problem(f"{key}.sound_in_seconds", "applies to a `sound` only; for the clip's own use in_seconds")
        if scene.description:
            yield from _check_sound(f"{key}.description", folder / scene.description)
        for number, stem in enumerate(scene.stem):
            if stem.file != BLANK:
                yield from _check_sound(f"{key}.stem.{number}.file", folder / stem.file)
        if scene.captions and not is_file(folder / scene.captions):
            near = near_file(folder / scene.captions)
            yield Problem(f"{key}.captions", f"no such file: {scene.captions}{near}", forgivable=True)
        elif scene.captions:
            for captions in caption_files(folder / scene.captions).values():
                yield from _check_captions(scene, captions, f"{key}.captions", folder)
        if scene.clip != BLANK:
            yield from _check_clip(file, name, scene, folder)
        yield from check_rate_drive(name, scene, folder)
        if scene.screens:
            shown = timed_clip(file, name, folder)
            yield from check_screen_clips(name, scene, shown.clip, shown.seconds, folder)
    yield from _check_looks(file, folder)
    yield from _check_tracks(file, folder)


def _check_sound(key: str, path: Path, begin: float = 0.0) -> Iterator[Problem]:
    try:
        header = probe(path)
        if not header.has_sound:
            yield Problem(key, f"{path.name} has no sound track; choose a file with sound")
        elif begin >= header.seconds > 0:
            yield Problem(f"{key}_in_seconds", f"{path.name} is only {header.seconds:.2f} s long (given: {begin:g})")
    except Unreadable as error:
        yield Problem(key, f"{path.name}: {error}", forgivable=True)


def _check_clip(file: StoryFile, name: str, scene: SceneEntry, folder: Path) -> Iterator[Problem]:
    if scene.thread:
        found = list(check_thread_clips(name, scene, folder))
        yield from found
        if not found:
            yield from _check_times(file, name, folder)
        return
    key, path = f"scenes.{name}", folder / scene.clip
    if scene.is_course:
        yield from _check_times(file, name, folder)
        return
    try:
        header = probe(path)
        if not header.has_picture:
            raise Unreadable("has no picture; set `clip` to a picture and `sound` to this file")
    except Unreadable as error:
        yield Problem(f"{key}.clip", f"{scene.clip}: {error}", forgivable=True, unplayable=name)
        return
    if header.still:
        for option in ("in_seconds", "out_seconds"):
            if option in scene.model_fields_set:
                yield Problem(f"{key}.{option}", "applies to films only; for a picture use still_seconds")
    elif scene.still_seconds is not None:
        yield Problem(f"{key}.still_seconds", f"applies to pictures only, and {scene.clip} is a film; use out_seconds")
    else:
        points = list(_check_in_and_out(name, scene, header.seconds, path))
        yield from points
        if any(problem.fatal for problem in points):
            return  # with a length that is not known, all other times would seem wrong too
    yield from _check_times(file, name, folder)


def _check_captions(scene: SceneEntry, captions: Path, key: str, folder: Path) -> Iterator[Problem]:
    """What cannot be read, and captions behind the end of the clip's file, which nobody will ever read."""
    name = os.path.relpath(captions, folder)
    for problem in read_captions(captions).problems:
        yield Problem(key, f"{name}: {problem}", fatal=False)
    try:
        length = probe(folder / scene.clip).seconds
    except Unreadable:
        return
    lines = read_captions(captions).lines
    late = [line for line in lines if line.start >= length]
    if not late or not length:  # a picture can be shown for any time
        return
    why = f"line {late[0].line}: begins at {late[0].start:g} s, but {scene.clip} is only {length:.1f} s long"
    if len(late) > 1:
        why += f", and {len(late) - 1} more begin later"
    if len(late) == len(lines) and late[0].start >= HOUR_SECONDS:
        why += "; film editors count from 01:00:00, so export the captions again with times that begin at 0"
    yield Problem(key, f"{name}: {why}", fatal=False)


def _check_looks(file: StoryFile, folder: Path) -> Iterator[Problem]:
    """Films that play, but do not look as they should; each file once."""
    users = {clip: key for key, clip in reversed(list(_pictures(file))) if clip not in ("", BLANK)}
    for clip, key in reversed(users.items()):
        with suppress(Unreadable):
            for remark in remarks(probe(folder / clip), clip):
                yield Problem(key, remark, fatal=False)


def _pictures(file: StoryFile) -> Iterator[tuple[str, str]]:
    """Every film and picture with the key that names it."""
    for name, scene in file.scenes.items():
        if not scene.thread:
            yield f"scenes.{name}.clip", scene.clip
        for number, one in enumerate(scene.thread):
            yield f"scenes.{name}.thread.{number}.clip", one.clip
        for screen, own in scene.screens.items():
            yield f"scenes.{name}.screens.{screen}.clip", own.clip or ""


def _check_tracks(file: StoryFile, folder: Path) -> Iterator[Problem]:
    """Sound tracks that are asked for and not there; files with several of which none is asked for, each once."""
    heard = [(f"beds.{name}", "file", bed.file, bed.sound_track) for name, bed in file.beds.items()]
    for name, scene in file.scenes.items():
        key = "sound" if scene.sound else "clip"
        if scene.sound or scene.clip:
            heard.append((f"scenes.{name}", key, scene.sound or scene.clip, scene.sound_track))
    told = set()
    for section, key, name, wanted in heard:
        try:
            header = probe(folder / name)
        except Unreadable:  # told where the file itself is checked
            continue
        if wanted is not None and find_track(header.tracks, wanted) is None:
            there = f"the sound tracks {in_words(header.tracks)}" if header.tracks else "no sound track"
            why = f"{name} has {there} (given: {wanted!r})"
            yield Problem(f"{section}.sound_track", why, forgivable=True)
        elif wanted is None and name not in told and (remark := track_remark(header, name)):
            told.add(name)
            yield Problem(f"{section}.{key}", remark, fatal=False)


def _check_in_and_out(name: str, scene: SceneEntry, length: float, path: Path) -> Iterator[Problem]:
    key, start, end = f"scenes.{name}", scene.in_seconds, scene.out_seconds
    too_short = f"{scene.clip} is only {length:.2f} s long"
    if start >= length:
        yield Problem(f"{key}.in_seconds", f"{too_short} (given: {start:g})", forgivable=True, unplayable=name)
        return
    if end is not None and end <= start:
        yield Problem(f"{key}.out_seconds", f"must be greater than in_seconds, {start:g} (given: {end:g})")
    if end is not None and end > length + 0.05:  # a header rounds to a frame
        yield Problem(f"{key}.out_seconds", f"{too_short} (given: {end:g})", forgivable=True)
    behind = seconds_before_key_frame(path, start) if start else 0.0
    if behind > SLOW_SEEK_SECONDS:
        why = f"the last key frame is {behind:.1f} s earlier, so the scene takes long to prepare"
        yield Problem(f"{key}.in_seconds", f"{why}; encode the film with a key frame every second", fatal=False)


def _check_times(file: StoryFile, name: str, folder: Path) -> Iterator[Problem]:
    seconds = timed_clip(file, name, folder).seconds
    yield from check_stem_lengths(f"scenes.{name}", file.scenes[name], folder, seconds)
    scene, key = file.scenes[name], f"scenes.{name}"
    loop = file.loops(name)
    end = (scene.maximum_seconds or float("inf")) if loop else seconds
    close = choice_closes_at(file, name, end)
    if close <= 0:
        yield Problem(key, f"is only {end:.2f} s long, so its choice would close before it begins; make it longer")
        return
    if scene.listen.from_seconds >= close:
        why = f"must be before the choice closes, at {close:.2f} s"
        yield Problem(f"{key}.listen.from_seconds", f"{why} (given: {scene.listen.from_seconds:g})")
    until = scene.listen.until_seconds
    if until is not None and until > end:
        yield Problem(
            f"{key}.listen.until_seconds", f"must not be after the scene's end, at {end:.2f} s (given: {until:g})"
        )
    if scene.minimum_seconds > close:
        yield Problem(
            f"{key}.minimum_seconds",
            f"must not be after the choice closes, at {close:.2f} s (given: {scene.minimum_seconds:g})",
        )
    if scene.maximum_seconds is not None and not loop and scene.maximum_seconds > seconds:
        yield Problem(
            f"{key}.maximum_seconds", f"has no effect, because the scene is only {seconds:.2f} s long", fatal=False
        )
    for number, branch in enumerate(scene.branch):
        for place, when in branch.when.walk(f"{key}.branch.{number}.when") if branch.when else ():
            if (when.elapsed_seconds or 0.0) > close and ".not" not in place:
                why = f"can never hold, because the choice closes at {close:.2f} s"
                yield Problem(f"{place}.elapsed_seconds", why)
    for number, point in enumerate(scene.cut_points_seconds):
        if point >= seconds:
            why = f"must be before the scene's end, at {seconds:.2f} s (given: {point:g})"
            yield Problem(f"{key}.cut_points_seconds.{number}", why)
    for number, cue in enumerate(scene.cue):
        if cue.at_seconds > end:
            yield Problem(
                f"{key}.cue.{number}.at_seconds",
                f"must not be after the scene's end, at {end:.2f} s (given: {cue.at_seconds:g})",
            )


def choice_closes_at(file: StoryFile, name: str, end: float) -> float:
    """Film time at which a scene's choice closes, for a scene that ends at ``end``.

    That leaves time to prepare the next clip, and for a transition that begins before the last frame. A loop can be
    cut anywhere and needs neither.
    """
    scene = file.scenes[name]
    if file.loops(name):
        return end
    own = scene.decide_before_end_seconds
    ways = [(branch.to, branch.transition) for branch in scene.branch] + [(scene.next or file.attract, None)]
    changes = [change or file.scenes[to].transition for to, change in ways if to in file.scenes]
    lead = max((change.transition.lead_seconds for change in changes), default=0.0)
    return end - lead - (file.decide_before_end_seconds if own is None else own)
