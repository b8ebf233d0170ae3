"""The networks that can be used tonight: a file that cannot is left out and named, and what is shipped takes its place.

``chiaro check`` opens everything as the venue has it and refuses what does not fit. The running eye must see with what
there is: one torn file in a venue's folder, or a GPU that is demanded and gone, would else blind it for the evening.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from calibration.errors import BadFile
from calibration.files import is_file
from calibration.head import VenueHead
from calibration.settings import EyeSettings
from calibration.venue import Venue
from installation.eye.perception import CannotBegin
from installation.host.priority import set_thread_priority
from installation.host.terminal import say
from models.seeing.classifier import SHIPPED, Classifier, open_classifier
from models.seeing.detector import cut, open_detector
from models.seeing.finding import Beside, Finder
from models.seeing.io_binding import VariantUnavailable
from models.seeing.mtcnn_weights import NoWeights
from models.seeing.runtime import NoCuda
from models.seeing.sight import Sight
from models.seeing.venue_head import check_head, head_of, model_file

if TYPE_CHECKING:
    from models.seeing.device_look import DeviceLook

Part = TypeVar("Part")
DETECTION = 3
"""Added to the eye's nice value for the thread of its detections."""


def open_usable_sight(venue: Venue, beside: bool = False) -> tuple[Sight, tuple[str, ...]]:
    """A ``Sight`` as near to the venue's as files and machine allow, and what was left out of it, one line each.

    ``beside``: detections run in a thread of their own.

    Raises ``CannotBegin`` with all these lines when not even what is shipped can be used.
    """
    left_out: list[str] = []
    eye = venue.eye
    detector = _first_usable([partial(open_detector, one) for one in _detectors(eye)], left_out)
    settings, classifier = _first_usable([partial(_classifier, one) for one in _classifiers(eye)], left_out)
    head: VenueHead | None = None
    if settings.classifier_file == eye.classifier_file:
        heads: list[Callable[[], VenueHead | None]] = [partial(_head, venue, classifier), _no_head]
        head = _first_usable(heads, left_out)
    elif venue.calibration.head:
        left_out.append("[calibration]: its head was made for the network that is left out")
    device = _device_look(venue, classifier) if beside else None
    finder: Finder | None = Beside(detector, eye.detect_every, _yield_to_looks) if beside else None
    if device and device.finds_faces and finder:
        from models.seeing.each_picture import EachPicture

        finder = EachPicture(device, finder)
    sight = Sight(
        detector,
        classifier,
        eye.detect_every,
        venue.camera.region,
        head,
        finder=finder,
        classify_at_most=eye.classify_at_most,
        device=device,
    )
    return sight, tuple(left_out)


def _device_look(venue: Venue, classifier: Classifier) -> DeviceLook | None:
    """The rest of the look on the classifier's GPU; None where there is none, or it does not run there."""
    if classifier.bound is None:
        return None
    from models.seeing.device_look import open_device_look

    camera = venue.camera
    size = (camera.height, camera.width) if camera.rotate_degrees in (0, 180) else (camera.width, camera.height)
    height, width = cut(np.broadcast_to(np.uint8(0), size), camera.region)[0].shape[:2]
    try:
        return open_device_look(venue.eye, classifier, (height, width), _say)
    except (VariantUnavailable, BadFile) as error:
        _say(f"only the classifier runs on the GPU: {error}")
        return None


def _say(line: str) -> None:
    say(line, err=True)


def _yield_to_looks() -> None:
    """Of two threads that want the processor, the look comes first."""
    set_thread_priority(DETECTION)


def _first_usable(openers: Iterable[Callable[[], Part]], left_out: list[str]) -> Part:
    """The first part that opens; why those before it do not is added to ``left_out``. Raises ``CannotBegin``."""
    for opener in openers:
        try:
            return opener()
        except (BadFile, NoWeights, NoCuda) as error:
            left_out += [line for line in error.lines() if line not in left_out]
    raise CannotBegin(*left_out)


def _detectors(eye: EyeSettings) -> Iterator[EyeSettings]:
    """The venue's detector, the shipped one, then one that was once downloaded."""
    yield eye
    yield eye.model_copy(update={"detector": "mtcnn", "detector_file": ""})
    from installation.host.fetch import DOWNLOADS, models_folder  # needed only when nothing else is left

    downloaded = models_folder() / DOWNLOADS["yunet"].file_name
    if is_file(downloaded):
        yield eye.model_copy(update={"detector": "yunet", "detector_file": str(downloaded)})


def _classifiers(eye: EyeSettings) -> Iterator[EyeSettings]:
    """The venue's network, the same without its variants, then the shipped one, that without its variants, and last its
    own variant alone. Each on the GPU where that is demanded, and then on what there is.
    """
    files = dict.fromkeys([eye.classifier_file, ""])
    networks = [(file, int8) for file in files for int8 in dict.fromkeys([eye.int8, False])]
    for file, int8 in [*networks, (str(SHIPPED.with_suffix(".int8.onnx")), False)]:
        for device in dict.fromkeys([eye.device, "auto" if eye.device == "cuda" else eye.device]):
            yield eye.model_copy(update={"classifier_file": file, "int8": int8, "device": device})


def _classifier(eye: EyeSettings) -> tuple[EyeSettings, Classifier]:
    return eye, open_classifier(model_file(eye), eye.device, eye.threads, eye.int8)


def _no_head() -> VenueHead | None:
    """The network answers as it was trained."""
    return None


def _head(venue: Venue, classifier: Classifier) -> VenueHead | None:
    head = head_of(venue.calibration, venue.eye)
    check_head(head, classifier.embedding_size)
    return head
