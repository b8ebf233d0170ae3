"""What would fail tonight: every part is tried before the doors open, and all that is wrong is told at once."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from calibration.errors import BadFile
from calibration.settings import OscTarget
from calibration.venue import Venue
from scenes.story.story import Story

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    part: str
    state: Literal["ok", "warning", "problem"]
    where: str
    """File and key, or the thing's own name."""
    what: str
    """What is so, and what to do about it when it is wrong."""


def ok(part: str, where: str, what: str) -> Finding:
    return Finding(part, "ok", where, what)


def problem(part: str, where: str, what: str) -> Finding:
    return Finding(part, "problem", where, what)


def warning(part: str, where: str, what: str) -> Finding:
    return Finding(part, "warning", where, what)


def bad_file(part: str, error: BadFile) -> list[Finding]:
    """A finding for each fault of a file."""
    return [problem(part, str(error.path), what) for what in error.problems]


def check_story(path: Path, decode: bool, progress: Progress) -> Iterator[Finding]:
    """The story as data, and every clip decoded from end to end (a torn clip has a whole header)."""
    from scenes.story.story import load_story

    try:
        story = load_story(path)
    except BadFile as error:
        yield from bad_file("story", error)
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
            yield problem("clip", f"scene {name}: {file}", f"{fault}; render or copy it again")
        good += not fault
    yield ok("clips", str(story.path.parent), f"{good} of {len(files)} files decode to their last frame")


def decode_whole(file: Path) -> str:
    """What is wrong with a media file, '' when every packet of it decodes."""
    import av

    from scenes.story.probe import Unreadable, probe

    try:
        length, end = probe(file).seconds, 0.0
        with av.open(str(file)) as container:
            pictures = bool(container.streams.video)
            for frame in container.decode(*container.streams.video[:1], *container.streams.audio[:1]):
                if frame.is_corrupt:
                    return f"a broken picture at {frame.time or 0.0:.1f} s"
                if frame.time is not None and (not pictures or isinstance(frame, av.VideoFrame)):
                    end = max(end, frame.time)
    except (av.FFmpegError, OSError, ValueError, Unreadable) as error:
        return f"does not decode ({error})"
    return f"ends at {end:.1f} s, and its header says {length:.1f} s" if end < length - 0.5 else ""


def check_model(venue: Venue) -> Iterator[Finding]:
    """Detector and classifier are opened as in the show."""
    from models.seeing.sight import open_sight
    from models.seeing.venue_head import head_of

    try:
        sight = open_sight(venue.eye, venue.camera.region, head_of(venue.calibration, venue.eye))
    except BadFile as error:
        yield from bad_file("model", error)
    except Exception as error:  # whatever keeps the networks from loading tonight is to be told, not to end the check
        yield problem("model", "[eye]", f"{error}")
    else:
        yield ok("model", "[eye]", sight.line)


def check_camera(venue: Venue, seconds: float = 4.0) -> Iterator[Finding]:
    """A picture is taken, and judged as the show would."""
    from installation.camera.open_source import kind_of, open_source
    from installation.camera.source import CameraLost

    named = venue.camera.source or "(first camera)"
    until = time.monotonic() + seconds
    try:
        source = open_source(venue.camera, seed=0)
        try:
            source.grab()
            image = source.retrieve()
            while source.live and time.monotonic() < until and image.mean() < venue.camera.blind_below_luminance:
                source.grab()  # the first pictures of many cameras are black
                image = source.retrieve()
        finally:
            source.close()
    except CameraLost as error:
        busy = "; is another program using it?" if kind_of(venue.camera.source) == "device" else ""
        yield problem("camera", f"camera.source = {named}", f"{error}{busy}")
        return
    for remark in source.remarks:
        yield warning("camera", source.name, remark)
    height, width = image.shape[:2]
    light = float(image.mean())
    if light < venue.camera.blind_below_luminance:
        yield problem("camera", source.name, f"the picture is black ({light:.1f} of 255): open the lens, put light on")
    else:
        yield ok("camera", source.name, f"{width}x{height}, luminance {light:.0f} of 255")


def check_display(venue: Venue, headless: bool) -> Iterator[Finding]:
    """The display that the venue names, by the driver that SDL really takes."""
    import pygame

    if headless:
        yield ok("display", "--headless", "none wanted")
        return
    try:
        pygame.display.init()
        driver, sizes = pygame.display.get_driver(), pygame.display.get_desktop_sizes()
    except pygame.error as error:
        yield problem(
            "display", "[screen]", f"no display ({error}); start X or Wayland, set DISPLAY, or use --headless"
        )
        return
    finally:
        pygame.display.quit()
    if driver in ("dummy", "offscreen"):
        yield problem("display", "[screen]", f"SDL fell back to its {driver!r} driver: the wall would stay black")
    elif venue.screen.display >= len(sizes):
        yield problem(
            "display", "screen.display", f"{venue.screen.display} is not there; this machine has 0 to {len(sizes) - 1}"
        )
    else:
        width, height = sizes[venue.screen.display]
        yield ok("display", f"screen.display = {venue.screen.display}", f"{width}x{height} by {driver}")


def check_sound(headless: bool) -> Iterator[Finding]:
    """A sound device can be opened. Without one the show runs silent, so this is a warning."""
    import pygame

    from installation.film.sound import open_device

    if headless:
        yield ok("sound", "--headless", "none wanted")
        return
    try:
        open_device()
        yield ok("sound", "[sound]", f"{pygame.mixer.get_init()}")
    except pygame.error as error:
        yield warning(
            "sound", "[sound]", f"no sound device ({error}): the show would run silent; plug one in, start its server"
        )
    finally:
        pygame.mixer.quit()


def check_osc(venue: Venue) -> Iterator[Finding]:
    """What the venue says of OSC makes sense, receivers' names resolve, and the control port is free."""
    from installation.osc.check import problems

    for fault in problems(venue.osc):
        yield problem("osc", venue.name, fault)
    for number, target in enumerate(venue.osc.targets):
        yield from _target(number, target)
    if venue.osc.listen and venue.osc.listen_port:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
            where = f"osc.listen_port = {venue.osc.listen_port}"
            try:
                trial.bind((venue.osc.listen_host, venue.osc.listen_port))
                yield ok("osc in", where, f"free on {venue.osc.listen_host}")
            except OSError as error:
                yield problem("osc in", where, f"{error.strerror}: another program hears this port; choose another")


def _target(number: int, target: OscTarget) -> Iterator[Finding]:
    where = f"osc.targets.{number} = {target.host}:{target.port}"
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)
        yield ok("osc out", where, f"{found[0][4][0]}, {target.profile}")
    except OSError as error:
        yield warning("osc out", where, f"the name is not known now ({error.strerror}); it is tried again in the show")


def check_disk(folder: Path) -> Iterator[Finding]:
    """The journal can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"x")
            trial.flush()
            os.fsync(trial.fileno())
        free = shutil.disk_usage(folder).free / 1e9
    except OSError as error:
        yield warning("journal", str(folder), f"{error.strerror}: the evening would not be written down")
        return
    find = ok if free > 0.5 else warning
    yield find("journal", str(folder), f"{free:.1f} GB free")


def check_all(
    story: Path | BadFile, venue: Venue | BadFile, *, headless: bool, decode: bool, progress: Progress
) -> Iterator[Finding]:
    """Everything; a file that could not be read is told, and the rest is tried with the defaults."""
    from installation.host.state_folder import state_folder

    if isinstance(story, BadFile):
        yield from bad_file("story", story)
    else:
        yield from check_story(story, decode, progress)
    room = Venue() if isinstance(venue, BadFile) else venue
    yield from bad_file("venue", venue) if isinstance(venue, BadFile) else [ok("venue", room.name, "is understood")]
    yield from check_model(room)
    yield from check_camera(room)
    yield from check_display(room, headless)
    yield from check_sound(headless)
    yield from check_osc(room)
    yield from check_disk(Path(room.journal.folder) if room.journal.folder else state_folder() / "journal")
