"""The venue's own last layer at run time; refused when it was made with another network."""

from __future__ import annotations

from pathlib import Path

from calibration.errors import BadFile
from calibration.head import VenueHead, read_head
from calibration.profile import Calibration
from calibration.settings import EyeSettings
from models.labels import LABELS
from models.seeing.card import read_card
from models.seeing.classifier import SHIPPED


def model_file(settings: EyeSettings) -> Path:
    """The classifier that the venue names. Its int8 variant counts as the same one."""
    return Path(settings.classifier_file) if settings.classifier_file else SHIPPED


def check_head(head: VenueHead | None, embedding_size: int) -> None:
    """Raises ``BadFile`` where the head does not fit a network that gives so many numbers a face."""
    fits = (embedding_size, len(LABELS))
    if head is not None and head.weights.shape != fits:
        rows, columns = head.weights.shape
        problem = f"its head has {rows} by {columns} weights, the network needs {fits[0]} by {fits[1]}"
        raise BadFile("[calibration]", [f"{problem}: run 'chiaro calibrate' again"])


def head_of(calibration: Calibration, settings: EyeSettings) -> VenueHead | None:
    """None: the venue was never calibrated, or the shipped head was found to be the best one.

    Raises ``BadFile`` for a calibration that was made with another network, and for a head that cannot be read.
    """
    if not calibration.made:
        return None
    network = read_card(model_file(settings))
    if network.sha256 != calibration.model_sha256:
        raise BadFile(
            "[calibration]",
            [
                f"was made {calibration.made} with the network {calibration.model or '?'}"
                f" ({calibration.model_sha256[:12]}), here is {network.version} ({network.sha256[:12]}):"
                f" run '{calibration.renewed_by}' to renew it, or delete the section [calibration]"
            ],
        )
    return read_head(Path(calibration.head)) if calibration.head else None
