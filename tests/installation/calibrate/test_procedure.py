"""A calibration from end to end, with simulated visitors, and all that may go wrong on the way."""

import errno
import os
import re
import shutil
import stat
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from calibration.errors import BadFile, Exit
from calibration.head import VenueHead
from calibration.profile import Calibration, LightProfile
from calibration.settings import CameraSettings
from calibration.venue import Venue, load_venue
from calibration.venue_folder import SHIPPED_VENUES
from installation.calibrate import draft, steps
from installation.calibrate.guide import Cancelled, TextGuide
from installation.calibrate.picture_source import RecordingRequest, SimulatedPictures
from installation.calibrate.procedure import _keep_address_out, _step_number
from installation.calibrate.steps import STEPS
from installation.cli import app
from installation.eye.venue_perception import VenuePerception
from installation.host.options import venue_of
from models.frame import Frame
from models.rendering.portrait import KEY
from models.seeing.classifier import open_classifier
from models.seeing.venue_head import head_of
from tests.models.tiny_classifier import make_classifier

QUICK = ("--yes", "--seconds", "1", "--emotions", "neutral,happiness,surprise")


def chiaro(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["calibrate", *words], input=typed)


def new_room(folder: Path) -> Path:
    """A venue with a small network of its own, so that a run takes seconds."""
    model = make_classifier(folder / "tiny.onnx")
    room = folder / "room.toml"
    room.write_text(
        "# upstairs\nname = 'attic'\n[camera]\nwidth = 640\nheight = 360\nopen_timeout_seconds = 0.1\n"
        f"[eye]\nclassifier_file = '{model}'\nsmallest_face_pixels = 24\n"
    )
    return room


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room that was calibrated once; its recordings were kept as pictures too."""
    room = new_room(tmp_path_factory.mktemp("done"))
    result = chiaro(str(room), "--camera", "visitor", "--keep-frames", str(room.parent / "takes"), *QUICK)
    assert result.exit_code == 0, result.output
    return room


@pytest.fixture
def room(done: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    copy = Path(shutil.copytree(done.parent, tmp_path / "room")) / done.name
    copy.write_text(copy.read_text().replace(str(done.parent), str(copy.parent)))
    return copy


def test_a_room_is_calibrated_with_nobody_there(done: Path) -> None:
    made = load_venue(done).calibration
    assert made.people == ("A", "B", "C")
    assert made.light.measured
    assert made.light.degrees_from(LightProfile(azimuth_degrees=KEY.azimuth, elevation_degrees=KEY.elevation)) < 20
    assert 0.5 < made.room.noise < 4
    assert made.room.face_luminance > 10
    assert made.faces > 30
    assert made.after.accuracy >= made.before.accuracy
    assert done.read_text().startswith("# upstairs\n")


def test_the_report_needs_nothing_from_elsewhere(done: Path) -> None:
    page = done.with_suffix(".html").read_text()
    assert page.count("<svg") >= 4
    assert "http" not in page
    assert "src=" not in page
    assert "attic" in page
    smallest = load_venue(done).eye.smallest_face_pixels
    assert f"<td>eye.smallest_face_pixels</td><td>{smallest} (the smallest face seen was " in page


def test_no_picture_of_a_volunteer_is_kept_unless_asked_for(done: Path) -> None:
    with np.load(draft.faces_file(done)) as kept:
        sizes = {name: kept[name].shape for name in kept.files}
    assert sizes["embeddings"][1] == 16
    assert all(len(shape) < 3 for shape in sizes.values())
    assert not list(done.parent.glob("*.png"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_comes_from_faces_is_for_its_owner_alone(done: Path) -> None:
    made = load_venue(done).calibration
    takes = done.parent / "takes"
    private = [draft.faces_file(done), done.with_suffix(".html"), *takes.rglob("*.png")]
    private += [Path(made.head)] if made.head else []
    assert len(private) > 20
    assert {mode(file) for file in private} == {0o600}
    assert {mode(folder) for folder in (takes, takes / "empty", takes / "A", takes / "A" / "neutral")} == {0o700}
    assert (takes / ".gitignore").read_text().endswith("*\n"), "wherever they are made, git leaves them out"


def test_a_new_name_is_written_to_the_user_s_folder_and_run_finds_it_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIARO_CONFIG", str(tmp_path / "config"))
    only_camera = ("--camera", "visitor", "--yes", "--step", "camera")
    result = chiaro("attic", *only_camera)
    file = tmp_path / "config" / "venues" / "attic.toml"
    assert result.stdout.strip().splitlines()[-1] == str(file)
    assert venue_of("attic") == load_venue(file)
    assert mode(file.parent) == 0o700
    shipped = (SHIPPED_VENUES / "gallery.toml").read_text()
    result = chiaro("gallery", *only_camera)
    assert result.exit_code == 0, result.output
    assert (SHIPPED_VENUES / "gallery.toml").read_text() == shipped, "the example stays as it came"
    copy = file.with_name("gallery.toml")
    assert copy.read_text().startswith(shipped.splitlines()[0])
    assert venue_of("gallery") == load_venue(copy)


def test_a_venue_file_that_is_a_link_stays_one_and_keeps_its_mode(room: Path, tmp_path: Path) -> None:
    link = tmp_path / "venues" / "hall.toml"
    link.parent.mkdir()
    link.symlink_to(room)
    room.chmod(0o600)
    before = room.read_text()
    result = chiaro(str(link), "--camera", "visitor", *QUICK)
    assert result.exit_code == 0, result.output
    assert link.is_symlink()
    assert room.read_text() != before
    assert mode(room) == mode(room.with_name("room.toml.previous")) == 0o600
    assert room.with_name("room.toml.previous").read_text() == before
    head = load_venue(link).calibration.head
    assert not head or Path(head).exists()


def test_the_room_is_as_it_was(room: Path) -> None:
    result = chiaro(str(room), "--check", "--camera", "visitor")
    assert result.exit_code == 0, result.output
    assert len(result.stdout.strip().splitlines()) == 1


def test_a_darker_lamp_is_reported_before_the_doors_open(room: Path) -> None:
    venue = load_venue(room)
    text = room.read_text().replace(
        f"face_luminance = {venue.calibration.room.face_luminance:.4f}".rstrip("0"), "face_luminance = 20.0"
    )
    assert text != room.read_text()
    room.write_text(text)
    result = chiaro(str(room), "--check", "--camera", "visitor")
    assert result.exit_code == 1
    assert result.stdout.startswith("NOT as calibrated: the face mean is")


def test_recordings_on_disk_calibrate_as_people_do(room: Path) -> None:
    result = chiaro(str(room), "--camera", str(room.parent / "takes"), *QUICK)
    assert result.exit_code == 0, result.output
    venue = load_venue(room)
    assert venue.calibration.faces > 30
    assert venue.calibration.camera == "recordings in takes"
    assert venue.camera.source == ""  # the venue keeps its own camera


def test_people_before_a_camera_are_asked_and_led(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(room.parent / "takes" / "A" / "happiness", room.parent / "seen")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    words = ("--camera", str(room.parent / "seen"), "--step", "faces", "--no-window", "--seconds", "1")
    typed = "\n".join(["xy", "n", "ABC", "y", "", "", "", ""]) + "\n"
    result = chiaro(str(room), *words, "--emotions", "neutral,happiness", typed=typed)
    assert result.exit_code == 0, result.output
    assert "nothing is recorded" in result.output
    assert load_venue(room).calibration.people == ("AB",)


def test_q_ends_it_and_the_last_calibration_stays(room: Path) -> None:
    before = room.read_bytes()
    words = ("--camera", str(room.parent / "takes" / "A" / "neutral"), "--no-window")
    unchanged(room, chiaro(str(room), *words, typed="q\n"), 1)
    assert room.read_bytes() == before


def test_fitting_alone_uses_the_recordings_of_last_time(room: Path) -> None:
    before = load_venue(room).calibration
    result = chiaro(str(room), "--step", "fit")
    assert result.exit_code == 0, result.output
    after = load_venue(room).calibration
    assert after.faces == before.faces
    assert after.light == before.light


def test_what_a_kill_left_half_written_is_swept_up(room: Path) -> None:
    left = room.parent / "room.head-12345678.npz.new"
    left.touch()
    assert chiaro(str(room), "--step", "fit").exit_code == 0
    assert not left.exists()


def test_measuring_the_camera_again_leaves_the_head(room: Path) -> None:
    (room.parent / "room.head-1.npz").write_bytes(VenueHead(np.zeros((16, 8)), np.zeros(8), 1.2).packed())
    room.write_text(re.sub(r'^head = ".*?"', 'head = "room.head-1.npz"', room.read_text(), flags=re.MULTILINE))
    result = chiaro(str(room), "--camera", "visitor", "--step", "camera", *QUICK)
    assert result.exit_code == 0, result.output
    venue = load_venue(room)
    head = head_of(venue.calibration, venue.eye)
    assert head is not None
    assert head.temperature == 1.2


def unchanged(room: Path, result: Result, code: int) -> None:
    assert result.exit_code == code, result.output
    assert load_venue(room).calibration.made
    assert not list(room.parent.glob("*.new"))


def test_a_wrong_camera_leaves_the_last_calibration(room: Path) -> None:
    before = room.read_bytes()
    unchanged(room, chiaro(str(room), "--camera", "no-such-thing", *QUICK), Exit.UNAVAILABLE)
    assert room.read_bytes() == before


def test_without_a_face_the_last_calibration_stays(room: Path) -> None:
    before = room.read_bytes()
    for file in (room.parent / "takes").rglob("*.png"):
        file.write_bytes(black())
    unchanged(room, chiaro(str(room), "--camera", str(room.parent / "takes"), *QUICK), Exit.UNAVAILABLE)
    assert room.read_bytes() == before


def black() -> bytes:
    import cv2

    return cv2.imencode(".png", np.zeros((360, 640, 3), np.uint8))[1].tobytes()


def test_one_who_ends_it_half_way_leaves_the_last_calibration(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = room.read_bytes()

    def ended(*_: object) -> None:
        raise Cancelled

    monkeypatch.setattr(steps, "faces", ended)
    unchanged(room, chiaro(str(room), "--camera", "visitor", *QUICK), 1)
    assert room.read_bytes() == before


def test_a_full_disk_leaves_the_last_calibration(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = room.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    unchanged(room, chiaro(str(room), "--step", "fit"), Exit.UNAVAILABLE)
    assert room.read_bytes() == before


def test_a_calibration_for_another_network_is_refused_with_the_remedy(room: Path) -> None:
    venue = load_venue(room)
    assert head_of(venue.calibration, venue.eye) is not None or not venue.calibration.head
    make_classifier(Path(venue.eye.classifier_file), seed=1)
    with pytest.raises(BadFile, match=r"run 'chiaro calibrate .*room\.toml'"):
        head_of(venue.calibration, venue.eye)


def test_the_check_before_the_doors_open_refuses_a_calibration_for_another_network(room: Path) -> None:
    make_classifier(Path(load_venue(room).eye.classifier_file), seed=1)
    result = chiaro(str(room), "--check", "--camera", "visitor")
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "to renew it" in result.output


def test_recordings_of_another_network_are_refused(room: Path) -> None:
    make_classifier(Path(load_venue(room).eye.classifier_file), seed=1)
    result = chiaro(str(room), "--step", "fit")
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "another network" in result.output


def test_real_people_are_never_answered_for(room: Path) -> None:
    (room.parent / "one").mkdir()
    (room.parent / "one" / "1.png").write_bytes(black())
    result = chiaro(str(room), "--camera", str(room.parent / "one"), *QUICK)
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "cannot answer for real people" in result.output


def test_words_that_are_not_known_are_reported_all_at_once(room: Path) -> None:
    result = chiaro(str(room), "--step", "fitt", "--emotions", "hapiness,neutral")
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "did you mean 'fit'" in result.output
    assert "did you mean 'happiness'" in result.output


def test_a_room_that_was_never_calibrated_cannot_be_compared(tmp_path: Path) -> None:
    result = chiaro(str(new_room(tmp_path)), "--check", "--camera", "visitor")
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "was never calibrated" in result.output


def test_the_running_eye_uses_the_room_s_head_and_leaves_it_out_for_another_network(room: Path) -> None:
    venue = load_venue(room)
    network = open_classifier(venue.eye.classifier_file, "cpu")
    head = VenueHead(np.zeros((network.embedding_size, 8)), np.eye(8)[3] * 50)  # sees sadness everywhere
    (room.parent / "always-sad.npz").write_bytes(head.packed())
    made = venue.calibration.model_copy(update={"head": str(room.parent / "always-sad.npz")})
    perception = VenuePerception(venue.model_copy(update={"calibration": made}))
    people = SimulatedPictures(venue.camera, 0)
    for k, picture in enumerate(people.pictures(RecordingRequest("A", "happiness"), 2.0)):
        mood = perception.update(Frame(picture, 0.1 * k, k))
    assert mood.dominant == "sadness"
    assert perception.drift < 1
    make_classifier(Path(venue.eye.classifier_file), seed=1)
    left_out = VenuePerception(venue).left_out
    assert len(left_out) == 1
    assert re.search(r"run 'chiaro calibrate .*room\.toml'", left_out[0])


@pytest.mark.parametrize(
    ("todo", "numbers"),
    [
        (STEPS, {"screen": (1, 5), "camera": (2, 5), "light": (3, 5), "faces": (4, 5), "fit": (5, 5)}),
        (("faces",), {"faces": (1, 2), "fit": (2, 2)}),
        (("light", "camera"), {"camera": (1, 2), "light": (2, 2)}),
        (("fit",), {"fit": (1, 1)}),
    ],
)
def test_each_step_says_which_of_how_many_it_is(todo: tuple[str, ...], numbers: dict[str, tuple[int, int]]) -> None:
    assert {name: _step_number(name, todo) for name in numbers} == numbers


@pytest.mark.parametrize(
    ("address", "own", "written"),
    [
        ("/dev/video2", CameraSettings(), True),
        ("rtsp://192.0.2.7/stream", CameraSettings(), True),
        ("rtsp://admin:hunter2@192.0.2.7/stream", CameraSettings(), False),
        ("http://192.0.2.7/video?token=hunter2", CameraSettings(), False),
        ("/dev/video2", CameraSettings(source_file="camera.address"), False),
    ],
)
def test_a_camera_s_address_with_a_password_is_not_written_into_the_venue_file(
    address: str, own: CameraSettings, written: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = draft.Draft(Venue(), Calibration(), seen_by="x")
    begun.changes["camera"] = {"source": (address, "calibrated with it")}
    _keep_address_out(begun, own, TextGuide())
    assert ("source" in begun.changes["camera"]) is written
    told = "".join(capsys.readouterr())
    assert ("is not written into the venue file" in told) is not written
    assert "hunter2" not in told
