"""The first step: where visitors stand, what the camera is set to, and the empty room."""

from __future__ import annotations

from calibration.settings import Region
from installation.calibrate.draft import Draft
from installation.calibrate.empty_room import EmptyRoom, measure_empty_room, remarks_on_empty_room
from installation.calibrate.picture_source import RecordingRequest
from installation.calibrate.session import Session
from installation.camera.masks import masks_of
from installation.camera.source import CameraLost

EMPTY_SECONDS = 2.0
SOMEBODY = (
    "a face is visible in the empty room: ask everybody to leave, and cover what shows a face (a poster, a screen) or"
    " leave it outside the region"
)


def camera(session: Session, draft: Draft) -> None:
    """Ask for the region, fix the camera, measure the empty room; repeat as often as the technician wants."""
    if session.source.live:
        ask_region(session, draft)
    while True:
        empty, remarks = _measured(session, draft)
        session.guide.say(f"  empty room: picture mean {empty.luminance:.1f} of 255, noise {empty.noise:.1f}")
        if not session.warned(draft, remarks):
            return


def ask_region(session: Session, draft: Draft) -> None:
    """Where visitors can stand: a rectangle drawn in the window, or four numbers typed."""
    now = draft.venue.camera.region
    region = session.guide.region(now, session.source.pictures(RecordingRequest(), 3600))
    if region != now:
        set_region(draft, region)
        session.observer.region = region


def set_region(draft: Draft, region: Region) -> None:
    """Set the region of the venue that is being calibrated, and of its file."""
    camera = draft.venue.camera.model_copy(update={"region": region})
    draft.venue = draft.venue.model_copy(update={"camera": camera})
    draft.changes["camera.region"] = {side: (getattr(region, side), "") for side in type(region).model_fields}


def _measured(session: Session, draft: Draft) -> tuple[EmptyRoom, list[str]]:
    guide, source = session.guide, session.source
    guide.ready(
        "Camera: everybody out of the picture, lights as in the show.", source.pictures(RecordingRequest(), 3600)
    )
    pictures = list(session.pictures(RecordingRequest(), EMPTY_SECONDS, "measuring the empty room"))
    if len(pictures) < 2:
        raise CameraLost("the camera delivered no pictures of the empty room")
    empty = measure_empty_room(pictures, masks_of(draft.venue).open_share)
    room = draft.calibration.room.model_copy(update={"luminance": empty.luminance, "noise": empty.noise})
    draft.set(room=room, camera=source.name, controls=dict(source.controls))
    for key, value in source.controls.items():
        fixed = int(value) if key == "power_line_hertz" else value
        draft.changes.setdefault("camera", {})[key] = (fixed, "as read back from the camera by 'chiaro calibrate'")
    remarks = [*source.remarks, *remarks_on_empty_room(empty, draft.venue.camera, source.controls, source.adjusts)]
    if any(session.observer.see(picture) for picture in pictures[:: max(1, len(pictures) // 3)]):
        remarks.insert(0, SOMEBODY)
    return empty, remarks
