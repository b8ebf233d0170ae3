"""The story and its clips, as ``chiaro check`` tries them: read, and decoded from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from calibration.errors import BadFile, Unplayable
from calibration.progress import Progress
from installation.commands.finding import Finding, bad_input, ok, problem, warning
from scenes.story.story import Story


def check_story(path: Path, decode: bool, progress: Progress) -> Iterator[Finding]:
    """The story as data, and every clip decoded from end to end (a cut-off clip still has a whole header)."""
    from scenes.story.story import load_story

    try:
        story = load_story(path)
    except BadFile as error:
        yield from bad_input("story", error)
        return
    for remark in story.warnings:
        yield warning("story", str(path), str(remark))
    yield ok("story", str(path), f"{story.title}: {len(story.names)} scenes")
    if decode:
        yield from check_clips(story, progress)


def check_clips(story: Story, progress: Progress) -> Iterator[Finding]:
    """Decode each file once, to its last frame."""
    files: dict[Path, str] = {}
    for name in story.names:
        clip = story.clip(name)
        for file in filter(None, (clip.file, clip.sound)):
            files.setdefault(file, name)
    good = 0
    for done, (file, name) in enumerate(files.items()):
        progress(f"decoding {file.name}", done / len(files))
        fault = decode_whole(file)
        if fault:
            yield problem("clip", f"scene {name}: {file}", f"{fault}; render the file or copy it again")
        good += not fault
    yield ok("clips", str(story.path.parent), f"{good} of {len(files)} files decode to their last frame")


def decode_whole(file: Path) -> str:
    """What is wrong with a media file; '' when all of it can be decoded."""
    import av

    from scenes.story.probe import probe

    try:
        length, end = probe(file).seconds, 0.0
        with av.open(str(file)) as container:
            pictures = bool(container.streams.video)
            for frame in container.decode(*container.streams.video[:1], *container.streams.audio[:1]):
                if not isinstance(frame, av.VideoFrame | av.AudioFrame):
                    continue
                if frame.is_corrupt:
                    return f"has a broken frame at {frame.time or 0.0:.1f} s"
                if frame.time is not None and (not pictures or isinstance(frame, av.VideoFrame)):
                    end = max(end, frame.time)
    except (av.FFmpegError, OSError, ValueError, Unplayable) as error:
        return f"cannot be decoded ({error})"
    return f"ends at {end:.1f} s, but its header says {length:.1f} s" if end < length - 0.5 else ""
