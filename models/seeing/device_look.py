"""A whole look on a GPU: the picture goes over once, gray; of it only small tables and the aligned faces come back.

The detector's two networks, cutting out and classifying share the device's memory. Each step is one run, recorded as a
CUDA graph where that is possible: the first look at the picture, the second one at what it found, the faces cut out,
and the classifier. Between them the CPU only chooses among boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime

from calibration.files import is_file, shown
from calibration.settings import EyeSettings
from models.arrays import Floats, Gray, Image
from models.frame import Detection
from models.seeing.align import align_all
from models.seeing.classifier import Classifier
from models.seeing.device_tables import (
    ALIGN,
    MADE_FROM,
    device_variant,
    face_tables,
    picture_tables,
    reduced_size,
    too_large,
)
from models.seeing.io_binding import (
    BATCHES,
    BoundNetwork,
    FixedRun,
    Providers,
    VariantUnavailable,
    is_from_the_device,
    memory,
    open_on_cuda,
    recorded_if_possible,
    size_for,
)
from models.seeing.one_shot import (
    CANDIDATE,
    MOST_CANDIDATES,
    SECOND_SHA256,
    SHIPPED,
    Choice,
    cell_strides,
    faces_in,
    read_detector_card,
    second_of,
)
from models.seeing.one_shot import VALUES as CELL_VALUES
from models.seeing.second_look import VALUES, put_back

JUDGED = (4, 24, MOST_CANDIDATES)
"""Candidates of one run of the second look."""
Answers = tuple[Gray, Floats, Floats]
"""Aligned faces (n, 64, 64), probabilities (n, 8), embeddings (n, d)."""


@dataclass(frozen=True, slots=True)
class DeviceDetector:
    """The one-shot detector's sessions, and which of the faces that it finds count."""

    first: Any
    second: Any
    choice: Choice
    rows: int


class DeviceLook:
    """Finds faces and classifies them, in pictures that come one after the other, in one thread.

    What the device refuses once it is not asked again: then, and whenever it is asked, ``VariantUnavailable`` is raised
    and what asks goes on without. ``told`` gets the reason, once.
    """

    def __init__(
        self,
        network: BoundNetwork,
        align: Any,
        detector: DeviceDetector | None = None,
        device: str = "cuda",
        told: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """``align``: the session that cuts faces out. ``device``: where the memory lies, 'cuda' or 'cpu'."""
        self.finds_faces = detector is not None
        self.detector_line = "CUDA in float16" if detector else "CPU"
        """For people: where faces are found."""
        self._network, self._detector, self._told = network, detector, told
        self._make_picture = partial(DevicePicture, network, align, detector, device)
        self._sizes: dict[tuple[int, int], DevicePicture] = {}
        self._searched: Image | None = None
        """The picture that lies on the device, while nothing else has been done with it than search it."""
        self._failure = ""

    def warm_up(self, height: int, width: int) -> None:
        """Run and record everything for pictures of this size: no visitor waits for it."""
        self._sizes[height, width] = self._make_picture(height, width)

    def detect(self, image: Image) -> list[Detection]:
        """Faces in ``image`` (BGR or gray), best first, in its own pixels. Raises ``VariantUnavailable``."""
        if self._detector is None:
            raise VariantUnavailable("this detector does not run on the GPU")
        with self._asked():
            size = self.upload(image)
            found = faces_in(size.first_look(), *size.padded, CANDIDATE)
            faces = self._detector.choice.after_second_look(found, size.scale, size.second_look)
            self._searched = image if faces else None
            return faces

    def classify(self, image: Image, landmarks: Sequence[Floats]) -> Answers:
        """The faces of ``image`` with these landmarks, one or more. Raises ``VariantUnavailable``."""
        with self._asked():
            if too_large(landmarks):
                faces = align_all(image, landmarks)
                return faces, *self._network.run(faces)
            size = self._sizes[_shape(image)] if image is self._searched else self.upload(image)
            self._searched = None
            parts = [size.read(landmarks[i : i + BATCHES[-1]]) for i in range(0, len(landmarks), BATCHES[-1])]
            cut, probabilities, embeddings = zip(*parts, strict=True)
            return np.concatenate(cut), np.concatenate(probabilities), np.concatenate(embeddings)

    def forget(self) -> None:
        """Keep nothing of the last picture."""
        self._searched = None

    @contextmanager
    def _asked(self) -> Iterator[None]:
        if self._failure:
            raise VariantUnavailable(self._failure)
        try:
            yield
        except Exception as error:
            if not is_from_the_device(error):
                raise
            self._failure, self._searched = shown(str(error), 300), None
            self._sizes.clear()
            self._told(f"the look on the GPU failed and goes on without it: {self._failure}")
            raise VariantUnavailable(self._failure) from error

    def upload(self, image: Image) -> DevicePicture:
        """Bring ``image`` to the device, gray."""
        if _shape(image) not in self._sizes:
            self.warm_up(*_shape(image))
        size = self._sizes[_shape(image)]
        gray = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        size.picture.update_inplace(np.ascontiguousarray(gray))
        return size


def _shape(image: Image) -> tuple[int, int]:
    return int(image.shape[0]), int(image.shape[1])


_numbers = count(1)


class DevicePicture:
    """Memory on the device, and the runs in it, for pictures of one size."""

    def __init__(
        self, network: BoundNetwork, align: Any, detector: DeviceDetector | None, device: str, height: int, width: int
    ) -> None:
        self.picture = memory((height, width), np.uint8, device)
        self.picture.update_inplace(np.zeros((height, width), np.uint8))
        self._batches = network.batches
        full = (height, width, width, height)
        self._aligned = {
            n: _FaceRun(align, n, self.picture, full, {"faces": batch.faces}, device)
            for n, batch in self._batches.items()
        }
        if detector:
            self._add_detector(detector, device, height, width)

    def _add_detector(self, detector: DeviceDetector, device: str, height: int, width: int) -> None:
        tables = picture_tables(height, width, detector.rows)
        high, wide = reduced_size(height, width, detector.rows)
        self.padded = (int(tables["padding"].shape[0]), int(tables["padding"].shape[1]))
        self.scale = min(1.0, detector.rows / height)
        fixed = {name: onnxruntime.OrtValue.ortvalue_from_numpy(table, device, 0) for name, table in tables.items()}
        gray = memory(self.padded, np.uint8, device)
        self._answers = memory((1, len(cell_strides(*self.padded)), CELL_VALUES), np.float32, device)
        outputs = {"faces": self._answers, "gray": gray}
        self._first = FixedRun(detector.first, next(_numbers), {"picture": self.picture, **fixed}, outputs)
        self._first.warm_up()
        self._judged = {n: memory((n, VALUES), np.float16, device) for n in JUDGED}
        cut = (high, wide, self.padded[1], self.padded[0])
        self._second = {
            n: _FaceRun(detector.second, n, gray, cut, {"judged": judged}, device) for n, judged in self._judged.items()
        }

    def first_look(self) -> Floats:
        """The detector's answers (cells, 15) to the picture."""
        self._first.run()
        return np.array(self._answers.numpy()[0], np.float32)

    def second_look(self, landmarks: Floats) -> tuple[Floats, Floats]:
        """As ``SecondLook.judge``; at most ``MOST_CANDIDATES``."""
        if not len(landmarks):
            return np.empty(0, np.float32), landmarks
        n = size_for(len(landmarks), JUDGED)
        self._second[n].run(list(landmarks))
        answers = np.array(self._judged[n].numpy()[: len(landmarks)], np.float32)
        return answers[:, 0], put_back(answers[:, 1:].reshape(-1, 5, 2), landmarks)

    def read(self, landmarks: Sequence[Floats]) -> Answers:
        """The faces as they are cut out, probabilities and embeddings; at most a batch."""
        n = size_for(len(landmarks), BATCHES)
        self._aligned[n].run(landmarks)
        faces = np.array(self._batches[n].faces.numpy()[: len(landmarks)])
        return faces, *self._batches[n].answers(len(landmarks))


class _FaceRun:
    """A run on so many faces cut out of a picture."""

    def __init__(
        self, session: Any, n: int, picture: Any, size: tuple[int, int, int, int], outputs: dict[str, Any], device: str
    ) -> None:
        """``size``: height and width of the picture, and of the memory that it lies in: a row's length, and rows."""
        self._size, self._n = size, n
        self._turns, self._places = memory((n, 7), np.float32, device), memory((n, 5), np.int32, device)
        inputs = {"picture": picture, "turns": self._turns, "places": self._places}
        self._fixed = FixedRun(session, next(_numbers), inputs, outputs)
        self._give(())
        self._fixed.warm_up()

    def run(self, landmarks: Sequence[Floats]) -> None:
        """On the faces with these landmarks, and on as many pixels in a corner as are left."""
        self._give(landmarks)
        self._fixed.run()

    def _give(self, landmarks: Sequence[Floats]) -> None:
        turns, places = face_tables(landmarks, *self._size, faces=self._n)
        self._turns.update_inplace(turns)
        self._places.update_inplace(places)


def open_device_look(
    settings: EyeSettings, classifier: Classifier, size: tuple[int, int], told: Callable[[str], None]
) -> DeviceLook:
    """The look on the GPU that ``classifier`` runs on, ready for pictures of ``size`` (height, width).

    It finds faces where the detector is ours and has its variants beside it; else others find them.
    Raises ``VariantUnavailable`` when the GPU or the files do not allow it, ``BadFile`` for a detector's card.
    """
    network = classifier.bound
    if network is None:
        raise VariantUnavailable("the classifier does not run in its variant for a GPU")
    threads = settings.threads

    def opened(providers: Providers) -> DeviceLook:
        align = open_on_cuda(ALIGN, threads, providers)
        detector = open_device_detector(settings, partial(open_on_cuda, threads=threads, providers=providers))
        look = DeviceLook(network, align, detector, told=told)
        look.warm_up(*size)
        return look

    look, recorded = recorded_if_possible(opened)
    if look.finds_faces and recorded:
        look.detector_line += ", recorded"
    return look


def open_device_detector(settings: EyeSettings, open_variant: Callable[[Path], Any]) -> DeviceDetector | None:
    """The venue's detector where it is ours and has its variants beside it; else None.

    Raises ``VariantUnavailable`` for variants of another network, and what ``open_variant`` raises.
    """
    path = Path(settings.detector_file) if settings.detector_file else SHIPPED
    files = [device_variant(path), device_variant(second_of(path))]
    if settings.detector != "chiaro" or not all(is_file(file) for file in files):
        return None
    card = read_detector_card(path)
    first, second = sessions = [open_variant(file) for file in files]
    for file, session, key in zip(files, sessions, ("sha256", SECOND_SHA256), strict=True):
        if session.get_modelmeta().custom_metadata_map.get(MADE_FROM) != card.get(key):
            raise VariantUnavailable(f"{file.name} was made from another network than {path.name}")
    choice = Choice(settings.smallest_face_pixels, settings.detection_score)
    return DeviceDetector(first, second, choice, settings.detection_rows)
