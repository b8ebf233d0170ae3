"""Where the faces of a frame are: detected now and then, followed between; either in the look itself or beside it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from typing import Protocol

from models.arrays import Image
from models.frame import Detection
from models.seeing.brighten import Reduced
from models.seeing.detector import Detector
from models.seeing.empty_room import EACH_SECONDS, EmptyRoom
from models.seeing.optical_flow import FlowTracker

Timed = Callable[[str], AbstractContextManager[None]]
"""Measures the stage of this name while it is open."""
SEARCH_SECONDS = 0.15
"""Beside the looks, so soon after the last search the next one begins at the soonest, while no face is lost: at 30 or
60 frames a second a search in each third frame would take the processor from the looks, and finds nobody sooner."""
EMPTY_SECONDS = 2.0
"""A room in which nobody was found for so long counts as empty."""
EMPTY_WAITS_SECONDS = 0.1
"""So long a look waits for the search of an empty room: who comes in is found in the picture that is searched."""
HANGS_SECONDS = 5.0
"""A detection that takes longer is waited for: whoever watches the looks is to see that they stand still."""


def nearest(found: list[Detection], at_most: int) -> list[Detection]:
    """The largest of ``found``, in the order that they have."""
    if len(found) <= at_most:
        return found
    smallest = sorted(face.box[3] for face in found)[-at_most]
    return [face for face in found if face.box[3] >= smallest][:at_most]


class Finder(Protocol):
    """Finds the faces of one picture after the other."""

    def find(self, image: Image, seconds: float, at_most: int, timed: Timed) -> list[Detection]:
        """The faces of ``image`` (h, w, 3) BGR in its own pixels, the best first; of more than ``at_most`` the nearest.

        ``seconds``: when it was taken, by any clock that goes forward.
        """

    def sees_face(self, image: Image) -> bool:
        """Whether there is a face in the picture at all; nothing of it is kept."""

    def forget(self) -> None:
        """Keep nothing of the last pictures and the faces in them."""

    rest_seconds: float
    """So long it needs no further picture: nobody is there. 0: it needs each one."""


class AtOnce:
    """The look waits for a detection, on every ``every``-th picture and where a face got lost."""

    rest_seconds = 0.0

    def __init__(self, detector: Detector, every: int) -> None:
        self._detector, self._every = detector, every
        self._flow, self._since_detection = FlowTracker(), every

    def find(self, image: Image, seconds: float, at_most: int, timed: Timed) -> list[Detection]:  # noqa: ARG002
        """See ``Finder``."""
        gray: Reduced | None = None
        if self._since_detection < self._every:
            with timed("follow"):
                gray = self._flow.reduced(image) if self._flow.faces else None
                followed = self._flow.track(gray, image.shape[0]) if gray is not None else []
                kept = [face for face in followed if face is not None]
            if len(kept) == len(followed):
                self._since_detection += 1
                return kept
        with timed("detect"):
            found = nearest(self._detector.detect(image), at_most)
            self._since_detection = 1
            if found and self._every > 1:
                self._flow.start(self._flow.reduced(image) if gray is None else gray, found)
            else:
                self._flow = FlowTracker()
        return found

    def sees_face(self, image: Image) -> bool:
        """See ``Finder``."""
        self.forget()
        return bool(self._detector.detect(image))

    def forget(self) -> None:
        """See ``Finder``."""
        self._flow, self._since_detection = FlowTracker(), self._every


class Beside:
    """No look waits for a detection: it runs in a thread of its own, and its faces are carried by the flow from its
    picture to the newest one. Only a face that moves too fast for that is detected at once.

    ``start_thread``: what that thread does first.
    """

    def __init__(self, detector: Detector, every: int, start_thread: Callable[[], None] = lambda: None) -> None:
        self._detector, self._every = detector, every
        self._thread = ThreadPoolExecutor(1, "detection", start_thread)
        self._searching: Future[list[Detection]] | None = None
        self._searched: Reduced | None = None
        """The picture in which it searches, reduced."""
        self._empty = EmptyRoom()
        self._flow, self._looks = FlowTracker(), every
        self._seen_at = self._searched_at = float("-inf")
        self.rest_seconds = 0.0

    def find(self, image: Image, seconds: float, at_most: int, timed: Timed) -> list[Detection]:
        """See ``Finder``."""
        fresh = self._take(seconds, at_most)
        if self._searching is None and not self._flow.faces and seconds - self._seen_at > EMPTY_SECONDS:
            return self._find_in_empty_room(image, seconds, at_most, timed)
        self.rest_seconds = 0.0
        with timed("follow"):
            rested = seconds - self._searched_at >= SEARCH_SECONDS
            searches = self._searching is None and self._looks >= self._every and rested
            if not (self._flow.faces or searches):
                self._looks += 1
                return []
            gray = self._flow.reduced(image)
            followed = self._flow.track(gray, image.shape[0])
            kept = [face for face in followed if face is not None]
        lost = len(kept) < len(followed)
        if fresh and lost:
            with timed("detect"):
                kept = nearest(self._thread.submit(self._detector.detect, image).result(), at_most)
                self._flow.start(gray, kept)
                self._looks = 0
        elif searches or (lost and self._searching is None):
            self._search(image, gray, seconds)
        if kept:
            self._seen_at = seconds
        self._looks += 1
        return kept

    def _take(self, seconds: float, at_most: int) -> bool:
        """Whether a detection has ended: its faces are where they were in its picture. Raises what it raised."""
        if self._searching is None or self._searched is None:
            return False
        if not self._searching.done() and seconds - self._searched_at < HANGS_SECONDS:
            return False
        search, gray = self._searching, self._searched
        self._searching = self._searched = None
        self._flow.start(gray, nearest(search.result(), at_most))
        return True

    def _find_in_empty_room(self, image: Image, seconds: float, at_most: int, timed: Timed) -> list[Detection]:
        if self._empty.is_due(image, seconds):
            with timed("detect"):
                wait([self._search(image, self._flow.reduced(image), seconds)], EMPTY_WAITS_SECONDS)
                self._take(seconds, at_most)
        if self._flow.faces:
            self._seen_at = seconds
        self.rest_seconds = 0.0 if self._flow.faces or self._searching else EACH_SECONDS
        return self._flow.faces

    def _search(self, image: Image, gray: Reduced, seconds: float) -> Future[list[Detection]]:
        """Begin to search in ``image``; ``gray`` is the same, reduced."""
        self._searching, self._searched = self._thread.submit(self._detector.detect, image), gray
        self._looks, self._searched_at = 0, seconds
        return self._searching

    def sees_face(self, image: Image) -> bool:
        """See ``Finder``."""
        self.forget()
        return bool(self._thread.submit(self._detector.detect, image).result())

    def forget(self) -> None:
        """See ``Finder``. What is being searched just now is not taken."""
        self._flow, self._looks = FlowTracker(), self._every
        self._searching = self._searched = None
        self._empty = EmptyRoom()
        self._seen_at = self._searched_at = float("-inf")
        self.rest_seconds = 0.0
