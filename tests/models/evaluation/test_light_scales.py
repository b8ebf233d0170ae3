"""What of a light costs: it is split into a broad part and a fine one that are the light together."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.errors import BadFile
from models.evaluation.light_scales import matched, places, split_light, under
from models.seeing.align import TEMPLATE

Y, X = np.mgrid[:48, :48].astype(np.float32)


def test_a_lamp_from_the_left_is_broad_and_a_thread_of_shadow_is_fine() -> None:
    clean = np.full((1, 48, 48), 100, np.float32)
    lamp, thread = 0.6 - X / 40, -np.exp(-((Y - 24) ** 2))
    broad, fine = split_light(clean, clean * np.exp(lamp + thread)[None], 3.0)
    inside = np.s_[12:-12, 12:-12]
    whole = lamp + thread - (lamp + thread).mean()
    assert np.allclose((broad + fine)[0][inside], whole[inside], atol=0.02), "together they are the light"
    assert np.ptp(broad[0][24, 12:-12]) == pytest.approx(np.ptp(lamp[24, 12:-12]), rel=0.15)
    assert fine[0][24, 24] - fine[0][12, 24] < -0.6
    assert np.abs(fine[0][12]).max() < 0.1


def test_faces_under_a_light_have_the_same_mean_whatever_it_is() -> None:
    clean = np.full((2, 48, 48), 100, np.float32)
    light = np.stack([-X / 40, 0 * X])
    seen = under(clean, light)
    assert seen.dtype == np.uint8
    assert np.allclose(seen.mean(axis=(1, 2)), 60, atol=1)
    assert seen[0, 24, 4] > seen[0, 24, 44] + 20


def test_parts_of_a_face_lie_where_its_landmarks_are() -> None:
    five = (TEMPLATE * 0.75)[None].astype(np.float32)
    parts = places(five, (48, 48))
    for name, points in {"eyes": five[0, :2], "nose": five[0, 2:3], "mouth": five[0, 3:].mean(0)[None]}.items():
        for x, y in points.round().astype(int):
            assert parts[name][0, y, x] > 0.9
            assert all(parts[other][0, y, x] < 0.3 for other in parts if other != name)


def _sheet(path: Path, names: list[str], gray: int) -> Path:
    cv2.imwrite(str(path), np.full((48, 48 * 128), gray, np.uint8))
    head = "id,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,no_face"
    rows = [f"{name},{10 * (k % 2)},{10 * (1 - k % 2)},0,0,0,0,0,0,0,0" for k, name in enumerate(names)]
    path.with_suffix(".csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_the_same_faces_are_found_by_their_id(tmp_path: Path) -> None:
    clean, lit = _sheet(tmp_path / "clean.png", ["a", "b", "c"], 90), _sheet(tmp_path / "lit.png", ["b", "a"], 30)
    faces, seen = matched(clean, lit)
    assert faces.labels.tolist() == [0, 1], "of b and of a, as the clean sheet has them"
    assert [int(image.mean()) for image in seen.images] == [30, 30]
    with pytest.raises(BadFile, match=r"1 of 2 faces are not in clean\.png; the first has id d"):
        matched(clean, _sheet(tmp_path / "other.png", ["a", "d"], 30))
