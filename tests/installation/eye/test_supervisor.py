"""The eye's real process: killed, stopped, hung, orphaned. Only its networks are stubs (``stub_eye``)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import pytest

from calibration.privacy_settings import PrivacySettings
from calibration.venue import Venue
from installation.eye import main as eye_main
from installation.eye import supervisor as eye_supervisor
from installation.eye.child import EyeChild
from installation.eye.command import EyeCommand, Heard, Look, SetCamera, Stop, encode_command
from installation.eye.device_choice import CPU
from installation.eye.link import EyeStatus, Report, Start, make_line, open_line
from installation.eye.main import Eye
from installation.eye.supervisor import TRUSTED_FOR, EyeSupervisor
from installation.host.console import LossReporter
from installation.host.health import Sense
from models.mood import Mood, unseen
from tests.installation.camera.mjpeg_server import ServerProcess, picture
from tests.installation.eye.stub_eye import StubPerception
from tests.installation.waiting import LONG, wait_until

STUB = (sys.executable, "-m", "tests.installation.eye.stub_eye")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(4):
        cv2.imwrite(str(folder / f"{number}.png"), picture(number))
    return str(folder)


class Starts(Protocol):
    def __call__(
        self, *fault: str, source: str = ..., deadline: float = ..., on_mood: Callable[[Mood], None] | None = ...
    ) -> EyeSupervisor: ...


@pytest.fixture
def keeping(pictures: str) -> Iterator[Starts]:
    """Starts eyes, and sees to it that nothing of them is left."""
    supervisors: list[EyeSupervisor] = []
    fds = open_descriptors()

    def start(
        *fault: str,
        source: str = pictures,
        deadline: float = LONG,
        on_mood: Callable[[Mood], None] | None = None,
    ) -> EyeSupervisor:
        camera = {"source": source, "read_timeout_seconds": 0.5, "open_timeout_seconds": 0.5}
        venue = Venue.model_validate({"camera": camera, "eye": {"deadline_seconds": deadline}})
        supervisors.append(EyeSupervisor(venue, 1, LossReporter(), on_mood, command=(*STUB, *fault)))
        supervisors[-1].start()
        return supervisors[-1]

    yield start
    pids = [supervisor.pid for supervisor in supervisors]
    for supervisor in supervisors:
        supervisor.close()
    assert not [pid for pid in pids if pid and alive(pid)]
    assert [thread.name for thread in threading.enumerate() if thread.name == "eye supervisor"] == []
    assert open_descriptors() == fds


def open_descriptors() -> int:
    """How many files this process holds open; 0 where it cannot be known."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def mood(supervisor: EyeSupervisor) -> Mood:
    return supervisor.mood(time.monotonic())


def sees(supervisor: EyeSupervisor) -> bool:
    return mood(supervisor).trusted


def eye_that_sees(supervisor: EyeSupervisor) -> int:
    """Wait until an eye sees; its process ID."""
    wait_until(lambda: sees(supervisor), LONG)
    assert supervisor.pid is not None
    return supervisor.pid


def told_of_the_eye(losses: LossReporter) -> list[str]:
    """Why the eye was lost, each time; that the machine is slow, which it may be, is told as another part."""
    told: list[str] = []
    losses.follow(lambda change: told.append(change.why) if change.part == "eye" and change.seconds is None else None)
    return told


def test_each_mood_is_passed_on_as_it_comes(keeping: Starts) -> None:
    moods: list[Mood] = []
    supervisor = keeping(on_mood=moods.append)
    assert mood(supervisor).reason == "the eye is starting"
    wait_until(lambda: len([mood for mood in moods if mood.trusted]) > 5, LONG)
    stamps = [mood.captured_at for mood in moods if mood.trusted]
    assert stamps == sorted(set(stamps))
    assert supervisor.camera is supervisor.model is Sense.OK
    assert supervisor.fps > 0
    assert "stub on CPU" in supervisor.line


def test_the_stage_never_waits_for_an_eye_that_stands_still(keeping: Starts) -> None:
    supervisor = keeping(deadline=1000.0)  # nobody replaces it: a stage that waited would wait for ever
    stopped = eye_that_sees(supervisor)
    os.kill(stopped, signal.SIGSTOP)
    for _ in range(100):
        supervisor.mood(time.monotonic())
        supervisor.set_thumbnail(True)
    assert supervisor.pid == stopped


def test_a_killed_eye_is_reported_and_replaced(keeping: Starts) -> None:
    supervisor = keeping()
    first = eye_that_sees(supervisor)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: "SIGKILL" in mood(supervisor).reason, LONG)
    assert eye_that_sees(supervisor) != first


def test_a_silent_eye_is_no_longer_trusted_after_a_second(keeping: Starts) -> None:
    supervisor = keeping(deadline=1000.0)
    os.kill(eye_that_sees(supervisor), signal.SIGSTOP)
    wait_until(lambda: not sees(supervisor), LONG)
    silent = time.monotonic()
    assert "the eye has been silent for" in mood(supervisor).reason
    assert supervisor.mood(silent - 2 * TRUSTED_FOR).trusted


def test_a_stopped_eye_is_replaced(keeping: Starts) -> None:
    supervisor = keeping(deadline=2.0)
    first = eye_that_sees(supervisor)
    os.kill(first, signal.SIGSTOP)
    wait_until(lambda: supervisor.pid not in (first, None) and sees(supervisor), LONG)
    assert not alive(first)


def successor_of(supervisor: EyeSupervisor) -> int:
    """Wait until another eye loads beside the one that is silent; its process ID."""
    wait_until(lambda: supervisor._successor is not None, LONG)
    assert supervisor._successor is not None
    return supervisor._successor.child.pid


def successor_why(supervisor: EyeSupervisor) -> str:
    """Wait until another eye loads beside the one that is silent; why."""
    successor_of(supervisor)
    return supervisor._successor.why if supervisor._successor else mood(supervisor).reason


@pytest.fixture
def may_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file without which no eye gets beyond loading its networks."""
    file = tmp_path / "may load"
    file.touch()
    monkeypatch.setenv("STUB_EYE_MAY_LOAD", str(file))
    return file


def stopped_eye(supervisor: EyeSupervisor, may_load: Path) -> int:
    """An eye that saw and is stopped, and whose successor cannot load yet; its process ID."""
    first = eye_that_sees(supervisor)
    may_load.unlink()
    os.kill(first, signal.SIGSTOP)
    return first


def test_a_silent_eye_is_ended_only_when_its_successor_is_ready(keeping: Starts, may_load: Path) -> None:
    supervisor = keeping("loads when it may", deadline=2.0)
    first = stopped_eye(supervisor, may_load)
    second = successor_of(supervisor)
    assert alive(first)
    may_load.touch()
    wait_until(lambda: supervisor.pid == second, LONG)
    assert not alive(first)
    assert eye_that_sees(supervisor) == second


def test_an_eye_that_was_slow_and_speaks_again_stays(keeping: Starts, may_load: Path) -> None:
    supervisor = keeping("gpu loads when it may", deadline=2.0)
    first = stopped_eye(supervisor, may_load)
    second = successor_of(supervisor)
    assert supervisor._choice.failed_at is not None
    os.kill(first, signal.SIGCONT)
    wait_until(lambda: not alive(second), LONG)
    assert supervisor.pid == first
    assert supervisor._choice.failed_at is None


def test_a_successor_that_dies_leaves_the_way_of_a_plain_restart(keeping: Starts, may_load: Path) -> None:
    supervisor = keeping("loads when it may", deadline=2.0)
    first = stopped_eye(supervisor, may_load)
    os.kill(successor_of(supervisor), signal.SIGKILL)
    may_load.touch()
    wait_until(lambda: not alive(first), LONG)
    wait_until(lambda: supervisor.pid not in (first, None) and sees(supervisor), LONG)


def test_when_the_silent_eye_dies_the_one_that_loads_goes_on_loading_and_looks(keeping: Starts, may_load: Path) -> None:
    supervisor = keeping("loads when it may", deadline=2.0)
    first = stopped_eye(supervisor, may_load)
    second = successor_of(supervisor)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not alive(first), LONG)
    may_load.touch()
    assert eye_that_sees(supervisor) == second


def test_an_eye_on_standby_opens_no_camera_until_it_is_told_and_then_no_more_frames_than_it_needs(
    pictures: str,
) -> None:
    ours, address, theirs = make_line()
    assert theirs is not None
    link = open_line(address)
    theirs.detach()
    start = Start(venue=Venue.model_validate({"camera": {"source": pictures}}), seed=1, standby=True)
    perception = StubPerception(start.venue, "")
    perception.rest_seconds = 0.2
    eye = Eye(start, link, lambda _: perception)
    thread = threading.Thread(target=eye.live)
    thread.start()
    heard: list[EyeStatus] = []

    def hears(model: Sense, camera: Sense) -> bool:
        heard.extend(Report.model_validate_json(message).status for message in ours.waiting())
        ours.send(encode_command(Heard()))
        return bool(heard) and (heard[-1].model, heard[-1].camera) == (model, camera)

    wait_until(lambda: hears(Sense.OK, Sense.OFF), LONG)
    ours.send(encode_command(Look()))
    wait_until(lambda: hears(Sense.OK, Sense.OK), LONG)
    assert all(status.camera is Sense.OFF for status in heard if status.model is not Sense.OK)
    wait_until(lambda: eye._capture._rest_seconds == 0.2, LONG)  # nobody is there: it needs no more frames
    ours.send(encode_command(Stop()))
    thread.join(LONG)
    eye.close(1.0)
    assert not thread.is_alive()
    ours.close()
    link.close()


def test_an_eye_whose_reports_nobody_reads_closes_its_camera_until_it_is_heard_again(
    pictures: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program that runs it is stopped or hangs: it could not say that nobody may be looked at."""
    monkeypatch.setattr(eye_main, "UNHEARD_SECONDS", 0.3)
    ours, address, theirs = make_line()
    assert theirs is not None
    link = open_line(address)
    theirs.detach()
    start = Start(venue=Venue.model_validate({"camera": {"source": pictures}}), seed=1)
    eye = Eye(start, link, lambda venue: StubPerception(venue, ""))
    thread = threading.Thread(target=eye.live)
    thread.start()

    def is_shut(*answers: EyeCommand) -> bool:
        for answer in answers:
            ours.send(encode_command(answer))
        newest = [Report.model_validate_json(message).status for message in ours.waiting()][-1:]
        return bool(newest) and newest[0].shut

    def is_open(*answers: EyeCommand) -> bool:
        shut = is_shut(*answers)
        return not shut and eye._capture.state(time.monotonic()) is Sense.OK

    wait_until(lambda: is_open(Heard()), LONG)
    wait_until(is_shut, LONG)
    wait_until(lambda: is_open(Heard()), LONG)
    ours.send(encode_command(SetCamera(False)))
    wait_until(lambda: is_shut(Heard()), LONG)
    opened: list[bool] = []
    for _ in range(10):  # what it was told holds, heard or not
        time.sleep(0.02)
        opened.append(is_open(Heard()))
    assert not any(opened)
    ours.send(encode_command(Stop()))
    thread.join(LONG)
    eye.close(1.0)
    assert not thread.is_alive()
    ours.close()
    link.close()


def test_an_eye_is_told_that_it_is_heard(keeping: Starts) -> None:
    supervisor = keeping("is soon unheard")
    eye_that_sees(supervisor)
    time.sleep(1.0)
    wait_until(lambda: sees(supervisor), LONG)


def test_after_a_quick_death_the_next_eye_has_twice_the_time(keeping: Starts) -> None:
    supervisor = keeping(deadline=1.0)
    os.kill(eye_that_sees(supervisor), signal.SIGKILL)
    wait_until(lambda: not sees(supervisor), LONG)
    os.kill(eye_that_sees(supervisor), signal.SIGSTOP)
    why = successor_why(supervisor)
    assert float(why.removeprefix("it was silent for ").removesuffix(" s")) >= 2.0


def test_an_eye_that_waits_for_a_processor_is_told_as_a_machine_that_is_too_slow(keeping: Starts) -> None:
    supervisor = keeping(deadline=1000.0)
    os.kill(eye_that_sees(supervisor), signal.SIGSTOP)  # nothing is heard that would begin the count anew
    wait_until(lambda: supervisor._silence is not None and not sees(supervisor), LONG)
    assert supervisor._silence is not None
    supervisor._silence.held_up = 5.0  # what test_silence measures on real processes
    wait_until(lambda: supervisor._losses.is_lost("machine"), LONG)
    assert "the eye waited 5 s for a processor" in supervisor._losses.lost_parts()[-1]


def test_where_memory_is_short_the_silent_eye_goes_before_the_next_one_comes(
    keeping: Starts, may_load: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.eye.successor.ROOM_FOR_MORE", 1e9)  # no machine has that much
    supervisor = keeping("loads when it may", deadline=2.0)
    first = stopped_eye(supervisor, may_load)
    wait_until(lambda: not alive(first), LONG)  # and no other is ready to take its place


def test_a_trial_of_the_gpu_that_fails_costs_no_look(keeping: Starts) -> None:
    moods: list[Mood] = []
    supervisor = keeping("gpu is away", on_mood=moods.append)
    wait_until(lambda: supervisor.status.provider == CPU and sees(supervisor), LONG)
    first, before = supervisor.pid, len(moods)
    supervisor._choice.on_cpu_until = time.monotonic() - 1.0
    successor_of(supervisor)
    wait_until(lambda: supervisor._successor is None, LONG)
    assert supervisor.pid == first
    assert supervisor._choice.on_cpu_until > time.monotonic() + 60
    wait_until(lambda: len(moods) > before + 3, LONG)
    assert all(mood.trusted for mood in moods[before:])


@pytest.mark.parametrize("fault", ["gpu raises", "gpu hangs", "gpu aborts", "gpu is killed"])
def test_a_gpu_that_keeps_failing_gives_way_to_the_cpu(keeping: Starts, fault: str) -> None:
    supervisor = keeping(fault, deadline=2.0)
    wait_until(lambda: supervisor.status.provider == CPU and sees(supervisor), LONG)
    assert "GPU: it failed twice within a minute, and the CPU looks in its place" in supervisor._losses.lost_parts()


def test_networks_that_fail_once_are_rebuilt_in_the_same_eye(keeping: Starts) -> None:
    moods: list[Mood] = []
    supervisor = keeping("raises", on_mood=moods.append)
    wait_until(lambda: any("being rebuilt" in mood.reason for mood in moods), LONG)
    first = supervisor.pid
    wait_until(lambda: moods[-1].trusted, LONG)
    assert supervisor.pid == first


def test_a_thread_of_the_eye_that_dies_ends_the_eye_and_a_new_one_sees(keeping: Starts) -> None:
    supervisor = keeping("capture dies")
    wait_until(lambda: sees(supervisor), LONG)
    first = supervisor.pid
    wait_until(lambda: "thread capture" in mood(supervisor).reason, LONG)
    wait_until(lambda: sees(supervisor), LONG)
    assert supervisor.pid != first


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_thread_that_listens_to_the_eye_is_replaced_when_it_dies(keeping: Starts) -> None:
    def die(mood: Mood) -> None:
        if mood.trusted and not died:
            died.append(mood)
            sys.exit()  # ends the thread that calls it, and says nothing

    died: list[Mood] = []
    supervisor = keeping(on_mood=die)
    wait_until(lambda: mood(supervisor) and died, LONG)
    wait_until(lambda: sees(supervisor) and mood(supervisor) != died[0], LONG)


def test_a_fault_in_the_broadcast_does_not_cost_the_film_its_eye(keeping: Starts) -> None:
    def fail(mood: Mood) -> None:
        heard.append(mood)
        raise ZeroDivisionError("a bug in the broadcast")

    heard: list[Mood] = []
    supervisor = keeping(on_mood=fail)
    wait_until(lambda: sees(supervisor), LONG)
    eye, before = supervisor.pid, len(heard)
    wait_until(lambda: len(heard) > before + 5, LONG)
    assert supervisor.pid == eye


def test_a_report_that_cannot_be_read_is_reported_once_and_the_next_good_one_counts(pictures: str) -> None:
    losses = LossReporter()
    venue = Venue.model_validate({"camera": {"source": pictures}})
    supervisor = EyeSupervisor(venue, 1, losses)
    ours, address, theirs = make_line()
    assert theirs is not None
    eye = open_line(address)
    theirs.detach()
    child = EyeChild.__new__(EyeChild)  # only its end of the line is needed
    child.link, child.may_film, child._death = ours, False, []
    for torn in (b"", b"{", b"\xff" * 100, b'{"mood": {}, "status": {}}'):
        eye.send(torn)
    supervisor._listen(child)
    (told,) = losses.lost_parts()
    assert told.startswith("eye's report: a message cannot be read: Invalid JSON")
    assert len(told.splitlines()) == 1
    assert losses.errors == 1
    report = Report(mood=unseen(0.0, "busy"), status=EyeStatus(model_line="the networks are being loaded"))
    eye.send(report.model_dump_json().encode())
    supervisor._listen(child)
    assert losses.lost_parts() == ()
    assert supervisor.status == report.status
    ours.close()
    eye.close()


def test_an_eye_that_can_use_nothing_lives_on_is_told_once_and_looks_when_it_is_mended(
    keeping: Starts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended = tmp_path / "mended"
    monkeypatch.setenv("STUB_EYE_MENDED", str(mended))
    supervisor = keeping("bad weights")
    wait_until(lambda: "has 7 classes, 8 are needed" in mood(supervisor).reason, LONG)
    eye, told = supervisor.pid, told_of_the_eye(supervisor._losses)
    assert supervisor.model is Sense.LOST
    time.sleep(1.0)  # it has tried again three times
    assert supervisor.pid == eye
    assert told == ["weights/emotion.onnx has 7 classes, 8 are needed"]
    mended.touch()
    assert eye_that_sees(supervisor) == eye
    assert not supervisor._losses.is_lost("eye")


def test_networks_that_fail_and_cannot_be_rebuilt_do_not_end_the_eye(keeping: Starts) -> None:
    supervisor = keeping("weights go")
    wait_until(lambda: "emotion.onnx: no such file" in mood(supervisor).reason, LONG)
    eye = supervisor.pid
    assert eye_that_sees(supervisor) == eye


def test_a_lost_camera_is_not_an_empty_room_and_heals(keeping: Starts) -> None:
    server = ServerProcess()
    try:
        supervisor = keeping(source=server.url())
        wait_until(lambda: sees(supervisor), LONG)
        eye = supervisor.pid
        server.unplug()
        wait_until(lambda: not sees(supervisor), LONG)
        assert "ended, or sent nothing" in mood(supervisor).reason or "does not respond" in mood(supervisor).reason
        assert supervisor.camera is Sense.LOST
        server.start()
        wait_until(lambda: sees(supervisor), LONG)
        assert supervisor.pid == eye
    finally:
        server.unplug()


def test_commands_reach_the_eye_and_what_is_switched_stays_so_in_the_next_one(
    keeping: Starts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_EYE_FROZEN", str(tmp_path / "frozen"))
    supervisor = keeping()
    wait_until(lambda: sees(supervisor), LONG)
    assert supervisor.thumbnail is None
    thumbnails: list[bytes] = []

    def thumbnail_came() -> bool:
        thumbnails.extend([supervisor.thumbnail] if supervisor.thumbnail else [])
        return bool(thumbnails)

    supervisor.freeze_baseline()
    supervisor.set_thumbnail(True)
    wait_until((tmp_path / "frozen").exists, LONG)
    wait_until(thumbnail_came, LONG)
    assert len(thumbnails[0]) <= 16 * 1024
    supervisor.set_thumbnail(False)
    supervisor.set_camera(False)
    wait_until(lambda: mood(supervisor).reason == "the camera is switched off", LONG)
    assert supervisor.pid is not None
    before = supervisor.pid
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: supervisor.pid not in (None, before) and supervisor.model is Sense.OK, LONG)
    assert mood(supervisor).reason == "the camera is switched off"
    assert supervisor.camera is Sense.OFF
    supervisor.set_camera(True)
    wait_until(lambda: sees(supervisor), LONG)


def test_an_eye_that_is_switched_off_counts_as_looking_until_its_process_has_ended(keeping: Starts) -> None:
    supervisor = keeping()
    assert supervisor.may_look, "before there is an eye: it opens its camera as soon as it can"
    eye = eye_that_sees(supervisor)
    supervisor.set_on(False)
    wait_until(lambda: not supervisor.may_look, LONG)
    assert not alive(eye)
    supervisor.set_on(True)
    assert supervisor.may_look
    supervisor.close()
    assert not supervisor.may_look


def test_an_eye_ignores_ctrl_c_and_leaves_on_sigterm(keeping: Starts) -> None:
    moods: list[Mood] = []
    supervisor = keeping(on_mood=moods.append)
    eye = eye_that_sees(supervisor)
    os.kill(eye, signal.SIGINT)
    before = len(moods)
    wait_until(lambda: len(moods) > before + 5, LONG)
    assert supervisor.pid == eye
    os.kill(eye, signal.SIGTERM)
    wait_until(lambda: not alive(eye), LONG)


@pytest.mark.parametrize("stopped", [False, True], ids=["while it sees", "while it is stopped"])
def test_an_eye_does_not_outlive_its_stage(pictures: str, stopped: bool) -> None:
    code = f"""
import time
from calibration.venue import Venue
from installation.host.console import LossReporter
from installation.eye.supervisor import EyeSupervisor
venue = Venue.model_validate({{"camera": {{"source": {pictures!r}}}}})
supervisor = EyeSupervisor(venue, 1, LossReporter(), command={STUB!r})
supervisor.start()
while not supervisor.mood(time.monotonic()).trusted:
    time.sleep(0.01)
print(supervisor.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as stage:
        assert stage.stdout is not None
        eye = json.loads(stage.stdout.readline())
        if stopped:
            os.kill(eye, signal.SIGSTOP)
        stage.kill()
    wait_until(lambda: not alive(eye), LONG)


def test_an_eye_that_is_switched_off_with_the_house_is_gone_and_not_lost_and_comes_back(pictures: str) -> None:
    camera = {"source": pictures, "read_timeout_seconds": 0.5, "open_timeout_seconds": 0.5}
    losses = LossReporter()
    told = told_of_the_eye(losses)
    supervisor = EyeSupervisor(Venue.model_validate({"camera": camera}), 1, losses, command=STUB)
    supervisor.start()
    try:
        first = eye_that_sees(supervisor)
        supervisor.set_on(False)
        assert not supervisor.ready
        assert "the eye is off" in mood(supervisor).reason
        wait_until(lambda: supervisor.pid is None and not alive(first), LONG)
        assert supervisor.camera is supervisor.model is Sense.OFF
        time.sleep(0.3)  # whoever would replace it has had time to
        assert supervisor.pid is None
        supervisor.set_on(True)
        assert eye_that_sees(supervisor) != first
        assert supervisor.ready
        assert told == []
    finally:
        supervisor.close()


def test_an_eye_that_is_off_when_the_show_starts_never_opens_the_camera(pictures: str) -> None:
    supervisor = EyeSupervisor(Venue.model_validate({"camera": {"source": pictures}}), 1, LossReporter(), command=STUB)
    supervisor.set_on(False)
    supervisor.start()
    try:
        time.sleep(0.3)
        assert supervisor.pid is None
    finally:
        supervisor.close()


def test_a_mask_that_is_drawn_is_seen_by_the_next_eye_and_nothing_is_lost_meanwhile(keeping: Starts) -> None:
    supervisor = keeping()
    wait_until(lambda: sees(supervisor), LONG)
    first, venue = supervisor.pid, supervisor._venue
    assert mood(supervisor).frame_luminance > 1
    everything = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    supervisor.set_thumbnail(True, large=True)
    supervisor.renew(venue.model_copy(update={"camera": venue.camera.model_copy(update={"masks": (everything,)})}))

    def masked_or_lost() -> bool:
        assert supervisor._losses.lost_names() == ()
        return sees(supervisor) and mood(supervisor).frame_luminance == 0

    wait_until(masked_or_lost, LONG)
    assert supervisor.pid != first
    wait_until(lambda: supervisor.thumbnail is not None and picture_of(supervisor.thumbnail).max() < 3, LONG)


def picture_of(jpeg: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture


def test_a_picture_to_draw_on_is_large_and_fits_into_a_datagram(keeping: Starts, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), np.uint8)  # no picture is larger as JPEG
    cv2.imwrite(str(tmp_path / "noise.png"), noise)
    soft = cv2.GaussianBlur(noise, (0, 0), 2)
    cv2.imwrite(str(tmp_path / "soft.png"), soft)
    supervisor = keeping(source=str(tmp_path))
    wait_until(lambda: sees(supervisor), LONG)
    supervisor.set_thumbnail(True)
    wait_until(lambda: supervisor.thumbnail is not None, LONG)
    assert supervisor.thumbnail is not None
    assert picture_of(supervisor.thumbnail).shape == (108, 192, 3)
    supervisor.set_thumbnail(True, large=True)
    wait_until(lambda: supervisor.thumbnail is not None and len(supervisor.thumbnail) > 16 * 1024, LONG)
    assert picture_of(supervisor.thumbnail).shape == (450, 800, 3)
    assert len(supervisor.thumbnail) <= 60 * 1024


def test_a_visitor_who_is_forgotten_is_nobody_at_once_also_for_the_eye_that_comes_next(keeping: Starts) -> None:
    passed_on: list[Mood] = []
    supervisor = keeping(on_mood=passed_on.append)
    killed = eye_that_sees(supervisor)
    assert mood(supervisor).present
    supervisor.forget_visitors()
    assert not mood(supervisor).present, "not even the report that was on its way"
    told = len(passed_on)
    wait_until(lambda: sees(supervisor), LONG)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: "SIGKILL" in mood(supervisor).reason, LONG)
    wait_until(lambda: sees(supervisor), LONG)
    assert not mood(supervisor).present
    assert not any(one.present for one in passed_on[told:])


def test_an_eye_that_begins_shut_films_nobody_until_it_is_opened(
    keeping: Starts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moods: list[Mood] = []
    monkeypatch.setenv("STUB_EYE_MAY_LOAD", str(tmp_path / "now"))
    supervisor = keeping("loads when it may", on_mood=moods.append)
    supervisor.set_camera(False, "only staff is in the room")
    assert mood(supervisor).reason == "only staff is in the room"
    wait_until(lambda: supervisor.status.shut, LONG)  # an eye that may film until it has heard of it is another test
    (tmp_path / "now").touch()
    wait_until(lambda: supervisor.model is Sense.OK and supervisor.status.shut, LONG)
    assert supervisor.status.fps == 0
    assert {one.reason for one in moods if one.reason != "the eye is starting"} == {"only staff is in the room"}
    supervisor.set_camera(True)
    opened = time.monotonic()
    wait_until(lambda: sees(supervisor), LONG)
    assert all(one.captured_at >= opened - 0.1 for one in moods if one.trusted)


def test_an_eye_that_does_not_close_its_camera_is_ended_and_the_next_one_begins_shut(
    keeping: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eye_supervisor, "SHUT_WITHIN", 0.3)
    supervisor = keeping(deadline=1000.0)
    stopped = eye_that_sees(supervisor)
    told = told_of_the_eye(supervisor._losses)
    os.kill(stopped, signal.SIGSTOP)
    supervisor.set_camera(False, "only staff is in the room")
    wait_until(lambda: not alive(stopped), LONG)
    assert "its camera was still open" in told[0]
    wait_until(lambda: supervisor.pid not in (None, stopped) and supervisor.status.shut, LONG)
    assert mood(supervisor).reason == "only staff is in the room"


def test_with_another_zone_the_eye_is_shut_until_it_looks_at_that_one_alone(keeping: Starts) -> None:
    moods: list[Mood] = []
    supervisor = keeping(on_mood=moods.append)
    eye_that_sees(supervisor)
    whole = mood(supervisor).frame_luminance
    zone = ((0.0, 0.0), (0.1, 0.0), (0.1, 1.0))
    before = supervisor._venue
    del moods[:]
    supervisor.renew(before.model_copy(update={"privacy": PrivacySettings(consent="zone", zone=zone)}))
    assert "new settings" in mood(supervisor).reason
    wait_until(lambda: any(one.trusted for one in moods), LONG)
    assert max(one.frame_luminance for one in moods if one.trusted) < 0.2 * whole


def test_where_the_law_forbids_it_no_eye_is_ever_begun(keeping: Starts) -> None:
    supervisor = keeping()
    first = eye_that_sees(supervisor)
    school = supervisor._venue.model_copy(update={"privacy": PrivacySettings(place="school")})
    supervisor.renew(school)
    assert "school" in mood(supervisor).reason
    wait_until(lambda: supervisor.pid is None and not alive(first), LONG)
    assert supervisor.camera is supervisor.model is Sense.OFF
    assert supervisor.ready, "nothing is missing"
    assert EyeSupervisor(school, 1, LossReporter()).mood(0.0).reason == mood(supervisor).reason
