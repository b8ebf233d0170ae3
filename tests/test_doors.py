"""Any bytes at any door: what comes out is what was asked for, or one error of ours with words in it.

A door is a function that reads what somebody else wrote: a story, a venue, a head, a network, faces, a clip, a picture,
a packet. Each is given bytes by chance and sound files that are cut, spliced or have bits flipped. Whatever else than
a ``ChiaroError`` comes out is a traceback in front of an audience, and fails here.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.array_file import FLOAT, FLOATS, load_shipped_arrays
from calibration.errors import ChiaroError
from calibration.fitting import Faces
from calibration.head import VenueHead, read_head
from calibration.profile import Calibration
from calibration.settings import CameraSettings, EyeSettings, OscSettings
from calibration.venue import Venue, load_venue
from installation.calibrate.draft import Draft, _packed_faces, faces_file, read_faces_kept
from installation.camera.open_source import open_source
from installation.camera.picture_files import frames_of
from installation.host.options import with_options, with_source
from installation.osc.command_parser import read as read_command
from installation.osc.decoder import decode
from installation.osc.replay import scene_names, steps
from models.evaluation.dataset import read_faces
from models.labels import LABELS
from models.lighting.lamp_prior import read_prior
from models.rendering.simulated_visitor import read_portraits
from models.seeing.card import card_beside, read_card
from models.seeing.classifier import open_classifier
from models.seeing.detector import open_detector
from scenes.machine.command import Origin
from scenes.story.captions import read_captions
from scenes.story.probe import probe
from scenes.story.story import load_story
from tests.clips import make_clip, make_sound, make_still
from tests.models.tiny_classifier import FACTS, make_classifier
from tests.odd_clips import song_with_cover

STORY = """title = "Tür"
attract = "wait"
start = "on"
safe = "wait"
[groups]
calm = ["neutral", "happiness"]
[scenes.wait]
clip = "a.png"
[[scenes.wait.cue]]
at_seconds = 1
osc = { address = "/cue/a", arguments = [1, 0.5, "x"] }
[scenes.on]
clip = "a.png"
still_seconds = 4.5
branch = [{ to = "wait", when = { mood = "calm", share = 0.5 } }, { to = "on", otherwise = true }]
"""
VENUE = """name = "hall"
[camera]
source = "rtsp://user:p%23ss@192.168.1.20:554/stream"
region = { left = 0.1, right = 0.9 }
[mood]
preset = "crowd"
[osc]
allow = ["192.168.1.0/24"]
targets = [{ host = "10.0.0.5", port = 9000, addresses = { "/emo/mood" = "/room/mood" } }]
[calibration]
made = "2026-11-26 12:00"
people = ["A", "B"]
controls = { gain = 3.0 }
head = "hall.head.npz"
"""
JOURNAL = "\n".join(
    json.dumps(line)
    for line in (
        {"t": 1.0, "kind": "show_start", "story": "x"},
        {"t": 2.0, "kind": "mood", "trusted": True, "present": True, "count": 1},
        {"t": 3.0, "kind": "scene_start", "scene": "on", "index": 2, "entry": 1},
        {"t": 4.0, "kind": "branch", "source": "on", "target": "wait", "reason": "otherwise"},
        {"t": 5.0, "kind": "scene_end", "scene": "on", "index": 2, "entry": 1, "seconds": 2.0},
        {"t": 5.5, "kind": "state", "state": "attract"},
    )
)


@dataclass(frozen=True)
class Door:
    """A function that reads a file, and what it reads when all is well."""

    file: str
    sound: Callable[[Path], bytes]
    """Makes the content of a sound file; what must lie beside it, it leaves in the folder."""
    opens: Callable[[Path], object]


def written(make: Callable[[Path], Path]) -> Callable[[Path], bytes]:
    return lambda folder: make(folder / "sound").read_bytes()


def clip(suffix: str) -> Callable[[Path], bytes]:
    return lambda folder: make_clip(folder / f"clip{suffix}", seconds=1, fps=4, sound=True).read_bytes()


def packed(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def story(folder: Path) -> bytes:
    make_still(folder / "a.png")
    return STORY.encode()


def prior(_: Path) -> bytes:
    return packed(
        made_for="0" * 64,
        centre=np.zeros(16, np.float32),
        scale=np.float32(1),
        mix=np.full(8, 0.125, np.float32),
        places=np.zeros((2, 2), np.float32),
        weights=np.zeros((2, 16, 8), np.float16),
        bias=np.zeros((2, 8), np.float32),
    )


def kept_faces(_: Path) -> bytes:
    even = np.full((4, 8), 0.125, np.float32)
    who = np.arange(4) % 2
    faces = Faces(even, np.zeros((4, 16), np.float32), np.arange(4), who, np.full(4, 0.5))
    return _packed_faces(faces, Draft(Venue(), Calibration(), seen_by="x", initials=("A", "B")))


def portraits(_: Path) -> bytes:
    jpeg = cv2.imencode(".jpg", np.zeros((9, 9, 3), np.uint8))[1]
    return packed(**{"0/depth": np.zeros((9, 9), np.uint8), "0/neutral/1": jpeg, "0/happiness/0.5": jpeg})


def read_kept(path: Path) -> object:
    venue_file = path.with_name(path.name.removesuffix(".faces.npz") + ".toml")
    assert faces_file(venue_file) == path
    draft = Draft(Venue(), Calibration(), seen_by="x")
    read_faces_kept(draft, venue_file)
    return draft.faces


def contact_sheet(folder: Path) -> bytes:
    cv2.imwrite(str(folder / "sheet.png"), np.zeros((48, 48 * 128), np.uint8))
    (folder / "faces.csv").write_bytes(votes(folder))
    return (folder / "sheet.png").read_bytes()


def votes(folder: Path) -> bytes:
    cv2.imwrite(str(folder / "votes.png"), np.zeros((48, 48 * 128), np.uint8))
    names = (*LABELS, "unknown", "no_face")
    return "\n".join([",".join(names), *(",".join("3" if a == b else "0" for a in names) for b in names)]).encode()


def card(folder: Path) -> bytes:
    return card_beside(make_classifier(folder / "net.onnx")).read_bytes()


def open_with_its_card(path: Path) -> object:
    """A network whose card is right about its bytes, whatever they are: only then does onnxruntime get to see them."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    card_beside(path).write_text(json.dumps({"sha256": digest, **FACTS}), encoding="utf-8")
    return open_classifier(path, "cpu")


def open_as_camera(path: Path) -> object:
    source = open_source(CameraSettings(source=str(path)), 0)
    try:
        source.grab()
        return source.retrieve()
    finally:
        source.close()


def open_as_yunet(path: Path) -> object:
    return open_detector(EyeSettings(detector="yunet", detector_file=str(path)))


def replay(path: Path) -> object:
    return len(list(steps(path))), scene_names(path)


def pretrained(path: Path) -> object:
    torch = pytest.importorskip("torch")
    from models.training.network_config import NetworkConfig
    from models.training.restore import load_pretrained

    return load_pretrained(path, NetworkConfig(), [torch.zeros(1, 1, 64, 64)])


def checkpoint(folder: Path) -> bytes:
    torch = pytest.importorskip("torch")
    torch.save({"network_config": {"channels": [8, 8]}, "ema_network": {"a": torch.zeros(3)}}, folder / "x.pt")
    return (folder / "x.pt").read_bytes()


DOORS = {
    "story": Door("story.toml", story, lambda path: load_story(path)),
    "venue": Door("hall.toml", lambda _: VENUE.encode(), load_venue),
    "head": Door("x.npz", lambda _: VenueHead(np.zeros((16, 8)), np.zeros(8)).packed(), read_head),
    "prior": Door("net.prior.npz", prior, lambda path: read_prior(path.with_name("net.onnx"), "0" * 64)),
    "shipped arrays": Door(
        "eyes.npz",
        lambda _: packed(weights=np.zeros(4, np.float32), bias=np.float32(1)),
        lambda path: load_shipped_arrays(path, {"weights": FLOATS, "bias": FLOAT}),
    ),
    "shipped portraits": Door("visitors.npz", portraits, read_portraits),
    "recordings": Door("hall.faces.npz", kept_faces, read_kept),
    "faces, arrays": Door(
        "faces.npz", lambda _: packed(images=np.zeros((3, 9, 9), np.uint8), labels=np.arange(3)), read_faces
    ),
    "faces, sheet": Door("faces.png", contact_sheet, read_faces),
    "faces, votes": Door("votes.csv", votes, lambda path: read_faces(path.with_suffix(".png"))),
    "network's card": Door("net.json", card, lambda path: read_card(path.with_suffix(".onnx"))),
    "network": Door("own.onnx", written(make_classifier), open_with_its_card),
    "detector": Door("yunet.onnx", written(make_classifier), open_as_yunet),
    "pretrained network": Door("begin.onnx", written(make_classifier), pretrained),
    "checkpoint": Door("begin.pt", checkpoint, pretrained),
    "clip": Door("clip.mp4", clip(".mp4"), probe),
    "clip, matroska": Door("clip.mkv", clip(".mkv"), probe),
    "sound": Door("bed.wav", lambda folder: make_sound(folder / "tone.wav").read_bytes(), probe),
    "song": Door("song.mp3", lambda folder: song_with_cover(folder / "x.mp3").read_bytes(), probe),
    "sound, ogg": Door("song.ogg", lambda folder: make_sound(folder / "x.ogg").read_bytes(), probe),
    "picture": Door(
        "a.png", lambda folder: make_still(folder / "x.png").read_bytes(), lambda path: list(frames_of(path, 1))
    ),
    "film for classify": Door("b.mkv", clip(".mkv"), lambda path: len(list(frames_of(path, 1)))),
    "film as camera": Door("camera.mkv", clip(".mkv"), open_as_camera),
    "captions": Door("lines.srt", lambda _: b"1\n00:00:01,000 --> 00:00:02,000\n<i>a</i>\n\n", read_captions),
    "journal": Door("evening.jsonl", lambda _: JOURNAL.encode(), replay),
    "journal, compressed": Door("evening.jsonl.gz", lambda _: gzip.compress(JOURNAL.encode(), mtime=0), replay),
    "packet": Door(
        "packet", lambda _: b"/emo/mood\0\0\0,if\0\0\0\0\1\0\0\0\0", lambda path: list(decode(path.read_bytes()))
    ),
    "command": Door(
        "command",
        lambda _: b"/emo/control/goto\0\0\0,s\0\0on\0\0",
        lambda path: read_command(path.read_bytes(), OscSettings(), ["on"], Origin("osc")),
    ),
}


@cache
def sound_content(name: str, folder: Path) -> bytes:
    return DOORS[name].sound(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("doors")


class Torn(bytes):
    """Bytes that a failing test shows by their beginning, and not on a hundred screens."""

    def __repr__(self) -> str:
        return f"{len(self)} bytes, sha256 {hashlib.sha256(self).hexdigest()[:12]}: {self[:60]!r}"


@st.composite
def torn(draw: st.DrawFn, sound: bytes) -> bytes:
    """Bytes by chance, or the sound ones cut, with bits flipped, with a piece removed, doubled or put in."""
    place = st.integers(0, len(sound))
    a, b = sorted((draw(place), draw(place)))
    match draw(st.sampled_from(("any", "cut", "flipped", "removed", "doubled", "put in"))):
        case "any":
            return draw(st.binary(max_size=200))
        case "cut":
            return sound[:a]
        case "removed":
            return sound[:a] + sound[b:]
        case "doubled":
            return sound[:b] + sound[a:]
        case "put in":
            return sound[:a] + draw(st.binary(max_size=30)) + sound[a:]
    content = bytearray(sound)
    for at in draw(st.lists(st.integers(0, len(sound) - 1), min_size=1, max_size=8)):
        content[at] ^= 1 << draw(st.integers(0, 7))
    return bytes(content)


def knock(name: str, folder: Path, data: st.DataObject) -> None:
    door = DOORS[name]
    sound = sound_content(name, folder)
    path = folder / door.file
    path.write_bytes(data.draw(torn(sound).map(Torn)))
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)  # what was opened is closed
        try:
            door.opens(path)
        except ChiaroError as refused:
            assert "".join(refused.lines()).strip()  # noqa: PT017 - any other error fails the test by itself


@pytest.mark.parametrize("name", DOORS)
def test_the_sound_file_is_taken(name: str, folder: Path) -> None:
    """What is torn below was whole: else the doors would refuse everything, and the tests hold nothing."""
    if name in ("detector", "pretrained network", "checkpoint"):
        return  # no sound one can be made here in a moment; any bytes are refused in words all the same
    path = folder / DOORS[name].file
    path.write_bytes(sound_content(name, folder))
    assert DOORS[name].opens(path) is not None


@pytest.mark.parametrize("name", DOORS)
@given(data=st.data())
@settings(max_examples=100)
def test_any_bytes_at_any_door_end_in_what_was_asked_for_or_one_clear_error(
    name: str, folder: Path, data: st.DataObject
) -> None:
    knock(name, folder, data)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", DOORS)
@given(data=st.data())
@settings(max_examples=2000)
def test_any_bytes_at_any_door_two_thousand_times(name: str, folder: Path, data: st.DataObject) -> None:
    knock(name, folder, data)


@given(st.one_of(st.text(), st.from_regex(r"(rtsp|http|udp|x)://[a-z:@/?#\[\]0-9. %]*", fullmatch=True)))
@settings(max_examples=300)
def test_any_address_of_a_camera_opens_a_source_or_is_refused(source: str) -> None:
    try:
        with_source(CameraSettings(), source)
    except ChiaroError as refused:
        assert "--camera" in str(refused)  # noqa: PT017 - any other error fails the test by itself


@given(st.text(), st.from_regex(r"[\d²③]{1,8}x[\d²]{1,6000}", fullmatch=True), st.from_regex(r"[a-z:]*:[\d²③]{1,9}"))
@settings(max_examples=200)
def test_any_window_and_any_receiver_that_is_typed_is_taken_or_refused(text: str, window: str, receiver: str) -> None:
    for typed in (text, window, receiver):
        for option in ("window", "osc"):
            try:
                with_options(Venue(), **{option: typed if option == "window" else [typed]})  # type: ignore[arg-type]
            except ChiaroError as refused:
                assert f"--{option}" in str(refused)  # noqa: PT017 - any other error fails the test by itself


def refused(name: str, folder: Path, content: bytes) -> str:
    (folder / DOORS[name].file).write_bytes(content)
    with pytest.raises(ChiaroError) as refusal:
        DOORS[name].opens(folder / DOORS[name].file)
    return "\n".join(refusal.value.lines())


def test_a_film_whose_codec_nobody_knows_is_refused_in_words(tmp_path: Path) -> None:
    film = sound_content("clip, matroska", tmp_path).replace(b"V_MPEG4/ISO/AVC", b"V_MPEG4/ISO/XYZ")
    assert "no decoder" in refused("clip, matroska", tmp_path, film)


def test_a_network_whose_metadata_is_no_text_is_refused_in_words(tmp_path: Path) -> None:
    network = sound_content("network", tmp_path).replace(b'"0.0-test"', b'"0.0-\xff\xfe\xfd\xfc"')
    assert "is not an onnx file that can be run" in refused("network", tmp_path, network)


def test_arrays_that_claim_more_than_anybody_has_are_refused_unread(tmp_path: Path) -> None:
    """A header of a few bytes that asks for 8 TB, and a zip that unpacks to more than is allowed."""
    head = packed(weights=np.zeros((16, 8)), bias=np.zeros(8), temperature=np.float64(1))
    with zipfile.ZipFile(io.BytesIO(head)) as archive:
        arrays = {name: archive.read(name) for name in archive.namelist()}
    huge = arrays["weights.npy"].replace(b"(16, 8)", b"(1000000000000, 8)").replace(b" " * 10, b"", 1)
    bomb = arrays["weights.npy"] + bytes(30_000_000)
    for weights, why in ((huge, "torn, or not a file of arrays"), (bomb, "claims to hold")):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (arrays | {"weights.npy": weights}).items():
                archive.writestr(name, content)
        assert why in refused("head", tmp_path, file.getvalue())


def test_a_journal_of_nested_lists_and_endless_numbers_is_passed_over(tmp_path: Path) -> None:
    lines = ["[" * 100_000, '{"t": 1.0, "kind": "scene_start", "scene": "x", "index": Infinity}', *JOURNAL.splitlines()]
    (tmp_path / "evening.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert len(list(steps(tmp_path / "evening.jsonl"))) == 5


def test_a_table_of_votes_with_a_field_without_end_is_refused_in_words(tmp_path: Path) -> None:
    table = sound_content("faces, votes", tmp_path) + b"\n" + b"1" * 200_000
    assert "is not a table that can be read" in refused("faces, votes", tmp_path, table)


@pytest.mark.parametrize("port", ["²", "9" * 5000, "70000", "-1", ""])
def test_a_receiver_s_port_that_is_none_is_refused_in_words(port: str) -> None:
    with pytest.raises(ChiaroError, match="--osc"):
        with_options(Venue(), osc=[f"10.0.0.5:{port}"])
