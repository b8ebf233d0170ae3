"""The eye beside others' detectors: who is here, what is found, and how old a packet is."""

import json
import socket
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from calibration.errors import BadInput, Exit, Unavailable
from installation.bench import eye_against, eye_crowd, eye_found, eye_peer
from installation.bench.eye_crowd import crowd_figures, make_film, write_camera
from installation.cli import app
from models.arrays import Image
from models.rendering.crowd import Crowd
from scenes.story.story import load_story


@pytest.fixture
def haar() -> eye_peer.Find:
    try:
        return eye_peer.haar("")
    except FileNotFoundError as reason:
        pytest.skip(f"what Haar's cascades find was not tried: {reason}")


@pytest.mark.usefixtures("haar")
def test_the_same_pictures_are_seen_by_ours_and_by_the_peers_that_are_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eye_against, "models_folder", lambda: tmp_path)
    monkeypatch.delenv(eye_against.PYTHON, raising=False)
    monkeypatch.setattr(eye_found, "PICTURES", 3)
    peers, missing = eye_against.peers_here(["yunet", "haar"])
    assert [peer.name for peer in peers] == ["haar"]
    assert "chiaro models get yunet" in missing[0]
    found = {}
    for light, mean in (("light", 120.0), ("dark", 15.0)):
        for figure in eye_found.crowd_found(light, Crowd(2), mean, peers, tmp_path):
            found[figure.name, figure.baseline_name] = figure
    assert found["light: found", ""].value == found["light: found by haar", ""].value == 100
    assert found["dark: found", ""].value == 100
    assert found["dark: found by haar", ""].value == 0
    assert (found["dark: a picture, p95", "haar"].ratio or 0) > 0


@pytest.mark.usefixtures("haar")
def test_of_a_film_that_is_darkened_each_finds_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "films").mkdir()
    write_camera(tmp_path / "films" / "two.avi", [Crowd(2).read(n / 10) for n in range(9)], 10)
    monkeypatch.setenv(eye_found.FOOTAGE, str(tmp_path / "films"))
    monkeypatch.setattr(eye_found, "FILM_LIGHTS", {"light": 120.0, "the dark": 15.0})
    peers, _ = eye_against.peers_here(["haar"])
    found = {figure.name: figure.value for figure in eye_found.films_found(peers, tmp_path)}
    assert found == {
        "films in light: found": 100,
        "films in light: found by haar": 100,
        "films in the dark: found": 100,
        "films in the dark: found by haar": 0,
    }
    (tmp_path / "films" / "notes.txt").write_text("no film", encoding="utf-8")
    with pytest.raises(BadInput, match=r"as a film: notes\.txt"):
        eye_found.films_found(peers, tmp_path)


def test_a_peer_that_is_asked_for_by_name_and_is_not_here_ends_it_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eye_against, "models_folder", lambda: tmp_path)
    with pytest.raises(Unavailable, match="'chiaro models get yunet' fetches it"):
        eye_against.run(lambda *_: None, "yunet")


def test_whom_a_part_cannot_be_compared_with_is_refused() -> None:
    for words in (["eye", "--against", "mpv"], ["film", "--against", "haar"], ["osc", "--against", "all"]):
        assert CliRunner().invoke(app, ["bench", *words]).exit_code == Exit.BAD_CONFIGURATION


def test_a_plain_script_sends_a_packet_for_the_newest_picture_that_is_due(tmp_path: Path) -> None:
    camera = write_camera(tmp_path / "crowd.avi", [Crowd(1, 320, 180).read(n / 10) for n in range(10)], 20)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(5)

        def find(picture: Image) -> list[eye_peer.Box]:
            assert picture.shape == (180, 320, 3)
            time.sleep(0.08)  # slower than the camera: pictures are left out, not looked at late
            return [(0.0, 0.0, 1.0, 1.0)] * 3

        eye_peer.watch(find, str(camera), 20.0, ear.getsockname()[1], 0.6)
        heard = [eye_peer.PACKET.unpack(ear.recv(64)) for _ in range(3)]
    assert {(address, types, faces) for address, types, _, faces in heard} == {(eye_peer.ADDRESS, eye_peer.TYPES, 3)}
    taken = [one[2] for one in heard]
    steps = np.diff(taken) * 20
    assert steps.min() > 0.5
    assert steps.sum() > 2.5
    assert np.allclose(steps, np.round(steps), atol=1e-3)


def test_a_peer_answers_in_one_line_however_much_it_says_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def talkative(_file: str) -> eye_peer.Find:
        def find(picture: Image) -> list[eye_peer.Box]:
            print("found!")
            return [(1.0, 2.0, float(picture.shape[1]), 4.0)]

        return find

    monkeypatch.setitem(eye_peer.PEERS, "haar", talkative)
    film = write_camera(tmp_path / "two.avi", [np.zeros((18, 32, 3), np.uint8)] * 2, 10)
    threads = cv2.getNumThreads()
    try:
        assert eye_peer.main("haar", "", "find", str(film)) == 0
    finally:
        cv2.setNumThreads(threads)
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["boxes"] == [[[1.0, 2.0, 32.0, 4.0]]] * 2
    assert len(answer["ms"]) == 2


def test_the_film_that_plays_beside_is_a_story_that_can_be_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eye_crowd, "FILM_SIZE", (320, 180))
    monkeypatch.setattr(eye_crowd, "FILM_SECONDS", 1.0)
    assert not load_story(make_film(tmp_path)).warnings


@pytest.mark.slow
@pytest.mark.usefixtures("haar")
def test_in_a_real_show_packets_of_ours_and_of_a_plain_script_are_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (eye_crowd, eye_against):
        monkeypatch.setattr(module, "SECONDS", 3.0)
        monkeypatch.setattr(module, "FILM_SIZE", (640, 360))
    monkeypatch.setattr(eye_crowd, "FACES", (4,))
    monkeypatch.setattr(eye_crowd, "WARM_UP_SECONDS", 5.0)
    figures = {figure.name: figure.value for figure in crowd_figures(lambda *_: None)}
    assert figures["4 faces: visitors, mean"] > 3
    stages = [value for name, value in figures.items() if ": share of " in name]
    assert sum(stages) == pytest.approx(100, abs=25)  # what the processes did between the stages is in none
    for percent in (50, 95, 99):
        assert figures[f"4 faces: capture to packet, p{percent}"] > 0
    assert figures["4 faces: frames analysed a core-second of the eye"] > 0
    camera = write_camera(tmp_path / "one.avi", [Crowd(1).read(n / 30) for n in range(30)], 30)
    (peer,), _ = eye_against.peers_here(["haar"])
    ages = eye_against.plain_script(peer, camera, make_film(tmp_path))
    assert len(ages) > 3
    assert (ages > 0).all()
