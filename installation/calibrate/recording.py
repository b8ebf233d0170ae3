"""One recording: a person shows one emotion for some seconds; what is kept of it, and whether it is usable."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from calibration.settings import EyeSettings, Region
from models.arrays import Image
from models.frame import Detection
from models.seeing.align import align
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.detector import cut, open_detector, shifted
from models.seeing.quality import luminance, quality
from models.seeing.shut_eyes import shut_log_odds
from models.seeing.venue_head import model_file

KEPT = 6
"""Pictures of a recording, spread over it; more of them say the same."""
PICTURE_WEIGHT = 0.5
"""Weight of one picture of a recording, where an independent face counts 1: they are nearly the same picture."""
LEAST_QUALITY = 0.15
SHUT_FROM, SQUEEZED_FROM = 0.0, 2.2
"""Log odds from which on eyes count as shut: in a face that has them open, and in one that may squeeze them."""
SQUEEZING = ("happiness", "sadness", "anger", "disgust")
ABOVE_USUAL = 1.0
"""Shut eyes are so far above the person's usual value: deep-set eyes and glasses always look shut."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenFace:
    """The best face of one picture."""

    detection: Detection
    face: Image
    """(64, 64) aligned."""
    quality: float
    luminance: float
    eyes: float
    """How surely they are shut (log odds)."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What was seen; ``problem`` says why it should be repeated, '' when it is good."""

    seen: tuple[SeenFace, ...]
    problem: str
    milliseconds: float
    """To find the face in one picture."""
    usual_eyes: float
    """How shut the eyes looked (log odds), to compare later recordings of the same person with."""
    forgiven: bool = False
    """The eyes looked shut, and the recording was kept all the same."""


SHUT_EYES = "the eyes were shut"


class Observer:
    """Finds the largest face of a picture, and classifies faces with the shipped network alone."""

    def __init__(self, settings: EyeSettings, region: Region) -> None:
        self._detector, self.region = open_detector(settings), region
        self.classifier: Classifier = open_classifier(model_file(settings), settings.device, settings.threads)

    def see(self, image: Image) -> SeenFace | None:
        """The largest face of the picture, or None."""
        part, corner = cut(image, self.region)
        found = self._detector.detect(part)
        if not found:
            return None
        best = max(found, key=lambda one: one.box[2] * one.box[3])
        face = align(part, best.landmarks)
        return SeenFace(
            shifted(best, corner), face, quality(face, best), luminance(face), float(shut_log_odds(face[None])[0])
        )

    def record(
        self, pictures: Iterable[Image], label: str = "neutral", usual_eyes: float | None = None, any_eyes: bool = False
    ) -> Recording:
        """Judge the pictures of one recording of ``label``.

        ``usual_eyes``: how shut this person's eyes usually look; ``any_eyes``: keep it also with eyes that look shut.
        """
        count, spent = 0, 0.0
        seen: list[SeenFace] = []
        for picture in pictures:
            count += 1
            begun = time.perf_counter()  # waiting for the camera's next picture is not counted
            one = self.see(picture)
            spent += time.perf_counter() - begun
            if one:
                seen.append(one)
        each = spent * 1000 / max(count, 1)
        shut_from = SQUEEZED_FROM if label in SQUEEZING else SHUT_FROM
        if usual_eyes is not None:
            shut_from = max(shut_from, usual_eyes + ABOVE_USUAL)
        sharp = [one for one in seen if one.quality >= LEAST_QUALITY]
        good = [one for one in sharp if one.eyes < shut_from]
        problem = _problem(count, seen, good, shut_from)
        forgiven = any_eyes and problem == SHUT_EYES and not _problem(count, seen, sharp, np.inf)
        if forgiven:
            good, problem = sharp, ""
        kept = tuple(good[i] for i in np.unique(np.linspace(0, len(good) - 1, KEPT).astype(int))) if good else ()
        usual = float(np.median([one.eyes for one in seen])) if seen else 0.0
        return Recording(kept, problem, each, usual, forgiven)


def _problem(count: int, seen: list[SeenFace], good: list[SeenFace], shut_from: float) -> str:
    if not count:
        return "no pictures arrived"
    if len(seen) < 0.5 * count:
        return "no face was found in most pictures: stand in the light, face the camera"
    if len(good) >= 0.4 * len(seen):
        return ""
    if sum(one.eyes >= shut_from for one in seen) > 0.5 * len(seen):
        return SHUT_EYES
    if float(np.median([one.luminance for one in seen])) < 2:
        return "the face is too dark to be judged: open the lens or move the lamp"
    return "the face was blurred, small or turned away: hold still and look at the camera"
