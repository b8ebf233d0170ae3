"""The newest frame, through every loss of the camera."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import cv2
import numpy as np
import pytest

from calibration.settings import CameraSettings
from installation.camera.capture import Capture
from installation.camera.open_source import open_source
from installation.camera.source import CameraLost, Source
from installation.host.health import Sense
from models.arrays import Image
from tests.installation.camera.mjpeg_server import ServerProcess, now_ms, picture, read_time
from tests.installation.waiting import LONG, wait_until

SETTINGS = CameraSettings(
    open_timeout_seconds=1.0, read_timeout_seconds=0.5, stale_after_seconds=0.5, blind_below_luminance=1.5
)


@pytest.fixture(scope="module")
def network_camera() -> Iterator[ServerProcess]:
    server = ServerProcess()
    yield server
    server.unplug()


@pytest.fixture
def capturing() -> Iterator[Callable[..., Capture]]:
    """Starts captures, and sees to it that each one's thread ends."""
    started: list[Capture] = []

    def start(source: str | Callable[[], Source], per_second: float = 60.0, **settings: object) -> Capture:
        wanted = SETTINGS.model_copy(update=settings)
        if isinstance(source, str):
            wanted = wanted.model_copy(update={"source": source})
        capture = Capture(source if callable(source) else lambda: open_source(wanted, 1), wanted, per_second)
        capture.start()
        started.append(capture)
        return capture

    yield start
    ended = [capture.close(3.0) for capture in started]
    assert all(ended)


def trouble(capture: Capture) -> str:
    return capture.trouble(time.monotonic())


class Scripted:
    """A source that shows given pictures 100 times a second, then repeats the last or does as told."""

    name, address, live, remarks = "scripted camera", "script", True, ()

    def __init__(self, pictures: list[Image], then: Callable[[], None] = lambda: None) -> None:
        self._pictures, self._then, self._taken = pictures, then, 0

    def grab(self) -> None:
        time.sleep(0.01)
        self._taken += 1
        if self._taken > len(self._pictures):
            self._then()

    def retrieve(self) -> Image:
        return self._pictures[min(self._taken, len(self._pictures)) - 1]

    def close(self) -> None:
        pass


def test_a_slow_reader_sees_the_newest_frame_not_a_queue(network_camera: ServerProcess, capturing) -> None:
    capture = capturing(network_camera.url())
    wait_until(lambda: capture.newest(0, 0.1), LONG)
    ages, number = [], 0
    for _ in range(5):
        time.sleep(0.3)
        frame = capture.newest(number, 0.5)
        ages.append(now_ms() - read_time(frame.image))
        assert frame.number > number
        number = frame.number
    assert sorted(ages)[2] < 100, f"milliseconds: {ages}"
    assert abs(frame.captured_at * 1000 - read_time(frame.image)) < 100


def test_a_camera_that_stalls_is_not_trusted_after_a_second_and_comes_back(
    network_camera: ServerProcess, capturing
) -> None:
    capture = capturing(network_camera.url(), read_timeout_seconds=10.0)  # grab() itself blocks for longer than we wait
    wait_until(lambda: capture.newest(0, 0.1), LONG)
    network_camera.stall()
    assert 0.8 < wait_until(lambda: trouble(capture), 2) < 1.3
    assert "has sent nothing for 1 s" in trouble(capture)
    network_camera.go_on()
    wait_until(lambda: not trouble(capture), LONG)
    assert now_ms() - read_time(capture.newest(0, 1).image) < 1000


def test_an_unplugged_camera_is_opened_again_when_it_is_back(network_camera: ServerProcess, capturing) -> None:
    capture = capturing(network_camera.url())
    wait_until(lambda: capture.newest(0, 0.1), LONG)
    network_camera.unplug()
    assert wait_until(lambda: trouble(capture), 2) < 1.5
    assert capture.state(time.monotonic()) is Sense.LOST
    network_camera.start()
    assert wait_until(lambda: not trouble(capture), 3) < 2.5
    assert capture.state(time.monotonic()) is Sense.OK


def test_a_camera_that_repeats_its_last_picture_is_told_and_opened_again(capturing) -> None:
    opened = []

    def repeating() -> Source:
        opened.append(1)
        return Scripted([picture(n) for n in range(5)] if len(opened) < 3 else [picture(n) for n in range(900)])

    capture = capturing(repeating)
    wait_until(lambda: "repeats the same picture" in trouble(capture), LONG)
    wait_until(lambda: len(opened) == 3 and not trouble(capture), LONG)


def test_a_wedged_camera_stays_untrusted_while_it_is_opened_again_and_again(capturing) -> None:
    still = picture(7)
    capture = capturing(lambda: Scripted([still]))
    wait_until(lambda: "repeats" in trouble(capture), LONG)
    for _ in range(40):
        time.sleep(0.05)
        assert trouble(capture)


def test_a_covered_lens_is_blind_and_is_not_opened_again_and_again(capturing) -> None:
    opened = []

    def covered() -> Source:
        opened.append(1)
        return Scripted([np.zeros((240, 320, 3), np.uint8)])

    capture = capturing(covered, stale_after_seconds=1.5)
    wait_until(lambda: "covered" in trouble(capture), LONG)
    time.sleep(1.0)
    assert "covered" in trouble(capture)
    assert len(opened) == 1


def test_another_picture_size_is_survived(tmp_path, capturing) -> None:
    for number, (width, height) in enumerate([(640, 480), (320, 240), (320, 241)]):
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture(number, width, height))
    capture = capturing(str(tmp_path), frames_per_second=50.0)
    sizes: set[tuple[int, ...]] = set()

    def all_seen() -> bool:
        sizes.add(capture.newest(0, 1).image.shape[:2])
        return len(sizes) == 3

    wait_until(all_seen, LONG)


def test_the_picture_is_turned_then_mirrored(capturing) -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    image[0, 0] = 200  # top left; turned by 90 degrees top right, and mirrored top left again
    capture = capturing(lambda: Scripted([image]), rotate_degrees=90, mirror=True)
    seen = capture.newest(0, 2).image
    assert seen.shape == (3, 2, 3)
    assert seen[0, 0, 0] == 200


def test_only_as_many_frames_are_decoded_as_are_wanted(capturing) -> None:
    capture = capturing(lambda: Scripted([picture(n) for n in range(500)]), per_second=20.0)
    first = capture.newest(0, 1).number
    time.sleep(1.0)
    assert 17 <= capture.newest(0, 1).number - first <= 22


def test_a_switched_off_camera_is_let_go_and_taken_again(capturing) -> None:
    closed = threading.Event()

    class Closing(Scripted):
        def close(self) -> None:
            closed.set()

    capture = capturing(lambda: Closing([picture(n) for n in range(900)]))
    wait_until(lambda: capture.newest(0, 0.1), LONG)
    capture.switch(False)
    assert closed.wait(LONG)
    wait_until(lambda: trouble(capture) == "the camera is switched off", LONG)
    assert capture.state(time.monotonic()) is Sense.OFF
    capture.switch(True)
    wait_until(lambda: not trouble(capture), LONG)


def test_attempts_to_open_slow_down_to_one_a_second_until_a_picture_comes(capturing) -> None:
    attempts: list[float] = []

    def lose() -> None:
        raise CameraLost("the plug was pulled")

    def opening() -> Source:
        attempts.append(time.monotonic())
        if len(attempts) == 5:
            return Scripted([picture(1)], then=lose)
        raise CameraLost("no camera")

    capture = capturing(opening)
    wait_until(lambda: len(attempts) == 4, LONG)
    assert trouble(capture) == "no camera"
    wait_until(lambda: len(attempts) == 6, LONG)
    gaps = [later - earlier for earlier, later in pairwise(attempts)]
    assert gaps == pytest.approx([0.25, 0.5, 1.0, 1.0, 0.25], abs=0.2)
