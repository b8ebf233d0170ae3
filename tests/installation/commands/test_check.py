"""``chiaro check``: what a technician reads at 17:55."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from typer.testing import CliRunner

from calibration.settings import CameraSettings, OscSettings, ScreenSettings
from calibration.venue import Venue
from installation.camera.device import found_devices
from installation.cli import app
from installation.commands.camera_checks import check_camera
from installation.commands.checks import check_disk, check_display, check_osc
from installation.commands.clip_checks import check_clips
from installation.commands.remembered import Remembered
from installation.host.state_folder import state_folder
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.camera.mjpeg_server import ServerProcess
from tests.installation.show.test_show import STORY
from tests.odd_clips import every, film

STANDS_FOR_A_CAMERA = Path("/dev/full")
"""A device that hardly any program holds."""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    for name in ("lamp", "door"):
        make_clip(tmp_path / f"{name}.mp4", seconds=4.0, fps=30, size=(160, 90))
    file = tmp_path / "story.toml"
    file.write_text(STORY)
    return file


def check(*options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check", "--headless", "--camera", "visitor", *options])
    return result.exit_code, result.stdout


def test_a_room_where_all_is_well_is_ready_for_tonight(story: Path, tmp_path: Path) -> None:
    (tmp_path / "venue.toml").write_text("[osc]\nlisten_port = 0\n")
    code, told = check(str(story), "--venue", str(tmp_path / "venue.toml"))
    assert code == 0, told
    assert "ready for tonight" in told


def test_of_a_venue_that_cannot_be_read_nothing_is_said_that_it_may_say(story: Path, tmp_path: Path) -> None:
    venue = tmp_path / "venue.toml"
    venue.write_text('[privacy]\nshown_by = "Museum of the Lake"\nconsent = "zone"\n')
    _, told = check(str(story), "--venue", str(venue), "--headless")
    assert "zone is missing" in told
    assert "says nothing" not in told


def test_a_bad_story_a_bad_venue_and_a_missing_camera_are_all_reported_at_once(story: Path, tmp_path: Path) -> None:
    story.write_text(STORY.replace('"door.mp4"', '"dor.mp4"').replace("loop = true", "lop = true"))
    (tmp_path / "venue.toml").write_text("[sound]\nvolum = 1\n")
    code, told = check(str(story), "--venue", str(tmp_path / "venue.toml"), "--camera", "/nowhere/film.mp4")
    assert code == 78
    assert "scenes.lamp.lop" in told
    assert "dor.mp4" in told
    assert "did you mean 'volume'" in told


def test_an_option_that_cannot_be_used_is_a_problem_and_the_rest_is_still_tried(story: Path) -> None:
    code, told = check(str(story), "--quick", "--osc", "somewhere", "--osc", "127.0.0.1:9876")
    assert code == 78
    assert "--osc: 'somewhere' is not a valid HOST:PORT" in told
    assert "story:" in told
    assert "no camera was found" not in told, "--camera visitor stays in force"
    assert "127.0.0.1:9876" in told, "and so does the other receiver"


def test_options_stay_in_force_when_the_venues_file_cannot_be_used(story: Path, tmp_path: Path) -> None:
    (tmp_path / "venue.toml").write_text("[sound]\nvolum = 1\n")
    code, told = check(str(story), "--quick", "--venue", str(tmp_path / "venue.toml"))
    assert code == 78
    assert "did you mean 'volume'" in told
    assert "camera: simulated visitor" in told
    code, told = check(str(story), "--quick", "--camera", "http://[::1", "--osc", "127.0.0.1:9876")
    assert code == 78
    assert "--camera: " in told
    assert "127.0.0.1:9876" in told
    assert "no camera was found" not in told, "another camera than the one that was typed is not tried"


def test_a_missing_camera_is_reported_with_the_key_that_names_it(story: Path) -> None:
    code, told = check(str(story), "--quick", "--camera", "/nowhere/film.mp4")
    assert code == 78
    assert "camera.source" in told


def test_a_clip_with_a_whole_header_and_half_its_pictures_is_found_by_decoding_it(story: Path) -> None:
    clip = story.parent / "door.mkv"
    make_clip(clip, seconds=4.0, fps=30, size=(160, 90))
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    story.write_text(STORY.replace("door.mp4", "door.mkv"))
    findings = list(
        check_clips(
            load_story(story, forgive_clips=True), lambda *_: None, ScreenSettings(), Remembered(state_folder())
        )
    )
    assert [finding.state for finding in findings] == ["problem", "warning"], findings
    assert "door.mkv" in findings[0].where


def test_every_caption_that_is_lost_or_cut_is_told_with_its_line(story: Path) -> None:
    at = "00:00:00,500 --> 00:00:02,000\n"
    rows = "\n".join(f"row {number}" for number in range(30))
    (story.parent / "a.srt").write_bytes(f"1\n{at}{rows}\n\n2\n00:00:0x,000 --> 00:00:04,000\nlost\n".encode())
    (story.parent / "b.srt").write_bytes(f"1\n{at}Caf\u00e9 \U0001e900\n".encode("utf-16"))
    scenes = STORY.replace('clip = "lamp.mp4"', 'clip = "lamp.mp4"\ncaptions = "a.srt"')
    story.write_text(scenes.replace('clip = "door.mp4"', 'clip = "door.mp4"\ncaptions = "b.srt"'))
    venue = story.parent / "venue.toml"
    venue.write_text("[osc]\nlisten = false\n")  # its usual port may be another program's
    code, told = check(str(story), "--quick", "--venue", str(venue))
    assert code == 0, told
    assert "scenes.lamp.captions: a.srt: line 35: has time stamps that cannot be read" in told
    assert "scene lamp: a.srt: line 2: does not fit on the picture" in told
    assert "scene door: b.srt: line 2: no font here contains '\U0001e900'" in told


def test_languages_that_a_scene_has_no_captions_in_are_told(story: Path, tmp_path: Path) -> None:
    for name in ("a.srt", "a.de.srt", "b.en.srt", "b.de.srt"):
        (story.parent / name).write_text("1\n00:00:00,500 --> 00:00:02,000\nHello \U0001e900\n", encoding="utf-8")
    scenes = STORY.replace('clip = "lamp.mp4"', 'clip = "lamp.mp4"\ncaptions = "a.srt"')
    story.write_text(scenes.replace('clip = "door.mp4"', 'clip = "door.mp4"\ncaptions = "b.en.srt"'))
    venue = tmp_path / "hall.toml"
    venue.write_text('name = "Hall"\n[screen]\ncaptions_languages = ["fr"]\n')
    told = check(str(story), "--quick", "--venue", str(venue))[1]
    assert "scene lamp, door: no captions in 'fr'; add a.fr.srt" in told
    assert "scene lamp: no captions in 'en'; add a.en.srt (if a.srt is in it, give it that name" in told
    assert "no captions in 'de'" not in told
    assert "scene door: b.de.srt: line 2: no font here contains" in told
    assert "4 captions laid out" in told


def test_the_line_that_mends_a_film_is_printed_as_it_must_be_typed(story: Path) -> None:
    """``:a:`` was once a letter in a red square."""
    film(story.parent / "take:a:1.mkv", every(120), transfer=16)
    story.write_text(STORY.replace("door.mp4", "take:a:1.mkv"))
    _, told = check(str(story), "--quick")
    assert "ffmpeg -i take:a:1.mkv -vf zscale=t=linear" in told
    assert told.split("is HDR")[1].splitlines()[0].endswith("-c:a aac -b:a 192k take:a:1-sdr.mp4")


def test_a_control_port_that_another_program_uses_is_reported() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        (finding,) = check_osc(Venue(osc=OscSettings(listen_port=port)))
    assert finding.state == "problem"
    assert str(port) in finding.where


def test_a_screen_that_nobody_sees_is_a_problem() -> None:
    (finding,) = check_display(Venue(), headless=False)  # the tests run on SDL's dummy driver
    assert finding.state == "problem"
    assert "black" in finding.what


@pytest.fixture
def camera() -> Iterator[ServerProcess]:
    server = ServerProcess()
    yield server
    server.unplug()


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("locked", "asks for a password"),
        ("login", "answered, but with no picture"),
        ("moved", "answered, but with no picture"),
        ("gone", "has nothing at this address"),
    ],
)
def test_what_a_network_camera_answers_instead_of_a_picture_is_told(
    camera: ServerProcess, path: str, answer: str
) -> None:
    (finding,) = check_camera(Venue(camera=CameraSettings(source=camera.url(path))))
    assert finding.state == "problem"
    assert answer in finding.what


def test_a_password_that_is_rejected_is_told_without_it(camera: ServerProcess) -> None:
    address = camera.url("locked").replace("127", "anna:se%23cret@127")
    (finding,) = check_camera(Venue(camera=CameraSettings(source=address)))
    assert "rejects this user or password" in finding.what
    assert "cret" not in str(finding)


@pytest.mark.parametrize(
    ("path", "rotate", "said"),
    [
        ("upside-down", 0, "hangs upside down; write rotate_degrees = 180 under [camera]"),
        ("upside-down", 180, "1280x720"),
        ("visitor", 90, "hangs on its side; write rotate_degrees = 0 under [camera]"),
        ("visitor", 0, "1280x720"),
    ],
)
def test_a_camera_that_hangs_the_wrong_way_is_told_with_the_key_that_turns_its_picture(
    camera: ServerProcess, path: str, rotate: Literal[0, 90, 180], said: str
) -> None:
    settings = CameraSettings(source=camera.url(path), rotate_degrees=rotate, open_timeout_seconds=30)
    (finding,) = check_camera(Venue(camera=settings))
    assert finding.state == ("ok" if "write" not in said else "problem"), finding
    assert said in finding.what


@pytest.mark.skipif(bool(found_devices()), reason="this machine has a camera")
def test_without_a_camera_it_is_ready_for_a_rehearsal_only_unless_that_is_meant(story: Path, tmp_path: Path) -> None:
    (tmp_path / "venue.toml").write_text("[osc]\nlisten = false\n")
    words = ["check", "--headless", "--quick", str(story), "--venue", str(tmp_path / "venue.toml")]
    found = CliRunner().invoke(app, words)
    assert found.exit_code == 1, found.output
    assert "ready for a rehearsal only" in found.stdout
    assert "ready for tonight" not in found.stdout
    assert CliRunner().invoke(app, [*words, "--camera", "visitor"]).exit_code == 0


def test_beside_the_running_show_its_port_and_its_camera_are_told_to_be_its_own(
    tmp_path: Path, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path / "state"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    venue = tmp_path / "venue.toml"
    venue.write_text(f'name = "hall"\n[osc]\nlisten_port = {port}\n')
    words = ["check", "--headless", "--quick", str(story), "--venue", str(venue), "--camera", "visitor"]
    command = [sys.executable, "-m", "installation", "run", str(story), "--headless", "--mute", "--camera", "visitor"]
    with subprocess.Popen([*command, "--venue", str(venue), "--seconds", "60"], stderr=subprocess.DEVNULL) as show:
        try:
            asked = time.monotonic()
            while not is_taken(port) and time.monotonic() < asked + 60:
                time.sleep(0.1)
            found = CliRunner().invoke(app, words)
            assert f"osc.listen_port = {port}: the running show has it (process {show.pid})" in found.stdout
            assert found.exit_code == 0, found.stdout
        finally:
            show.kill()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        found = CliRunner().invoke(app, words)
        assert found.exit_code == 78, "the show is gone, so it is another program"
        assert "another program uses this port" in found.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="who holds a port is told on Linux only")
def test_a_port_that_another_program_took_from_the_running_show_is_not_called_its_own() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held,
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as show,
    ):
        held.bind(("127.0.0.1", 0))
        venue = Venue.model_validate({"osc": {"listen_port": held.getsockname()[1]}})
        assert [finding.state for finding in check_osc(venue, show=os.getpid())][-1] == "ok"
        *_, finding = check_osc(venue, show=show.pid)
        assert finding.state == "problem"
        assert "another program uses this port" in finding.what
        show.communicate(b"\n")


def is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


@pytest.mark.skipif(not STANDS_FOR_A_CAMERA.exists(), reason="needs a device that stands for a camera")
def test_a_camera_that_the_running_show_holds_is_not_tried() -> None:
    device = STANDS_FOR_A_CAMERA
    holder = [sys.executable, "-c", f"held = open({str(device)!r}); print(flush=True); input()"]
    with subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as eye:
        assert eye.stdout is not None
        eye.stdout.readline()
        venue = Venue(camera=CameraSettings(source=str(device)))
        (finding,) = check_camera(venue, show=os.getpid())  # whose child the eye is
        assert (finding.state, finding.where) == ("ok", str(device))
        assert "the running show has it" in finding.what
        eye.communicate(b"\n")
    (finding,) = check_camera(venue, show=os.getpid())
    assert finding.state == "problem"


@pytest.mark.parametrize("verbose", [[], ["--verbose"]])
def test_ffmpegs_own_lines_are_told_only_when_they_are_asked_for(
    verbose: list[str], story: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of the camera; that it refused is told in our own words."""
    ran = CliRunner().invoke(
        app, ["check", str(story), "--quick", "--headless", "--camera", "rtsp://127.0.0.1:1/x", *verbose]
    )
    assert "127.0.0.1" in ran.output
    assert " @ 0x" not in capfd.readouterr().err
    assert (" @ 0x" in ran.stderr) is bool(verbose)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes of folders")
def test_a_check_before_the_first_run_leaves_a_state_folder_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        assert [finding.part for finding in check_disk(tmp_path / "state" / "journal")] == ["journal"]
    finally:
        os.umask(before)
    for folder in (tmp_path / "state", tmp_path / "state" / "journal"):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_the_check_as_json_says_each_step_each_finding_and_the_verdict(story: Path, tmp_path: Path) -> None:
    (tmp_path / "venue.toml").write_text("[osc]\nlisten_port = 0\n")
    code, told = check(str(story), "--json", "--venue", str(tmp_path / "venue.toml"))
    lines = [json.loads(line) for line in told.splitlines()]
    assert code == 0
    assert {line["kind"] for line in lines} == {"progress", "finding", "verdict"}
    assert lines[-1] == {"kind": "verdict", "verdict": "ready", "problems": 0}
    shares = [line["share"] for line in lines if line["kind"] == "progress"]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert all(line["what"] for line in lines if line["kind"] == "progress")
    code, told = check("nowhere.toml", "--json", "--quick", "--camera", "/nowhere/film.mp4")
    findings = [json.loads(line) for line in told.splitlines()]
    assert code == 78
    wrong = [one for one in findings if one.get("state") == "problem"]
    assert {"story", "camera"} <= {one["part"] for one in wrong}
    assert findings[-1] == {"kind": "verdict", "verdict": "problems", "problems": len(wrong)}


def test_what_a_running_show_holds_is_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "there-is-none")
    (alone,) = check_display(Venue(), headless=False)
    (beside,) = check_display(Venue(), headless=False, show=4711)
    assert (alone.state, beside.state) == ("problem", "ok")
    assert "process 4711" in beside.what
