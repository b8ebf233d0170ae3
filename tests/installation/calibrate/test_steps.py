"""Volunteers: who said yes to what, whose pictures lie where, and how long the eye takes."""

import errno
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.profile import Calibration
from calibration.settings import CameraSettings
from calibration.venue import Venue
from installation.calibrate import steps
from installation.calibrate.draft import Draft
from installation.calibrate.guide import TextGuide
from installation.calibrate.picture_source import RecordingRequest, SimulatedPictures
from installation.calibrate.procedure import story_emotions
from installation.calibrate.recording import Observer
from installation.calibrate.session import Session, note_face
from installation.calibrate.steps import faces
from models.arrays import Image
from tests.installation.calibrate.test_camera_step import Answering

STORY = """title = "t"
attract = "a"
start = "b"
safe = "a"
[groups]
troubled = ["sadness", "fear"]
[scenes.a]
clip = "still.png"
loop = true
[scenes.b]
clip = "still.png"
maximum_seconds = 9
listen = { from_seconds = 1 }
branch = [{ to = "c", when = { mood = "troubled" } }, { to = "c", when = { mood = "anger", share = 0.4 } }]
next = "c"
[scenes.c]
clip = "still.png"
maximum_seconds = 9
end = true
"""


class Asking(SimulatedPictures):
    """A room whose people have to give their initials."""

    live = somebody = True

    def people(self) -> tuple[str, ...]:
        return ()

    def pictures(self, request: RecordingRequest, seconds: float) -> Iterator[Image]:
        self.people = lambda: ("A", "B", "C")  # type: ignore[method-assign]
        try:
            yield from super().pictures(RecordingRequest("A", request.label) if request.person else request, seconds)
        finally:
            del self.people


class Typing(Answering):
    """Types what it is given, and agrees to everything."""

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = list(words)

    def ask(self, question: str, default: str = "") -> str:  # noqa: ARG002 - the words come in their order
        return self.words.pop(0)

    def agreed(self, question: str) -> bool:
        self.asked.append(question)
        return True


@pytest.fixture(scope="module")
def observer() -> Observer:
    return Observer(Venue().eye, Venue().camera.region)


def session(observer: Observer, guide: Answering, keep: Path | None = None) -> Session:
    room = Asking(CameraSettings(width=640, height=360), 0)
    return Session(room, guide, observer, ("neutral",), 1.0, keep)


def test_two_volunteers_of_the_same_initials_are_kept_apart(observer: Observer, tmp_path: Path) -> None:
    draft, guide = Draft(Venue(), Calibration()), Typing("ab", "AB", "../x", "", "")
    faces(session(observer, guide, tmp_path), draft)
    assert draft.initials == ("AB", "X")
    assert guide.warned == ["type one or two letters or digits that no other volunteer uses"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["ab", "x"]


def test_what_each_said_yes_to_is_kept(observer: Observer, tmp_path: Path) -> None:
    for keep, said in ((None, "AB: yes to numbers"), (tmp_path, "AB: yes to pictures and numbers")):
        draft, guide = Draft(Venue(), Calibration()), Typing("ab", "")
        faces(session(observer, guide, keep), draft)
        assert draft.calibration.consent == (said,)
        assert ("PICTURES" in guide.asked[0]) == (keep is not None)


def test_a_volunteer_who_says_no_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["AB", "n", ""])
    text = TextGuide()
    monkeypatch.setattr(text, "_typed", lambda _: next(answers))
    session = Session(source=Somebody(), guide=text, observer=None)  # type: ignore[arg-type]
    assert list(steps._people(session)) == []


class Somebody:
    somebody = live = True
    name = "camera"

    def people(self) -> tuple[str, ...]:
        return ()


def test_a_shorter_recording_leaves_nothing_of_the_one_before(observer: Observer, tmp_path: Path) -> None:
    here = session(observer, Typing(), tmp_path)
    for count in (1.0, 0.5):
        list(here.pictures(RecordingRequest("ab", "neutral"), count, ""))
    assert len(list((tmp_path / "ab" / "neutral").iterdir())) == 4


def test_pictures_that_cannot_be_kept_are_reported_once_and_the_numbers_stay(
    observer: Observer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("installation.calibrate.session.write_private", full)
    draft, guide = Draft(Venue(), Calibration()), Typing("ab", "")
    faces(session(observer, guide, tmp_path), draft)
    assert draft.calibration.faces > 0
    assert len(guide.warned) == 1
    assert "disk full" in guide.warned[0]


def test_waiting_for_the_camera_is_not_the_eye_s_time(observer: Observer, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)

    def slowly() -> Iterator[Image]:
        nonlocal now
        for _ in range(3):
            now += 0.125
            yield np.zeros((360, 640, 3), np.uint8)

    assert observer.record(slowly()).milliseconds == 0


def test_a_story_says_which_emotions_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "story.toml").write_text(STORY)
    cv2.imwrite(str(tmp_path / "still.png"), np.zeros((90, 160, 3), np.uint8))
    assert story_emotions(str(tmp_path)) == ("neutral", "sadness", "anger", "fear")


def smallest_face(draft: Draft) -> tuple[object, str]:
    value, why = draft.changes["eye"]["smallest_face_pixels"]
    return value, why


@pytest.mark.parametrize(
    ("light_step", "faces_step", "smallest", "farther"),
    [
        ([80.0] * 6, [80.0, 82.0], 40, "2.0"),
        ([70.0] * 6, [110.0] * 6, 35, "2.0"),  # the farthest of all steps counts
        ([110.0] * 6, [100.0] * 99 + [20.0], 50, "2.0"),  # one picture in which the face was found askew does not
        ([240.0] * 6, [230.0] * 6, 60, "3.8"),  # all stood near: whoever stays at the back is found all the same
        ([30.0] * 6, [30.0] * 6, 24, "1.2"),  # smaller ones no detector finds
    ],
)
def test_the_smallest_face_is_half_of_the_smallest_that_was_seen_within_what_the_back_of_a_room_needs(
    light_step: list[float], faces_step: list[float], smallest: int, farther: str
) -> None:
    draft = Draft(Venue(), Calibration(), seen_by="")
    note_face(draft, "light", [50.0], [9.0] * 6)
    note_face(draft, "light", [50.0], light_step)  # the step was done again
    note_face(draft, "faces", [50.0], faces_step)
    value, why = smallest_face(draft)
    assert value == smallest
    assert why.endswith(f"visitors up to {farther} times as far away are found")
