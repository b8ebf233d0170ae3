"""The sound of one file, decoded ahead of time by a thread of its own, read by position."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer

from calibration.errors import Unplayable
from installation.film.span import seek
from scenes.story.probe import MediaHeader, probe
from scenes.story.timeline import in_order

RATE = 48_000
AHEAD = RATE
"""Samples held decoded: one second."""
SLIP = RATE // 20
"""A timestamp this far from the count of samples is a gap in the file; smaller differences are rounding."""
AT_ONCE = {"probesize": "32"}
"""Open a file without looking into it. Else FFmpeg decodes seven pictures of a film first, which takes some 20 ms and,
at 1920x1080, up to 25 MB for them, though nobody asks here for its pictures."""


class AudioDecoder:
    """Stereo float32 samples of ``file`` from ``begin`` seconds on, padded or cut to ``length`` seconds.

    ``length`` None: as long as the file. With ``loop`` it begins again without a seam. A file without sound is
    silence. ``track``: number or language of one of several sound tracks. ``ready`` is set when the first second is
    there.
    """

    def __init__(
        self, file: Path, begin: float, length: float | None, loop: bool, track: int | str | None = None
    ) -> None:
        self.file = file
        self._track = track
        self.ready = threading.Event()
        self.failed = ""
        self.missed = 0
        """Samples that were asked for before they were decoded."""
        self._begin, self._length, self._loop = begin, length, loop
        self._blocks: deque[tuple[int, np.ndarray]] = deque()
        self._head = 0
        self._wanted = 0
        self._finished = self._closed = False
        self._change = threading.Condition()
        self._thread = self._start()

    def read(self, start: int, count: int) -> np.ndarray:
        """Samples ``start`` to ``start + count``, float32 (count, 2); silence where there is none. Never waits.

        What lies before ``start`` is dropped.
        """
        out = np.zeros((count, 2), np.float32)
        with self._change:
            self._wanted = max(self._wanted, start + count)
            while self._blocks and self._blocks[0][0] + len(self._blocks[0][1]) <= start:
                self._blocks.popleft()
            blocks = list(self._blocks)
            if not self._finished:
                self.missed += min(count, max(0, start + count - self._head))
            self._change.notify_all()
        for at, block in blocks:
            if at >= start + count:
                break
            low, high = max(at, start), min(at + len(block), start + count)
            if low < high:
                out[low - start : high - start] = block[low - at : high - at]
        return out

    def try_again(self) -> None:
        """Open the file anew, from its beginning, if it has failed: it was gone, and may be back. Returns at once."""
        if self.failed and not self._closed and not self._thread.is_alive():
            with self._change:
                self.failed, self._finished, self._head = "", False, 0
                self._blocks.clear()
            self.ready.clear()
            self._thread = self._start()

    def give_up(self, why: str) -> None:
        """Wait no longer for what is not there yet; it is heard all the same, should it come."""
        if not self.ready.is_set():
            self.failed = why
            self.ready.set()

    def close(self) -> None:
        """Stop decoding; returns at once."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def join(self, seconds: float) -> None:
        """Wait for the thread's end."""
        self._thread.join(seconds)

    def _start(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name=f"sound {self.file.name}", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        try:
            header = probe(self.file).with_track(self._track)
            with av.open(str(self.file), options=AT_ONCE if header.tells_all else {}) as container:
                if header.has_sound:
                    self._play(container, header)
        except Unplayable as error:
            self.failed = f"its sound cannot be read: {error}"
        except (av.error.FFmpegError, OSError, ValueError) as error:
            self.failed = f"its sound cannot be read: {getattr(error, 'strerror', None) or error}"
        except BaseException as error:
            self.failed = f"its sound cannot be read: {type(error).__name__}"
            raise
        finally:
            self._finished = True
            self.ready.set()

    def _play(self, container: InputContainer, header: MediaHeader) -> None:
        pass_number = base = 0
        while not self._closed:
            end = None if self._length is None else round(self._length * RATE * (pass_number + 1))
            for at, block in read_sound(container, header, self._begin):
                count = len(block) if end is None else max(0, end - base - at)
                self._put(base + at, block[:count])
                if self._closed or count < len(block) or (end is not None and self._wanted >= end):
                    break
            if not self._loop or self._head == base:
                return
            with self._change:
                base = self._head = self._head if end is None else end
                pass_number += 1
                length = base / pass_number if self._length is None else self._length * RATE
                unheard = int((self._wanted - base) / length)  # passes, while there was no sound device
                if unheard > 0:
                    pass_number += unheard
                    base = self._head = round(length * pass_number)

    def _put(self, at: int, block: np.ndarray) -> None:
        with self._change:
            while at >= self._wanted + AHEAD and not self._closed:
                self.ready.set()
                self._change.wait()
            if len(block):
                self.failed = ""
                self._blocks.append((at, block))
                self._head = at + len(block)


class Silence(AudioDecoder):
    """The sound of what draws itself and has none."""

    def _run(self) -> None:
        self._finished = True
        self.ready.set()


def read_sound(
    container: InputContainer, header: MediaHeader, begin: float, on_damage: Callable[[], None] = lambda: None
) -> Iterator[tuple[int, np.ndarray]]:
    """Blocks of samples with their position since ``begin``, from there to the end of the file.

    Damaged packets become silence, after ``on_damage``. The decoder itself drops the coder's padding at both ends
    where the file states it. Raises ``Unplayable``.
    """
    stream = container.streams[header.sound] if header.sound is not None else None
    film = container.streams[header.picture] if header.picture is not None else None
    if not isinstance(stream, av.AudioStream):
        raise Unplayable("it contains no sound")
    seek(container, header, film if isinstance(film, av.VideoStream) else stream, begin)
    zero = header.begin + begin
    stereo = _Stereo()
    at: int | None = None
    # Where recordings of sound alone were joined, the stamps are right for whole pages only; the samples count on.
    counted = header.joined and not header.has_picture
    for packet in in_order(container.demux(stream), header.pieces):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            on_damage()
            continue
        for frame in frames:
            stamp = at if frame.time is None or counted else round((frame.time - zero) * RATE)
            at = stamp if at is None or (stamp is not None and abs(stamp - at) > SLIP) else at
            for block in stereo.resample(frame):
                at = at or 0
                if at + len(block) > 0:
                    yield max(0, at), block[max(0, -at) :]
                at += len(block)
    for block in stereo.resample(None):
        if at is not None and at + len(block) > 0:
            yield max(0, at), block[max(0, -at) :]
            at += len(block)


class _Stereo:
    """Brings frames to the rate and the two channels of the programme, also where a file changes its own."""

    def __init__(self) -> None:
        self._form: tuple[str, str, int] | None = None
        self._resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)

    def resample(self, frame: av.AudioFrame | None) -> Iterator[np.ndarray]:
        """Samples (n, 2) that are ready now; None: what is left."""
        form = None if frame is None else (frame.format.name, frame.layout.name, frame.sample_rate)
        if form is not None and self._form not in (None, form):  # stereo in the titles, 5.1 in the film
            yield from self._blocks(None)
            self._resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
        self._form = form
        yield from self._blocks(frame)

    def _blocks(self, frame: av.AudioFrame | None) -> Iterator[np.ndarray]:
        for part in self._resampler.resample(frame):
            yield part.to_ndarray().reshape(-1, 2)
