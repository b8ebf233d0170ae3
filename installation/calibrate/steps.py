"""The steps of a calibration, one function each; each can be repeated alone on what the others left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from calibration.fitting import Faces
from installation.calibrate.camera_step import camera
from installation.calibrate.draft import Draft
from installation.calibrate.light_step import light
from installation.calibrate.picture_source import RecordingRequest
from installation.calibrate.recording import PICTURE_WEIGHT, Recording
from installation.calibrate.screen_step import screen
from installation.calibrate.session import EMOTIONS, Session, note_face, note_light
from installation.camera.source import CameraLost
from models.arrays import Image
from models.labels import LABELS
from models.seeing.classifier import Classifier

__all__ = ["EMOTIONS", "STEPS", "Session", "camera", "faces", "light", "screen"]

STEPS = ("screen", "camera", "light", "faces", "fit")
NUMBERS = "may we keep numbers computed from your face for this room (embeddings, no picture)?"
PICTURES = "may we keep PICTURES of your face for this room, and numbers computed from it?"


@dataclass(frozen=True, slots=True, eq=False)
class LabelledRecording:
    """A recording that is kept."""

    recording: Recording
    label: int
    """Index into ``LABELS``."""
    person: int
    """Index into the initials."""


def faces(session: Session, draft: Draft) -> None:
    """Record each volunteer showing each emotion; embeddings and labels are kept."""
    kept: list[LabelledRecording] = []
    initials: list[str] = []
    consent: list[str] = []
    at_rest: list[Image] = []
    for who, yes in _people(session):
        recordings = list(_one_person(session, who))
        if recordings:
            person = len(initials)
            kept += [LabelledRecording(one, LABELS.index(label), person) for label, one in recordings]
            at_rest += [one.face for label, recording in recordings if label == "neutral" for one in recording.seen]
            initials.append(who[:2].upper())
            consent.append(f"{initials[-1]}: {yes}")
    if not kept:
        raise CameraLost("nobody was recorded, so there are no faces to fit to")
    draft.faces, draft.initials = _as_faces(session.observer.classifier, kept), tuple(initials)
    seen = [face for one in kept for face in one.recording.seen]
    note_face(draft, "faces", [one.luminance for one in seen], [one.detection.box[2] for one in seen])
    draft.set(
        people=draft.initials,
        consent=tuple(consent),
        faces=len(draft.faces),
        latency_ms=round(
            float(np.median([one.recording.milliseconds for one in kept]))
            + _classification_milliseconds(session, kept),
            1,
        ),
    )
    if at_rest:
        draft.at_rest = at_rest
        note_light(session, draft)


def _people(session: Session) -> Iterator[tuple[str, str]]:
    """Initials of those who agree, one after the other, and what they agreed to."""
    question = NUMBERS if session.keep_frames is None else PICTURES
    yes = "yes to numbers" if session.keep_frames is None else "yes to pictures and numbers"
    there = session.source.people()
    for who in there:
        if not session.source.somebody:
            yield who, "simulated"
        elif session.guide.agreed(f"{who}: {question}"):
            yield who, f"{yes}, on a recording"
    asked: set[str] = set()
    while not there:
        who = session.guide.ask(f"Volunteer {len(asked) + 1}: initials (Enter = no more volunteers)")
        if not who:
            return
        who = "".join(letter for letter in who if letter.isalnum())[:2]
        if not who or who.upper() in asked:
            session.guide.warn("type one or two letters or digits that no other volunteer uses")
        elif session.guide.agreed(f"{who}: {question}"):
            asked.add(who.upper())
            yield who, yes
        else:
            session.guide.say("  nothing is recorded")


def _one_person(session: Session, who: str) -> Iterator[tuple[str, Recording]]:
    usual: float | None = None
    for label in session.emotions:
        request = RecordingRequest(who, label)
        prompt = "your face at rest" if label == "neutral" else f"show {label.upper()}"
        session.guide.ready(
            f"{who}: {prompt}, for {session.recording_seconds:.0f} seconds", session.source.pictures(request, 3600)
        )
        recording = session.good_recording(request, session.recording_seconds, prompt, usual)
        if recording is not None:
            usual = recording.usual_eyes if usual is None else usual
            yield label, recording


def _as_faces(classifier: Classifier, kept: list[LabelledRecording]) -> Faces:
    pictures = np.stack([face.face for one in kept for face in one.recording.seen])
    probabilities, embeddings = classifier.classify(pictures)
    repeat = [len(one.recording.seen) for one in kept]
    labels = np.repeat([one.label for one in kept], repeat)
    people = np.repeat([one.person for one in kept], repeat)
    return Faces(probabilities, embeddings, labels, people, np.full(len(labels), PICTURE_WEIGHT))


def _classification_milliseconds(session: Session, kept: list[LabelledRecording]) -> float:
    """Median time to classify one face, alone as in the show."""
    spent = []
    for one in kept[:9]:
        begun = time.perf_counter()
        session.observer.classifier.classify(one.recording.seen[0].face[None])
        spent.append(time.perf_counter() - begun)
    return 1000 * float(np.median(spent))
