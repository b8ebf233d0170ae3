"""Stand-ins for the clips of a story: as long and as named, but small and slow, so that a month is decoded in minutes.

Each picture carries the number of its file and of itself, so that it can be told what is on the wall.
"""

from __future__ import annotations

import shutil
from os.path import normpath
from pathlib import Path

from calibration.errors import BadFile
from calibration.progress import Progress
from installation.bench.marked_clip import Coding, make_clip
from scenes.story.probe import Unreadable, probe
from scenes.story.story import Story
from scenes.story.translations import caption_files

SIZE = (160, 90)
FRAMES_PER_SECOND = 5
LACKING_SECONDS = 10.0
"""Length of a stand-in for a clip that cannot be read."""


def copy_with_stand_ins(story: Story, folder: Path, progress: Progress) -> tuple[Path, dict[Path, int]]:
    """The story in ``folder`` with stand-ins for its clips, and their numbers by file. Raises ``BadFile``."""
    home = story.path.parent
    shown = [story.clip(name) for name in story.names if not story.scene(name).is_course]
    clips = dict.fromkeys(thread.file for clip in shown for thread in (clip, *clip.threads))
    others = {clip.sound for name in story.names if (clip := story.clip(name)).sound}
    others |= {stem.file for clip in shown for stem in clip.stems}
    others |= {clip.description for clip in shown if clip.description}
    others |= {bed.file for name in story.names if (bed := story.bed(name))}
    named = [home / scene.captions for scene in story.file.scenes.values() if scene.captions]
    captions = {file for own in named for file in caption_files(own).values()}
    outside = [file for file in (*clips, *others, *captions) if not Path(normpath(file)).is_relative_to(home)]
    if outside:
        raise BadFile(
            story.path, [f"{file} lies outside of the story's folder; copy it there first" for file in outside]
        )
    numbers: dict[Path, int] = {}
    for number, file in enumerate(clips, start=1):
        progress(f"stand-in for {file.name}", number / len(clips))
        numbers[_stand_in(file, folder / file.relative_to(home), number)] = number
    for file in filter(Path.is_file, (*others, *captions)):
        place = folder / file.relative_to(home)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    copy = folder / story.path.name
    shutil.copyfile(story.path, copy)
    return copy, numbers


def _stand_in(file: Path, place: Path, number: int) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        header = probe(file)
    except Unreadable:
        seconds, sound = LACKING_SECONDS, ""
    else:
        if header.still:
            shutil.copyfile(file, place)
            return place
        seconds, sound = header.seconds, "flac" if header.has_sound else ""
    part = place.with_name(f"stand-in{number}.mkv")  # the container is chosen by the suffix; the name stays
    coding = Coding("mjpeg", sound=sound, pixels="yuvj420p")
    make_clip(part, number, round(seconds * FRAMES_PER_SECOND) / FRAMES_PER_SECOND, SIZE, FRAMES_PER_SECOND, coding)
    return part.replace(place)
