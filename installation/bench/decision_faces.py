"""Real faces for the bench of the decision: FER+ validation faces in a dark room, judged by the shipped classifier.

Only where the environment names them (CHIARO_SHARED). Every frame is made anew: the face under a lamp overhead, dimmed
and flickering, photographed with the sensor's noise, cut out with a trembling box, classified.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from installation.bench.decision_courses import FACE_PIXELS, Course, Part
from models.arrays import Floats, Image, Integers
from models.evaluation.dataset import LabelledFaces, read_faces
from models.evaluation.landmarks import find_landmarks
from models.labels import LABELS
from models.lighting.exposure import Sensor, captured, expose, linear, noisy
from models.lighting.relight import Lamp, LampBank, read_face_maps
from models.seeing.align import align, similarity

Network = Callable[[Image], Floats]
"""network(aligned faces (n, 64, 64)) -> probabilities (n, 8)"""

CLEAR_VOTES = 0.7
"""Only faces of which so many taggers said the same: of the others nobody knows the truth."""
FACES_A_LABEL = 40
JITTER_PIXELS = 2.0
FLICKER = 0.15
VIEWS = 24
OVERHEAD = [Lamp(azimuth, elevation, 8.0) for azimuth in (-40, 0, 40) for elevation in (45, 60, 75)]
Shown = tuple[Floats, Floats]
"""A face as it stands before the camera: linear light (h, w), landmarks (5, 2) in its pixels."""


class RealFaces:
    """Classifies the frames of courses in which each person is a real face of the right label."""

    def __init__(self, sheet: Path, network: Network, mean_luminance: float = 18.0, seed: int = 0) -> None:
        faces, self._network, self._mean = _clear(read_faces(sheet), seed), network, mean_luminance
        landmarks, found = find_landmarks(faces.images)
        self._faces: dict[str, list[Shown]] = {label: [] for label in LABELS}
        chance, right, lamps = np.random.default_rng(seed), 0, LampBank(read_face_maps("bench"), OVERHEAD)
        for k in np.flatnonzero(found):
            shown = self._relit(faces.images[k], landmarks[k], lamps, chance)
            views = network(np.stack([_photograph(*shown, 1.0, chance) for _ in range(VIEWS)]))
            if np.log(np.maximum(views, 0.01)).mean(axis=0).argmax() == faces.labels[k]:
                self._faces[LABELS[faces.labels[k]]].append(shown)
                right += 1
        self.right_share = right / int(found.sum())
        """Share of the faces that the classifier gets right in this light, over many frames. The others are not shown:
        a decision cannot find what the classifier does not say."""

    def labels(self) -> list[str]:
        """Labels of which there are enough faces to show."""
        return [label for label in LABELS if len(self._faces[label]) >= 5]

    def __call__(self, course: Course, index: Integers) -> tuple[Floats, Floats]:
        """Probabilities (T, 8) and quality (T,) of a course whose frame k belongs to part ``index[k]``."""
        chance = np.random.default_rng((course.seed, course.noise, 3))
        shown = [self._shown(course.seed, part) for part in course.parts]
        times = np.arange(len(index)) / course.frames_per_second
        flicker = 1 + FLICKER * np.sin(2 * np.pi * (chance.uniform(0.5, 4) * times + chance.random()))
        pictures = np.zeros((len(index), 64, 64), np.uint8)
        for k, part in enumerate(index):
            if (face := shown[part]) is not None:
                pictures[k] = _photograph(face[0], face[1], flicker[k], chance)
        probabilities = np.concatenate([self._network(pictures[k : k + 64]) for k in range(0, len(index), 64)])
        return probabilities, np.full(len(index), 0.8, np.float32)

    def _shown(self, seed: int, part: Part) -> Shown | None:
        if part.label is None:
            return None
        return self._faces[part.label][(seed * 7 + part.person) % len(self._faces[part.label])]

    def _relit(self, image: Image, landmarks: Floats, lamps: LampBank, chance: np.random.Generator) -> Shown:
        """The face enlarged as the camera sees it, under a lamp overhead, as dark as the room is."""
        size, five = (round(FACE_PIXELS), round(FACE_PIXELS)), landmarks * np.float32(FACE_PIXELS / len(image))
        large = np.asarray(np.clip(cv2.resize(linear(image), size, interpolation=cv2.INTER_CUBIC), 0, None), np.float32)
        turn = similarity(five.astype(np.float64))
        light = lamps.draw((five @ turn[:, :2].T + turn[:, 2])[None].astype(np.float32), chance)[0]
        back = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        large *= np.asarray(cv2.warpAffine(light, turn, size, flags=back, borderMode=cv2.BORDER_REPLICATE), np.float32)
        return expose(large[None], self._mean)[0], five


def _photograph(light: Floats, landmarks: Floats, flicker: float, chance: np.random.Generator) -> Image:
    """One frame of the face: noise, a box that is off by up to 2 px, landmarks off by a little more each."""
    picture = captured(noisy((light * np.float32(flicker))[None], Sensor(), chance))[0]
    shift = chance.uniform(-JITTER_PIXELS, JITTER_PIXELS, 2)
    each = chance.normal(0, JITTER_PIXELS / 2, (5, 2))
    return align(picture, (landmarks + shift + each).astype(np.float32))


def _clear(faces: LabelledFaces, seed: int) -> LabelledFaces:
    """Some faces of each label on which the taggers agreed, the same for the same seed."""
    chance = np.random.default_rng(seed)
    clear = (faces.labels >= 0) & (faces.vote_shares.max(axis=1) >= CLEAR_VOTES)
    chosen = [np.flatnonzero(clear & (faces.labels == k)) for k in range(len(LABELS))]
    return faces.subset(np.concatenate([chance.permutation(some)[:FACES_A_LABEL] for some in chosen]))
