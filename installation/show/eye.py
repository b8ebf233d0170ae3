"""What takes an eye's place in a show."""

from __future__ import annotations

from typing import Protocol

from calibration.venue import Venue
from installation.host.health import EyeHealth, Sense
from models.mood import Mood


class Eye(Protocol):
    """Where the mood comes from: the eye's process, or a maker's hand."""

    def start(self) -> None:
        """Begin to give moods."""

    def mood(self, now: float) -> Mood:
        """The newest mood, or an untrusted one with the reason. Never waits."""

    def set_on(self, on: bool) -> None:
        """Run, or end on purpose, as the house opens and closes: then nothing is lost."""

    @property
    def ready(self) -> bool:
        """It gives moods that can be trusted, as far as it was asked to."""

    @property
    def may_look(self) -> bool:
        """Its camera is open, or may open at any moment, or has not closed yet."""

    def set_camera(self, on: bool, why: str = "") -> None:
        """Open or close the camera: then no mood is given out, but that one cannot see, with ``why``."""

    def set_thumbnail(self, on: bool, large: bool = False) -> None:
        """Send small pictures for the operator, or stop; ``large``: large enough to draw on."""

    def renew(self, venue: Venue) -> None:
        """Go on with other settings of camera and eye."""

    def freeze_baseline(self) -> None:
        """A scene begins: the visitors' own neutral faces are learned no further."""

    def forget_visitors(self) -> None:
        """Forget who is there: nobody is, until they have gone."""

    def close(self) -> None:
        """End it; nothing of it is left then."""

    @property
    def camera(self) -> Sense:
        """How the camera is."""

    @property
    def model(self) -> Sense:
        """How the networks are."""

    @property
    def each(self) -> tuple[EyeHealth, ...]:
        """How each of several eyes is; none where there is one."""

    @property
    def fps(self) -> float:
        """Frames analysed per second."""

    @property
    def drift(self) -> float:
        """Stops by which the light has moved since the calibration."""

    @property
    def line(self) -> str:
        """Camera and networks in one line, for the operator."""

    @property
    def thumbnail(self) -> bytes | None:
        """The newest small picture (JPEG), while one was asked for."""
