"""What the eye sees with when files of its venue are torn: the rest of them, and what is shipped."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from calibration.errors import BadFile
from calibration.head import VenueHead
from calibration.venue import Venue
from installation.eye.perception import CannotBegin
from installation.eye.usable_sight import open_usable_sight
from installation.eye.venue_perception import VenuePerception
from installation.host.fetch import DOWNLOADS
from models import GRAPHS
from models.frame import Frame
from models.seeing.card import read_card
from models.seeing.classifier import SHIPPED
from models.seeing.mtcnn_weights import NoWeights
from models.seeing.runtime import NoCuda
from models.seeing.sight import open_sight
from models.seeing.venue_head import head_of
from tests.installation.waiting import LONG, wait_until
from tests.models.seeing.test_yunet import make_yunet
from tests.models.tiny_classifier import make_classifier

BLACK = Frame(np.zeros((120, 160, 3), np.uint8), 0.0, 1)


def venue_with(folder: Path, head: bytes | None = None, made_with: str = "", **eye: str) -> Venue:
    calibration = {"made": "today", "model_sha256": made_with or read_card(SHIPPED).sha256}
    if head is not None:
        (folder / "head.npz").write_bytes(head)
        calibration["head"] = str(folder / "head.npz")
    return Venue.model_validate({"calibration": calibration, "eye": {"device": "cpu", **eye}})


def test_after_a_lost_camera_the_next_picture_is_looked_at_as_the_first_one_was() -> None:
    perception = VenuePerception(Venue.model_validate({"eye": {"device": "cpu"}}), beside=True)
    times = count()

    def rests() -> bool:
        number = next(times)
        perception.update(Frame(BLACK.image, number / 15, number))
        return perception.rest_seconds > 0

    wait_until(rests, LONG)
    assert not perception.blind(99.0, "the camera gives no pictures").trusted
    assert perception.rest_seconds == 0.0, "what was known of the pictures before is forgotten"


def test_with_sound_files_nothing_is_left_out(tmp_path: Path) -> None:
    head = VenueHead(np.zeros((256, 8)), np.zeros(8)).packed()
    assert open_usable_sight(venue_with(tmp_path, head))[1] == ()


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (b"PK\x03\x04 torn", "not a valid head file"),
        (VenueHead(np.zeros((256, 8)), np.zeros(8)).packed()[:-40], "not a valid head file"),
        (VenueHead(np.zeros((3, 8)), np.zeros(8)).packed(), "3 by 8 weights, the network needs 256 by 8"),
        (VenueHead(np.full((256, 8), 1e300), np.zeros(8)).packed(), "numbers that no calibration gives"),
    ],
    ids=["no zip", "torn", "of another network", "of absurd numbers"],
)
def test_a_head_that_cannot_be_used_is_left_out_and_named(tmp_path: Path, head: bytes, why: str) -> None:
    venue = venue_with(tmp_path, head)
    perception = VenuePerception(venue)
    assert why in "\n".join(perception.left_out)
    assert perception.update(BLACK).count == 0
    with pytest.raises(BadFile, match=why):  # the check before the doors open refuses it
        open_sight(venue.eye, head=head_of(venue.calibration, venue.eye))


def test_a_calibration_for_another_network_is_left_out_and_says_how_to_renew_it(tmp_path: Path) -> None:
    sight, left_out = open_usable_sight(venue_with(tmp_path, made_with="f" * 64))
    assert "to renew it" in left_out[0]
    assert sight.detect_and_classify(BLACK) == []


def test_a_torn_network_is_replaced_by_the_shipped_one_and_its_head_goes_with_it(tmp_path: Path) -> None:
    own = make_classifier(tmp_path / "own.onnx")
    sha256 = read_card(own).sha256
    own.write_bytes(own.read_bytes()[:-100])
    head = VenueHead(np.zeros((16, 8)), np.zeros(8)).packed()
    sight, left_out = open_usable_sight(venue_with(tmp_path, head, sha256, classifier_file=str(own)))
    assert "own.onnx: is not the file of its card" in left_out[0]
    assert "its head was made for the network that is left out" in left_out[1]
    assert "chiaro-emotion" in sight.line


def test_a_torn_variant_is_left_out_and_the_network_itself_stays(tmp_path: Path) -> None:
    own = make_classifier(tmp_path / "own.onnx")
    make_classifier(tmp_path / "own.int8.onnx", card=False)
    sight, left_out = open_usable_sight(venue_with(tmp_path, None, read_card(own).sha256, classifier_file=str(own)))
    assert "own.int8.onnx" in left_out[0]
    assert "classifier own 0.0-test" in sight.line


def test_a_network_that_answers_with_no_numbers_is_refused(tmp_path: Path) -> None:
    own = make_classifier(tmp_path / "own.onnx", scale=float("nan"))
    _, left_out = open_usable_sight(venue_with(tmp_path, classifier_file=str(own)))
    assert "NaN" in left_out[0]


def test_a_network_with_another_number_of_classes_than_its_card_says_is_refused(tmp_path: Path) -> None:
    own = make_classifier(tmp_path / "own.onnx", classes=7)
    sight, left_out = open_usable_sight(venue_with(tmp_path, classifier_file=str(own)))
    assert "its outputs are {'probabilities': 7" in left_out[0]
    assert "chiaro-emotion" in sight.line


def test_a_detector_s_file_that_is_none_is_replaced_by_the_shipped_detector(tmp_path: Path) -> None:
    (tmp_path / "yunet.onnx").write_bytes(b"torn")
    eye = {"detector": "yunet", "detector_file": str(tmp_path / "yunet.onnx")}
    sight, left_out = open_usable_sight(Venue.model_validate({"eye": {"device": "cpu", **eye}}))
    assert "yunet.onnx" in left_out[0]
    assert "Mtcnn" in sight.line


def test_a_gpu_that_is_demanded_and_missing_is_told_and_the_cpu_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.seeing.runtime.why_no_cuda", lambda: "no NVIDIA driver")
    venue = Venue.model_validate({"eye": {"device": "cuda"}})
    perception = VenuePerception(venue)
    (told,) = perception.left_out
    assert "[eye] device" in told
    assert "no NVIDIA driver" in told
    assert perception.provider == "CPUExecutionProvider"
    assert perception.update(BLACK).count == 0
    with pytest.raises(NoCuda):  # the check before the doors open refuses it
        open_sight(venue.eye)


def shipped_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is shipped, to be torn."""
    for file in SHIPPED.parent.glob("chiaro-emotion*"):
        shutil.copy(file, folder)
    for module in ("models.seeing.classifier", "models.seeing.venue_head", "installation.eye.usable_sight"):
        monkeypatch.setattr(f"{module}.SHIPPED", folder / SHIPPED.name)
    return folder / SHIPPED.name


def tear(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def test_of_a_shipped_network_that_is_torn_the_variant_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tear(shipped_in(tmp_path, monkeypatch))
    sight, left_out = open_usable_sight(Venue.model_validate({"eye": {"device": "cpu"}}))
    assert "chiaro-emotion.onnx: is not the file of its card" in left_out[0]
    assert "chiaro-emotion.int8" in sight.line
    assert sight.detect_and_classify(BLACK) == []


def test_where_not_even_what_is_shipped_can_be_used_all_reasons_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = shipped_in(tmp_path, monkeypatch)
    for file in (shipped, shipped.with_suffix(".int8.onnx")):
        tear(file)
    with pytest.raises(CannotBegin) as refusal:
        open_usable_sight(Venue.model_validate({"eye": {"device": "cpu"}}))
    assert [Path(line.split(":")[0]).name for line in refusal.value.problems] == [
        "chiaro-emotion.onnx",
        "chiaro-emotion.int8.onnx",
    ]


def test_a_shipped_detector_that_is_torn_is_told_and_no_fault_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(GRAPHS, tmp_path / "graphs")
    monkeypatch.setattr("models.seeing.mtcnn.GRAPHS", tmp_path / "graphs")
    monkeypatch.setattr("installation.host.fetch.models_folder", lambda: tmp_path)
    tear(tmp_path / "graphs" / "rnet.onnx")
    with pytest.raises(CannotBegin, match=r"rnet.onnx: is not an onnx file that can be run"):
        open_usable_sight(Venue())
    (tmp_path / "graphs" / "rnet.onnx").unlink()
    with pytest.raises(CannotBegin, match=r"rnet.onnx: is not an onnx file that can be run"):
        open_usable_sight(Venue())


def test_a_detector_that_was_downloaded_once_takes_the_place_of_a_shipped_one_without_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_weights(_: str) -> None:
        raise NoWeights("the face detector's weights were not found")

    monkeypatch.setattr("models.seeing.mtcnn_weights.read_weights", no_weights)
    monkeypatch.setattr("installation.host.fetch.models_folder", lambda: tmp_path)
    make_yunet(tmp_path / DOWNLOADS["yunet"].file_name)
    sight, left_out = open_usable_sight(Venue())
    assert left_out == ("the face detector's weights were not found",)
    assert "YuNet" in sight.line


def test_a_file_that_is_mended_is_used_when_the_networks_are_rebuilt(tmp_path: Path) -> None:
    perception = VenuePerception(venue_with(tmp_path, b"torn"))
    assert perception.left_out
    (tmp_path / "head.npz").write_bytes(VenueHead(np.zeros((256, 8)), np.zeros(8)).packed())
    perception.repair()
    assert not perception.left_out


def test_as_many_faces_are_classified_in_a_look_as_the_venue_says() -> None:
    assert open_usable_sight(Venue())[0]._turns._at_most == 8
    assert open_usable_sight(Venue.model_validate({"eye": {"classify_at_most": 20}}))[0]._turns._at_most == 20
