"""The second step: one person in place, at rest; where the lamp is, and how the face looks under it."""

from __future__ import annotations

import numpy as np

from installation.calibrate.draft import Draft
from installation.calibrate.empty_room import remarks_on_face
from installation.calibrate.picture_source import RecordingRequest
from installation.calibrate.session import Session, note_face, note_light
from installation.camera.source import CameraLost

LIGHT_SECONDS = 2.0


def light(session: Session, draft: Draft) -> None:
    """Measure the lamp on one face at rest; repeat as often as the technician wants."""
    people = session.source.people()
    request = RecordingRequest(people[0] if people else "somebody")
    while True:
        session.guide.ready(
            "Light: one person in place, at rest, facing the camera.", session.source.pictures(request, 3600)
        )
        recording = session.good_recording(request, LIGHT_SECONDS, "measuring the light")
        if recording is None:
            raise CameraLost("no face was found, so the lamp could not be located: is the lamp on the face?")
        draft.at_rest = [one.face for one in recording.seen]
        widths = [one.detection.box[2] for one in recording.seen]
        note_face(draft, "light", [one.luminance for one in recording.seen], widths)
        note_light(session, draft)
        room, smallest = draft.calibration.room, draft.venue.eye.smallest_face_pixels
        if not session.warned(draft, remarks_on_face(room.face_luminance, float(np.median(widths)), smallest)):
            return
