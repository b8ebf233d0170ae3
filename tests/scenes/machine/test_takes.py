"""What visitors meet in the film."""

from scenes.machine.cue import (
    Branched,
    Caption,
    Play,
    Prepare,
    SceneEnded,
    SceneStarted,
    SendOsc,
    SetVolume,
    ShowState,
    StateChanged,
    TakeEnded,
    TakeStarted,
)
from tests.scenes.evenings import (
    BLIND,
    NOBODY,
    TWO_ROOMS,
    branches_of,
    evening,
    feeling,
    scenes_of,
    story_of,
)


def test_with_nobody_there_the_lamp_burns_on() -> None:
    assert scenes_of(evening(story_of(), [(0, NOBODY)], until=3600, tick_seconds=1.0)) == ["lamp"]


def test_a_visitor_who_comes_in_starts_the_film() -> None:
    cues = evening(story_of(), [(5, feeling(None))], until=7)
    assert scenes_of(cues) == ["lamp", "door"]
    assert (5.0, Branched("lamp", "door", "somebody is there", None, 0.0)) in cues


def test_a_happy_visitor_goes_to_the_garden_and_an_afraid_one_to_the_cellar() -> None:
    assert scenes_of(evening(story_of(), [(1, feeling("happiness"))], until=15))[2] == "garden"
    assert scenes_of(evening(story_of(), [(1, feeling("fear"))], until=15))[2] == "cellar"


def test_a_choice_tells_its_reason_its_emotion_and_how_sure_it_was() -> None:
    choice = branches_of(evening(story_of(), [(1, feeling("fear", 0.8))], until=15))[1]
    assert (choice.source, choice.target, choice.emotion) == ("door", "cellar", "fear")
    assert choice.reason == "dark led 100% of the listening window, peak 0.86"  # with what is left to sadness and anger
    assert abs(choice.confidence - (0.8 + 2 * 0.2 / 7)) < 1e-6


def test_the_choice_closes_before_the_end_and_the_cut_comes_on_the_last_frame() -> None:
    """0.75 s to make the next clip ready, before the 1 s by which the fade into the garden would begin early."""
    cues = evening(story_of(), [(1, feeling("fear"))], until=15)
    (started,) = [now for now, cue in cues if isinstance(cue, SceneStarted) and cue.scene == "door"]
    (chosen,) = [now for now, cue in cues if isinstance(cue, Branched) and cue.source == "door"]
    (cut,) = [now for now, cue in cues if isinstance(cue, SceneStarted) and cue.scene == "cellar"]
    assert abs(chosen - started - 8.25) <= 0.1001
    assert abs(cut - started - 10.0) <= 0.1001


def test_a_choice_that_is_closed_early_still_waits_for_the_last_frame() -> None:
    text = TWO_ROOMS.replace("out_seconds = 30\n", "out_seconds = 30\ndecide_before_end_seconds = 10\n")
    cues = evening(story_of(text), [(1, feeling("fear")), (35, NOBODY)], until=60)
    assert [(now, cue.at) for now, cue in cues if isinstance(cue, Play) and cue.scene == "lamp"][1:] == [(31.1, "end")]
    assert [now for now, cue in cues if isinstance(cue, TakeEnded)] == [41.0]


def test_what_a_face_shows_before_and_after_the_listening_window_does_not_count() -> None:
    course = [(1, feeling("fear")), (3, feeling("happiness")), (9.3, feeling("fear"))]
    assert scenes_of(evening(story_of(), course, until=15))[2] == "garden"


def test_of_two_moods_the_longer_one_leads() -> None:
    course = [(1, feeling("happiness")), (5.5, feeling("sadness"))]  # 2.5 s and 3.5 s of the window from 3 to 9
    assert scenes_of(evening(story_of(), course, until=15))[2] == "cellar"


def test_emotions_of_one_group_count_together() -> None:
    course = [(1, feeling("happiness")), (5.4, feeling("sadness")), (7, feeling("fear")), (8, feeling("anger"))]
    assert scenes_of(evening(story_of(), course, until=15))[2] == "cellar"


def test_an_undecided_face_is_led_by_next() -> None:
    choice = branches_of(evening(story_of(), [(1, feeling(None))], until=15))[1]
    assert (choice.target, choice.reason, choice.emotion) == (
        "garden",
        "otherwise: no clear answer (calm 0%, dark 0%)",
        None,
    )


def test_when_the_camera_is_lost_in_mid_film_the_way_is_next() -> None:
    choice = branches_of(evening(story_of(), [(1, feeling("fear")), (2, BLIND)], until=15))[1]
    assert (choice.target, choice.reason) == ("garden", "otherwise: too little was seen (0.0 s)")


def test_a_glimpse_at_the_visitor_is_too_little_for_a_choice() -> None:
    course = [(1, feeling("fear")), (4, BLIND)]  # 1 s of the window of 6 s
    assert branches_of(evening(story_of(), course, until=15))[1].target == "garden"


def test_when_we_cannot_look_the_lamp_holds_and_nobody_is_sent_away() -> None:
    assert scenes_of(evening(story_of(), [(0, BLIND)], until=100)) == ["lamp"]
    course = [(1, feeling("fear")), (12, BLIND)]
    assert scenes_of(evening(story_of(), course, until=60)) == ["lamp", "door", "cellar", "lamp"]


LONG = TWO_ROOMS.replace("out_seconds = 10\n", "out_seconds = 80\n")


def test_while_we_cannot_look_nobody_has_left() -> None:
    course = [(1, feeling("fear")), (10, NOBODY), (20, BLIND)]
    assert scenes_of(evening(story_of(LONG), course, until=60)) == ["lamp", "door"]


def test_an_empty_room_after_a_blind_time_is_waited_for_like_any_other() -> None:
    cues = evening(story_of(LONG), [(1, feeling("fear")), (10, BLIND), (40, NOBODY)], until=60)
    assert [now for now, cue in cues if isinstance(cue, TakeEnded)] == [55.1]


def test_a_visitor_who_leaves_in_mid_film_is_waited_for_and_then_the_lamp_burns_again() -> None:
    cues = evening(story_of(), [(1, feeling("fear")), (12, NOBODY)], until=60)
    outcomes = [(now, cue.outcome) for now, cue in cues if isinstance(cue, TakeEnded)]
    assert outcomes == [(27.1, "cellar")]  # an ending that was reached stays reached
    assert branches_of(cues)[-1].reason == "nobody there for 15 s"


def test_a_visitor_who_leaves_before_an_ending_has_left() -> None:
    cues = evening(story_of(LONG), [(1, feeling("fear")), (5, NOBODY)], until=60)
    assert [cue.outcome for _, cue in cues if isinstance(cue, TakeEnded)] == ["left"]
    assert scenes_of(cues) == ["lamp", "door", "lamp"]


def test_a_visitor_who_comes_back_in_time_finds_the_film_going_on() -> None:
    course = [(1, feeling("fear")), (12, NOBODY), (20, feeling("fear")), (21, NOBODY), (30, feeling("fear"))]
    assert scenes_of(evening(story_of(), course, until=40)) == ["lamp", "door", "cellar"]


def test_an_author_can_let_the_film_say_goodbye() -> None:
    text = LONG.replace('next = "garden"', 'next = "cellar"')
    text += '[scenes.bye]\nclip = "bye.mp4"\nnext = "garden"\n[left]\nafter_seconds = 4\nto = "bye"\n'
    cues = evening(story_of(text), [(1, feeling("fear")), (5, NOBODY)], until=60)
    assert scenes_of(cues) == ["lamp", "door", "bye", "garden", "lamp"]
    assert [cue for _, cue in cues if isinstance(cue, TakeStarted | TakeEnded)] == [
        TakeStarted(1),
        TakeEnded(1, "left"),
    ]


def test_each_visitor_has_a_take_of_their_own() -> None:
    course = [(1, feeling("happiness")), (12, NOBODY), (20, feeling("fear"))]
    cues = evening(story_of(), course, until=62)
    assert [cue for _, cue in cues if isinstance(cue, TakeStarted | TakeEnded)] == [
        TakeStarted(1),
        TakeEnded(1, "garden"),
        TakeStarted(2, seed=1),
        TakeEnded(2, "cellar"),
        TakeStarted(3, seed=2),
    ]


def test_the_end_of_one_scene_is_told_before_the_start_of_the_next() -> None:
    cues = [cue for now, cue in evening(story_of(), [(1, feeling("fear"))], until=15)]
    (end,) = [k for k, cue in enumerate(cues) if isinstance(cue, SceneEnded) and cue.scene == "door"]
    assert cues[end + 1] == SceneStarted(3, "cellar", 5)
    assert cues[end + 2] == Prepare(("lamp",))
    ended = cues[end]
    assert isinstance(ended, SceneEnded)
    assert abs(ended.seconds - 10) < 0.2


def test_the_room_is_told_when_the_film_listens() -> None:
    cues = evening(story_of(), [(1, feeling("fear"))], until=15)
    states = [(now, cue.state) for now, cue in cues if isinstance(cue, StateChanged)]
    assert states == [
        (0.0, ShowState.ATTRACT),
        (1.0, ShowState.TRANSITION),
        (1.1, ShowState.PLAYING),
        (3.0, ShowState.DECIDING),
        (9.1, ShowState.PLAYING),
        (9.3, ShowState.TRANSITION),
        (11.1, ShowState.PLAYING),
    ]


def test_a_scenes_own_cues_come_at_their_film_time_and_once() -> None:
    text = TWO_ROOMS.replace(
        'clip = "cellar.mp4"\n',
        'clip = "cellar.mp4"\ncue = [{ at_seconds = 5, volume = 0.2, over_seconds = 2 },'
        ' { at_seconds = 0, osc = { address = "/cue/fog", arguments = [1, 0.5, "on"] } },'
        ' { at_seconds = 2, caption = "Mind the step.", seconds = 3 }]\n',
    )
    cues = evening(story_of(text), [(1, feeling("fear"))], until=40)
    own = [(now, cue) for now, cue in cues if isinstance(cue, SendOsc | Caption | SetVolume)]
    assert own == [
        (11.1, SendOsc("/cue/fog", (1, 0.5, "on"))),
        (13.1, Caption("Mind the step.", 3.0)),
        (16.1, SetVolume(0.2, 2.0)),
    ]
