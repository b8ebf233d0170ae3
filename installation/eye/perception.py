"""From a frame to a mood, as the eye's loop sees it. (Light to import; the networks are in ``venue_perception``.)"""

from __future__ import annotations

from typing import Protocol

from calibration.errors import BadInput
from models.frame import Frame
from models.mood import Mood


class CannotBegin(BadInput):
    """The networks or their settings cannot be used until a person corrects something; the message says what."""


class Perception(Protocol):
    """Detector, classifier, tracks and filters."""

    line: str
    """Which networks run on what, for people."""
    left_out: tuple[str, ...]
    """Files that cannot be used, and why, one line each; what is shipped takes their place."""
    provider: str
    """onnxruntime's name of what runs the classifier."""
    stages_ms: dict[str, float]
    """Milliseconds that each stage took for the last frame."""

    @property
    def drift(self) -> float:
        """How far the light has moved since the calibration, in stops; 0 = as calibrated, or never calibrated."""

    @property
    def rest_seconds(self) -> float:
        """So long it needs no further frame, because nobody is there; 0: it needs each one."""

    def update(self, frame: Frame) -> Mood:
        """Analyse the next frame; the mood after it."""

    def blind(self, now: float, reason: str) -> Mood:
        """An untrusted mood: no frame could be analysed, for this reason."""

    def repair(self) -> None:
        """Rebuild the networks after they failed; what is known of the visitors is kept."""

    def forget(self) -> None:
        """Nobody may be looked at any more: nothing is left of whoever was, nor of the last picture."""

    def freeze_baseline(self) -> None:
        """A scene begins: a held expression must not become the visitor's own neutral face."""

    def forget_visitors(self) -> None:
        """Forget who is there; for whoever stays in the picture, nobody is there until they have gone."""
