"""The stage: how it obeys its operators. A real film on SDL's dummy screen, real OSC on loopback, moods by hand."""

import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pygame
import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from calibration.errors import Unavailable
from calibration.settings import OscSettings, ScreenSettings
from calibration.venue import Venue
from installation.host.journal_files import read_lines
from installation.host.state_folder import room_stem, state_folder
from installation.osc.encoder import Value
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from installation.show.show import Show
from scenes.machine.cue import ShowState
from scenes.story.clip import Clip
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.waiting import LONG, wait_until

STORY = """
title = "One room"
start = "door"
attract = "lamp"
safe = "lamp"
[scenes.lamp]
clip = "lamp.mp4"
loop = true
[scenes.door]
clip = "door.mp4"
end = true
"""
ATTIC = '[scenes.attic]\nclip = "attic.mp4"\nend = true\n'


class Room:
    """One show, and a guard's phone that speaks to it."""

    def __init__(self, show: Show, story: Path) -> None:
        self.show, self.story = show, story
        self.phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.phone.settimeout(2.0)

    def run_until(self, true: Callable[[], bool], seconds: float = 8.0) -> None:
        for _ in range(round(seconds / 0.05)):
            if true():
                return
            self.show.run(0.05)
        pytest.fail(f"not within {seconds:g} s")

    def ask(self, command: str, *arguments: float | str) -> tuple[int, str]:
        """Send a command, let the show tick, and return the reply."""
        message = OscMessageBuilder(f"/emo/control/{command}")
        for argument in arguments:
            message.add_arg(argument)
        assert self.show.parts.control is not None
        self.phone.sendto(message.build().dgram, ("127.0.0.1", self.show.parts.control.port))
        self.show.run(0.2)
        self.run_until(lambda: bool(select.select([self.phone], [], [], 0)[0]))
        reply = OscMessage(self.phone.recv(2000))
        assert reply.address == f"/emo/reply/{command}"
        code, reason = reply.params
        return code, reason

    @property
    def scene(self) -> str:
        return self.show.scene


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path) as here:
        yield here


@contextmanager
def open_room(
    tmp_path: Path,
    seconds: float = 6.0,
    osc: OscSettings | None = None,
    without: str = "",
    languages: tuple[str, ...] = (),
) -> Iterator[Room]:
    """One show. ``without``: this scene's clip is not there at the start, but at ``NAME.away``."""
    for name in ("lamp", "door", "attic"):
        suffix = "away" if name == without else "mp4"
        make_clip(tmp_path / f"{name}.mp4", seconds=seconds, fps=30, size=(160, 90)).rename(
            tmp_path / f"{name}.{suffix}"
        )
    story = tmp_path / "story.toml"
    captions = 'clip = "lamp.mp4"\ncaptions = "lamp.en.srt"' if languages else 'clip = "lamp.mp4"'
    story.write_text(STORY.replace('clip = "lamp.mp4"', captions) + (ATTIC if without else ""))
    for language in languages:
        (tmp_path / f"lamp.{language}.srt").write_text("1\n00:00:00,000 --> 00:00:05,000\nHello\n")
    screen = ScreenSettings(width=160, height=90, captions_languages=languages[1:2])
    venue = Venue(name=tmp_path.name, osc=osc or OscSettings(listen_port=0), screen=screen)
    with open_show(load_story(story, forgive_clips=True), venue, headless=True, mood_source=ManualMood()) as show:
        here = Room(show, story)
        here.run_until(lambda: show.parts.film.playhead.entry > 0 or without == "lamp")
        yield here
        here.phone.close()


def test_a_guard_can_lead_the_film_to_a_scene_and_is_told_when_there_is_none_of_that_name(room: Room) -> None:
    assert room.ask("goto", "door") == (0, "ok")
    room.run_until(lambda: room.scene == "door")
    code, reason = room.ask("goto", "dor")
    assert code != 0
    assert "dor" in reason
    assert room.scene == "door"


def test_a_pause_stops_the_film_where_it_is(room: Room) -> None:
    room.ask("pause")
    stands = room.show.parts.film.playhead.seconds
    room.show.run(0.5)
    assert room.show.parts.film.playhead.seconds == pytest.approx(stands, abs=0.05)
    room.ask("resume")
    room.show.run(0.5)
    assert room.show.parts.film.playhead.seconds > stands + 0.2


def test_the_captions_change_their_language_while_the_film_plays(tmp_path: Path) -> None:
    with open_room(tmp_path, languages=("en", "de", "fr")) as room:
        show = room.show

        def drawn_in() -> tuple[str, ...] | None:
            return show.parts.film._composer.languages

        assert show.controls.captions == drawn_in() == ("de",), "as the venue says"
        assert room.ask("captions", "fr, en") == (0, "ok")
        assert show.controls.captions == drawn_in() == ("fr", "en")
        code, reason = room.ask("captions", "nl")
        assert (code, reason) == (1, "no captions in 'nl'; the story has en, de, fr, and own, off")
        assert room.ask("captions", "en de fr") == (1, "at most 2 languages at a time")
        assert drawn_in() == ("fr", "en")
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_l))
        room.run_until(lambda: drawn_in() == ("en",))
        assert room.ask("captions", "off") == (0, "ok")
        assert drawn_in() is None


def told_time(room: Room, seconds: float) -> tuple[Value, ...]:
    """What the room is told of a film that has played for so long."""
    show = room.show
    show.parts.film.playhead = replace(show.parts.film.playhead, seconds=seconds)
    before = show.parts.broadcast.values().get("/scene/time")
    show._announcing._next_scene_time = 0.0
    show._announcing.send_due(time.monotonic(), show.story, show._state, show._mood, show._view)
    wait_until(lambda: show.parts.broadcast.values().get("/scene/time") not in (None, before), LONG)
    return show.parts.broadcast.values()["/scene/time"]


def test_a_loop_that_has_played_for_400_days_still_tells_where_in_its_clip_it_is(room: Room) -> None:
    room.run_until(lambda: "/scene/time" in room.show.parts.broadcast.values())
    passes = 400 * 86_400 // 6
    assert told_time(room, 6.0 * passes + 2.5) == pytest.approx((2.5, 6.0), abs=0.01)
    assert told_time(room, 6.0 * passes + 3.25) == pytest.approx((3.25, 6.0), abs=0.01)


def test_a_picture_that_stands_for_400_days_costs_the_room_no_address(room: Room) -> None:
    room.ask("goto", "door")
    room.run_until(lambda: room.scene == "door")
    assert told_time(room, 400 * 86_400.0)[0] == pytest.approx(1e6)


def test_a_story_that_was_mended_begins_with_the_next_scene_while_the_film_goes_on(room: Room) -> None:
    room.story.write_text(STORY + ATTIC)
    assert room.ask("goto", "attic")[0] != 0
    assert room.ask("reload") == (0, "ok")
    room.show.run(0.5)
    room.ask("goto", "door")
    room.run_until(lambda: room.scene == "door")
    assert room.ask("goto", "attic") == (0, "ok")
    room.run_until(lambda: room.scene == "attic")


def test_a_story_that_was_broken_by_hand_is_told_and_the_old_one_goes_on(room: Room) -> None:
    room.story.write_text(STORY + "[scenes.attic\n")
    room.ask("reload")
    room.run_until(lambda: room.show.parts.losses.is_lost("new story"))
    room.ask("goto", "door")
    room.run_until(lambda: room.scene == "door")


def test_closed_doors_mean_a_dark_wall_and_no_film_for_whoever_asks(room: Room) -> None:
    room.ask("goto", "door")
    room.run_until(lambda: room.scene == "door")
    room.ask("closed", 1.0)
    room.run_until(lambda: room.scene == "lamp" and room.show.controls.blackout)
    assert not room.show.plays
    assert room.ask("start")[0] != 0
    room.ask("closed", 0.0)
    room.run_until(lambda: not room.show.controls.blackout)
    assert room.show.plays
    assert room.ask("start") == (0, "ok")
    room.run_until(lambda: room.scene == "door")


def test_what_a_phone_sets_is_what_the_stage_has(room: Room) -> None:
    room.ask("volume", 0.25)
    room.ask("mute", 1.0)
    room.ask("brightness", 0.5)
    controls = room.show.controls
    assert (controls.volume, controls.mute, controls.brightness) == (0.25, True, 0.5)


def test_the_films_counters_are_in_the_health_that_the_room_is_told(room: Room) -> None:
    counter = room.show.parts.film._composer.counter
    counter.late, counter.dropped, counter.repeated = 1004, 1003, 1002
    room.show.parts.film.sound.gaps = 1001
    health = room.show._announcing.measure_health(room.show._started + 1.0)
    assert (health.late_frames, health.dropped_frames, health.repeated_frames) == (1004, 1003, 1002)
    assert health.sound_gaps == 1001


def test_a_take_that_the_shows_end_cuts_short_ends_with_the_show_and_not_by_an_operator(room: Room) -> None:
    room.ask("goto", "door")
    room.run_until(lambda: room.scene == "door")
    parts, now = room.show.parts, time.monotonic()
    room.show.end(now)
    parts.journal.end(now)
    assert parts.journal.flush()
    (day,) = (state_folder() / "journal").glob(f"*.{room_stem(room.story.parent.name)}.jsonl")
    lines = list(read_lines(day))
    last = [line for line in lines if line["kind"] in ("take_end", "show_end")]
    assert [(line["kind"], line.get("outcome")) for line in last] == [("take_end", "show_end"), ("show_end", None)]
    assert last[1]["takes"] == 1
    said = {kind: [line for line in lines if line["kind"] == kind] for kind in ("story", "take_start", "branch")}
    assert said["story"][0]["scenes"] == {"lamp": None, "door": 6.0}
    assert said["story"][0]["endings"] == ["door"]
    assert said["take_start"][0]["story"] == said["story"][0]["hash"]
    assert said["take_start"][0]["rehearsed"]  # at a desk all moods are by hand
    assert said["branch"][0]["stood"] == [{"to": "door", "asks": "somebody there", "taken": False}]


def test_a_pause_leaves_a_sign_on_the_wall_but_not_on_a_dark_one(room: Room) -> None:
    def sign() -> bool:
        return room.show._over_the_film(0.0) is not None

    assert not sign()
    room.ask("pause")
    room.run_until(sign)
    room.ask("blackout", 1.0)
    room.run_until(lambda: not sign())
    room.ask("blackout", 0.0)
    room.ask("resume")
    room.run_until(lambda: not room.show.controls.paused)
    assert not sign()


def test_the_overlay_names_the_story_the_scene_and_its_ways_out(room: Room) -> None:
    room.ask("goto", "door")
    room.run_until(lambda: room.scene == "door")
    view = room.show._view()
    assert (view.title, view.scene) == ("One room", "door")
    assert [(branch.to, branch.taken) for branch in view.branches] == [("lamp", True)]
    assert len(view.clock.split(":")) == 3


def test_with_every_clip_lost_the_safe_picture_stands_and_the_film_is_back_when_the_clips_are(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    with open_room(media, seconds=1.5) as room:
        film = room.show.parts.film
        room.run_until(lambda: film.health.candidates_ready > 0 and film._preroll.safe_picture is not None)
        media.rename(tmp_path / "away")
        room.ask("goto", "door")  # is open already; but nothing can follow it
        room.run_until(lambda: room.scene == "door")
        room.run_until(lambda: room.show._state_word is ShowState.FAULT)
        room.run_until(lambda: film._lying is not None)
        assert film.playhead.failed == {"lamp"}
        (tmp_path / "away").rename(media)
        room.run_until(lambda: room.scene == "lamp" and film._lying is None, LONG)
        assert room.show._state_word is ShowState.ATTRACT
        assert not [part for part in room.show.parts.losses.lost_parts() if part.startswith(("scene", "film", "clip"))]


def test_a_reload_forgets_which_clips_could_not_be_played(room: Room, tmp_path: Path) -> None:
    film = room.show.parts.film
    (tmp_path / "door.mp4").rename(tmp_path / "away.mp4")
    room.show.parts.film.prepare({})
    film.play(99, "door", Clip(tmp_path / "door.mp4"))
    room.run_until(lambda: "door" in film.playhead.failed)
    (tmp_path / "away.mp4").rename(tmp_path / "door.mp4")
    room.ask("reload")
    assert not film.playhead.failed
    room.ask("goto", "door")
    room.run_until(lambda: room.scene == "door")
    assert not room.show.parts.losses.is_lost("scene door")


def test_when_attract_begins_lost_clips_are_looked_for(room: Room, tmp_path: Path) -> None:
    film = room.show.parts.film
    room.ask("goto", "door")
    room.run_until(lambda: room.scene == "door")
    film.play(99, "attic", Clip(tmp_path / "nowhere.mp4"))
    room.run_until(lambda: "attic" in film.playhead.failed)
    looks = film._preroll.failures._all["attic"].looks
    film._preroll.failures._all["attic"].looked = float("inf")  # none is due by itself
    room.ask("attract")
    room.run_until(lambda: room.scene == "lamp")
    assert film._preroll.failures._all["attic"].looks == looks + 1


def test_a_clip_that_was_missing_at_the_start_is_played_when_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.show.lost_media.WAITS", (1.0,))
    with open_room(tmp_path, without="door") as room:
        losses = room.show.parts.losses
        assert losses.is_lost("scene door")
        assert losses.errors == 1 + losses.is_lost("captions font")
        (tmp_path / "door.away").rename(tmp_path / "door.mp4")
        room.run_until(lambda: not losses.is_lost("scene door"), LONG)
        room.ask("start")
        room.run_until(lambda: room.scene == "door")


def test_what_was_missing_at_the_start_is_looked_for_when_attract_begins(tmp_path: Path) -> None:
    with open_room(tmp_path, without="attic") as room:
        media = room.show._lost_media
        room.ask("goto", "door")
        room.run_until(lambda: room.scene == "door")
        media._looks, media._looked = 2, media._looked - 10.0  # the next is due in 50 s
        (tmp_path / "attic.away").rename(tmp_path / "attic.mp4")
        room.show.run(0.3)
        assert media._looks == 2
        room.ask("attract")
        room.run_until(lambda: not room.show.parts.losses.is_lost("scene attic"))


def test_with_nothing_to_play_at_the_start_the_film_begins_as_soon_as_there_is(tmp_path: Path) -> None:
    with open_room(tmp_path, without="lamp") as room:
        assert room.show._state_word is ShowState.FAULT
        room.show._lost_media._looks = 2  # by itself the next would be a minute later
        (tmp_path / "lamp.away").rename(tmp_path / "lamp.mp4")
        room.run_until(lambda: room.show._state_word is ShowState.ATTRACT)
        assert room.show.parts.film.playhead.entry > 0
        assert not [part for part in room.show.parts.losses.lost_parts() if part.startswith("scene")]


def test_a_story_that_is_edited_while_a_clip_is_missing_waits_for_its_maker(tmp_path: Path) -> None:
    with open_room(tmp_path, without="attic") as room:
        media, edited = room.show._lost_media, room.story.read_text().replace("One room", "Another")
        (tmp_path / "attic.away").rename(tmp_path / "attic.mp4")
        room.story.write_text(edited)
        media._looked = float("-inf")
        room.run_until(lambda: media._look is not None and not media._look.is_alive())
        room.show.run(0.2)
        assert room.show._story.title == "One room"
        room.ask("reload")
        room.ask("goto", "door")
        room.run_until(lambda: room.show._story.title == "Another")
        assert not room.show.parts.losses.is_lost("scene attic")


def test_a_minute_in_which_nothing_can_be_played_ends_the_show_to_be_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.show.show.FAULT_SECONDS", 1.0)
    opened = open_room(tmp_path, without="lamp")
    room = opened.__enter__()
    room.ask("closed", 1.0)
    room.show.run(1.5)
    assert not room.show.ending  # nobody looks at a closed show
    room.ask("closed", 0.0)
    room.run_until(lambda: room.show.ending)
    with pytest.raises(Unavailable, match="nothing could be played for 1 s"):
        opened.__exit__(None, None, None)


def test_a_loop_that_plays_on_while_nothing_else_can_is_not_ended_after_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.show.show.FAULT_SECONDS", 0.5)
    media = tmp_path / "media"
    media.mkdir()
    with open_room(media, seconds=1.0) as room:
        media.rename(tmp_path / "away")
        room.show.parts.film.prepare({})
        room.ask("goto", "door")
        room.run_until(lambda: room.show._state_word is ShowState.FAULT)
        before = room.show.parts.film.playhead.seconds
        room.show.run(1.5)
        assert room.show.parts.film.playhead.seconds > before
        assert not room.show.ending
