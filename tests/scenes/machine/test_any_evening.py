"""Whatever happens, in whatever order, the story stands in one of its scenes and says the same again."""

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from models.labels import LABELS
from models.mood import Mood
from scenes.machine.advance import Moment, advance, begin
from scenes.machine.command import Attract, GoTo, Next, Pause, Reset, Resume, SetBlackout, Start, Stop, StoryCommand
from scenes.machine.cue import Branched, Cue, Play, SceneStarted, TakeEnded, TakeStarted
from scenes.machine.dry_run import DryPlayer
from scenes.machine.memory import Hour
from scenes.machine.state import StoryState
from scenes.story.clip import Playhead
from tests.scenes.evenings import BLIND, NOBODY, TWO_ROOMS, feeling, story_of

STORY = story_of(
    TWO_ROOMS.replace("end = true\n[scenes.cellar]", 'next = "loop"\n[scenes.cellar]')
    + """
cue = [{ at_seconds = 1, caption = "dark" }]
[scenes.loop]
clip = "loop.mp4"
loop = true
maximum_seconds = 25
branch = [
    { to = "garden", when = { visitors_at_least = 2 }, immediately = true },
    { to = "cellar", when = { mood = "fear", held_seconds = 1 } },
    { to = "door", when = { untrusted = true } },
    { to = "garden", when = { been = "loop", took = "fear", draw = { coin = "heads" } }, weight = 3 },
    { to = "garden", when = { any = [{ every = 2 }, { first_today = true }, { after = "12:00" }] }, weight = 1 },
    { to = "lamp", when = { not = { counter = "rounds", at_most = 2 }, valence = { rises_by = 0.1 } } },
]
next = "cellar"
add = { rounds = 1 }
[draws.coin]
of = ["heads", "tails"]
"""
)
moods: st.SearchStrategy[Mood] = st.one_of(
    st.just(NOBODY),
    st.just(BLIND),
    st.builds(feeling, st.sampled_from([None, *LABELS]), st.floats(0.1, 1.0), st.integers(1, 30)),
)
commands: st.SearchStrategy[StoryCommand] = st.one_of(
    st.sampled_from([Start(), Stop(), Pause(), Resume(), Next(), Reset(), Attract()]),
    st.builds(SetBlackout, st.booleans()),
    st.builds(GoTo, st.sampled_from([*STORY.names, "kitchen"])),
)
playheads = st.builds(
    Playhead,
    st.integers(-1, 12),
    st.floats(),
    st.booleans(),
    st.frozensets(st.sampled_from([*STORY.names, "kitchen"]), max_size=4),
)
hours = st.none() | st.builds(Hour, st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)), st.none() | st.floats())
moments = st.builds(
    Moment,
    st.floats(),
    moods,
    playheads,
    st.lists(commands, max_size=2).map(lambda wishes: tuple(wishes)),
    hour=hours,
)


def follow(evening: list[Moment]) -> tuple[list[StoryState], list[Cue]]:
    state, cues = begin(STORY, evening[0].now)
    states, told = [state], list(cues)
    for moment in evening:
        state, cues = advance(STORY, state, moment)
        states.append(state)
        told += cues
        assert not [cue for cue in cues if isinstance(cue, Play) and cue.scene in moment.playhead.failed]
    return states, told


@settings(max_examples=150, deadline=None)
@given(st.lists(moments, min_size=1, max_size=40))
def test_nothing_that_a_moment_can_hold_stops_the_story(evening: list[Moment]) -> None:
    states, told = follow(evening)
    assert {state.scene for state in states} <= set(STORY.names)
    assert {cue.scene for cue in told if isinstance(cue, Play | SceneStarted)} <= set(STORY.names)
    entries = [cue.entry for cue in told if isinstance(cue, Play)]
    assert entries == sorted(entries)
    assert told == follow(evening)[1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(moods, st.lists(commands, max_size=1), st.floats(0.05, 20)), min_size=1, max_size=40),
    st.floats(0.05, 0.5),
)
def test_with_a_player_that_plays_there_is_always_a_picture_and_takes_begin_and_end_in_turn(
    course: list[tuple[Mood, list[StoryCommand], float]], tick: float
) -> None:
    state, cues = begin(STORY, 0.0)
    told: list[Cue] = list(cues)
    player, now = DryPlayer(STORY).perform(cues), 0.0
    for mood, wishes, seconds in course:
        for number in range(max(1, int(seconds / tick))):
            now += tick
            player = player if state.paused else player.run(tick)
            state, cues = advance(
                STORY, state, Moment(now, mood, player.playhead, tuple(wishes) if number == 0 else ())
            )
            told += cues
            player = player.perform(cues)
            assert not state.fault
            assert player.playhead.entry in (state.entry, state.pending.entry if state.pending else 0)
    takes = [cue for cue in told if isinstance(cue, TakeStarted | TakeEnded)]
    assert [type(cue) for cue in takes] == [(TakeStarted, TakeEnded)[k % 2] for k in range(len(takes))]
    assert all(cue.reason for cue in told if isinstance(cue, Branched))
