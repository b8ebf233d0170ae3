"""When somebody is told, and when not: what is wrong for long enough, once, and when it is over."""

from __future__ import annotations

from installation.fleet.alarms import AlarmChange, Alarms, Key, Wrong

LOST = Wrong("lost", "hall", "The hall", "the room is lost")
BROKER = Wrong("broker", "", "", "the broker is lost")


def told(changes: list[AlarmChange]) -> list[tuple[str, str, bool]]:
    return [(*change.wrong.key, change.begun) for change in changes]


def followed(alarms: Alarms, wrong: list[Wrong], begin: int, end: int, **how: object) -> list[tuple[str, str, bool]]:
    """What is told from one second to another."""
    return [line for now in range(begin, end) for line in told(alarms.follow(wrong, now, **how))]  # type: ignore[arg-type]


def of_the_broker_only(key: Key) -> bool:
    return key[0] == "broker"


def test_a_room_that_is_lost_for_a_minute_is_told_once_and_when_it_is_back() -> None:
    alarms = Alarms(60)
    assert followed(alarms, [LOST], 0, 60) == []
    assert followed(alarms, [LOST], 60, 500) == [("lost", "hall", True)]
    assert alarms.of_room("hall") == ("lost",)
    assert followed(alarms, [], 500, 510) == []
    assert followed(alarms, [], 510, 600) == [("lost", "hall", False)]
    assert alarms.begun == ()


def test_a_room_that_comes_and_goes_is_one_alarm() -> None:
    alarms, found = Alarms(60), []
    for minute in range(20):
        found += followed(alarms, [LOST], 60 * minute, 60 * minute + 55)
        found += followed(alarms, [], 60 * minute + 55, 60 * minute + 60)
    assert found == []  # it was never lost for a minute
    found = followed(alarms, [LOST], 1200, 1300)
    for minute in range(22, 40):
        found += followed(alarms, [], 60 * minute, 60 * minute + 5)
        found += followed(alarms, [LOST], 60 * minute + 5, 60 * minute + 60)
    assert found == [("lost", "hall", True)]


def test_a_lost_broker_is_one_alarm_and_no_room_begins_or_ends_meanwhile() -> None:
    alarms = Alarms(60)
    others = [Wrong("lost", f"room-{number}", "", "the room is lost") for number in range(200)]
    assert followed(alarms, [LOST], 0, 100) == [("lost", "hall", True)]
    assert followed(alarms, [LOST, *others], 100, 130) == []
    found = followed(alarms, [BROKER], 130, 900, judged=of_the_broker_only)
    assert found == [("broker", "", True)]
    assert followed(alarms, [LOST, *others], 900, 910) == [], "what began before the loss does not count on"
    assert followed(alarms, [], 910, 1000) == [("broker", "", False), ("lost", "hall", False)]


def test_at_night_nothing_begins_but_what_is_over_is_told() -> None:
    alarms = Alarms(60)
    assert followed(alarms, [LOST], 0, 100) == [("lost", "hall", True)]
    assert followed(alarms, [LOST, BROKER], 100, 1000, may_begin=False) == []
    assert followed(alarms, [BROKER], 1000, 1100, may_begin=False) == [("lost", "hall", False)]
    assert followed(alarms, [BROKER], 1100, 1160) == [], "the minute begins when the doors open"
    assert followed(alarms, [BROKER], 1160, 1200) == [("broker", "", True)]


def test_a_sentence_says_where_what_and_for_how_long() -> None:
    assert AlarmChange(LOST, begun=True, seconds=60).sentence == "The hall: the room is lost"
    assert AlarmChange(LOST, begun=False, seconds=300).sentence == "The hall: over after 5 min: the room is lost"
    assert AlarmChange(BROKER, begun=True, seconds=60).sentence == "the broker is lost"


def test_an_alarm_that_was_told_before_a_restart_is_not_told_again_and_ends_once() -> None:
    before, after = Alarms(60), Alarms(60)
    followed(before, [LOST], 0, 100)
    (told_at,) = before.standing(100.0, 1100.0)
    assert (told_at.wrong, told_at.begun, told_at.at) == (LOST, True, 1060.0)
    after.restore(LOST, 0.0)
    assert followed(after, [LOST], 100, 300) == []
    assert followed(after, [], 300, 400) == [("lost", "hall", False)]
