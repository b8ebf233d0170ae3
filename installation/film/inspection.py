"""Playing a clip without showing it, with the player's own readers, to the last frame: for ``chiaro check``."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from calibration.errors import Unplayable
from installation.film.audio_decoder import RATE, read_sound
from installation.film.flash_meter import Flashes, FlashMeter
from installation.film.frame_reader import film_of, pixel_aspect, read_frames, read_still, threads_of
from installation.film.frame_scaler import FrameScaler
from installation.film.hardware_decoding import HEAVY_THREADS
from installation.film.loudness import LoudnessMeter
from installation.film.picture_effects import PictureEffects
from installation.film.span import Span, span_of
from scenes.story.clip import Bed, Clip, PictureLevels
from scenes.story.probe import EARLY_SECONDS, MediaHeader, probe

FULL_LOAD = 0.8
"""What each thread of a picture decoder can do: they wait for one another now and then."""
SPARE = 0.5
"""Part of the machine that one film may use: the eye, the next scenes and the sound need the rest."""
SCALED = 10
"""One picture of so many is brought to the screen's size, to see how long that takes."""
DRIVEN = 4
"""Pictures that are driven, to see how long that takes."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found when a clip or a bed was decoded from its in point to its out point."""

    fault: str = ""
    """Why it cannot be played to its end; '' if it can."""
    damaged: int = 0
    """Pictures that the player would leave out."""
    torn_sound: int = 0
    """Packets of sound in whose place the player would be silent."""
    seconds: float = 0.0
    busy_seconds: float = 0.0
    """Time that one core needed to decode the pictures of these ``seconds``."""
    scaling_seconds: float = 0.0
    """And to bring them to the size and the colours of the screen."""
    lufs: float | None = None
    """Loudness by EBU R 128; None without sound, or in silence."""
    threads: int = 2
    """How many the player's decoder has for it, on a machine that has so many cores."""
    flashes: Flashes = Flashes()  # noqa: RUF009 - frozen
    """In the second of film in which it flashes most."""

    @property
    def decoding_cores(self) -> float:
        """Cores that must decode at once so that the film keeps its time."""
        return self.busy_seconds / self.seconds if self.seconds else 0.0

    @property
    def cores(self) -> float:
        """Cores that the pictures keep busy, decoded and brought to the screen's size."""
        return (self.busy_seconds + self.scaling_seconds) / self.seconds if self.seconds else 0.0

    def is_too_heavy(self, cores: int, card: bool = False) -> bool:
        """Whether a machine of so many ``cores``, and a ``card`` that decodes, would lose pictures of it."""
        if card and self.threads >= HEAVY_THREADS:
            return self.cores - self.decoding_cores > SPARE * cores
        return self.decoding_cores > FULL_LOAD * self.threads or self.cores > SPARE * cores


def inspect_clip(clip: Clip, scaler: FrameScaler, stopped: Callable[[], bool] = lambda: False) -> Inspection:
    """Decode what the player would of a scene's clip, and its sound. ``stopped``: do not go on.

    ``scaler``: the player's, with one thread, so that its time is that of one core.
    """
    meter = LoudnessMeter()
    try:
        header = probe(clip.file)
        span = span_of(header, clip)
        still = span.still
        watched = _Watched(_look(clip.file, header)) if still else _watch(clip.file, header, span, scaler, stopped)
        heard = (probe(clip.sound) if clip.sound else header).with_track(clip.sound_track)
        torn = 0
        if heard.has_sound:
            begin = clip.sound_in_seconds if clip.sound else span.begin
            torn = _listen(clip.sound or clip.file, heard, begin, span.length, meter, stopped)
    except Unplayable as error:
        return Inspection(str(error))
    except (av.FFmpegError, OSError, ValueError) as error:
        return Inspection(f"it cannot be decoded ({getattr(error, 'strerror', None) or error})")
    seconds = 0.0 if still else span.length or 0.0
    busy, scaling = watched.decoding, watched.scaling
    return Inspection("", watched.damaged, torn, seconds, busy, scaling, meter.lufs, watched.threads, watched.flashes)


def inspect_bed(bed: Bed, stopped: Callable[[], bool] = lambda: False) -> Inspection:
    """Decode a bed to its end."""
    meter = LoudnessMeter()
    try:
        header = probe(bed.file).with_track(bed.sound_track)
        torn = _listen(bed.file, header, 0.0, None, meter, stopped)
    except Unplayable as error:
        return Inspection(str(error))
    except (av.FFmpegError, OSError, ValueError) as error:
        return Inspection(f"it cannot be decoded ({getattr(error, 'strerror', None) or error})")
    return Inspection(torn_sound=torn, seconds=header.seconds, lufs=meter.lufs)


def effect_seconds(levels: PictureLevels, size: tuple[int, int]) -> float:
    """Time that one core needs to drive one picture of the screen's ``size`` so far; 0 where nothing is changed."""
    if levels == PictureLevels():
        return 0.0
    effects, picture, out = PictureEffects(size), *np.zeros((2, size[1], size[0], 4), np.uint8)
    effects.apply(picture, levels, 0, out)  # the first makes the grain
    begun = time.process_time()
    for number in range(1, DRIVEN + 1):
        effects.apply(picture, levels, number, out)
    return (time.process_time() - begun) / DRIVEN


def _look(file: Path, header: MediaHeader) -> int:
    """Decode a still: 1 if a part of it is missing, which the player shows grey. Raises ``Unplayable``."""
    with av.open(str(file)) as container:
        stream = film_of(container, header)
        read_still(container, stream)
        if stream.codec_context.name != "mjpeg":
            return 0  # the other decoders refuse half a picture by themselves
    with av.open(str(file)) as container:
        stream = film_of(container, header)
        stream.codec_context.options = {"err_detect": "explode"}
        try:
            return int(read_still(container, stream).is_corrupt)
        except av.FFmpegError:
            return 1


@dataclass(slots=True)
class _Watched:
    """Damaged pictures, and seconds of one core."""

    damaged: int = 0
    decoding: float = 0.0
    scaling: float = 0.0
    threads: int = 2
    flashes: Flashes = Flashes()  # noqa: RUF009 - frozen


def _watch(file: Path, header: MediaHeader, span: Span, scaler: FrameScaler, stopped: Callable[[], bool]) -> _Watched:
    """Decode the pictures, scale one of every ``SCALED`` of them, and see how they flash. Raises ``Unplayable``."""
    watched, pictures, sampled, scaled, metered = _Watched(), 0, 0, 0.0, 0.0
    flashes = FlashMeter()
    begun = time.thread_time()
    with av.open(str(file)) as container:
        stream = film_of(container, header)
        stream.thread_type, stream.codec_context.thread_count = "NONE", 1  # so that this thread's time is all of it
        watched.threads = threads_of(container, stream, header)
        for reading in read_frames(container, header, stream, span):
            watched.damaged += reading.damaged
            if reading.frame is not None:
                if pictures % SCALED == 0:
                    before = time.thread_time()
                    scaler.convert(reading.frame, pixel_aspect(stream))
                    sampled, scaled = sampled + 1, scaled + time.thread_time() - before
                before = time.thread_time()
                flashes.add(reading.frame, reading.seconds)
                metered += time.thread_time() - before
                pictures += 1
            if stopped():
                raise Unplayable("the check was stopped")
    watched.decoding = time.thread_time() - begun - scaled - metered
    watched.scaling = scaled / max(1, sampled) * pictures
    watched.flashes = flashes.worst
    return watched


def _listen(
    file: Path,
    header: MediaHeader,
    begin: float,
    length: float | None,
    meter: LoudnessMeter,
    stopped: Callable[[], bool],
) -> int:
    """Decode the sound, ``length`` seconds of it: how many packets are damaged. Raises ``Unplayable``."""
    torn = end = 0

    def count() -> None:
        nonlocal torn
        torn += 1

    last = None if length is None else round(length * RATE)
    with av.open(str(file)) as container:
        for at, block in read_sound(container, header, begin, count):
            meter.add(block if last is None else block[: max(0, last - at)])
            end = at + len(block)
            if last is not None and end >= last:
                return torn
            if stopped():
                raise Unplayable("the check was stopped")
    whole = header.seconds - begin
    if not header.has_picture and end / RATE < whole - EARLY_SECONDS:
        raise Unplayable(f"{file.name} ends at {begin + end / RATE:.1f} s, but its header says {header.seconds:.1f} s")
    return torn
