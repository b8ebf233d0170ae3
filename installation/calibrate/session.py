"""What all steps of a calibration work with: pictures, the guide, the observer, and the emotions to record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from calibration.file_writer import make_private_folder, write_private
from calibration.profile import LightProfile, RoomProfile
from installation.calibrate.draft import Draft
from installation.calibrate.guide import Guide
from installation.calibrate.lamp_drawing import light_in_words
from installation.calibrate.picture_source import EMPTY, PictureSource, RecordingRequest
from installation.calibrate.recording import SHUT_EYES, Observer, Recording
from models.arrays import Image
from models.lighting.lamp_prior import average_face
from models.lighting.light_estimate import UNSURE, estimate_light

EMOTIONS = ("neutral", "happiness", "surprise", "sadness", "anger", "fear", "disgust")
TRIES = 3
SMALLEST_SHARE = 0.5
"""Of the smallest face seen: visitors may stand twice as far away as the volunteers."""
SMALLEST_PERCENTILE = 5
"""Of the faces' widths: the smallest one, but not a single picture in which a face was found askew."""
LEAST_PIXELS, MOST_PIXELS = 24, 60
"""What the detectors find of a picture of 720 rows, and how small a visitor at the back (3 m away, with a lens of 70
degrees) may be though all volunteers stood near."""


@dataclass(slots=True)
class Session:
    """One calibration."""

    source: PictureSource
    guide: Guide
    observer: Observer
    emotions: tuple[str, ...] = EMOTIONS
    recording_seconds: float = 3.0
    keep_frames: Path | None = None
    not_kept: set[Path] = field(default_factory=set)
    """Folders into which a picture could not be written: reported once each."""

    def pictures(self, request: RecordingRequest, seconds: float, text: str) -> Iterator[Image]:
        """Pictures of what was asked for, shown as they pass and, with --keep-frames, written to disk."""
        return self._kept(request, self.guide.shown(self.source.pictures(request, seconds), text))

    def _kept(self, request: RecordingRequest, pictures: Iterable[Image]) -> Iterator[Image]:
        folder = None
        if self.keep_frames and (request.label or not request.person):
            folder = self.keep_frames / (request.person or EMPTY) / request.label
            _make_unlisted_folder(self.keep_frames)
            make_private_folder(folder)
            for old in folder.glob("*.png"):  # of a recording that is repeated: a shorter one would leave its end
                old.unlink()
        for i, picture in enumerate(pictures):
            if folder and folder not in self.not_kept and not _written(folder / f"{i:03d}.png", picture):
                self.not_kept.add(folder)
                self.guide.warn(
                    f"{folder}: pictures cannot be written there (disk full?); the embeddings are still kept"
                )
            yield picture

    def good_recording(
        self, request: RecordingRequest, seconds: float, text: str, usual_eyes: float | None = None
    ) -> Recording | None:
        """A recording without a problem, or None after some tries.

        Eyes that look shut in every try are this person's eyes: the last recording is kept then.
        """
        tries = TRIES if self.source.live else 1
        shut = 0
        for attempt in range(tries):
            any_eyes = shut == attempt == tries - 1
            recording = self.observer.record(self.pictures(request, seconds, text), request.label, usual_eyes, any_eyes)
            whose = f"{request.person} {request.label}".strip()
            if not recording.problem:
                if recording.forgiven:
                    self.guide.warn(f"{whose}: the eyes look shut in every try; kept as they are")
                return recording
            again = attempt < tries - 1
            shut += recording.problem == SHUT_EYES
            self.guide.warn(f"{whose}: {recording.problem}{'; once more' if again else '; left out'}")
            if again:
                self.guide.ready(f"Once more: {text}", self.source.pictures(request, 3600))
        return None

    def warned(self, draft: Draft, remarks: list[str]) -> bool:
        """Say what should be fixed. True: the technician has fixed it and wants the step again."""
        for remark in remarks:
            self.guide.warn(remark)
        if remarks and self.source.live and self.guide.agreed("Do this step again, with the problems above fixed?"):
            return True
        draft.remarks += remarks
        return False


def _written(file: Path, picture: Image) -> bool:
    """False where it could not be written: then nothing is left of it."""
    with suppress(cv2.error, OSError):
        made, packed = cv2.imencode(file.suffix, picture)
        if made:
            write_private(file, packed.tobytes())
            return True
    with suppress(OSError):
        file.unlink(missing_ok=True)
    return False


def _make_unlisted_folder(folder: Path) -> None:
    """Make the folder of pictures of people, which git leaves out wherever it is made."""
    if not folder.exists():
        make_private_folder(folder)
        (folder / ".gitignore").write_text("# Pictures of people.\n*\n")


def note_light(session: Session, draft: Draft) -> None:
    """Locate the lamp from all faces at rest that were seen so far, and draw it."""
    found = estimate_light(np.stack(draft.at_rest), average_face())
    light = LightProfile(
        azimuth_degrees=round(found.azimuth, 1),
        elevation_degrees=round(found.elevation, 1),
        radius_degrees=found.radius,
        bounced_share=round(found.bounced, 3),
        measured=True,
    )
    draft.set(light=light)
    session.guide.drawn(light, light_in_words(light, sure=found.unexplained <= UNSURE))


def note_face(draft: Draft, step: str, luminances: list[float], widths: list[float]) -> None:
    """Brightness (of 255) and width (pixels) of a step's faces, for the show's health and for the detector."""
    room: RoomProfile = draft.calibration.room
    draft.set(room=room.model_copy(update={"face_luminance": float(np.median(luminances))}))
    draft.smallest_widths[step] = float(np.percentile(widths, SMALLEST_PERCENTILE))
    seen = min(draft.smallest_widths.values())
    smallest = min(max(int(SMALLEST_SHARE * seen), LEAST_PIXELS), MOST_PIXELS)
    why = (
        f"the smallest face seen was {seen:.0f} wide; visitors up to {seen / smallest:.1f} times as far away are found"
    )
    draft.changes.setdefault("eye", {})["smallest_face_pixels"] = (smallest, why)
