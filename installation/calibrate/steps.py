"""The steps of a calibration, one function each; each can be repeated alone on what the others left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.fitting import Faces
from calibration.profile import LightFound, RoomFound
from installation.calibrate.draft import Draft
from installation.calibrate.guide import Guide
from installation.calibrate.place import EMPTY, Asked, Place
from installation.calibrate.room import measure_empty, remarks_on_empty, remarks_on_face
from installation.calibrate.take import COUNTS_AS, Observer, Take
from installation.camera.source import CameraLost
from models.labels import LABELS
from models.light import UNSURE, Light, find_light
from models.prior import average_face

Image = NDArray[np.uint8]
STEPS = ("camera", "light", "faces", "fit")
EMOTIONS = ("neutral", "happiness", "surprise", "sadness", "anger", "fear", "disgust")
TRIES = 3
EMPTY_SECONDS, LIGHT_SECONDS = 2.0, 2.0
HEAD_PIXELS_SHARE = 0.5
"""Of the smallest face seen: visitors may stand twice as far away as the volunteers."""


@dataclass(frozen=True, slots=True)
class Session:
    """What all steps work with."""

    place: Place
    guide: Guide
    observer: Observer
    emotions: tuple[str, ...] = EMOTIONS
    take_seconds: float = 3.0
    keep_frames: Path | None = None

    def pictures(self, asked: Asked, seconds: float, text: str) -> Iterator[Image]:
        """What was asked for, as it is shown, and with --keep-frames as it is written down."""
        return self._kept(asked, self.guide.shown(self.place.look(asked, seconds), text))

    def _kept(self, asked: Asked, pictures: Iterable[Image]) -> Iterator[Image]:
        folder = None
        if self.keep_frames and (asked.label or not asked.person):
            folder = self.keep_frames / (asked.person or EMPTY) / asked.label
            folder.mkdir(parents=True, exist_ok=True)
        for i, picture in enumerate(pictures):
            if folder:
                cv2.imwrite(str(folder / f"{i:03d}.png"), picture)
            yield picture


def camera(session: Session, draft: Draft) -> None:
    """The empty room: its light and the camera's noise, and what the camera is set to."""
    guide, place = session.guide, session.place
    guide.ready("Camera: everybody out of the picture, the lights as in the show.", place.look(Asked(), 3600))
    pictures = list(session.pictures(Asked(), EMPTY_SECONDS, "the empty room is measured"))
    if len(pictures) < 2:
        raise CameraLost("there are no pictures of the empty room")
    empty = measure_empty(pictures)
    room = draft.calibration.room.model_copy(update={"luminance": empty.luminance, "noise": empty.noise})
    draft.set(room=room, camera=place.name, controls=dict(place.controls))
    for key, value in place.controls.items():
        draft.changes.setdefault("camera", {})[key] = (value, "as read back from the camera by 'chiaro calibrate'")
    guide.say(f"  empty room {empty.luminance:.1f} of 255, noise {empty.noise:.1f}")
    _warn(session, draft, [*place.remarks, *remarks_on_empty(empty, draft.venue.camera, place.controls)])


def light(session: Session, draft: Draft) -> None:
    """One person in place, at rest: where the lamp is, and how the face looks under it."""
    people = session.place.people()
    asked = Asked(people[0] if people else "somebody")
    session.guide.ready("Light: one person in place, at rest, facing the camera.", session.place.look(asked, 3600))
    take = _good_take(session, asked, LIGHT_SECONDS, "the light is measured")
    if take is None:
        raise CameraLost("no face was seen in place, so the light is not known: is the lamp on the face?")
    draft.at_rest = [one.face for one in take.seen]
    _note_face(draft, [one.luminance for one in take.seen], [one.detection.box[2] for one in take.seen])
    note_light(session, draft)
    _warn(
        session,
        draft,
        remarks_on_face(
            draft.calibration.room.face_luminance,
            float(np.median([one.detection.box[2] for one in take.seen])),
            draft.venue.eye.smallest_face_pixels,
        ),
    )


def note_light(session: Session, draft: Draft) -> None:
    """Find the lamp from all faces at rest that were seen so far."""
    found = find_light(np.stack(draft.at_rest), average_face())
    draft.set(
        light=LightFound(
            azimuth_degrees=round(found.azimuth, 1),
            elevation_degrees=round(found.elevation, 1),
            radius_degrees=found.radius,
            bounced_share=round(found.bounced, 3),
            measured=True,
        )
    )
    session.guide.say(f"  {light_in_words(found)}")


def light_in_words(found: Light) -> str:
    side = "from the front" if abs(found.azimuth) < 12 else f"{abs(found.azimuth):.0f} degrees to the picture's "
    side += "" if abs(found.azimuth) < 12 else ("right" if found.azimuth > 0 else "left")
    kind = "hard" if found.radius < 5 else "soft" if found.radius > 12 else "neither hard nor soft"
    doubt = ", but the face is not well explained by one lamp" if found.unexplained > UNSURE else ""
    bounced = f"{found.bounced:.0%} of the light is from the room"
    return f"lamp {found.elevation:.0f} degrees up, {side}, {kind}; {bounced}{doubt}"


def faces(session: Session, draft: Draft) -> None:
    """Volunteers, one after the other, through all emotions; what is kept are embeddings and labels."""
    kept: list[tuple[Take, int, int]] = []
    initials: list[str] = []
    at_rest: list[Image] = []
    for who in _people(session):
        taken = list(_one_person(session, who))
        if taken:
            kept += [(take, LABELS.index(label), len(initials)) for label, take in taken]
            at_rest += [one.face for label, take in taken if label == "neutral" for one in take.seen]
            initials.append(who[:2].upper())
    if not kept:
        raise CameraLost("nobody was recorded, so there is nothing to fit to")
    draft.faces, draft.initials = _as_faces(session, kept), tuple(initials)
    seen = [one for take, _, _ in kept for one in take.seen]
    _note_face(draft, [one.luminance for one in seen], [one.detection.box[2] for one in seen])
    draft.set(
        people=draft.initials,
        faces=len(draft.faces),
        latency_ms=round(float(np.median([take.milliseconds for take, _, _ in kept])), 1),
    )
    if at_rest:
        draft.at_rest = at_rest
        note_light(session, draft)


def _people(session: Session) -> Iterator[str]:
    """Initials of those who agree, one after the other."""
    question = (
        "may numbers about your face be kept for this room (embeddings, no picture)?"
        if session.keep_frames is None
        else "may PICTURES of your face be kept for this room?"
    )
    there = session.place.people()
    if there:
        for who in there:
            if not session.place.somebody or session.guide.agreed(f"{who}: {question}"):
                yield who
        return
    count = 0
    while True:
        who = session.guide.ask(f"Volunteer {count + 1}: initials (Enter = no more)")
        if not who:
            return
        if session.guide.agreed(f"{who}: {question}"):
            count += 1
            yield who[:2]
        else:
            session.guide.say("  nothing is recorded")


def _one_person(session: Session, who: str) -> Iterator[tuple[str, Take]]:
    usual = 0.0
    for label in session.emotions:
        asked = Asked(who, label)
        prompt = "your face at rest" if label == "neutral" else f"show {label.upper()}"
        session.guide.ready(f"{who}: {prompt}, for {session.take_seconds:.0f} seconds", session.place.look(asked, 3600))
        take = _good_take(session, asked, session.take_seconds, prompt, usual)
        if take is not None:
            usual = usual or take.usual_eyes
            yield label, take


def _good_take(session: Session, asked: Asked, seconds: float, text: str, usual_eyes: float = 0.0) -> Take | None:
    """A take without a problem, or None after some tries."""
    for attempt in range(TRIES if session.place.live else 1):
        pictures = session.pictures(asked, seconds, text)
        take = session.observer.take(pictures, usual_eyes)
        if not take.problem:
            return take
        again = "; once more" if session.place.live and attempt < TRIES - 1 else "; left out"
        session.guide.warn(f"{asked.person} {asked.label}: {take.problem}{again}")
        if session.place.live and attempt < TRIES - 1:
            session.guide.ready("again", session.place.look(asked, 3600))
    return None


def _as_faces(session: Session, kept: list[tuple[Take, int, int]]) -> Faces:
    pictures = np.stack([one.face for take, _, _ in kept for one in take.seen])
    probabilities, embeddings = session.observer.classifier.classify(pictures)
    repeat = [len(take.seen) for take, _, _ in kept]
    labels = np.repeat([label for _, label, _ in kept], repeat)
    people = np.repeat([person for _, _, person in kept], repeat)
    return Faces(probabilities, embeddings, labels, people, np.full(len(labels), COUNTS_AS))


def _note_face(draft: Draft, luminances: list[float], widths: list[float]) -> None:
    room: RoomFound = draft.calibration.room
    draft.set(room=room.model_copy(update={"face_luminance": float(np.median(luminances))}))
    smallest = max(24, int(HEAD_PIXELS_SHARE * min(widths)))
    draft.changes.setdefault("eye", {})["smallest_face_pixels"] = (smallest, "half of the smallest face seen")


def _warn(session: Session, draft: Draft, remarks: list[str]) -> None:
    for remark in remarks:
        draft.remarks.append(remark)
        session.guide.warn(remark)
