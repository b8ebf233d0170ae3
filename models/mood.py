"""The mood: the only thing that crosses from seeing into the film."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from calibration.settings import MAX_VISITORS
from models.labels import LABELS

Distribution = tuple[float, ...]
NOTHING: Distribution = tuple(0.0 for _ in LABELS)


class VisitorMood(BaseModel):
    """One visitor, smoothed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    slot: int = Field(ge=1, le=MAX_VISITORS)
    visitor_id: int = Field(ge=1, le=2**31 - 1)
    probabilities: Distribution
    """All 0 while what the face shows was not read (one of a crowd, on a slow machine)."""
    dominant: str | None
    """A label, or None: undecided, or not read."""
    confidence: float = Field(ge=0, le=1)
    position: tuple[float, float]
    """Centre of the face as shares of the frame's width and height, 0 to 1."""
    size: float = Field(ge=0, le=1)
    """Height of the face as a share of the frame's height."""
    facing: float | None = Field(None, ge=0, le=1)
    """How much the head is turned to the film, smoothed; None, as in what follows: not known."""
    yaw: float | None = Field(None, ge=-180, le=180)
    """Degrees by which the head is turned from the line to the camera, to the picture's right."""
    pitch: float | None = Field(None, ge=-90, le=90)
    """Degrees by which it is raised."""
    roll: float | None = Field(None, ge=-180, le=180)
    """Degrees by which it is tilted, clockwise in the picture."""
    distance: float | None = Field(None, ge=0)
    """Metres from the camera; None also where the venue does not say how wide its lens sees."""
    eyes_shut: bool | None = None
    """For longer than a blink."""
    speaking: bool | None = None
    """The mouth opens and closes as it does in speech."""


class Mood(BaseModel):
    """What the visitors feel together, how surely, who is there, and whether it can be trusted at all.

    ``trusted`` false means "we could not see" (camera lost, lens covered, eye restarting), which is not the same
    as ``present`` false, "nobody is there".
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    captured_at: float
    """Monotonic seconds of the frame that this mood speaks of; comparable between processes of one machine."""
    trusted: bool
    reason: str = ""
    """Why it is not trusted, in a technician's words; '' if it is trusted."""
    present: bool = False
    """Somebody is there: true some time after the first face came, false some time after the last one went."""
    count: int = Field(0, ge=0)
    """Visitors now analysed."""
    visitors: tuple[VisitorMood, ...] = ()
    probabilities: Distribution = NOTHING
    """The aggregate, smoothed distribution in the order of ``LABELS``; all 0 when there is nobody to judge."""
    dominant: str | None = None
    """The believed emotion of the aggregate, or None: undecided, or nobody."""
    confidence: float = Field(0.0, ge=0, le=1)
    held_seconds: float = Field(0.0, ge=0)
    """For how long ``dominant`` has been what it is."""
    valence: float = Field(0.0, ge=-1, le=1)
    arousal: float = Field(0.0, ge=-1, le=1)
    facing: float | None = Field(None, ge=0, le=1)
    """How much the visitors face the film, in the mean of those of whom it is known; None: it is known of nobody."""
    speaking: float | None = Field(None, ge=0, le=1)
    """Share of the visitors who speak, of those of whom it is known; None: it is known of nobody."""
    prints: int = Field(0, ge=0)
    """Faces in the picture that are no visitors, for they are pictures: on a wall, on somebody's clothes."""
    frame_luminance: float = 0.0
    """Mean of the whole frame, 0 to 255."""
    face_luminance: float = 0.0
    """Mean of the nearest face, 0 to 255; 0 if there is none."""

    def probability(self, *labels: str) -> float:
        """Sum of the aggregate probabilities of these labels."""
        probabilities = self.probabilities
        return sum([probabilities[LABELS.index(label)] for label in labels])


def unseen(now: float, reason: str) -> Mood:
    """The mood when nothing could be seen at ``now`` (monotonic seconds), with the reason."""
    return Mood(captured_at=now, trusted=False, reason=reason)
