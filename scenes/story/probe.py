"""What a media file contains, read from its header: fast enough for a whole story at every start."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG

import av

from calibration.errors import Unplayable


class Unreadable(Unplayable):
    """A media file that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class MediaHeader:
    """What the header of a media file says."""

    seconds: float
    """Length of the picture (of the sound, where there is no picture); 0.0 for a still."""
    still: bool
    has_picture: bool
    has_sound: bool


def probe(file: Path) -> MediaHeader:
    """Read the header of ``file``, cached while the file does not change. Raises ``Unreadable``."""
    try:
        stat = file.stat()
    except OSError as error:
        why = (
            "no such file" if isinstance(error, FileNotFoundError) else f"cannot be opened ({error.strerror or error})"
        )
        raise Unreadable(why) from error
    if not S_ISREG(stat.st_mode):
        # To open a pipe would mean to wait for ever.
        raise Unreadable("is not a regular file; give a film, picture or sound file")
    return _probe(file, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1024)
def _probe(file: Path, _changed: int, size: int) -> MediaHeader:
    if size == 0:
        raise Unreadable("the file is empty; copy it again")
    try:
        with av.open(str(file)) as container:
            video, audio = container.streams.video, container.streams.audio
            still = is_still(container)
            seconds = 0.0 if still else _seconds(container, video[0] if video else None)
            return MediaHeader(seconds, still, bool(video), bool(audio))
    except (av.FFmpegError, ValueError, OSError) as error:
        why = getattr(error, "strerror", None) or error
        raise Unreadable(f"is not a readable film, picture or sound ({why})") from error


def is_still(container: av.container.InputContainer) -> bool:
    """An opened file is a photograph or a drawing rather than a film, whatever its name ends in."""
    name = container.format.name
    return name.endswith("_pipe") or name == "image2"


def _seconds(container: av.container.InputContainer, video: av.VideoStream | None) -> float:
    """The picture's length: a sound track is often some milliseconds longer, and the film would freeze meanwhile."""
    if video is not None and video.duration and video.time_base:
        return float(video.duration * video.time_base)
    if video is not None and (tagged := _duration_tag(video.metadata.get("DURATION", ""))):
        return tagged - float((video.start_time or 0) * (video.time_base or 0))
    if container.duration:
        return container.duration / av.time_base
    raise Unreadable("its header does not say how long it is; copy it into a new container (mkv or mp4)")


def _duration_tag(text: str) -> float:
    """Matroska's tag with the moment at which a stream ends, 00:00:02.021000000; 0.0 for anything else."""
    hours, colon, rest = text.partition(":")
    minutes, _, seconds = rest.partition(":")
    try:
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds) if colon else 0.0
    except ValueError:
        return 0.0


def seconds_before_key_frame(file: Path, seconds: float) -> float:
    """Seconds of film that must be decoded to show the picture at ``seconds``: since the key frame before it.

    0.0 if the file does not say. Raises ``Unreadable``.
    """
    try:
        with av.open(str(file)) as container:
            video = container.streams.video[0]
            if video.time_base is None:
                return 0.0
            start = float((video.start_time or 0) * video.time_base)
            container.seek(int((start + seconds) / video.time_base), stream=video)
            for packet in container.demux(video):
                if packet.pts is not None:
                    return max(0.0, seconds + start - float(packet.pts * packet.time_base))
    except (av.FFmpegError, ValueError, OSError, IndexError) as error:
        raise Unreadable(f"is not a readable film ({error})") from error
    return 0.0
