"""The newest frame, through every loss of the camera. Scripted cameras bring their own clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import pytest

from calibration.errors import BadFile
from calibration.settings import CameraSettings
from installation.camera.capture import Capture
from installation.camera.masks import Masks
from installation.camera.open_source import open_source
from installation.camera.source import CameraLost, Source
from installation.host.health import Sense
from models.arrays import Image
from models.frame import Frame
from tests.installation.camera.mjpeg_server import ServerProcess, now_ms, picture, read_time
from tests.installation.waiting import LONG, wait_until

SETTINGS = CameraSettings(
    open_timeout_seconds=1.0, read_timeout_seconds=0.5, stale_after_seconds=0.5, blind_below_luminance=1.5
)
STEP = 0.01
"""Seconds between two pictures of a scripted camera, by its own clock."""


class Clock:
    """Time that only passes when somebody lets it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds
        time.sleep(0.001)  # the turn of the test's own thread


class Starts(Protocol):
    def __call__(
        self,
        source: str | Callable[[], Source],
        clock: Clock | None = None,
        per_second: float = 100.0,
        **settings: object,
    ) -> Capture: ...


@pytest.fixture(scope="module")
def network_camera() -> Iterator[ServerProcess]:
    server = ServerProcess()
    yield server
    server.unplug()


@pytest.fixture
def capturing() -> Iterator[Starts]:
    """Starts captures, and sees to it that each one's thread ends."""
    started: list[Capture] = []

    def start(
        source: str | Callable[[], Source], clock: Clock | None = None, per_second: float = 100.0, **settings: object
    ) -> Capture:
        wanted = SETTINGS.model_copy(update=settings)
        if isinstance(source, str):
            wanted = wanted.model_copy(update={"source": source})
        opening = source if callable(source) else lambda: open_source(wanted, 1)
        if clock:
            capture = Capture(opening, wanted, Masks(), per_second, clock, clock.pause)
        else:
            capture = Capture(opening, wanted, Masks(), per_second)
        capture.start()
        started.append(capture)
        return capture

    yield start
    ended = [capture.close(LONG) for capture in started]
    assert all(ended)


def trouble(capture: Capture) -> str:
    return capture.trouble(time.monotonic())


def newest(capture: Capture) -> Frame:
    frame = capture.newest(0, LONG)
    assert frame is not None
    return frame


class Scripted:
    """A camera that gives a picture every ``STEP`` of the clock, then calls ``then`` and repeats the last one."""

    name, address, live = "scripted camera", "script", True
    remarks: tuple[str, ...] = ()

    def __init__(self, clock: Clock, pictures: list[Image], then: Callable[[], object] = lambda: None) -> None:
        self._clock, self._pictures, self._then = clock, pictures, then
        self._grabbed = 0
        self.retrieved = 0
        self.closed = threading.Event()

    def grab(self) -> None:
        self._clock.now += STEP
        self._grabbed += 1
        if self._grabbed > len(self._pictures):
            time.sleep(0.001)  # no core is burnt for a camera that repeats itself until the test ends
            self._then()

    def retrieve(self) -> Image:
        self.retrieved += 1
        return self._pictures[min(self._grabbed, len(self._pictures)) - 1]

    def close(self) -> None:
        self.closed.set()


class Script:
    """Opens a scripted camera whose ``then`` blocks until the test is over: what it gave, it gave."""

    def __init__(self, pictures: list[Image]) -> None:
        self.clock, self.all_given, self._over = Clock(), threading.Event(), threading.Event()
        self.camera = Scripted(self.clock, pictures, then=self._block)

    def _block(self) -> None:
        self.clock.now -= STEP  # the picture that never comes
        self.all_given.set()
        self._over.wait()
        raise CameraLost("the test is over")

    def __enter__(self) -> Script:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()


def test_a_slow_reader_sees_the_newest_frame_not_a_queue(capturing: Starts) -> None:
    with Script([picture(n) for n in range(10)]) as script:
        capture = capturing(lambda: script.camera, script.clock)
        assert script.all_given.wait(LONG)
        frame = newest(capture)
        assert read_time(frame.image) == 9
        assert frame.captured_at == pytest.approx(10 * STEP)
        assert capture.newest(frame.number, 0.0) is None


def test_a_camera_that_stalls_is_not_trusted_after_a_second(capturing: Starts) -> None:
    with Script([picture(n) for n in range(10)]) as script:
        capture = capturing(lambda: script.camera, script.clock)
        assert script.all_given.wait(LONG)
        last = newest(capture).captured_at
        assert capture.trouble(last + 0.9) == ""
        assert capture.trouble(last + 1.1) == "scripted camera has sent nothing for 1 s"
        assert capture.state(last + 0.9) is Sense.OK
        assert capture.state(last + 1.1) is Sense.LOST


@pytest.mark.parametrize(
    "fault",
    [OSError(5, "Input/output error"), cv2.error("too many pixels"), BadFile("visitors.npz", ["is torn"])],
    ids=["os", "cv2", "file"],
)
def test_what_the_system_or_the_decoder_refuses_is_a_lost_camera_that_comes_back(
    capturing: Starts, fault: Exception
) -> None:
    def refuse() -> None:
        raise fault

    clock, over = Clock(), threading.Event()
    refusing = Scripted(clock, [picture(1)], then=refuse)
    cameras = iter([refusing, Scripted(clock, [picture(2)], then=lambda: over.wait(LONG))])
    capture = capturing(lambda: next(cameras), clock)
    wait_until(lambda: read_time(newest(capture).image) == 2, LONG)
    over.set()


def test_a_network_camera_that_stalls_comes_back(network_camera: ServerProcess, capturing: Starts) -> None:
    capture = capturing(network_camera.url(), read_timeout_seconds=10.0)  # grab() itself blocks for longer than we wait
    newest(capture)
    network_camera.stall()
    wait_until(lambda: "has sent nothing for" in trouble(capture), LONG)
    stalled = now_ms()
    network_camera.go_on()
    wait_until(lambda: not trouble(capture) and read_time(newest(capture).image) > stalled, LONG)


def test_an_unplugged_camera_is_opened_again_when_it_is_back(network_camera: ServerProcess, capturing: Starts) -> None:
    capture = capturing(network_camera.url())
    newest(capture)
    network_camera.unplug()
    wait_until(lambda: trouble(capture), LONG)
    assert capture.state(time.monotonic()) is Sense.LOST
    network_camera.start()
    wait_until(lambda: capture.state(time.monotonic()) is Sense.OK, LONG)


def test_a_camera_that_repeats_its_last_picture_is_reported_and_opened_again(capturing: Starts) -> None:
    clock, opened, reasons, ready = Clock(), list[int](), list[str](), threading.Event()

    def repeating() -> Source:
        ready.wait(LONG)
        if opened:
            reasons.append(capture.trouble(clock.now))
        opened.append(1)
        return Scripted(clock, [picture(n) for n in range(5)] if len(opened) < 3 else [picture(n) for n in range(900)])

    capture = capturing(repeating, clock)
    ready.set()
    wait_until(lambda: len(opened) == 3 and not capture.trouble(clock.now), LONG)
    assert all("scripted camera has sent the same picture for" in reason for reason in reasons)


def test_a_wedged_camera_stays_untrusted_while_it_is_opened_again_and_again(capturing: Starts) -> None:
    clock, still, opened, reasons, ready = Clock(), picture(7), list[int](), list[str](), threading.Event()

    def wedged() -> Source:
        ready.wait(LONG)
        opened.append(1)
        return Scripted(clock, [still], then=lambda: reasons.append(capture.trouble(clock.now)))

    capture = capturing(wedged, clock)
    ready.set()
    wait_until(lambda: len(opened) == 4, LONG)
    begun = next(number for number, reason in enumerate(reasons) if "same picture" in reason)
    assert all(reasons[begun:])


def test_a_covered_lens_is_blind_and_is_not_opened_again_and_again(capturing: Starts) -> None:
    opened = []
    with Script([np.zeros((240, 320, 3), np.uint8)] * 1000) as script:

        def covered() -> Source:
            opened.append(1)
            return script.camera

        capture = capturing(covered, script.clock, stale_after_seconds=1.5)
        assert script.all_given.wait(LONG)
        assert "covered" in capture.trouble(script.clock.now)
        assert len(opened) == 1


def test_a_frame_waits_for_no_doubt_about_what_it_shows(capturing: Starts, monkeypatch: pytest.MonkeyPatch) -> None:
    may_judge = threading.Event()

    def why(_blind: object, _image: Image, _now: float) -> str:
        assert may_judge.wait(LONG)
        return "the lens is covered"

    monkeypatch.setattr("installation.camera.liveness.Blind.why", why)
    with Script([picture(n) for n in range(5)]) as script:
        capture = capturing(lambda: script.camera, script.clock)
        try:
            assert capture.newest(0, LONG / 3) is not None
            assert capture.trouble(script.clock.now) == ""
        finally:
            may_judge.set()
        assert script.all_given.wait(LONG)
        assert capture.trouble(script.clock.now) == "the lens is covered"


def test_another_picture_size_is_survived(tmp_path: Path, capturing: Starts) -> None:
    for number, (width, height) in enumerate([(640, 480), (320, 240), (320, 241)]):
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture(number, width, height))
    capture = capturing(str(tmp_path), frames_per_second=50.0)
    sizes: set[tuple[int, ...]] = set()

    def all_seen() -> bool:
        sizes.add(newest(capture).image.shape[:2])
        return len(sizes) == 3

    wait_until(all_seen, LONG)


def test_the_picture_is_turned_then_mirrored(capturing: Starts) -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    image[0, 0] = 200  # top left; turned by 90 degrees top right, and mirrored top left again
    clock = Clock()
    seen = newest(capturing(lambda: Scripted(clock, [image]), clock, rotate_degrees=90, mirror=True)).image
    assert seen.shape == (3, 2, 3)
    assert seen[0, 0, 0] == 200


def test_only_as_many_frames_are_decoded_as_are_wanted(capturing: Starts) -> None:
    with Script([picture(n) for n in range(500)]) as script:  # five seconds at 100 frames per second
        capturing(lambda: script.camera, script.clock, per_second=20.0)
        assert script.all_given.wait(LONG)
        assert script.camera.retrieved == pytest.approx(100, abs=2)


def test_a_rest_decodes_few_frames_and_its_end_is_waited_for_by_none() -> None:
    decoded: list[float] = []

    class Resting(Scripted):
        def grab(self) -> None:
            super().grab()
            if self._grabbed == 300:
                capture.rest(0.0)

        def retrieve(self) -> Image:
            decoded.append(self._clock.now)
            return super().retrieve()

    with Script([picture(n) for n in range(500)]) as script:
        script.camera = Resting(script.clock, script.camera._pictures, then=script._block)
        capture = Capture(lambda: script.camera, SETTINGS, Masks(), 20.0, script.clock, script.clock.pause)
        capture.rest(0.2)
        capture.start()
        assert script.all_given.wait(LONG)
        resting = [when for when in decoded if when < 3.0]
        assert len(resting) == pytest.approx(15, abs=1)
        assert min(when for when in decoded if when >= 3.0) <= max(3.0, resting[-1] + 0.05) + STEP / 2
        assert len(decoded) - len(resting) == pytest.approx(40, abs=1)
    assert capture.close(LONG)


def test_a_switched_off_camera_is_released_and_opened_again(capturing: Starts) -> None:
    clock = Clock()
    cameras: list[Scripted] = []

    def opening() -> Source:
        cameras.append(Scripted(clock, [picture(n) for n in range(900)]))
        return cameras[-1]

    capture = capturing(opening, clock, stale_after_seconds=1e9)
    newest(capture)
    capture.switch(False)
    assert cameras[0].closed.wait(LONG)
    wait_until(lambda: capture.trouble(clock.now) == "the camera is switched off", LONG)
    assert capture.state(clock.now) is Sense.OFF
    capture.switch(True)
    wait_until(lambda: len(cameras) == 2 and not capture.trouble(clock.now), LONG)


def test_a_camera_that_counts_as_released_is_not_opened_a_moment_later() -> None:
    """It is switched off just when the thread has looked whether it may open."""
    clock, opened, released = Clock(), list[float](), list[bool]()

    class Looked(threading.Event):
        def is_set(self) -> bool:
            may = super().is_set()
            if threading.current_thread().name == "capture" and not released and not switching.is_alive():
                switching.start()
                switching.join(0.3)
            return may

    def switch_off() -> None:
        capture.switch(False)
        released.append(capture.released)

    def opening() -> Source:
        opened.append(time.monotonic())
        time.sleep(0.1)
        return Scripted(clock, [picture(n) for n in range(900)])

    capture = Capture(opening, SETTINGS, Masks(), 100.0, clock)
    switching = threading.Thread(target=switch_off)
    capture._wanted = Looked()
    capture._wanted.set()
    capture.start()
    wait_until(lambda: released, LONG)
    wait_until(lambda: capture.released, LONG)
    assert capture.close(LONG)
    assert not (released[0] and opened), "it was called released, and was opened after that"


def test_no_picture_of_before_is_given_once_it_is_switched_off_or_on_again() -> None:
    clock = Clock()
    capture = Capture(
        lambda: Scripted(clock, []), SETTINGS, Masks(), 100.0, clock
    )  # not started: the test is its thread

    def given(seen_at: float) -> bool:
        capture._keep(picture(0), seen_at)
        return capture.newest(0, 0.0) is not None

    assert given(0.0)
    clock.now = 1.0
    capture.switch(False)
    assert capture.newest(0, 0.0) is None, "also not the one that waits"
    assert not given(1.1)
    clock.now = 2.0
    capture.switch(True)
    assert not given(1.9)
    assert given(2.0)


def test_attempts_to_open_slow_down_to_one_a_second_until_a_picture_comes(capturing: Starts) -> None:
    clock, attempts = Clock(), list[float]()

    def lose() -> None:
        raise CameraLost("the plug was pulled")

    def opening() -> Source:
        attempts.append(clock.now)
        if len(attempts) == 5:
            return Scripted(clock, [picture(1)], then=lose)
        if len(attempts) == 7:
            over.wait()
        raise CameraLost("no camera")

    over = threading.Event()
    try:
        capture = capturing(opening, clock)
        wait_until(lambda: len(attempts) == 7, LONG)
        assert capture.trouble(clock.now) == "no camera"
    finally:
        over.set()
    gaps = [later - earlier for earlier, later in pairwise(attempts[:7])]
    assert gaps == pytest.approx([0.25, 0.5, 1.0, 1.0, 0.25 + 2 * STEP, 0.5])
