"""Golden traces: what a visitor showed, frame by frame, and what was made of it. Any change of the filter is seen here.

``python -m tests.models.judging.test_golden`` writes them anew with what is made of them now; look at the difference
before it is committed.
"""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from calibration.settings import MoodSettings
from models.estimate import EmotionEstimate
from models.frame import Detection
from models.judging.judgement import Judgement
from models.labels import LABELS
from models.mood import Mood
from tests.models.faces import FRAME, LANDMARKS

FOLDER = Path(__file__).parent / "golden"
TRACES = sorted(path.stem for path in FOLDER.glob("*.csv"))
SEEN = ["seconds", "quality", *LABELS]
Row = dict[str, str]
MADE = ["present", "dominant", "confidence", "valence", "arousal"]


def read(name: str) -> list[Row]:
    with (FOLDER / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def judged(rows: list[Row]) -> Iterator[Mood]:
    """What the judgement of today makes of each row; a row without quality is a frame without a face."""
    judge = Judgement(MoodSettings(), random.Random(1))
    for row in rows:
        faces = []
        if row["quality"]:
            p = np.array([float(row[label]) for label in LABELS], np.float32)
            faces.append(
                EmotionEstimate(Detection((500, 300, 90, 110), 0.9, LANDMARKS), p, float(row["quality"]), 20.0)
            )
        yield judge.update(faces, FRAME, 25.0, float(row["seconds"]))


@pytest.mark.parametrize("name", TRACES)
def test_a_recorded_visitor_is_judged_as_before(name: str) -> None:
    rows = read(name)
    for row, mood in zip(rows, judged(rows), strict=True):
        assert (str(int(mood.present)), mood.dominant or "") == (row["present"], row["dominant"]), row["seconds"]
        assert mood.confidence == pytest.approx(float(row["confidence"]), abs=2e-3)
        assert (mood.valence, mood.arousal) == pytest.approx((float(row["valence"]), float(row["arousal"])), abs=2e-3)


def test_there_are_golden_traces_and_they_hold_more_than_one_answer() -> None:
    answers = {row["dominant"] for name in TRACES for row in read(name)}
    assert len(TRACES) >= 3
    assert {"", "neutral", "happiness", "sadness"} <= answers


def test_after_frames_that_could_not_be_used_the_trace_goes_on_as_if_nothing_had_been() -> None:
    rows = read("smile")
    with_hole = [row | {"quality": ""} if 20 <= k < 26 else row for k, row in enumerate(rows)]
    whole, holed = list(judged(rows)), list(judged(with_hole))
    assert holed[38].dominant == whole[38].dominant
    assert holed[38].probabilities == pytest.approx(whole[38].probabilities, abs=0.02)
    assert holed[38].visitors[0].visitor_id == whole[38].visitors[0].visitor_id


def _course(parts: list[tuple[dict[str, float] | None, float, int]], seed: int) -> list[Row]:
    """Rows at 10 frames/s of (means by label or None for nobody, quality, frames)."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for means, quality, frames in parts:
        for _ in range(frames):
            row = dict.fromkeys(SEEN, "") | {"seconds": f"{0.1 * (len(rows) + 1):.1f}"}
            if means is not None:
                logits = np.array([means.get(label, 0.0) for label in LABELS]) + rng.normal(0, 0.5, len(LABELS))
                p = np.round(np.exp(logits) / np.exp(logits).sum(), 3)
                p[0] += 1 - p.sum()
                row |= {label: f"{value:.3f}" for label, value in zip(LABELS, p, strict=True)} | {
                    "quality": f"{quality}"
                }
            rows.append(row)
    return rows


def _write() -> None:
    neutral, smile, sad = {"neutral": 3.5}, {"happiness": 4.0, "neutral": 1.0}, {"sadness": 3.0, "neutral": 2.4}
    courses: dict[str, list[tuple[dict[str, float] | None, float, int]]] = {
        "smile": [(neutral, 0.9, 40), (smile, 0.9, 30), (neutral, 0.9, 20)],
        "narrow_lead": [({"neutral": 3.0, "sadness": 2.4}, 0.8, 40), (sad, 0.8, 60)],
        "lost_and_poor": [
            (neutral, 0.9, 35),
            (None, 0, 6),
            (smile, 0.9, 20),
            (smile, 0.0, 20),
            (None, 0, 35),
            (sad, 0.9, 20),
        ],
    }
    FOLDER.mkdir(exist_ok=True)
    for seed, (name, parts) in enumerate(courses.items()):
        rows = _course(parts, seed)
        for row, mood in zip(rows, judged(rows), strict=True):
            row |= {"present": str(int(mood.present)), "dominant": mood.dominant or ""}
            row |= {key: f"{getattr(mood, key):.3f}" for key in ("confidence", "valence", "arousal")}
        with (FOLDER / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, SEEN + MADE, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    _write()
