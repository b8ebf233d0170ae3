"""No look waits for a detection: it runs beside, and its faces are carried to the newest picture."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from models.arrays import Image
from models.frame import Detection
from models.seeing import finding
from models.seeing.empty_room import EACH_SECONDS, STILL_EACH_SECONDS
from models.seeing.finding import EMPTY_SECONDS, HANGS_SECONDS, Beside
from tests.models.seeing.test_optical_flow import detection, off, picture

WAIT_AT_MOST = 20.0


class HeldDetector:
    """A detector that answers when it is told to, with where the face was in the picture that it was given."""

    def __init__(self) -> None:
        self.faces: dict[int, list[Detection]] = {}
        self.may_answer, self.asked = threading.Semaphore(0), 0
        self.began = threading.Semaphore(0)
        self.fails = False

    def shown(self, *faces: Detection, image: Image) -> Image:
        """``image``, in which it will find these."""
        self.faces[int(image.astype(np.int64).sum())] = list(faces)
        return image

    def detect(self, image: Image) -> list[Detection]:
        self.asked += 1
        self.began.release()
        assert self.may_answer.acquire(timeout=WAIT_AT_MOST)
        if self.fails:
            raise RuntimeError("the network failed")
        return self.faces[int(image.astype(np.int64).sum())]


@contextmanager
def timed(_stage: str) -> Iterator[None]:
    yield


@pytest.fixture
def held() -> HeldDetector:
    return HeldDetector()


@pytest.fixture
def finder(held: HeldDetector) -> Iterator[Beside]:
    finder = Beside(held, every=3)
    yield finder
    held.may_answer.release(100)
    finder._thread.shutdown()


def find(finder: Beside, image: Image, seconds: float = 0.0) -> list[Detection]:
    return finder.find(image, seconds, 16, timed)


def answered(finder: Beside, held: HeldDetector) -> None:
    """The detection that runs has ended."""
    search = finder._searching
    assert search is not None
    held.may_answer.release()
    search.exception(timeout=WAIT_AT_MOST)


def walking(held: HeldDetector, step: int) -> tuple[Image, Detection]:
    where = detection(400 + 8 * step, 250)
    return held.shown(where, image=picture(400 + 8 * step, 250)), where


def test_a_look_does_not_wait_and_the_face_is_where_it_has_got_to(finder: Beside, held: HeldDetector) -> None:
    assert find(finder, walking(held, 0)[0]) == []  # the detector is at it, and gives nothing yet
    assert find(finder, walking(held, 1)[0]) == []
    answered(finder, held)
    image, where = walking(held, 3)
    (found,) = find(finder, image)
    assert off(found, where) < 2.0  # 24 pixels from where it was detected
    image, where = walking(held, 4)
    assert off(find(finder, image)[0], where) < 2.0
    assert held.asked == 1


def test_while_a_slow_detection_runs_the_known_faces_are_followed(finder: Beside, held: HeldDetector) -> None:
    find(finder, walking(held, 0)[0])
    answered(finder, held)
    for step in range(1, 9):
        image, where = walking(held, step)
        (found,) = find(finder, image, step / 30)
        assert off(found, where) < 3.0
    assert held.began.acquire(timeout=WAIT_AT_MOST)
    assert held.began.acquire(timeout=WAIT_AT_MOST)
    assert held.asked == 2  # one at a time


def test_however_many_pictures_a_second_there_are_searches_are_no_closer_than_need_be(
    finder: Beside, held: HeldDetector
) -> None:
    begun = []
    for number in range(31):
        asked = held.asked
        find(finder, walking(held, 0)[0], number / 60)
        if finder._searching is not None and not finder._searching.done():
            assert held.began.acquire(timeout=WAIT_AT_MOST)
            answered(finder, held)
        if held.asked > asked:
            begun.append(number)
    assert begun == [0, 9, 18, 27]


def test_a_face_that_is_too_fast_to_be_carried_is_detected_at_once(finder: Beside, held: HeldDetector) -> None:
    find(finder, walking(held, 0)[0])
    answered(finder, held)
    held.may_answer.release()
    image = held.shown(detection(900, 100), image=picture(900, 100))
    (found,) = find(finder, image)
    assert off(found, detection(900, 100)) < 1.0


def test_of_two_faces_one_that_is_lost_is_searched_for_and_the_other_one_stays(
    finder: Beside, held: HeldDetector
) -> None:
    both = picture(400, 250)
    find(finder, held.shown(detection(400, 250), detection(950, 100), image=both))
    answered(finder, held)
    assert len(find(finder, both)) == 2
    gone = picture(404, 250)
    gone[80:300, 930:1150] = np.random.default_rng(1).integers(30, 220, (220, 220))
    (found,) = find(finder, held.shown(image=gone))
    assert off(found, detection(404, 250)) < 1.5
    assert finder._searching is not None


def test_what_was_searched_for_before_somebody_asked_to_be_forgotten_is_not_taken(
    finder: Beside, held: HeldDetector
) -> None:
    find(finder, walking(held, 0)[0])
    search = finder._searching
    assert search is not None
    finder.forget()
    held.may_answer.release()
    search.result(timeout=WAIT_AT_MOST)
    assert find(finder, walking(held, 1)[0]) == []


def test_a_network_that_fails_beside_fails_the_look(finder: Beside, held: HeldDetector) -> None:
    held.fails = True
    find(finder, walking(held, 0)[0])
    answered(finder, held)
    with pytest.raises(RuntimeError, match="the network failed"):
        find(finder, walking(held, 1)[0])


@pytest.mark.parametrize("late", [0.0, 0.02])
def test_an_empty_room_is_searched_five_times_a_second_and_needs_no_more_pictures(
    finder: Beside, held: HeldDetector, late: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "EMPTY_WAITS_SECONDS", WAIT_AT_MOST)
    lighter, darker = picture(-900, -900), picture(-900, -900)
    lighter[:100, :100] = darker[:100, :100] // 2 + 100  # something moves
    asked, rests = [], []
    held.may_answer.release(1000)
    for number in range(int(30 * (EMPTY_SECONDS + 2))):
        before = held.asked
        seconds = number / 30 + late * (number % 2)
        find(finder, held.shown(image=(darker, lighter)[held.asked % 2]), seconds)
        if held.asked > before:
            asked.append(seconds)
        rests.append(finder.rest_seconds)
    assert len([when for when in asked if EMPTY_SECONDS + 0.5 < when <= EMPTY_SECONDS + 1.5]) == 5
    assert set(rests) == {EACH_SECONDS}


def test_where_nothing_changes_an_empty_room_is_searched_once_a_second(
    finder: Beside, held: HeldDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "EMPTY_WAITS_SECONDS", WAIT_AT_MOST)
    noise, dark = np.random.default_rng(0), np.full((720, 1280, 3), 12.0)
    noisy = [np.clip(dark + noise.normal(0, 8, dark.shape), 0, 255).astype(np.uint8) for _ in range(3)]
    held.may_answer.release(1000)
    restless = 10  # searches in two seconds
    for number in range(restless + 21):
        find(finder, held.shown(image=noisy[number % 3]), EMPTY_SECONDS + number * EACH_SECONDS)
    assert held.asked == 1 + restless + 20 * EACH_SECONDS / STILL_EACH_SECONDS
    face = noisy[0].copy()
    face[300:340, 600:640] += 4  # one of 40 pixels, hardly lighter than the room
    begin = EMPTY_SECONDS + (restless + 21) * EACH_SECONDS
    for number in range(restless):  # not found at once, in the dark, and standing still by then
        before = held.asked
        find(finder, held.shown(image=face), begin + number * EACH_SECONDS)
        assert held.asked == before + 1
    find(finder, held.shown(detection(620, 320), image=face), begin + restless * EACH_SECONDS)
    assert finder._flow.faces


def test_whoever_comes_into_an_empty_room_is_found_in_the_first_picture_that_is_searched(
    finder: Beside, held: HeldDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "EMPTY_WAITS_SECONDS", WAIT_AT_MOST)
    held.may_answer.release(2)
    empty = EMPTY_SECONDS + 1.0
    assert find(finder, held.shown(image=picture(-900, -900)), empty) == []
    assert find(finder, walking(held, 0)[0], empty + EACH_SECONDS / 2) == []  # not looked at
    assert held.asked == 1
    image, where = walking(held, 1)
    (found,) = find(finder, image, empty + EACH_SECONDS)
    assert off(found, where) < 1.0
    assert finder.rest_seconds == 0.0
    image, where = walking(held, 2)
    assert off(find(finder, image, empty + 0.3)[0], where) < 2.0


def test_a_search_of_an_empty_room_that_takes_long_holds_up_no_look(finder: Beside, held: HeldDetector) -> None:
    empty = EMPTY_SECONDS + 1.0
    assert find(finder, walking(held, 0)[0], empty) == []
    assert finder.rest_seconds == 0.0, "what it finds is to be taken as soon as it is there"
    answered(finder, held)
    image, where = walking(held, 3)
    assert off(find(finder, image, empty + 0.1)[0], where) < 2.0


def test_a_detection_that_hangs_holds_up_the_looks_so_that_the_eye_is_found_silent(
    finder: Beside, held: HeldDetector
) -> None:
    find(finder, walking(held, 0)[0])
    assert find(finder, walking(held, 1)[0], HANGS_SECONDS - 0.1) == []
    threading.Timer(0.2, held.may_answer.release).start()
    (found,) = find(finder, walking(held, 2)[0], HANGS_SECONDS + 0.1)
    assert off(found, detection(416, 250)) < 2.0
