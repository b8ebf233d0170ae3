"""The same people in light and dark: what the bench counts as the same mood, and how dark it makes a film."""

import numpy as np
import pytest

from installation.bench import decision_light
from installation.bench.decision_courses import Course, Faults, Part, Seen, film, synthetic
from installation.bench.decision_rows import RawArgmax
from models.lighting.relight import LampBank, read_face_maps, sample_lamps
from models.seeing.align import TEMPLATE, align


def _stays(*labels: str, seed: int = 1) -> list[Seen]:
    course = Course("stays", tuple(Part(label, 3) for label in labels), 15, seed)
    return film(course, synthetic, Faults(dropped_frames=0, gaps_a_minute=0, false_faces=0))


def test_a_mood_is_the_same_in_the_share_of_the_time_in_which_it_is_and_the_first_seconds_do_not_count() -> None:
    calm, laughs, laughs_early = (
        _stays(*labels)
        for labels in (("neutral",) * 3, ("neutral", "neutral", "happiness"), ("happiness",) + ("neutral",) * 2)
    )
    assert decision_light.same_mood(RawArgmax, [(calm, calm)]) == 1
    assert decision_light.same_mood(RawArgmax, [(calm, laughs)]) == pytest.approx(0.5, abs=0.15)
    assert decision_light.same_mood(RawArgmax, [(calm, laughs_early)]) > 0.85


def test_only_another_emotion_than_neutral_is_an_event() -> None:
    pairs = (("neutral", "fear"), (None, "fear"), ("fear", "fear"), ("fear", "neutral"), ("fear", None))
    assert [decision_light.is_event(*pair) for pair in pairs] == [True, True, False, False, False]


def test_a_film_is_darkened_by_one_lamp_and_one_gain_until_its_face_has_the_mean_that_is_promised() -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(90, 160, (120, 120, 3)).astype(np.uint8)
    five = (TEMPLATE + 28).astype(np.float32)
    lamps = LampBank(read_face_maps("bench").first(1), sample_lamps(1, 1))
    dark = list(decision_light.darkened([picture, picture // 2, picture], [five, None, five], lamps, 0))
    means = [float(align(one, five).mean()) for one in dark]
    assert means[0] == pytest.approx(decision_light.FACE_MEAN, rel=0.1)
    assert means[1] < 0.7 * means[0], "the gain is that of the first picture, as a camera has it"
    assert means[2] == pytest.approx(means[0], rel=0.03)
    assert not np.array_equal(dark[0], dark[2]), "each picture has its own noise"
