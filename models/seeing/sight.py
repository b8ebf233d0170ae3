"""From a frame to what each face in it shows: detect or track, align, classify in one batch, weigh."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from calibration.head import VenueHead
from calibration.settings import MAX_VISITORS, EyeSettings, Region
from models.arrays import Floats, Gray
from models.estimate import EmotionEstimate
from models.frame import Detection, Frame
from models.seeing.align import align_all
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.detector import Detector, cut, open_detector, shifted
from models.seeing.finding import AtOnce, Finder
from models.seeing.quality import luminance, quality
from models.seeing.shut_eyes import LEAST_EYES_APART, LEAST_LUMINANCE, shut_log_odds
from models.seeing.turns import Turns
from models.seeing.venue_head import check_head, model_file

Clock = Callable[[], float]
Head = Callable[[Floats, Floats], Floats]
"""(probabilities (n, 8), embeddings (n, d)) -> probabilities (n, 8): a venue's own last layer."""
STAGES = ("detect", "follow", "align", "classify", "weigh")


class Sight:
    """Analyses one frame after the other; between detections it tracks the faces that it knows.

    ``finder``: how; None: ``AtOnce``, so that the same frames give the same estimates on any machine.
    ``classify_at_most``: faces in one look; of more, the nearest half each time and the others in turn.
    ``clock`` gives seconds for ``stages_ms`` only; no estimate depends on it.
    """

    def __init__(  # noqa: PLR0913 - its parts
        self,
        detector: Detector,
        classifier: Classifier,
        detect_every: int = 3,
        region: Region | None = None,
        head: Head | None = None,
        clock: Clock = time.perf_counter,
        finder: Finder | None = None,
        classify_at_most: int = MAX_VISITORS,
    ) -> None:
        self._finder, self._classifier = finder or AtOnce(detector, detect_every), classifier
        self._region, self._head, self._clock = region or Region(), head, clock
        self._turns = Turns(classify_at_most)
        self.provider = classifier.provider
        self.line = f"detector {type(detector).__name__} on CPU, {classifier.line}"
        self.stages_ms: dict[str, float] = dict.fromkeys(STAGES, 0.0)
        """Milliseconds that each stage of the last frame took; 0 for one that was not needed."""

    def detect_and_classify(self, frame: Frame) -> list[EmotionEstimate]:
        """The faces of the frame (``MAX_VISITORS``), best first, in the frame's own pixels."""
        self.stages_ms = dict.fromkeys(STAGES, 0.0)
        image, corner = cut(frame.image, self._region)
        found = self._finder.find(image, frame.captured_at, MAX_VISITORS, self._timed)
        if not found:
            self._turns.forget()
            return []
        due = self._turns.due(found, frame.captured_at)
        with self._timed("align"):
            faces = align_all(image, [found[i].landmarks for i in due])
        with self._timed("classify"):
            probabilities = self._classified(faces)
        with self._timed("weigh"):
            light = [luminance(face) for face in faces]
            shut = _eyes_shut([found[i] for i in due], faces, light)
            read = [
                EmotionEstimate(
                    shifted(found[i], corner), row, quality(face, found[i]), mean, eyes_shut=shut.get(number)
                )
                for number, (i, row, face, mean) in enumerate(zip(due, probabilities, faces, light, strict=True))
            ]
        return self._turns.complete([shifted(face, corner) for face in found], due, read, frame.captured_at)

    def sees_face(self, frame: Frame) -> bool:
        """Whether there is a face in the frame at all. Nothing is classified, and nothing of it is kept."""
        self.stages_ms = dict.fromkeys(STAGES, 0.0)
        image, _ = cut(frame.image, self._region)
        with self._timed("detect"):
            return self._finder.sees_face(image)

    @property
    def rest_seconds(self) -> float:
        """So long it needs no further frame, because nobody is there; 0: it needs each one."""
        return self._finder.rest_seconds

    def forget(self) -> None:
        """Keep nothing of the last picture and the faces in it; the next one is looked at as the first one was."""
        self._finder.forget()
        self._turns.forget()

    def _classified(self, faces: Gray) -> Floats:
        probabilities, embeddings = self._classifier.classify(faces)
        if self._head is None:
            return probabilities
        return self._head(probabilities, embeddings)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = self._clock()
        yield
        self.stages_ms[stage] = (self._clock() - start) * 1000


def _eyes_shut(found: Sequence[Detection], faces: Gray, light: Sequence[float]) -> dict[int, float]:
    """Log odds that eyes are shut, by the number of the face, of those that are large and light enough."""
    apart = [float(np.hypot(*(one.landmarks[1] - one.landmarks[0]))) for one in found]
    clear = [k for k in range(len(found)) if apart[k] >= LEAST_EYES_APART and light[k] >= LEAST_LUMINANCE]
    return dict(zip(clear, shut_log_odds(faces[clear]).tolist(), strict=True)) if clear else {}


def open_sight(settings: EyeSettings, region: Region | None = None, head: VenueHead | None = None) -> Sight:
    """A ``Sight`` with the detector and classifier that the venue asks for.

    Raises ``BadFile`` (detector's or classifier's file), ``NoWeights`` (mtcnn's wheel), ``NoCuda`` (a GPU is required).
    """
    detector = open_detector(settings)
    classifier = open_classifier(model_file(settings), settings.device, settings.threads, settings.int8)
    check_head(head, classifier.embedding_size)
    return Sight(detector, classifier, settings.detect_every, region, head)
