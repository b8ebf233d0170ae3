"""One take: a person shows one emotion for some seconds; what is kept of it, and whether it is any good."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.settings import EyeSettings, Region
from models.align import align
from models.classifier import OVERHEAD, Classifier, open_classifier
from models.detector import cut, open_detector, shifted
from models.frame import Detection
from models.quality import luminance, quality
from models.venue_choice import usual_file

Image = NDArray[np.uint8]
KEPT = 6
"""Pictures of a take, spread over it; more of them say the same."""
COUNTS_AS = 0.5
"""One picture of a take, beside a face of its own: they are nearly the same picture."""
LEAST_QUALITY = 0.15
SHUT_BELOW = 0.62
"""Of the person's usual eyes: less detail between the lids than this is a blink."""
EYES = ((slice(20, 30), slice(12, 27)), (slice(20, 30), slice(37, 52)))
"""Where the eyes lie in an aligned face."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The best face of one picture."""

    detection: Detection
    face: Image
    """(64, 64) aligned."""
    quality: float
    luminance: float
    eyes: float
    """Detail of the eyes against that of the whole face."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """What was seen; ``problem`` says in plain words why it should be repeated, '' when it is good."""

    seen: tuple[Seen, ...]
    problem: str
    milliseconds: float
    """To find the face in one picture."""
    usual_eyes: float
    """Detail of the eyes in this take, to compare later ones of the same person with."""


class Observer:
    """Finds the face that stands in place, and judges faces with the shipped network alone."""

    def __init__(self, settings: EyeSettings, region: Region) -> None:
        self._detector, self.region = open_detector(settings), region
        self.classifier: Classifier = open_classifier(usual_file(settings), settings.device, settings.threads)
        self.rival: Classifier | None = None
        """The other shipped network; none where the venue names a file of its own."""
        if not settings.classifier_file:
            self.rival = open_classifier(OVERHEAD, settings.device, settings.threads)

    def see(self, image: Image) -> Seen | None:
        """The largest face of the picture, or None."""
        part, corner = cut(image, self.region)
        found = self._detector.detect(part)
        if not found:
            return None
        best = max(found, key=lambda one: one.box[2] * one.box[3])
        face = align(part, best.landmarks)
        return Seen(shifted(best, corner), face, quality(face, best), luminance(face), open_eyes(face))

    def take(self, pictures: Iterable[Image], usual_eyes: float = 0.0) -> Take:
        """Look at the pictures of one take."""
        looked, spent = 0, 0.0
        seen: list[Seen] = []
        for picture in pictures:
            looked += 1
            begun = time.perf_counter()  # the wait for the camera's next picture is not the eye's
            one = self.see(picture)
            spent += time.perf_counter() - begun
            if one:
                seen.append(one)
        each = spent * 1000 / max(looked, 1)
        usual = usual_eyes or (float(np.median([one.eyes for one in seen])) if seen else 0.0)
        good = [one for one in seen if one.quality >= LEAST_QUALITY and one.eyes >= SHUT_BELOW * usual]
        kept = tuple(good[i] for i in np.unique(np.linspace(0, len(good) - 1, KEPT).astype(int))) if good else ()
        return Take(kept, _problem(looked, seen, good, usual), each, usual)


def open_eyes(face: Image) -> float:
    """Detail in the two eyes' places against the detail of the whole face; falls to half when they shut."""
    light = np.sqrt(face.astype(np.float32) + 1)
    whole = float(light[12:56, 10:54].std())
    return float(np.mean([light[place].std() for place in EYES])) / max(whole, 0.1)


def _problem(looked: int, seen: list[Seen], good: list[Seen], usual: float) -> str:
    if not looked:
        return "there are no pictures of this"
    if len(seen) < 0.5 * looked:
        return "no face was found in most pictures: stand in the light, face the camera"
    if len(good) >= 0.4 * len(seen):
        return ""
    shut = sum(one.eyes < SHUT_BELOW * usual for one in seen)
    if shut > 0.5 * len(seen):
        return "the eyes were shut"
    if float(np.median([one.luminance for one in seen])) < 2:
        return "the face is too dark to be judged: open the lens or move the lamp"
    return "the face was blurred, small or turned away: hold still and look at the camera"
