"""The pictures of one clip, decoded ahead of time by a thread of their own."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections import deque
from itertools import count

import av
from av.container import InputContainer

from calibration.errors import Unplayable
from installation.film.failures import Cause, Stamp, stamp_of
from installation.film.frame_reader import film_of, picture_bytes, pixel_aspect, read_frames, read_still, threads_of
from installation.film.frame_scaler import FrameScaler
from installation.film.hardware_decoding import hardware, open_film
from installation.film.overload import OverloadPolicy, Take
from installation.film.span import Span, span_of
from installation.film.timed_picture import DuePicture, TimedPicture
from installation.host.priority import PICTURES, set_thread_priority
from scenes.story.clip import Clip
from scenes.story.probe import MediaHeader, probe

DECODER_PICTURES = 12
"""Memory of an open decoder, in pictures of the clip: 36 MB measured for H.264 at 1920 x 1080."""
LATE_SECONDS = 0.08
"""Of the frames that are this late no more are brought to the screen than it shows in a second."""
UNDER_WAY = 32
"""So many pictures later than the packet at most does a picture come out of its decoder."""
FEWEST = 3
"""Pictures held of a clip that may come next. They give its decoder a tenth of a second's start."""
DECODED_AGAIN = 6
"""Packets at most that a decoder which rests has to decode once more when its clip is chosen: 40 ms at 1920x1080."""
EARLY = 0.001
"""A frame is due this much before its time: a loop that wakes a hair early must not show the old one again."""


class OpeningSlot:
    """One place in the queue for opening files: candidates open one after another, or all become slow together."""

    def __init__(self, gate: threading.Semaphore | None) -> None:
        self._gate = gate
        self._giving = threading.Lock()

    def acquire(self) -> None:
        """Wait for this clip's turn to open."""
        gate = self._gate
        if gate:
            gate.acquire()

    def release(self) -> None:
        """Let the next one open. Releasing twice does nothing; a slot may be released before it is acquired."""
        with self._giving:
            gate, self._gate = self._gate, None
        if gate:
            gate.release()


class VideoDecoder:
    """Decodes a clip, at most ``ahead`` pictures of it in memory. Every method returns at once."""

    def __init__(self, clip: Clip, scaler: FrameScaler, ahead: int, gate: threading.Semaphore | None) -> None:
        self.clip = clip
        self.span: Span | None = None
        self.opened, self.ready = threading.Event(), threading.Event()
        """opened: ``span`` is known, or it has failed; ready: the first pictures are there, or it has failed."""
        self.failed = ""
        self.cause = Cause.DAMAGED
        self.stamp: Stamp | None = None
        """Of the file, as it was opened."""
        self.damaged = 0
        self.steps = 0
        """Grows with each step towards the first picture: slow is not stalled."""
        self.finished = False
        self.decoder_bytes = 0
        """Estimated memory of the open decoder, without the pictures that are held; 0 until it is open."""
        self.rests = False
        """Whether its decoder has given its memory back until the clip is chosen."""
        self._scaler, self._slot, self._ahead = scaler, OpeningSlot(gate), ahead
        self._frames: deque[TimedPicture] = deque()
        self._given: TimedPicture | None = None
        self.left_out = 0
        """Pictures that were not decoded, or not brought to the screen, because they were late."""
        self._due, self._kept, self._newest, self._skipped = 0.0, 0.0, 0.0, 0
        self._overload, self._thinned = OverloadPolicy(), 0
        self._round, self._again = 0, float("-inf")
        """How often it was played, and up to where once more: the card gave it up there, or it rested."""
        self._may_rest = False
        self._queued = gate is not None
        self._closed = False
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"pictures {clip.file.name}", daemon=True)
        self._thread.start()

    def at(self, seconds: float) -> DuePicture:
        """The newest picture due at ``seconds``. Older ones are dropped."""
        with self._change:
            self._due = max(self._due, seconds)
            passed = -1
            while len(self._frames) > 1 and self._frames[1].start <= seconds + EARLY:
                self._frames.popleft()
                passed += 1
            self._change.notify_all()
            if not self._frames:
                return DuePicture(None)
            shown, passed = self._frames[0], max(0, passed)
            if shown is not self._given:  # whoever counts looks at each picture once
                self._given, self._skipped, passed = shown, 0, passed + self._skipped
            rate = self.span.rate if self.span else 25.0
            starved = len(self._frames) == 1 and not self.finished and seconds > shown.start + 1.5 / rate
            return DuePicture(shown, passed, starved)

    def next_start(self, seconds: float) -> float | None:
        """When the next picture after ``seconds`` is due; None if it is not decoded yet or there is none."""
        with self._change:
            return next((frame.start for frame in self._frames if frame.start > seconds + EARLY), None)

    def keep_ahead(self, pictures: int) -> None:
        """Hold this many decoded pictures from now on."""
        with self._change:
            self._ahead = pictures
            self._change.notify_all()

    @property
    def held_bytes(self) -> int:
        """Memory of the pictures, and of the decoder."""
        with self._change:
            decoder = 0 if self.rests else self.decoder_bytes
            return decoder + sum(picture.size_bytes for picture in self._frames)

    @property
    def waits_for_turn(self) -> bool:
        """Whether others are opened before it."""
        return self._queued

    def close(self) -> None:
        """Stop decoding; the thread closes the file itself. What is decoded stays, to be held on the screen."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        self._slot.release()  # a file that hangs must not keep the others waiting

    def join(self, seconds: float) -> None:
        """Wait for the thread's end."""
        self._thread.join(seconds)

    def _run(self) -> None:
        set_thread_priority(PICTURES)
        self._slot.acquire()
        self._queued = False
        try:
            if not self._closed:
                self.stamp = stamp_of(self.clip.file)
                self._play()
        except Unplayable as error:
            self._fail(str(error), self._cause_of(error.__cause__))
        except (av.error.FFmpegError, OSError, ValueError) as error:
            self._fail(f"it cannot be read: {getattr(error, 'strerror', None) or error}", self._cause_of(error))
        except MemoryError:
            self._fail("there is not enough memory for it", Cause.STALLED)
        except BaseException as error:  # a fault of ours: the scene is given up at once, and tried again
            self._fail(f"decoding it failed: {type(error).__name__}: {error}", Cause.STALLED)
            raise
        finally:
            self._slot.release()
            self.finished = True
            self.opened.set()
            self.ready.set()

    def _fail(self, why: str, cause: Cause) -> None:
        self.cause, self.failed = cause, why  # in this order: who reads that it failed reads why

    def _cause_of(self, error: BaseException | None) -> Cause:
        """A file that is gone, or that the system refuses to read, is not damaged: it may come back as it was."""
        refused = isinstance(error, OSError) or getattr(error, "errno", 0) == errno.EIO
        return Cause.MISSING if refused or self.stamp is None or stamp_of(self.clip.file) is None else Cause.DAMAGED

    def _play(self) -> None:
        header = probe(self.clip.file)
        self.steps += 1
        if self._play_file(header):
            self._play_file(header)

    def _play_file(self, header: MediaHeader) -> bool:
        """Play it to its end, or until it rests (True): only what is let go altogether gives its memory back."""
        with av.open(str(self.clip.file)) as container:
            self.steps += 1
            stream = film_of(container, header)
            threads = threads_of(container, stream, header)
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = min(threads, os.cpu_count() or 1)
            self.decoder_bytes = DECODER_PICTURES * picture_bytes(stream)
            span = span_of(header, self.clip)
            self.span = span
            self.opened.set()
            if span.still:
                frame = read_still(container, stream)
                self._frames.append(TimedPicture(0.0, self._scaler.hold(frame, pixel_aspect(stream), self.clip.crop)))
                return False
            self._may_rest = threads == 1 and not self.rests
            return not self._played_by_card(header, span, threads) and self._decode(container, header, stream, span)

    def _played_by_card(self, header: MediaHeader, span: Span, threads: int) -> bool:
        """Whether the graphics card has decoded it; else the processor goes on where the card has ended."""
        container = open_film(str(self.clip.file), threads)
        if container is None:
            return False
        try:
            with container:
                self._decode(container, header, film_of(container, header), span)
        except (Unplayable, av.error.FFmpegError, OSError, ValueError) as error:
            if not self._frames:
                hardware.give_up(f"{self.clip.file}: {error}")
            self._again = self._newest if self._frames else self._again
            return False
        return True

    def _decode(self, container: InputContainer, header: MediaHeader, stream: av.VideoStream, span: Span) -> bool:
        for number in count(self._round):
            self._round = number
            # Multiplied, not added up: after 400 days of a short loop the sum is a tenth of a second away.
            rests = self._decode_once(container, header, stream, span, number * (span.length or 0.0))
            if rests or self._closed or not self.clip.loop:
                return rests
        return False

    def _decode_once(
        self, container: InputContainer, header: MediaHeader, stream: av.VideoStream, span: Span, begun: float
    ) -> bool:
        """Decode from the in point to the out point; the first picture is due at ``begun``. Whether it rests."""
        aspect, packets = pixel_aspect(stream), 0

        def take(seconds: float, key: bool) -> Take:
            taken = self._overload.take(self._behind(begun + seconds - span.begin), key)
            self._thinned = self._thinned if taken is Take.ALL else UNDER_WAY
            return taken

        for reading in read_frames(container, header, stream, span, take):
            self.steps += 1
            if not begun and packets <= DECODED_AGAIN and self._begins_rest():  # a loop in its second round plays
                return True
            self._await_room()  # before more is decoded: each picture is one more in the decoder's memory
            if self._closed:
                return False
            packets += reading.frame is None
            self.damaged += reading.damaged
            if reading.frame is not None:
                self._put(reading.frame, begun + max(0.0, reading.seconds - span.begin), aspect, span)
        return False

    def _begins_rest(self) -> bool:
        """Whether all is held that is wanted before its scene is chosen, and what follows is soon decoded then."""
        with self._change:
            if not self._may_rest or self._closed or len(self._frames) < max(FEWEST, self._ahead):
                return False
            self.rests, self._again = True, self._newest
            return True

    def _behind(self, start: float) -> float:
        return self._due - start if self._frames else 0.0

    def _put(self, frame: av.VideoFrame, start: float, aspect: float, span: Span) -> None:
        if start <= self._again:
            return
        self._await_room()
        with self._change:
            behind = self._behind(start)
            self._overload.picture(start, behind)
            if self._thinned and span.steady:
                self._leave_out(max(0, round((start - self._newest) * span.rate) - 1))
            self._thinned, self._newest = max(0, self._thinned - 1), start
            now = time.monotonic()
            if behind > LATE_SECONDS and now - self._kept < 1 / span.rate:
                self._leave_out(1)
                return
            self._kept = now
        shown = TimedPicture(start, self._scaler.hold(frame, aspect, self.clip.crop))
        with self._change:
            if self._closed:
                return
            self._frames.append(shown)
        if len(self._frames) >= min(FEWEST, self._ahead):
            self.ready.set()

    def _await_room(self) -> None:
        with self._change:
            while len(self._frames) >= self._ahead and not self._closed:
                self._overload.rest()
                self._ready()
                self._change.wait()
            self.rests = False

    def _leave_out(self, pictures: int) -> None:
        self._skipped += pictures
        self.left_out += pictures

    def _ready(self) -> None:
        self.ready.set()
        self._slot.release()
