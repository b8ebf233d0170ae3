"""Drawn scenes: the truth lies where the faces were drawn, and what is hidden need not be found."""

from dataclasses import replace

import numpy as np
import pytest

from models.arrays import Floats, Gray
from models.darkroom.face_bank import mirrored
from models.darkroom.heads import CORNER, bare_head, drawn_head, without_face
from models.darkroom.hidden import KINDS, hidden
from models.darkroom.rooms import RoomBank, draw_room
from models.darkroom.scenes import SceneConfig, put, signal_to_noise, upright_box
from models.lighting.exposure import Sensor, captured
from models.seeing.align import SIDE, TEMPLATE, similarity
from tests.models.darkroom.drawn_faces import drawn_faces, drawn_scenes

ONE = SceneConfig(people=(1, 1), empty_share=0.0, faceless_share=0.0, hidden_share=0.0)


def around(picture: Gray, place: Floats) -> float:
    x, y = (round(float(v)) for v in place)
    return float(picture[y - 2 : y + 3, x - 2 : x + 3].mean())


def test_a_face_has_its_eyes_where_the_truth_says() -> None:
    rng = np.random.default_rng(3)
    for tilt in (0.0, 40.0):
        room = np.full((200, 240), 0.05, np.float32)
        five, covered = put(room, drawn_head(drawn_faces().draw(rng), rng), 90, tilt, np.array([120.0, 100.0]), rng)
        seen = captured(room / room.max())
        for eye, mouth in ((five[0], five[3]), (five[1], five[4])):
            assert around(seen, eye) < 0.6 * around(seen, (eye + mouth) / 2), "the drawn eyes are dark, the cheeks not"
        box = upright_box(five)
        assert covered[round(five[2, 1]), round(five[2, 0])] == pytest.approx(1.0)
        assert box[2] - box[0] == pytest.approx(90, rel=0.12)
        assert (box[:2] < five.min(axis=0)).all()
        assert (box[2:] > five.max(axis=0)).all()


def test_who_stands_behind_another_need_not_be_found() -> None:
    crowd = drawn_scenes(SceneConfig(people=(5, 5), empty_share=0.0, faceless_share=0.0, widths=(30, 120)))
    rng = np.random.default_rng(1)
    scenes = [crowd.draw(160, 160, rng) for _ in range(12)]
    counted = np.concatenate([scene.truth.counted for scene in scenes])
    assert 0 < counted.sum() < len(counted)
    assert (drawn_scenes(ONE).draw(160, 160, rng).truth.counted.shape) == (1,)


def test_an_empty_room_and_people_without_a_face_have_nothing_to_find() -> None:
    rng = np.random.default_rng(1)
    for config in (SceneConfig(empty_share=1.0), SceneConfig(empty_share=0.0, faceless_share=1.0)):
        scene = drawn_scenes(config).draw(96, 128, rng)
        assert scene.truth.boxes.shape == (0, 4)
        assert scene.light.shape == (96, 128)
        assert (scene.light >= 0).all()


def test_a_scene_is_seen_as_the_detector_is_given_it_by_a_camera_with_little_light() -> None:
    source, rng = drawn_scenes(ONE), np.random.default_rng(4)
    scene = source.draw(128, 128, rng)
    pictures = [source.seen(scene, rng)[0] for _ in range(6)]
    assert all(picture.dtype == np.uint8 and picture.shape == (128, 128) for picture in pictures)
    assert np.ptp([float(picture.mean()) for picture in pictures]) > 1, "each look has another exposure"


def test_a_face_that_is_lost_in_the_noise_need_not_be_found() -> None:
    rng = np.random.default_rng(4)
    for mean, clear in ((1.5, 0.0), (120.0, 1.0)):
        source = drawn_scenes(
            replace(ONE, widths=(60, 70), face_means=(mean, mean + 0.1), tilt_degrees=10.0, bright_share=0.0)
        )
        scene = source.draw(160, 160, rng)
        assert scene.truth.light.shape == (1,)
        assert source.seen(scene, rng)[1].counted.tolist() == [clear * float(scene.truth.counted[0])]
    light = np.array([1e-6, 1e-3, 1.0], np.float32)
    assert (np.diff(signal_to_noise(light, Sensor())) > 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_what_hides_a_face_changes_it_and_leaves_its_landmarks(kind: str) -> None:
    rng = np.random.default_rng(2)
    head = drawn_head(drawn_faces().draw(rng), rng)
    other = hidden(head, kind, rng)
    assert np.abs(other.light - head.light).max() > 0.01
    assert other.landmarks is head.landmarks
    assert np.isfinite(other.light).all()


def test_a_head_without_a_face_is_no_face_in_any_of_its_ways() -> None:
    rng = np.random.default_rng(2)
    head = drawn_head(drawn_faces(lamps=True).draw(rng), rng)
    assert head.is_face
    ways = [without_face(head, rng) for _ in range(20)]
    assert not any(one.is_face for one in ways)
    assert all(np.isfinite(one.light).all() for one in ways)
    assert len({one.light.tobytes() + one.alpha.tobytes() for one in ways}) > 5


def test_rooms_are_lit_everywhere_and_pieces_of_them_have_a_mean_light_of_one() -> None:
    rng = np.random.default_rng(2)
    assert all((draw_room(90, 120, rng) > 0).all() for _ in range(4))
    piece = RoomBank(2, rng).draw(64, 96, rng)
    assert piece.shape == (64, 96)
    assert float(piece.mean()) == pytest.approx(1.0, rel=1e-3)


def test_a_mirrored_face_has_its_left_eye_on_the_left() -> None:
    twice = mirrored(mirrored(TEMPLATE, 64), 64)
    assert np.allclose(twice, TEMPLATE)
    assert mirrored(TEMPLATE + 5, 200)[0, 0] < mirrored(TEMPLATE + 5, 200)[1, 0]
    assert np.allclose(similarity((TEMPLATE + CORNER).astype(np.float64))[:, :2], np.eye(2), atol=1e-6)


def test_a_bare_photograph_keeps_its_own_surroundings_and_its_landmarks() -> None:
    rng = np.random.default_rng(1)
    face = drawn_faces().draw(rng)
    heads = [bare_head(face, rng) for _ in range(12)]
    left, top = CORNER.astype(int)
    for head in heads:
        assert (head.light[top : top + SIDE, left : left + SIDE] == face.light).all()
        assert (head.landmarks == face.landmarks + CORNER).all()
        assert head.alpha[top + SIDE // 2, left + SIDE // 2] == pytest.approx(1)
        assert head.body == 0
    filled = [float(head.alpha[0, 0]) for head in heads]
    assert {round(share) for share in filled} == {0, 1}  # cut out, or its border going on around it


def test_some_looks_are_in_a_bright_room() -> None:
    dark = replace(ONE, face_means=(1.0, 1.1), electrons=(5000.0, 5001.0), bright_share=0.0)
    rng = np.random.default_rng(2)
    scene = drawn_scenes(dark).draw(128, 128, rng)
    counted = [
        np.mean([source.seen(scene, rng)[1].counted.sum() for _ in range(8)])
        for source in (drawn_scenes(replace(dark, bright_share=share)) for share in (0.0, 0.5, 1.0))
    ]
    assert counted[0] == 0, "lost in the noise"
    assert 0 < counted[1] < counted[2] == 1


def test_a_face_that_is_enlarged_is_as_sharp_as_a_camera_would_see_it() -> None:
    face = drawn_faces().draw(np.random.default_rng(1))
    sharpness = []
    for seed in range(8):
        room = np.full((300, 300), 0.2, np.float32)
        put(
            room, bare_head(face, np.random.default_rng(3)), 160, 0.0, np.array([150, 150]), np.random.default_rng(seed)
        )
        sharpness.append(float(np.abs(np.diff(room, axis=1)).max()))
    assert max(sharpness) > 1.2 * min(sharpness)
