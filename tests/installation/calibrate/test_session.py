"""Recordings with shut eyes are repeated, and kept only where they never open."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from calibration.settings import EyeSettings, Region
from installation.calibrate import steps
from installation.calibrate.guide import TextGuide
from installation.calibrate.picture_source import RecordingRequest
from installation.calibrate.recording import SHUT_EYES, Observer
from installation.camera.masks import Masks
from models import MAPS
from models.arrays import Image


def rendered(pose: str) -> Image:
    with np.load(MAPS / "visitors.npz") as file:
        return np.asarray(cv2.imdecode(file[pose], cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize(
    ("poses", "kept", "again", "forgiven"),
    [
        (["blink", "blink", "blink"], True, 2, True),  # this person's eyes
        (["blink", "blink", "neutral"], True, 2, False),
        (["blink", "neutral"], True, 1, False),
        (["blink", "nobody", "blink"], False, 2, False),
    ],
)
def test_a_recording_with_shut_eyes_is_asked_for_again_and_kept_only_when_they_never_open(
    capsys: pytest.CaptureFixture[str], poses: list[str], kept: bool, again: int, forgiven: bool
) -> None:
    observer = Observer(EyeSettings(), Region())
    nobody = np.zeros_like(rendered("1/neutral/1"))
    tries = [[nobody if pose == "nobody" else rendered(f"1/{pose}/1")] * 6 for pose in poses]
    session = steps.Session(source=StandIn(tries), guide=TextGuide(yes=True), observer=observer)
    recording = session.good_recording(RecordingRequest("AB", "neutral"), 1, "your face at rest", usual_eyes=-1.1)
    said = capsys.readouterr().err
    assert bool(recording) == kept
    assert said.count("once more") == again
    assert ("kept as they are" in said) == forgiven


def test_recordings_on_disk_with_shut_eyes_are_kept_for_they_cannot_be_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = StandIn([[rendered("1/blink/1")] * 6])
    source.live = False
    session = steps.Session(source=source, guide=TextGuide(yes=True), observer=Observer(EyeSettings(), Region()))
    assert session.good_recording(RecordingRequest("AB", "neutral"), 1, "your face at rest")
    assert "kept as they are" in capsys.readouterr().err


def test_open_eyes_are_no_shut_ones_and_squeezed_ones_belong_to_some_emotions() -> None:
    observer = Observer(EyeSettings(), Region())
    assert observer.record([rendered("1/neutral/1")] * 6).problem == ""
    assert observer.record([rendered("1/blink/1")] * 6).problem == SHUT_EYES
    assert observer.record([rendered("2/anger/1")] * 6, "anger").problem == ""


class StandIn:
    """The given pictures, a list for each try."""

    somebody, live, adjusts, name = True, True, False, "pictures"
    remarks: tuple[str, ...] = ()

    def __init__(self, tries: list[list[Image]]) -> None:
        self.tries = iter(tries)
        self.controls: dict[str, float] = {}

    def people(self) -> tuple[str, ...]:
        return ()

    def cover(self, masks: Masks) -> None:
        pass

    def close(self) -> None:
        pass

    def pictures(self, request: RecordingRequest, seconds: float) -> Iterator[Image]:  # noqa: ARG002 - in their order
        return iter(next(self.tries) if seconds < 100 else [])  # a long time is the wait for 'ready'
