"""Scenes that wait for other rooms: at most for their limit, never for a lost one, and for nobody who has left."""

import pytest

from models.mood import Mood
from scenes.machine.advance import Moment, advance, begin
from scenes.machine.command import Attract, Next, Pause, Resume, Start, StoryCommand
from scenes.machine.cue import (
    Cue,
    DrivePicture,
    Play,
    SceneStarted,
    ShowState,
    StateChanged,
    StemLevels,
    TakeEnded,
    WaitBegan,
    WaitEnded,
)
from scenes.machine.dry_run import DryPlayer, dry_run
from scenes.machine.other_rooms import Meeting, OtherRooms
from scenes.machine.remembered import remembered
from scenes.machine.rooms import meeting
from scenes.machine.signal_state import SignalMessage
from scenes.machine.state import StoryState
from scenes.story.clip import Playhead
from scenes.story.graph import as_text
from scenes.story.story import Story
from tests.scenes.evenings import NOBODY, TWO_ROOMS, branches_of, evening, feeling, mood_at, scenes_of, story_of

VISITOR = [(1.0, feeling("sadness"))]  # the door until 11.1 s, then the cellar
WAIT = 'wait_for = { room = "hall", scene = "hall_cellar", limit_seconds = 20 }'
MEET = 'together = { rooms = ["hall", "stairs"], limit_seconds = 20 }'
THERE = OtherRooms(scenes={"hall": "hall_cellar"})
ELSEWHERE = OtherRooms(scenes={"hall": "lamp"})


def waiting(wait: str = WAIT, scene: str = "cellar") -> Story:
    return story_of(TWO_ROOMS.replace(f"[scenes.{scene}]\n", f"[scenes.{scene}]\n{wait}\n"))


class Room:
    """One of several that run at once, with a sad visitor."""

    def __init__(self, name: str, story: Story) -> None:
        self.name, self.story = name, story
        self.state, cues = begin(story, 0.0)
        self.player = DryPlayer(story).perform(cues)

    def tick(self, now: float, known: OtherRooms) -> None:
        self.player = self.player.run(0.1)
        moment = Moment(now, feeling("sadness"), self.player.playhead, rooms=known)
        self.state, cues = advance(self.story, self.state, moment)
        self.player = self.player.perform(cues)


def waits_of(cues: list[tuple[float, Cue]]) -> list[tuple[float, Cue]]:
    return [(now, cue) for now, cue in cues if isinstance(cue, WaitBegan | WaitEnded)]


def begins(cues: list[tuple[float, Cue]], scene: str = "cellar") -> float:
    return next(now for now, cue in cues if isinstance(cue, SceneStarted) and cue.scene == scene)


PLAIN = begins(evening(story_of(), VISITOR, 40))


def test_a_scene_whose_room_is_there_begins_as_if_it_waited_for_none() -> None:
    plain = evening(story_of(), VISITOR, 60)
    assert evening(waiting(), VISITOR, 60, rooms=[(0, THERE)]) == plain
    comes = evening(waiting(), VISITOR, 60, rooms=[(0, ELSEWHERE), (10.8, THERE)])  # after the choice, before the end
    assert begins(comes) == PLAIN
    assert not waits_of(comes)


def test_the_last_picture_stays_until_the_other_room_is_there() -> None:
    found = evening(waiting(), VISITOR, 60, rooms=[(0, ELSEWHERE), (15, THERE)])
    assert begins(found) == 15.1
    assert [now for now, _ in waits_of(found)] == [PLAIN, 15.0]
    assert waits_of(found)[0][1] == WaitBegan(3, "cellar", ("hall",), 20)
    last = waits_of(found)[1][1]
    assert isinstance(last, WaitEnded)
    assert (last.came, last.reason, round(last.seconds, 1)) == (True, "hall is in hall_cellar", 3.9)
    words = [cue.state for now, cue in found if isinstance(cue, StateChanged) and now <= 15]
    assert words[-2:] == [ShowState.PLAYING, ShowState.TRANSITION], "it plays as long as it waits"


@pytest.mark.parametrize(
    ("known", "waited", "why"),
    [
        (OtherRooms(), 20, "waited 20 s for hall"),  # no broker, or nothing known
        (ELSEWHERE, 20, "waited 20 s for hall"),
        (OtherRooms(gone=frozenset({"hall"})), 0, "hall is lost or closed"),
        (OtherRooms(own="hall", scenes={"hall": "door"}), 0, "there is no other room to wait for"),
    ],
    ids=["unknown", "elsewhere", "gone", "itself"],
)
def test_a_wait_is_over_at_its_limit_and_at_once_for_a_room_that_is_lost(
    known: OtherRooms, waited: float, why: str
) -> None:
    found = evening(waiting(), VISITOR, 65, rooms=[(0, known)])
    assert begins(found) == pytest.approx(PLAIN + 0.1 + waited, abs=0.11)
    last = waits_of(found)[-1][1]
    assert isinstance(last, WaitEnded)
    assert (last.came, last.reason) == (False, why)
    assert scenes_of(found)[2:4] == ["cellar", "lamp"]


def test_a_room_that_is_lost_while_it_is_waited_for_is_passed_over() -> None:
    found = evening(waiting(), VISITOR, 60, rooms=[(0, ELSEWHERE), (14, OtherRooms(gone=frozenset({"hall"})))])
    assert begins(found) == 14.1


def test_two_rooms_that_wait_for_each_other_both_go_on() -> None:
    """No deadlock: each knows where the other is, and neither can begin before the other has."""
    here = waiting('wait_for = { room = "there", scene = "cellar", limit_seconds = 20 }')
    there = waiting('wait_for = { room = "here", scene = "cellar", limit_seconds = 6 }')
    rooms = [Room("here", here), Room("there", there)]
    shown: dict[str, list[str]] = {"here": [], "there": []}
    for number in range(1, 300):
        scenes = {room.name: room.state.scene for room in rooms}
        for room in rooms:
            room.tick(number / 10, OtherRooms(room.name, scenes))
            shown[room.name].append(room.state.scene)
    assert shown["there"].index("cellar") == pytest.approx(162, abs=2), "10 s of door, 6 of waiting"
    assert shown["here"].index("cellar") - shown["there"].index("cellar") in (1, 2), "it waits for that"


def test_attract_goes_on_while_the_first_scene_waits_and_whoever_leaves_is_forgotten() -> None:
    story = waiting(scene="door")
    stays = evening(story, [(1.0, feeling("sadness"))], 40, rooms=[(0, ELSEWHERE)])
    assert begins(stays, "door") == pytest.approx(21.1, abs=0.11)
    assert not [cue for now, cue in stays if isinstance(cue, StateChanged) and 0.2 < now < 20.9]  # attract all the time
    leaves = evening(story, [(1.0, feeling("sadness")), (5.0, NOBODY)], 60, rooms=[(0, ELSEWHERE)])
    assert scenes_of(leaves) == ["lamp"]
    again = [(1.0, feeling("sadness")), (5.0, NOBODY), (30.0, feeling("sadness"))]
    assert begins(evening(story, again, 60, rooms=[(0, ELSEWHERE), (33, THERE)]), "door") == 33.1


def test_a_visitor_who_leaves_while_the_film_waits_ends_the_take_as_ever() -> None:
    found = evening(waiting(), [(1.0, feeling("sadness")), (10.5, NOBODY)], 60, rooms=[(0, ELSEWHERE)])
    assert "cellar" not in scenes_of(found)
    assert [(now, cue.outcome) for now, cue in found if isinstance(cue, TakeEnded)] == [(25.6, "left")]


def test_operators_wait_for_no_room() -> None:
    at: dict[float, StoryCommand] = {13.0: Next(), 14.0: Attract()}
    found = evening(waiting(), VISITOR, 20, at, rooms=[(0, ELSEWHERE)])
    assert scenes_of(found)[:4] == ["lamp", "door", "cellar", "lamp"]
    assert begins(found) == 13.1
    first = evening(waiting(scene="door"), VISITOR, 20, {5.0: Start()}, rooms=[(0, ELSEWHERE)])
    assert begins(first, "door") == 5.1
    home = evening(waiting(), VISITOR, 20, {13.0: Attract()}, rooms=[(0, ELSEWHERE)])
    assert scenes_of(home)[2] == "lamp"


def test_a_pause_does_not_use_up_the_limit() -> None:
    found = evening(waiting(), VISITOR, 60, {15.0: Pause(), 25.0: Resume()}, rooms=[(0, ELSEWHERE)])
    assert begins(found) == pytest.approx(PLAIN + 30.1, abs=0.11)


def test_nothing_begins_in_a_pause_also_where_the_other_room_is_there() -> None:
    asked: dict[float, StoryCommand] = {15.0: Pause(), 25.0: Resume()}
    assert begins(evening(waiting(), VISITOR, 60, asked, rooms=[(0, ELSEWHERE), (18, THERE)])) == 25.1


def test_a_film_that_stands_still_is_at_its_end() -> None:
    story = waiting()
    state, _ = begin(story, 0.0)
    told: list[tuple[float, Cue]] = []
    for number in range(1, 400):
        now = number / 10
        head = Playhead(1, now) if now < 2 else Playhead(2, min(now - 2, 9.8))  # its last picture never comes
        state, cues = advance(story, state, Moment(now, feeling("sadness"), head, rooms=ELSEWHERE))
        told += [(now, cue) for cue in cues]
    assert next(round(now, 1) for now, _ in waits_of(told)) == pytest.approx(13.3, abs=0.21)


def test_stems_and_drives_of_a_scene_that_waits_are_told_when_it_comes() -> None:
    more = 'stem = [{ file = "wind.wav", follow = { mood = "dark" } }]\n'
    more += 'drive = [{ what = "blur", follow = { mood = "dark" }, from = 0, to = 1 }]'
    found = evening(waiting(f"{WAIT}\n{more}"), VISITOR, 20, rooms=[(0, ELSEWHERE), (15, THERE)])
    told = [now for now, cue in found if isinstance(cue, StemLevels | DrivePicture) and cue.entry == 3]
    assert told[:2] == [15.0, 15.0]


def test_a_loop_before_a_scene_that_waits_goes_on_looping() -> None:
    loop = TWO_ROOMS.replace("out_seconds = 10\nlisten", "out_seconds = 3\nloop = true\nmaximum_seconds = 9\nlisten")
    story = story_of(loop.replace("[scenes.cellar]\n", f"[scenes.cellar]\n{WAIT}\n"))
    ended = []

    def moods(now: float, state: StoryState) -> Mood:
        ended.append(state.ended)
        return mood_at(VISITOR)(now, state)

    def rooms(now: float) -> OtherRooms:
        return THERE if now > 20 else ELSEWHERE

    found = [(now, cue) for now, _, cues in dry_run(story, moods, 22, 0.1, rooms=rooms) for cue in cues]
    assert begins(found) == pytest.approx(20.2, abs=0.11)
    assert not any(ended)


def test_rooms_that_meet_begin_at_the_tick_that_says_so_and_tell_with_whom() -> None:
    story = waiting(MEET)
    state, _ = begin(story, 0.0)
    met = OtherRooms(scenes={"hall": "door", "stairs": "cellar"}, meets=3, met=("hall",))
    found = evening(story, VISITOR, 60, rooms=[(0, OtherRooms()), (16, met)])
    assert begins(found) == 16.1
    ended = waits_of(found)[1][1]
    assert isinstance(ended, WaitEnded)
    assert (ended.came, ended.reason) == (True, "together with hall")
    early = evening(story, VISITOR, 60, rooms=[(0, OtherRooms(meets=2, met=("hall",)))])  # of another scene
    assert begins(early) == pytest.approx(PLAIN + 20.1, abs=0.11)
    assert meeting(story, state) is None


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (OtherRooms(gone=frozenset({"hall", "stairs"})), "hall, stairs are lost or closed"),
        (OtherRooms(gone=frozenset({"hall"}), scenes={"stairs": "cellar"}), "stairs began before"),
        (OtherRooms("hall", gone=frozenset({"stairs"})), "stairs is lost or closed"),
    ],
    ids=["all lost", "begun before", "own name in the list"],
)
def test_nobody_waits_for_rooms_that_cannot_come(known: OtherRooms, why: str) -> None:
    found = evening(waiting(MEET), VISITOR, 60, rooms=[(0, known)])
    ended = waits_of(found)[-1][1]
    assert isinstance(ended, WaitEnded)
    assert (ended.came, ended.reason, ended.seconds) == (False, why, 0.0)


def test_other_rooms_learn_of_a_scene_only_when_it_could_begin_and_whoever_watches_sees_the_wait() -> None:
    story = waiting(MEET)
    told: list[tuple[float, Meeting | None, tuple[str, ...]]] = []
    for now, state, _ in dry_run(story, mood_at(VISITOR), 40, 0.1):
        told.append((now, meeting(story, state), remembered(story, state)))
    asked = [(now, one, words) for now, one, words in told if one]
    assert [now for now, *_ in asked] == [pytest.approx(PLAIN)]
    assert asked[0][1] == Meeting(3, "cellar", ("hall", "stairs"), 20)
    assert asked[0][2] == ("waits for hall, stairs, 0 of 20 s",)


def test_a_scene_that_cannot_be_played_is_waited_for_no_longer() -> None:
    story = waiting(WAIT, "garden")
    state, told = begin(story, 0.0)
    joy, broken = feeling("happiness"), frozenset({"garden"})
    heads = [(0.1, Playhead(1, 0.1)), (0.2, Playhead(2, 0.0)), *((k, Playhead(2, k)) for k in range(1, 10))]
    for now, head in [*heads, (10, Playhead(2, 10, ended=True)), (11, Playhead(2, 10, ended=True, failed=broken))]:
        state, told = advance(story, state, Moment(now, joy, head))
    assert [cue.scene for cue in told if isinstance(cue, Play)] == ["lamp"]


def test_what_a_scene_waits_for_is_said_where_its_ways_are_shown() -> None:
    assert "waits for hall in hall_cellar, 20 s at most" in as_text(waiting())
    assert "begins together with hall, stairs, waits 20 s at most" in as_text(waiting(MEET))


HALL = 'branch = [{ to = "cellar", when = { %s } }]\n'


def way(when: str, messages: list[tuple[float, str, float | None]], more: str = "") -> str:
    head, tail = TWO_ROOMS[: TWO_ROOMS.index("branch = ")], TWO_ROOMS[TWO_ROOMS.index("next = ") :]
    story = story_of(f"{head}{HALL % when}{tail}{more}")
    found = evening(story, [(1.0, feeling("neutral"))], 15, signals=messages)
    return next(branch.target for branch in branches_of(found) if branch.source == "door")


HAPPY = "hall/mood/happiness"


def test_another_rooms_mood_stands_where_a_signal_does() -> None:
    assert way(f'signal = "{HAPPY}", above = 0.5', [(4, HAPPY, 0.7)]) == "cellar"
    assert way(f'signal = "{HAPPY}", above = 0.5', [(4, HAPPY, 0.4)]) == "garden"
    named = f'[signals.hall_joy]\nroom = "{HAPPY}"\nsmoothing_seconds = 2\n'
    assert way('signal = "hall_joy", above = 0.5', [(4, "hall_joy", 0.7)], named) == "cellar"
    assert way('signal = "hall/scene/cellar"', [(4, "hall/scene/cellar", 1.0)]) == "cellar"
    assert way('signal = "hall/scene/cellar"', [(4, "hall/scene/cellar", 0.0)]) == "garden"
    assert way('signal = "hall/mood/valence", below = -0.5', [(4, "hall/mood/valence", -0.9)]) == "cellar"


def test_what_a_lost_room_said_is_not_known_and_leads_nowhere() -> None:
    asks = 'signal = "hall/alive", above = 0.5'
    assert way(asks, [(2.0, "hall/alive", 1.0), (2.5, "hall/alive", None)]) == "garden"  # before the window
    assert way("not = { " + asks + " }", [(2.0, "hall/alive", 0.0), (2.5, "hall/alive", None)]) == "garden"
    assert way("not = { " + asks + " }", [(2.0, "hall/alive", 0.0), (4.5, "hall/alive", 0.0)]) == "cellar"


def test_a_signal_that_nobody_knows_any_more_is_told_so_at_once() -> None:
    story = story_of(TWO_ROOMS + f'[signals.joy]\nroom = "{HAPPY}"\n')
    state, _ = begin(story, 0.0)
    for now, value in ((1.0, 0.5), (1.1, None)):
        said = (SignalMessage("joy", value),)
        state, _ = advance(story, state, Moment(now, NOBODY, Playhead(1, now), (), said))
    assert [one.known for one in state.signals] == [False]
