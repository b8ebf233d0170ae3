"""What receivers hear of where visitors look and whether they speak, and that what is not known is said to be."""

from installation.osc.state import mood_messages
from models.mood import NOTHING, Mood, VisitorMood

UNKNOWN = VisitorMood(
    slot=1, visitor_id=5, probabilities=NOTHING, dominant=None, confidence=0, position=(0.5, 0.5), size=0.2
)
KNOWN = UNKNOWN.model_copy(
    update={
        "facing": 0.75,
        "yaw": -20.0,
        "pitch": -8.0,
        "roll": 3.0,
        "distance": 2.5,
        "eyes_shut": True,
        "speaking": True,
    }
)


def heard(visitor: VisitorMood, facing: float | None, visitors: bool = True) -> dict[str, tuple[object, ...]]:
    mood = Mood(captured_at=1, trusted=True, present=True, count=1, visitors=(visitor,), facing=facing, speaking=facing)
    told = ("facing", "pose", "distance", "eyes_shut", "speaking")
    return {one.path: one.values for one in mood_messages(mood, visitors) if one.path.endswith(told)}


def test_receivers_hear_where_visitors_look_and_single_ones_only_where_they_are_asked_for() -> None:
    assert heard(KNOWN, 0.75) == {
        "/mood/facing": (0.75,),
        "/mood/speaking": (0.75,),
        "/visitor/1/facing": (0.75,),
        "/visitor/1/pose": (-20.0, -8.0, 3.0),
        "/visitor/1/distance": (2.5,),
        "/visitor/1/eyes_shut": (1,),
        "/visitor/1/speaking": (1,),
    }
    assert heard(KNOWN, 0.75, visitors=False) == {"/mood/facing": (0.75,), "/mood/speaking": (0.75,)}


def test_what_is_not_known_is_said_to_be_unknown_and_no_angle_is_made_up() -> None:
    assert heard(UNKNOWN, None) == {
        "/mood/facing": (-1.0,),
        "/mood/speaking": (-1.0,),
        "/visitor/1/facing": (-1.0,),
        "/visitor/1/distance": (-1.0,),
        "/visitor/1/eyes_shut": (-1,),
        "/visitor/1/speaking": (-1,),
    }
