"""One take: somebody shows one emotion for some seconds; the faces worth keeping, and what is wrong with the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from calibration.settings import EyeSettings, Region
from models.arrays import Gray, Image
from models.dataset.checking import BLURRED_BELOW, DARK_BELOW
from models.dataset.crop import face_crop
from models.frame import Detection
from models.seeing.align import align
from models.seeing.detector import cut, open_detector
from models.seeing.quality import Weakness, luminance, quality_parts, sharpness
from models.seeing.shut_eyes import shut_log_odds

KEPT = 6
"""Faces of one take, spread over it: more of them say the same."""
FEWEST = 3
"""Under so many a take is repeated."""
LEAST_QUALITY = 0.15
BLINK = 1.5
"""Above the median of the take (log odds) the eyes of one picture count as shut: a blink, and not the emotion."""
BESIDE = 0.25
"""Of the largest face's area, from which on another face in the picture counts as somebody beside."""
REMARKS: dict[Weakness, str] = {
    "small": "too far away: come nearer",
    "dark": "too dark: into the light",
    "blurred": "blurred: hold still",
    "turned": "turned away: face the camera",
    "unsure": "hardly a face: face the camera, nothing before it",
}
NO_FACE = "no face: stand in the light, face the camera"
BESIDE_REMARK = "somebody else is in the picture: one person at a time"


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """What one picture shows; ``remark`` says why it is not taken, '' when it is good."""

    face: Gray | None
    """Cut out; of what is not taken, nothing is held."""
    eyes: float
    remark: str


class Taker:
    """Finds the one face of a picture, cuts it out and says what is wrong with it."""

    def __init__(self, settings: EyeSettings, region: Region) -> None:
        self._detector, self._region = open_detector(settings), region
        self.remark = ""
        """Of the newest picture."""
        self.taken = 0
        """Good pictures of this take so far."""

    def see(self, picture: Image) -> Shot:
        """One picture."""
        part, _ = cut(picture, self._region)
        found = sorted(self._detector.detect(part), key=_area, reverse=True)
        if not found:
            return Shot(None, 0.0, NO_FACE)
        if len(found) > 1 and _area(found[1]) > BESIDE * _area(found[0]):
            return Shot(None, 0.0, BESIDE_REMARK)
        face = align(part, found[0].landmarks)
        if weakness := _weakness(face, found[0]):
            return Shot(None, 0.0, REMARKS[weakness])
        return Shot(face_crop(part, found[0].landmarks), float(shut_log_odds(face[None])[0]), "")

    def take(self, pictures: Iterable[Image], changed: Callable[[str], None]) -> tuple[list[Gray], str]:
        """The faces to keep, and why the take should be repeated ('' when it is good).

        ``changed`` is called with the remark whenever it is another one.
        """
        self.taken = 0
        shots = list(self._seen(pictures, changed))
        good = [shot for shot in shots if shot.face is not None]
        usual = float(np.median([shot.eyes for shot in good])) if good else 0.0
        open_eyes = [shot.face for shot in good if shot.face is not None and shot.eyes <= usual + BLINK]
        if len(open_eyes) < FEWEST:
            remarks = Counter(shot.remark for shot in shots if shot.remark)
            return [], remarks.most_common(1)[0][0] if remarks else "no pictures arrived"
        chosen = np.unique(np.linspace(0, len(open_eyes) - 1, KEPT).astype(int)).tolist()
        return [open_eyes[i] for i in chosen], ""

    def watched(self, pictures: Iterable[Image]) -> Iterator[Image]:
        """The same pictures; ``remark`` follows them, so that it can be shown before anything is recorded."""
        for picture in pictures:
            self.remark = self.see(picture).remark
            yield picture

    def _seen(self, pictures: Iterable[Image], changed: Callable[[str], None]) -> Iterator[Shot]:
        self.remark = ""
        for picture in pictures:
            shot = self.see(picture)
            if shot.remark != self.remark:
                changed(shot.remark)
            self.remark = shot.remark
            self.taken += not shot.remark
            yield shot


def _weakness(face: Gray, found: Detection) -> Weakness | None:
    """Why it is not taken: what ``chiaro dataset check`` would say of it, and what is worth little in the show."""
    if luminance(face) < DARK_BELOW:
        return "dark"
    if sharpness(face) < BLURRED_BELOW:
        return "blurred"
    weakness, worth = min(quality_parts(face, found).items(), key=lambda one: one[1])
    return weakness if worth < LEAST_QUALITY else None


def _area(found: Detection) -> float:
    return found.box[2] * found.box[3]
