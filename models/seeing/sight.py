"""From a frame to what each face in it shows: detect or track, align, classify in one batch, weigh."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from calibration.head import VenueHead
from calibration.settings import MAX_VISITORS, EyeSettings, Region
from models.arrays import Floats, Gray, Image
from models.estimate import EmotionEstimate
from models.frame import Detection, Frame
from models.seeing.align import align_all
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.covered_mouth import mouths_free
from models.seeing.detector import Detector, cut, open_detector, shifted
from models.seeing.finding import AtOnce, Finder
from models.seeing.io_binding import VariantUnavailable
from models.seeing.mouth import mouth_openings
from models.seeing.quality import luminance, quality
from models.seeing.shut_eyes import LEAST_EYES_APART, LEAST_LUMINANCE, shut_log_odds
from models.seeing.turns import Turns
from models.seeing.venue_head import check_head, model_file

if TYPE_CHECKING:  # an eye without a GPU does not need it
    from models.seeing.device_look import Answers, DeviceLook

Clock = Callable[[], float]
Head = Callable[[Floats, Floats], Floats]
"""(probabilities (n, 8), embeddings (n, d)) -> probabilities (n, 8): a venue's own last layer."""
STAGES = ("detect", "follow", "align", "classify", "weigh")


class Sight:
    """Analyses one frame after the other; between detections it tracks the faces that it knows.

    ``finder``: how; None: ``AtOnce``, so that the same frames give the same estimates on any machine.
    ``classify_at_most``: faces in one look; of more, the nearest half each time and the others in turn.
    ``device``: cuts faces out and classifies them on a GPU; where it fails, the classifier goes on without.
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
        device: DeviceLook | None = None,
    ) -> None:
        self._finder, self._classifier = finder or AtOnce(detector, detect_every), classifier
        self._region, self._head, self._clock = region or Region(), head, clock
        self._turns, self._device = Turns(classify_at_most), device
        self.provider = classifier.provider
        where = device.detector_line if device else "CPU"
        self.line = f"detector {type(detector).__name__} on {where}, {classifier.line}"
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
        faces, probabilities = self._classified(image, [found[i].landmarks for i in due])
        with self._timed("weigh"):
            light = [luminance(face) for face in faces]
            clear = _clear([found[i] for i in due], light)
            shut = dict(zip(clear, shut_log_odds(faces[clear]).tolist(), strict=True)) if clear else {}
            mouths = dict(zip(clear, mouth_openings(faces[clear]).tolist(), strict=True)) if clear else {}
            free = dict(zip(clear, mouths_free(faces[clear]).tolist(), strict=True)) if clear else {}
            read = [
                EmotionEstimate(
                    shifted(found[i], corner),
                    row,
                    quality(face, found[i], free.get(number, 1.0)),
                    mean,
                    eyes_shut=shut.get(number),
                    mouth_open=mouths.get(number) if free.get(number) == 1.0 else None,
                )
                for number, (i, row, face, mean) in enumerate(zip(due, probabilities, faces, light, strict=True))
            ]
        return self._turns.complete([shifted(face, corner) for face in found], due, read, frame.captured_at)

    def sees_face(self, frame: Frame) -> bool:
        """Whether there is a face in the frame at all. Nothing is classified, and nothing of it is kept."""
        self.stages_ms = dict.fromkeys(STAGES, 0.0)
        image, _ = cut(frame.image, self._region)
        with self._timed("detect"):
            seen = self._finder.sees_face(image)
        if self._device:
            self._device.forget()
        return seen

    @property
    def rest_seconds(self) -> float:
        """So long it needs no further frame, because nobody is there; 0: it needs each one."""
        return self._finder.rest_seconds

    def forget(self) -> None:
        """Keep nothing of the last picture and the faces in it; the next one is looked at as the first one was."""
        self._finder.forget()
        self._turns.forget()
        if self._device:
            self._device.forget()

    def _classified(self, image: Image, landmarks: Sequence[Floats]) -> tuple[Gray, Floats]:
        """The faces (n, 64, 64), cut out, and what they show (n, 8)."""
        faces, probabilities, embeddings = self._on_device(image, landmarks) or self._on_cpu(image, landmarks)
        return faces, probabilities if self._head is None else self._head(probabilities, embeddings)

    def _on_device(self, image: Image, landmarks: Sequence[Floats]) -> Answers | None:
        if self._device is None:
            return None
        try:
            with self._timed("classify"):
                return self._device.classify(image, landmarks)
        except VariantUnavailable:
            self._device = None
            return None

    def _on_cpu(self, image: Image, landmarks: Sequence[Floats]) -> Answers:
        with self._timed("align"):
            faces = align_all(image, landmarks)
        with self._timed("classify"):
            return faces, *self._classifier.classify(faces)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = self._clock()
        yield
        self.stages_ms[stage] = (self._clock() - start) * 1000


def _clear(found: Sequence[Detection], light: Sequence[float]) -> list[int]:
    """The numbers of the faces that are large and light enough to tell what eyes and mouth do."""
    apart = [float(np.hypot(*(one.landmarks[1] - one.landmarks[0]))) for one in found]
    return [k for k in range(len(found)) if apart[k] >= LEAST_EYES_APART and light[k] >= LEAST_LUMINANCE]


def open_sight(settings: EyeSettings, region: Region | None = None, head: VenueHead | None = None) -> Sight:
    """A ``Sight`` with the detector and classifier that the venue asks for.

    Raises ``BadFile`` (detector's or classifier's file), ``NoWeights`` (mtcnn's wheel), ``NoCuda`` (a GPU is required).
    """
    detector = open_detector(settings)
    classifier = open_classifier(model_file(settings), settings.device, settings.threads, settings.int8)
    check_head(head, classifier.embedding_size)
    return Sight(detector, classifier, settings.detect_every, region, head)
