"""A crowd of which a few faces are read in each look: every visitor's mood is right, and in time."""

import random

import pytest

from calibration.settings import CLASSIFIED_IN_A_LOOK, MoodSettings
from models.estimate import EmotionEstimate
from models.frame import Detection
from models.judging.judgement import UNREAD_SECONDS, Judgement
from models.mood import Mood, VisitorMood
from models.seeing.turns import Turns
from tests.models.faces import LANDMARKS, face, showing

FRAME = (1920, 1080)
STEP = 1 / 15


class Crowd:
    """So many visitors, each swaying about their place; what each shows is told by ``shows``."""

    def __init__(self, n: int, at_most: int = CLASSIFIED_IN_A_LOOK, **chosen: object) -> None:
        self.turns, self.judge = Turns(at_most), Judgement(MoodSettings.model_validate(chosen), random.Random(5))
        self.shows, self.now, self.chance, self.read = ["neutral"] * n, 10.0, random.Random(n), 0

    def watch(self, seconds: float, step: float = STEP) -> list[Mood]:
        moods = []
        for _ in range(round(seconds / step)):
            self.now += step
            places = [self._face(i) for i in self.chance.sample(range(len(self.shows)), len(self.shows))]
            found = [place for _, place in places]
            due = self.turns.due(found, self.now)
            self.read = max(self.read, len(due))
            read = [EmotionEstimate(found[i], showing(self.shows[places[i][0]], 0.7), 0.9, 20.0) for i in due]
            moods.append(self.judge.update(self.turns.complete(found, due, read, self.now), FRAME, 25.0, self.now))
        return moods

    def _face(self, i: int) -> tuple[int, Detection]:
        x, y = _place(i)
        size = 90.0 + i % 5 + self.chance.uniform(-2, 2)
        shaken = x + self.chance.uniform(-4, 4), y + self.chance.uniform(-4, 4)
        return i, Detection((shaken[0] - size / 2, shaken[1] - size / 2, size, size), 0.95, LANDMARKS)

    def of(self, i: int, mood: Mood) -> VisitorMood:
        x, y = _place(i)
        return min(mood.visitors, key=lambda one: abs(one.position[0] * 1920 - x) + abs(one.position[1] * 1080 - y))


def _place(i: int) -> tuple[float, float]:
    """In rows of eight, nobody below somebody: there a face may be a print on clothes, which takes seconds to tell."""
    return 120.0 + 230 * (i % 8) + 115 * (i // 8 % 2), 140.0 + 260 * (i // 8)


@pytest.mark.parametrize("n", [16, 32])
def test_each_visitor_of_a_crowd_has_their_own_mood_and_a_change_is_believed_soon(n: int) -> None:
    crowd = Crowd(n)
    mood = crowd.watch(4)[-1]
    assert mood.count == n
    assert {one.dominant for one in mood.visitors} == {"neutral"}
    feelings = ("happiness", "sadness", "neutral", "surprise")
    crowd.shows = [feelings[i % 4] for i in range(n)]
    moods = crowd.watch(3)
    assert [crowd.of(i, moods[-1]).dominant for i in range(n)] == crowd.shows
    assert len({one.visitor_id for mood in moods for one in mood.visitors}) == n
    believed = [next(k for k, m in enumerate(moods) if crowd.of(i, m).dominant == crowd.shows[i]) for i in range(n)]
    assert max(believed) * STEP < 2.0
    assert crowd.read == CLASSIFIED_IN_A_LOOK
    back = crowd.shows = ["neutral"] * n
    moods = crowd.watch(4)
    assert [crowd.of(i, moods[-1]).dominant for i in range(n)] == back
    kept = [max(k for k, m in enumerate(moods) if crowd.of(i, m).dominant == "happiness") for i in range(0, n, 4)]
    assert max(kept) * STEP < 2.5, "held because it was rarely read"


class ReadInTurn:
    """One face that is seen in every look, and read in every so many-th."""

    def __init__(self, looks: int) -> None:
        self.judge, self.now, self.looks = Judgement(MoodSettings(), random.Random(1)), 20.0, looks

    def read(self, label: str, times: int = 1) -> list[str | None]:
        """What is believed in each look of so many readings."""
        told = []
        for look in range(times * self.looks):
            self.now += STEP
            seen, age = face(label=label, probability=0.9), look % self.looks * STEP
            aged = EmotionEstimate(seen.detection, seen.probabilities, seen.quality, seen.luminance, age)
            told.append(self.judge.update([aged], FRAME, 25.0, self.now).dominant)
        return told


@pytest.mark.parametrize("looks", [1, 3, 7, 15, 25])
def test_one_wrong_reading_of_a_face_that_is_read_in_turn_changes_nothing_and_a_few_right_ones_are_believed(
    looks: int,
) -> None:
    face_read = ReadInTurn(looks)
    face_read.read("neutral", 50 if looks == 1 else 20)
    assert set(face_read.read("anger")) == {"neutral"}
    assert set(face_read.read("neutral", 5)) == {"neutral"}
    if looks > 1:
        assert "anger" in face_read.read("anger", 3)


def test_what_is_no_longer_shown_is_kept_as_long_by_a_face_that_is_read_in_turn() -> None:
    face_read = ReadInTurn(7)
    face_read.read("neutral", 10)
    assert face_read.read("anger", 8)[-1] == "anger"
    kept = face_read.read("neutral", 6).index("neutral") * STEP
    assert kept < MoodSettings().keep_for_seconds + 0.2


def test_few_visitors_have_the_same_moods_however_many_may_be_read() -> None:
    for n in range(1, CLASSIFIED_IN_A_LOOK + 1):
        bounded, unbounded = Crowd(n), Crowd(n, at_most=32)
        for shows in ("neutral", "fear", "happiness"):
            bounded.shows = unbounded.shows = [shows] * n
            assert bounded.watch(1.5) == unbounded.watch(1.5)


def test_a_visitor_who_is_not_read_for_long_is_unknown_and_not_held() -> None:
    judge = Judgement(MoodSettings(aggregate="mean"), random.Random(1))
    near, far = face(x=300, label="happiness"), face(x=900, label="sadness")
    now = begun = 50.0

    def see(seconds: float, age: float | None) -> Mood:
        nonlocal now
        for _ in range(round(seconds / STEP)):
            now += STEP
            old = 0.0 if age is None else age + now - begun
            seen = EmotionEstimate(far.detection, far.probabilities, far.quality, far.luminance, old)
            mood = judge.update([near, seen], FRAME, 25.0, now)
        return mood

    both = see(3, None)
    assert [one.dominant for one in both.visitors] == ["happiness", "sadness"]
    begun = now
    waits = see(UNREAD_SECONDS - 0.3, 0.0)
    assert [one.dominant for one in waits.visitors] == ["happiness", "sadness"]
    unknown = see(1, 0.0)
    assert [one.dominant for one in unknown.visitors] == ["happiness", None]
    assert not any(unknown.visitors[1].probabilities)
    assert unknown.probabilities == unknown.visitors[0].probabilities
    assert sum(unknown.probabilities) == pytest.approx(1)
    assert see(2, None).visitors[1].dominant == "sadness"


def test_of_a_face_that_is_read_in_turn_the_reading_before_counts_too() -> None:
    face_read = ReadInTurn(7)
    face_read.read("neutral", 10)
    face_read.read("anger")
    assert face_read.judge._last.probability("neutral") > 0.12
