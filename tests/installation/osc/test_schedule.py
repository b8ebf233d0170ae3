"""What a receiver is told and when, with the time as an argument."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from calibration.eyes_settings import EYES_AT_MOST
from calibration.settings import OscTarget
from installation.bench.osc_show import mood
from installation.host.health import EyeHealth, Health, Sense
from installation.osc import state
from installation.osc.decoder import Received, decode
from installation.osc.encoder import free_message, message
from installation.osc.registry import BY_PATH
from installation.osc.schedule import Schedule
from installation.osc.snapshot import Snapshot
from scenes.machine.cue import SignalChanged
from scenes.story.signals import SIGNALS_AT_MOST


@dataclass
class Bench:
    """A target that is served as the broadcast serves it: on news, and when it says that something is due."""

    settings: OscTarget
    snapshot: Snapshot = field(default_factory=Snapshot)
    heard: list[tuple[float, Received]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.settings, 0.0)
        self.snapshot.slow = {m.path: m for m in state.about_messages(state.About("1", "film", "hall"))}
        self.snapshot.update_change(state.scene_messages("opening", 2, 0, 2))

    def serve(self, now: float, fresh: bool = False, down: bool = False) -> list[bytes]:
        packets = self.schedule.datagrams(self.snapshot, fresh, down, now)
        self.heard += [(now, one) for packet in packets for one in decode(packet)]
        return packets

    def run(self, start: float, seconds: float, mood_hertz: float) -> None:
        """Moods at ``mood_hertz``, and a wake wherever the target asks for one."""
        now, next_mood, number = start, start, 0
        while now < start + seconds:
            fresh = now >= next_mood
            if fresh:
                number += 1
                next_mood = start + number / mood_hertz
                self.snapshot.update_mood(state.mood_messages(mood(now, 4), True))
            self.serve(now, fresh)
            now = max(min(next_mood, self.schedule.due_at()), now + 1e-4)

    def times(self, path: str) -> list[float]:
        return [at for at, one in self.heard if one.address == path]


@pytest.mark.parametrize("mood_hertz", [3.0, 7.0, 9.0, 10.0, 11.0, 15.0, 25.0, 30.0, 60.0])
def test_the_rate_holds_whatever_the_eyes_own_rate_is(mood_hertz: float) -> None:
    bench = Bench(OscTarget())
    bench.run(100.0, 20.0, mood_hertz)
    assert 190 <= len(bench.times("/emo/count")) <= 212


def test_a_mood_that_is_sent_is_never_an_old_one_while_the_eye_sees() -> None:
    bench = Bench(OscTarget())
    now = 0.0
    for number in range(150):
        now = number / 15
        while bench.schedule.due_at() < now:
            assert not any(
                one.address == "/emo/count" for p in bench.serve(bench.schedule.due_at()) for one in decode(p)
            )
        bench.snapshot.update_mood(state.mood_messages(mood(now, 4), False))
        bench.serve(now, fresh=True)
    assert len(bench.times("/emo/count")) == pytest.approx(100, abs=4)


@pytest.mark.parametrize(("mood_hertz", "rate"), [(30.0, 60.0), (45.0, 60.0), (58.0, 60.0), (30.0, 30.0)])
def test_no_mood_of_an_eye_that_is_no_quicker_than_the_rate_waits(mood_hertz: float, rate: float) -> None:
    """Looks are not evenly spaced: after one that was late the next comes soon. It is not held back for that."""
    rng = np.random.default_rng(7)
    late = np.abs(rng.normal(0, 0.1, 1000)) + (rng.random(1000) < 0.1) * 0.4
    bench = Bench(OscTarget(rate_hertz=rate))
    bench.serve(0.0)
    came = (100 + np.sort(np.arange(1000) + late)) / mood_hertz
    for now in came:
        while bench.schedule.due_at() < now:
            bench.serve(bench.schedule.due_at())
        bench.snapshot.update_mood(state.mood_messages(mood(now, 4), False))
        bench.serve(now, fresh=True)
    sent = bench.times("/emo/count")
    assert np.mean(np.isin(came, sent)) > 0.99
    assert len(sent) / came[-1] <= rate + 1


def test_without_new_moods_the_last_one_is_sent_again_at_the_rate() -> None:
    bench = Bench(OscTarget())
    bench.snapshot.update_mood(state.mood_messages(mood(0, 1), False))
    now = 0.0
    while now < 5.0:
        bench.serve(now)
        now = max(bench.schedule.due_at(), now + 1e-4)
    assert len(bench.times("/emo/mood/valence")) == pytest.approx(50, abs=1)


def test_after_a_stall_nothing_is_sent_in_a_burst() -> None:
    bench = Bench(OscTarget())
    bench.run(0.0, 1.0, 15.0)
    bench.heard.clear()
    bench.run(60.0, 1.0, 15.0)
    assert len(bench.times("/emo/count")) <= 12


def test_an_event_is_sent_three_times_within_200_ms_under_one_number() -> None:
    bench = Bench(OscTarget())
    bench.schedule.queue(message("/event/scene/start", 7, 2), 10.0)
    for step in range(400):
        bench.serve(10.0 + step / 1000)
    times = bench.times("/emo/event/scene/start")
    assert len(times) == 3
    assert times[-1] - times[0] < 0.2
    assert {one.values for _, one in bench.heard if "start" in one.address} == {(7, 2)}


def test_a_receiver_that_would_act_three_times_may_ask_for_one() -> None:
    bench = Bench(OscTarget(event_repeats=1, addresses={"/event/scene/start": "/cue/scene{index}/start"}))
    bench.schedule.queue(message("/event/scene/start", 7, 2), 10.0)
    for step in range(400):
        bench.serve(10.0 + step / 1000)
    assert [(one.address, one.values) for _, one in bench.heard if "cue" in one.address] == [("/cue/scene2/start", ())]


def test_a_cue_of_the_storys_own_is_sent_once_because_no_number_marks_a_repeat() -> None:
    bench = Bench(OscTarget(prefix="/hall"))
    bench.schedule.queue(free_message("/lamp/go", (1, 0.5, "warm")), 0.0)
    for step in range(400):
        bench.serve(step / 1000)
    assert [one.values for _, one in bench.heard if one.address == "/hall/lamp/go"] == [(1, 0.5, "warm")]


def test_the_whole_state_is_sent_each_second_and_a_change_at_once() -> None:
    bench = Bench(OscTarget(profile="events"))
    for step in range(3000):
        if step == 1500:
            bench.snapshot.update_change(state.scene_messages("joy", 3, 0, 2))
        bench.serve(step / 1000)
    assert bench.times("/emo/scene/state") == pytest.approx([0.0, 1.0, 2.0], abs=0.002)
    assert bench.times("/emo/scene/index") == pytest.approx([0.0, 1.0, 1.5, 2.0], abs=0.002)


def test_a_receiver_that_may_be_just_switched_on_gets_the_rare_things_with_each_keyframe() -> None:
    bench = Bench(OscTarget())
    bench.snapshot.update_health(state.health_messages(Health(1, Sense.OK, Sense.OK, 30, 15, 1, 0)), 1.0)
    bench.run(0.0, 1.01, 15.0)
    bench.heard.clear()
    bench.serve(2.02, down=True)
    told = {one.address.removeprefix("/emo") for _, one in bench.heard}
    assert {"/info/labels", "/scene/id", "/mood/label", "/mood/emotions", "/health/beat"} <= told


def test_health_is_not_repeated_because_silence_must_mean_a_dead_show() -> None:
    bench = Bench(OscTarget())
    bench.snapshot.update_health(state.health_messages(Health(1, Sense.OK, Sense.OK, 30, 15, 1, 0)), 0.0)
    for step in range(100):
        bench.serve(step / 10, down=True)
    assert bench.times("/emo/health/beat")[-1] < 2.0


def test_each_late_dropped_and_repeated_picture_is_told_to_the_room() -> None:
    health = Health(
        1, Sense.OK, Sense.OK, 30, 15, 1, 0, late_frames=4, dropped_frames=3, repeated_frames=2, sound_gaps=1
    )
    assert message("/health/frames", 4, 3, 2, 1) in list(state.health_messages(health))


def test_nothing_of_a_single_visitor_leaves_by_default() -> None:
    bench = Bench(OscTarget())
    bench.schedule.queue(message("/event/enter", 1, 1, 99), 0.0)
    bench.schedule.queue(message("/event/emotion", 2, 3, 1, 0.5), 0.0)
    bench.schedule.queue(message("/event/emotion", 3, 0, 1, 0.5), 0.0)
    bench.run(0.0, 2.0, 15.0)
    told = {one.address for _, one in bench.heard}
    assert not any("/visitor/" in address or "/event/enter" in address for address in told)
    assert {one.values[1] for _, one in bench.heard if one.address == "/emo/event/emotion"} == {0}


@pytest.mark.parametrize("profile", ["aggregate", "visitors", "scalar", "events"])
def test_each_profile_carries_what_the_registry_says_and_nothing_else(profile: str) -> None:
    bench = Bench(OscTarget.model_validate({"profile": profile}))
    eyes = tuple(EyeHealth(f"eye{number}", Sense.OK, "") for number in range(EYES_AT_MOST + 1))
    bench.snapshot.update_health(state.health_messages(Health(1, Sense.OK, Sense.OK, 30, 15, 1, 0, eyes=eyes)), 0.0)
    bench.snapshot.time = {"/scene/time": message("/scene/time", 1.0, 7.0)}
    bench.snapshot.update_change([message("/info/house", "open")])
    bench.snapshot.update_change(state.eye_messages(True, "open"))
    for number in range(1, SIGNALS_AT_MOST + 1):
        bench.snapshot.update_change(state.signal_messages(SignalChanged(number, "heart", 90.0, 0.5, known=True)))
    bench.run(0.0, 2.0, 15.0)
    told = {one.address.removeprefix("/emo") for _, one in bench.heard}
    events = {path for path in BY_PATH if path.startswith("/event/")}
    promised = {path for path, line in BY_PATH.items() if profile in line.profiles} - events
    if profile == "visitors":  # four slots are ever taken, and more than eight are told only once they were taken
        slots = {p: int(p.split("/")[2]) for p in promised if p.startswith("/visitor/")}
        unused = {p for p, slot in slots.items() if slot > (8 if p.endswith("/present") else 4)}
        promised -= unused
    if profile == "scalar":
        assert all(len(one.values) == 1 and one.tags == "f" for _, one in bench.heard)
        split = {"/scene/time": ("elapsed", "duration"), "/health/fps": ("film", "eye")}
        promised = promised - set(split) | {f"{path}/{name}" for path, names in split.items() for name in names}
    assert told == promised


def test_own_addresses_are_whole_and_an_empty_one_silences() -> None:
    bench = Bench(OscTarget(profile="scalar", addresses={"/mood/happiness": "/layer/1/opacity", "/count": ""}))
    bench.run(0.0, 1.0, 15.0)
    told = {one.address for _, one in bench.heard}
    assert "/layer/1/opacity" in told
    assert not {"/emo/mood/happiness", "/emo/count", "/count"} & told


def test_a_receiver_that_wants_only_what_it_named_hears_nothing_else() -> None:
    named = {"/scene/index": "/layer/1/scene", "/event/scene/start": "/cue/scene{index}/start"}
    bench = Bench(OscTarget(profile="events", only_named=True, bundles=False, addresses=named))
    bench.schedule.queue(message("/event/scene/start", 7, 2), 0.0)
    bench.schedule.queue(free_message("/lamp/go", ()), 0.0)
    bench.run(0.0, 2.0, 15.0)
    assert {one.address for _, one in bench.heard} == {"/layer/1/scene", "/cue/scene2/start"}


def test_with_bundles_off_every_message_is_a_datagram_of_its_own() -> None:
    bench = Bench(OscTarget(bundles=False))
    bench.snapshot.update_mood(state.mood_messages(mood(0, 4), False))
    packets = bench.serve(0.0, fresh=True)
    assert all(packet.startswith(b"/emo/") for packet in packets)
    assert packets[0].startswith(b"/emo/frame")


def test_bundles_are_counted_without_a_gap_and_split_under_1400_bytes() -> None:
    bench = Bench(OscTarget(profile="visitors", prefix="/a/long/prefix/of/some/other/house"))
    bench.run(0.0, 3.0, 15.0)
    frames = [one.values[0] for _, one in bench.heard if one.address.endswith("/frame")]
    assert frames == list(range(1, len(frames) + 1))
    packets = bench.serve(10.0, fresh=True)
    assert len(packets) > 1
    assert max(map(len, packets)) <= 1400


def test_repeats_of_what_somebody_felt_are_not_sent_when_nobody_may_be_looked_at() -> None:
    bench = Bench(OscTarget(profile="visitors"))
    for event in (message("/event/emotion", 7, 1, 5, 0.9), message("/event/scene/start", 8, 2)):
        bench.schedule.queue(event, 10.0)
    bench.serve(10.0)
    bench.schedule.forget()
    bench.serve(11.0)
    assert len(bench.times("/emo/event/emotion")) == 1
    assert len(bench.times("/emo/event/scene/start")) == 3
