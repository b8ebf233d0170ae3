"""What a media file contains: the one reading on which story, check and player rely, so that they never disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from stat import S_ISREG
from typing import Literal, TypeVar

import av
from av.container import InputContainer
from av.stream import Disposition

from calibration.errors import Unplayable
from scenes.story.foreign_file import estimates_length, foreign_form, unreadable_file
from scenes.story.near_file import near_file
from scenes.story.sound_track import SoundTrack, find_track
from scenes.story.timeline import TRANSPORT, Piece, Times, read_all, read_tail, seek_stamp

EARLY_SECONDS = 0.5
"""A file whose pictures end this much before its declared end is truncated."""
TRANSFERS: dict[int, Literal["pq", "hlg"]] = {16: "pq", 18: "hlg"}
"""Numbers of AVColorTransferCharacteristic that stand for high dynamic range."""
PROGRESSIVE = 1
"""AVFieldOrder: 0 is unknown, 1 progressive, 2 to 5 are orders of two fields."""
PICTURE_BRANDS = ("avif", "heic", "heix", "mif1")
"""Brands of the MP4 family that hold one photograph."""
DRAWINGS = ("gif", "apng", "webp")
PIXELS_AT_MOST = 2**27
"""Of one picture: 16 times those of 4K. (FFmpeg decodes none of more than 2^28.)"""
REMEMBERED = 65_536
"""Files whose reading is kept: more than any story has, or a start reads them all again. About 45 MB when full."""

S = TypeVar("S", av.VideoStream, av.AudioStream)


class Unreadable(Unplayable):
    """A media file that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class MediaHeader:
    """What a media file contains. Times are seconds since its first picture (or sound, where there is none)."""

    seconds: float
    """Length of the picture (of the sound, where there is no picture); 0.0 for a still."""
    still: bool = False
    picture: int | None = None
    """Which stream is the film; a cover is none. None: only sound."""
    sound: int | None = None
    """Which stream is heard: the one marked as default, else the first."""
    begin: float = 0.0
    """The time stamp of the first picture, which counts as zero."""
    last: float = 0.0
    """When the last picture appears; it stays until the end."""
    stops: float = 0.0
    """Where the file really stops, and how long it should be: far apart, it is truncated."""
    declared: float = 0.0
    rate: float = 25.0
    steady: bool = True
    """Whether the rate is constant."""
    transfer: Literal["sdr", "pq", "hlg"] = "sdr"
    interlaced: bool = False
    alpha: bool = False
    """A film with transparent parts, whose colours are shown as if they were opaque."""
    tracks: tuple[SoundTrack, ...] = ()
    """All sound tracks."""
    captions: bool = False
    """A film with captions inside, which are not shown."""
    pieces: tuple[Piece, ...] = ()
    """Recordings joined into one file, where its time stamps jump; fewer than two for all others."""
    tells_all: bool = False
    """Its head says of each stream what a decoder has to know (MP4): no picture need be decoded to find out."""

    @property
    def has_picture(self) -> bool:
        """Whether there is something to see."""
        return self.picture is not None

    @property
    def has_sound(self) -> bool:
        """Whether there is something to hear."""
        return self.sound is not None

    @property
    def track(self) -> int:
        """Which of ``tracks`` is heard, counted from 0."""
        return next((place for place, track in enumerate(self.tracks) if track.stream == self.sound), 0)

    def with_track(self, wanted: int | str | None) -> MediaHeader:
        """The same with the sound track of that number (from 1) or language heard, if it has such a one."""
        place = None if wanted is None else find_track(self.tracks, wanted)
        return self if place is None else replace(self, sound=self.tracks[place].stream)

    @property
    def joined(self) -> bool:
        """Whether the time stamps jump."""
        return len(self.pieces) > 1


known_headers: dict[tuple[str, int, int], MediaHeader] = {}
"""What was read, by path, time of change (ns) and size (bytes) of the file. ``chiaro check`` keeps it for the next."""


def probe(file: Path) -> MediaHeader:
    """Read what ``file`` contains, remembered while the file does not change. Raises ``Unreadable``."""
    try:
        stat = file.stat()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        why = f"no such file{near_file(file)}" if missing else f"cannot be opened ({error.strerror or error})"
        raise Unreadable(why) from error
    except ValueError as error:
        raise Unreadable(f"is not a valid file name ({error})") from error
    if not S_ISREG(stat.st_mode):
        # To open a pipe would mean to wait for ever.
        raise Unreadable("is not a regular file; give a film, picture or sound file")
    # FFmpeg would take what stands before the colon of take:2.mp4 for a protocol.
    file = file.absolute()  # FFmpeg takes what stands before a colon for a protocol
    stamp = str(file), stat.st_mtime_ns, stat.st_size
    known = known_headers.get(stamp)
    if known is None:
        if len(known_headers) >= REMEMBERED:
            known_headers.clear()
        known = known_headers[stamp] = _probe(file, stat.st_size)
    return known


def _probe(file: Path, size: int) -> MediaHeader:
    if size == 0:
        raise Unreadable("the file is empty; copy it again")
    try:
        with av.open(str(file)) as container:
            return _read(container)
    except Unreadable:
        raise
    except (av.FFmpegError, ValueError, OSError) as error:
        why = getattr(error, "strerror", None) or error
        known = unreadable_file(file)
        raise Unreadable(known or f"is not a readable film, picture or sound ({why})") from error


def _read(container: InputContainer) -> MediaHeader:
    film, sound = _chosen(container.streams.video), _chosen(container.streams.audio)
    if (film and film.codec_context is None) or (sound and sound.codec_context is None):
        raise Unreadable("is encoded in a form for which there is no decoder here; save it as H.264 with AAC sound")
    if refused := foreign_form(container, film):
        raise Unreadable(refused)
    heard = sound.index if sound else None
    if film is None:
        return _read_sound(container, sound, heard)
    width, height = film.codec_context.width, film.codec_context.height
    if width * height > PIXELS_AT_MOST:
        raise Unreadable(f"is too large, {width} x {height} pixels; make it 8192 pixels wide and high at most")
    if _is_still(container, film):
        return MediaHeader(0.0, still=True, picture=film.index, sound=heard, tracks=_tracks(container))
    rate = film.guessed_rate or film.average_rate or Fraction(25)
    average = film.average_rate
    times, declared = _times(container, film, float(1 / rate))
    begin = _stamp(film) if film.start_time is not None or not times.known else times.begin
    end, stops = times.end - begin, times.anything - begin
    context = film.codec_context
    return MediaHeader(
        seconds=end if stops >= declared - EARLY_SECONDS else (_declared_seconds(film) or declared),
        picture=film.index,
        sound=heard,
        begin=begin,
        last=times.last - begin,
        stops=stops,
        declared=declared,
        rate=float(rate),
        steady=average is not None and average != 0 and abs(float(rate / average) - 1) < 1e-3,
        transfer=TRANSFERS.get(int(context.color_trc), "sdr"),
        interlaced=int(context.field_order) > PROGRESSIVE,
        alpha=_has_alpha(film),
        tracks=_tracks(container),
        captions=bool(container.streams.subtitles),
        pieces=times.pieces,
        tells_all=container.format.name.startswith("mov,"),
    )


def _read_sound(container: InputContainer, sound: av.AudioStream | None, heard: int | None) -> MediaHeader:
    if sound is None:
        raise Unreadable("contains neither a picture nor sound")
    if container.duration and not estimates_length(container):
        times, seconds = Times(), float(Fraction(container.duration, av.time_base))
    else:
        times, seconds = _times(container, sound, 0.0, whole=True)
    return MediaHeader(
        seconds,
        sound=heard,
        begin=_stamp(sound),
        declared=seconds,
        tracks=_tracks(container),
        pieces=times.pieces,
        tells_all=container.format.name.startswith("mov,"),
    )


def _chosen(streams: Sequence[S]) -> S | None:
    """The stream marked as default, else the first. Covers of records are not films."""
    real = [stream for stream in streams if not stream.disposition & Disposition.attached_pic]
    return next((stream for stream in real if stream.disposition & Disposition.default), next(iter(real), None))


def _has_alpha(film: av.VideoStream) -> bool:
    if film.metadata.get("alpha_mode") == "1":  # of WebM
        return True
    form = film.codec_context.format
    # Drawings are decoded with alpha whether they have any or not.
    return form is not None and film.codec_context.name not in DRAWINGS and any(c.is_alpha for c in form.components)


def _tracks(container: InputContainer) -> tuple[SoundTrack, ...]:
    return tuple(SoundTrack(track.index, _language(track)) for track in container.streams.audio)


def _language(track: av.AudioStream) -> str:
    language = track.language or ""
    return language if language.replace("-", "").isalnum() and language != "und" else ""


def _is_still(container: InputContainer, film: av.VideoStream) -> bool:
    """It is a photograph or a drawing rather than a film, whatever its name ends in."""
    name = container.format.name
    if name == "gif":
        return film.frames == 1
    return name.endswith("_pipe") or name == "image2" or container.metadata.get("major_brand") in PICTURE_BRANDS


def _stamp(stream: av.VideoStream | av.AudioStream) -> float:
    return float((stream.start_time or 0) * (stream.time_base or 0))


def _times(
    container: InputContainer, stream: av.VideoStream | av.AudioStream, frame_seconds: float, whole: bool = False
) -> tuple[Times, float]:
    """The times of its packets, and how long the file says that it is. Raises ``Unreadable``.

    ``whole``: all packets are read, and the file's own word is not asked for.
    """
    start = _stamp(stream)
    whole = whole or container.format.name in TRANSPORT or not container.duration
    if whole:
        times = read_all(container, stream, frame_seconds)
    else:
        declared = float(Fraction(container.duration or 0, av.time_base))
        if container.format.name.startswith("matroska"):
            declared -= max(0.0, start)  # it says at what stamp it ends, and not how long it is
        times = read_tail(container, stream, start + declared, frame_seconds)
    if not times.known:
        raise Unreadable("contains no picture" if isinstance(stream, av.VideoStream) else "contains no sound")
    return times, (times.anything - start if whole else declared)


def _declared_seconds(film: av.VideoStream) -> float:
    """The picture's length by its own header: a sound track is often some milliseconds longer; 0.0 if it says none."""
    if film.duration and film.time_base:
        return float(film.duration * film.time_base)
    tagged = _duration_tag(film.metadata.get("DURATION", ""))
    return tagged - _stamp(film) if tagged else 0.0


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
    header = probe(file)
    if header.joined:
        return seconds  # a file whose stamps jump cannot be searched
    try:
        with av.open(str(file)) as container:
            video = container.streams[header.picture or 0]
            if not isinstance(video, av.VideoStream):
                return 0.0
            seek_stamp(container, video, header.begin + seconds)
            for packet in container.demux(video):
                if packet.pts is not None and packet.time_base is not None:
                    return max(0.0, seconds + header.begin - float(packet.pts * packet.time_base))
    except (av.FFmpegError, ValueError, OSError, IndexError) as error:
        raise Unreadable(f"is not a readable film ({error})") from error
    return 0.0
