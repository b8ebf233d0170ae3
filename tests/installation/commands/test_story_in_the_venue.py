"""Before the doors open it is told what the story asks for and this venue does not give it."""

from pathlib import Path

from calibration.rooms_settings import RoomsSettings
from calibration.settings import OscSettings
from calibration.venue import Venue
from installation.commands.crowd_check import check_crowd
from installation.commands.other_rooms_check import check_other_rooms
from installation.commands.signal_check import check_signals
from tests.scenes.evenings import TWO_ROOMS

CROWD = TWO_ROOMS.replace(
    '{ mood = "calm" }', "{ not = { any = [{ visitors_at_least = 9 }, { elapsed_seconds = 3 }] } }"
)
HEART = TWO_ROOMS + '[signals.heart]\nosc = "/sense/heart"\n'


def written(folder: Path, text: str) -> Path:
    story = folder / "story.toml"
    story.write_text(text)
    return story


def test_more_visitors_than_the_venue_counts_never_come(tmp_path: Path) -> None:
    story = written(tmp_path, CROWD)
    (found,) = check_crowd(story, 8)
    assert (found.state, found.where) == ("warning", "scenes.door.branch.0.when.not.any.0.visitors_at_least")
    assert "asks for 9 visitors, and this venue counts 8 at most" in found.what
    assert list(check_crowd(story, 9)) == []


def test_it_is_told_where_a_signal_is_heard_and_whether_anybody_listens(tmp_path: Path) -> None:
    story = written(tmp_path, HEART)
    (heard,) = check_signals(story, OscSettings(listen_host="10.0.0.5", listen_port=9123, listen_prefix="/film"))
    assert (heard.state, heard.where) == ("ok", "signals.heart")
    assert heard.what == "is heard on 10.0.0.5:9123 at /sense/heart and at /film/sense/heart"
    (deaf,) = check_signals(story, OscSettings(listen=False))
    assert (deaf.state, deaf.what.split(":")[0]) == ("problem", "is never heard")


def test_what_is_wrong_with_the_story_is_left_to_its_own_check(tmp_path: Path) -> None:
    story = written(tmp_path, "title = [")
    assert [*check_crowd(story, 8), *check_signals(story, OscSettings()), *check_other_rooms(story, Venue())] == []


HALL = TWO_ROOMS.replace('{ mood = "calm" }', '{ signal = "hall/mood/fear", above = 0.5 }').replace(
    "[scenes.cellar]\n",
    '[scenes.cellar]\nwait_for = { room = "stairs", scene = "cellar", limit_seconds = 5 }\n',
)


def test_it_is_told_which_rooms_are_asked_for_and_where_no_broker_knows_them(tmp_path: Path) -> None:
    story = written(tmp_path, HALL)
    assert list(check_other_rooms(written(tmp_path, TWO_ROOMS), Venue(name="Hall"))) == []
    story = written(tmp_path, HALL)
    (deaf,) = check_other_rooms(story, Venue(name="Attic"))
    assert (deaf.state, deaf.where) == ("warning", "rooms.broker")
    assert "the story asks for hall, stairs, of which nothing is known" in deaf.what
    broker = RoomsSettings(broker="mqtt://house")
    (found,) = check_other_rooms(story, Venue(name="Attic", rooms=broker))
    assert found.what == "hall, stairs are asked for at house:1883; this room is called attic"
    found, itself = check_other_rooms(story, Venue(name="Hall", rooms=broker))
    assert (itself.state, itself.where) == ("warning", "hall/mood/fear")
    found, itself = check_other_rooms(story, Venue(name="Stairs", rooms=broker))
    assert (itself.state, itself.where) == ("warning", "scenes.cellar.wait_for")
