"""The networks that can be used tonight: a file that cannot is left out and named, and what is shipped takes its place.

``chiaro check`` opens everything as the venue has it and refuses what does not fit. The running eye must see with what
there is: one torn file in a venue's folder would else make it blind for the evening.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from calibration.errors import BadFile
from calibration.head import VenueHead
from calibration.settings import EyeSettings
from calibration.venue import Venue
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.detector import open_detector
from models.seeing.sight import Sight
from models.seeing.venue_head import check_head, head_of, model_file

Part = TypeVar("Part")


def open_usable_sight(venue: Venue) -> tuple[Sight, tuple[str, ...]]:
    """A ``Sight`` as near to the venue's as its files allow, and what was left out of it, one line each.

    Raises ``BadFile`` when what is shipped cannot be used either, ``NoWeights`` (mtcnn's wheel), ``NoCuda`` (a GPU is
    required).
    """
    left_out: list[str] = []
    eye = venue.eye
    mtcnn = eye.model_copy(update={"detector": "mtcnn", "detector_file": ""})
    detector = _first_usable([partial(open_detector, eye), partial(open_detector, mtcnn)], left_out)
    settings, classifier = _first_usable([partial(_classifier, one) for one in _choices(eye)], left_out)
    head: VenueHead | None = None
    if settings.classifier_file == eye.classifier_file:
        heads: list[Callable[[], VenueHead | None]] = [partial(_head, venue, classifier), _no_head]
        head = _first_usable(heads, left_out)
    elif venue.calibration.head:
        left_out.append("[calibration]: its head was made for the network that is left out")
    return Sight(detector, classifier, eye.detect_every, venue.camera.region, head), tuple(left_out)


def _first_usable(openers: Sequence[Callable[[], Part]], left_out: list[str]) -> Part:
    """The first part that opens; why those before it do not is added to ``left_out``. Raises the last ``BadFile``."""
    *first, last = openers
    for opener in first:
        try:
            return opener()
        except BadFile as error:
            left_out += [line for line in error.lines() if line not in left_out]
    return last()


def _choices(eye: EyeSettings) -> list[EyeSettings]:
    """The venue's network, the same without its variants, then the shipped one, and that without its variants."""
    own = [eye, eye.model_copy(update={"int8": False})] if eye.int8 else [eye]
    shipped = [one.model_copy(update={"classifier_file": ""}) for one in own] if eye.classifier_file else []
    return own + shipped


def _classifier(eye: EyeSettings) -> tuple[EyeSettings, Classifier]:
    return eye, open_classifier(model_file(eye), eye.device, eye.threads, eye.int8)


def _no_head() -> VenueHead | None:
    """The network answers as it was trained."""
    return None


def _head(venue: Venue, classifier: Classifier) -> VenueHead | None:
    head = head_of(venue.calibration, venue.eye)
    check_head(head, classifier.embedding_size)
    return head
