"""Clips that could not be played come back: the real film on SDL's dummy screen, real files, time moved by the test."""

import os
import shutil
from pathlib import Path

import pytest

from installation.bench.marked_clip import make_clip
from installation.film.audio_decoder import RATE, AudioDecoder
from installation.film.decoded_clip import OPEN_SECONDS
from installation.film.failures import STANDING_WAIT, WAITS, Cause, Failures
from installation.film.sound import RETRY_SECONDS
from installation.host.console import LossReporter
from scenes.story.clip import Bed, Clip
from scenes.story.probe import MediaHeader, probe
from tests.installation.film.cinema import SIZE, Cinema, cinema, wait_until
from tests.installation.film.test_film import hanging_file, needs_leases


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    for mark, name in enumerate("abs", 1):
        make_clip(folder / f"{name}.mkv", mark, 1.0, SIZE)
    return folder


def looked(house: Cinema) -> None:
    """Wait for the looks that have begun, while the time stands still."""
    failures = house.film._preroll.failures._all.values()
    wait_until(lambda: not any(one.look and one.look.is_alive() for one in failures))


def run(house: Cinema, seconds: float) -> None:
    """Let the film run a little more than ``seconds``, with every look at its moment."""
    for _ in range(round(seconds / 0.25) + 1):
        house.run(0.25)
        looked(house)


def lose(house: Cinema, media: Path, name: str = "b") -> None:
    """Play the loop a, and find that ``name`` is not there."""
    house.film.play(1, "a", Clip(media / "a.mkv", loop=True))
    house.run_until(lambda: house.film.playhead.entry == 1)
    media.rename(media.with_name("away"))
    house.film.play(2, name, Clip(media / f"{name}.mkv"))
    house.run_until(lambda: name in house.film.playhead.failed)


def test_a_clip_that_was_missing_is_played_again_when_it_is_back(media: Path) -> None:
    with cinema() as house:
        lose(house, media)
        run(house, WAITS[0])
        assert house.film.playhead.failed == {"b"}
        media.with_name("away").rename(media)
        run(house, WAITS[1])
        assert not house.film.playhead.failed
        assert not house.losses.is_lost("scene b")
        house.film.play(3, "b", Clip(media / "b.mkv"))
        house.run_until(lambda: house.film.playhead.entry == 3)
        # The sound, which this cinema lacks, and the clip: once; on a bare machine the font too.
        assert house.losses.errors == 2 + house.losses.is_lost("captions font")


def test_a_clip_that_is_back_long_after_is_found_within_a_minute(media: Path) -> None:
    with cinema() as house:
        lose(house, media)
        run(house, sum(WAITS))
        looks = house.film._preroll.failures._all["b"].looks
        media.with_name("away").rename(media)
        run(house, WAITS[-1])
        assert not house.film.playhead.failed
        assert looks == 3  # no disk is asked more often than it is told here


def test_when_attract_begins_the_missing_are_looked_for_at_once(media: Path) -> None:
    with cinema() as house:
        lose(house, media)
        media.with_name("away").rename(media)
        house.film.look_for_failed()
        looked(house)
        house.step()
        assert not house.film.playhead.failed


def test_a_damaged_clip_is_not_tried_again_before_its_file_changes(media: Path) -> None:
    whole, broken = (media / "b.mkv").read_bytes(), media / "b.mkv"
    broken.write_bytes(b"This is the shot list, not the shot.\n".ljust(len(whole), b"."))
    with cinema() as house:
        house.film.play(1, "a", Clip(media / "a.mkv", loop=True))
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "b", Clip(broken))
        house.run_until(lambda: "b" in house.film.playhead.failed)
        stat = broken.stat()
        broken.write_bytes(whole)  # a look that reads it would find it good
        os.utime(broken, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        run(house, WAITS[0] + 1.0)  # the look, and time to act upon it
        assert house.film.playhead.failed == {"b"}
        os.utime(broken)
        run(house, WAITS[1])
        assert not house.film.playhead.failed
        assert not house.losses.is_lost("scene b")


def test_a_clip_that_stalled_is_tried_again_and_is_back_when_it_plays(media: Path) -> None:
    with cinema() as house:
        house.film.play(1, "a", Clip(media / "a.mkv"))
        house.run_until(lambda: house.film.playhead.entry == 1)
        assert house.film._on is not None
        house.film._on.decoded.video.keep_ahead(0)  # its decoder gets no further
        house.patient = False
        for _ in range(300):
            house.now += 1 / 60
            house.film.advance(house.now)
            house.film.draw(house.now)
        assert house.film.playhead.failed == {"a"}
        for _ in range(round(WAITS[0] * 4)):
            house.now += 0.25
            house.film.advance(house.now)
            looked(house)
        assert not house.film.playhead.failed
        assert house.losses.is_lost("scene a")  # it may be tried; nobody knows yet
        house.patient = True
        house.film.play(2, "a", Clip(media / "a.mkv"))
        house.run_until(lambda: house.film.playhead.entry == 2)
        assert not house.losses.is_lost("scene a")


def test_a_clip_that_stalls_again_and_again_is_told_once_and_tried_ever_more_rarely(media: Path) -> None:
    losses = LossReporter()
    failures, file, now = Failures(losses), media / "b.mkv", 0.0
    waited = []
    for _ in range(4):
        begun = now
        failures.add("b", file, "no picture was decoded for 2 s", Cause.STALLED, None, now)
        while failures.scenes:
            now += 0.5
            failures.poll(now)
            look = failures._all["b"].look
            if look is not None:
                look.join()
        waited.append(now - begun)
    assert waited == [pytest.approx(wait, abs=1.0) for wait in (*WAITS, WAITS[-1])]
    assert losses.errors == 1


def test_whoever_mended_a_clip_need_not_wait(media: Path) -> None:
    with cinema() as house:
        lose(house, media)
        media.with_name("away").rename(media)
        house.film.forget_failures()
        house.step()
        assert not house.film.playhead.failed
        house.film.play(3, "b", Clip(media / "b.mkv"))
        house.run_until(lambda: house.film.playhead.entry == 3)
        assert not house.losses.is_lost("scene b")


def test_when_nothing_can_be_played_the_safe_picture_stands_and_clips_are_looked_for_every_two_seconds(
    media: Path,
) -> None:
    with cinema() as house:
        house.film.keep_safe_picture(Clip(media / "s.mkv"))
        house.film.play(1, "a", Clip(media / "a.mkv"))
        house.run_until(lambda: house.film.playhead.entry == 1 and house.film._preroll.safe_picture is not None)
        media.rename(media.with_name("away"))
        house.film.play(2, "b", Clip(media / "b.mkv"))
        house.run_until(lambda: "b" in house.film.playhead.failed and house.film.playhead.ended)
        assert house.marks()[-1][0] == 1
        house.film.stand_by(True)
        house.step()
        assert house.marks()[-1] == (3, 0)
        run(house, sum(WAITS[:2]))  # well beyond the first looks, which come early
        media.with_name("away").rename(media)
        run(house, STANDING_WAIT)
        assert not house.film.playhead.failed
        house.film.play(3, "b", Clip(media / "b.mkv"))
        house.run_until(lambda: house.film.playhead.entry == 3)
        house.film.stand_by(False)
        assert house.marks()[-1][0] == 2


def test_the_safe_picture_comes_into_memory_as_soon_as_its_file_can_be_read(media: Path) -> None:
    shutil.move(media / "s.mkv", media / "elsewhere.mkv")
    with cinema() as house:
        house.film.keep_safe_picture(Clip(media / "s.mkv"))
        house.film.play(1, "a", Clip(media / "a.mkv", loop=True))
        house.run_until(lambda: house.film.playhead.entry == 1 and house.film._preroll._safe_decoder is None)
        assert house.film._preroll.safe_picture is None
        shutil.move(media / "elsewhere.mkv", media / "s.mkv")
        house.run(WAITS[-1])
        house.run_until(lambda: house.film._preroll.safe_picture is not None)


def test_sound_and_music_that_were_missing_are_heard_again_while_a_loop_plays_on(media: Path) -> None:
    bed, sound = Bed(media.with_name("bed.mkv")), media.with_name("sound.mkv")
    with cinema() as house:
        house.film.play(1, "a", Clip(media / "a.mkv", loop=True, sound=sound), bed)
        house.run_until(lambda: house.losses.is_lost("music bed.mkv") and house.losses.is_lost("sound of sound.mkv"))
        errors = house.losses.errors
        house.run(RETRY_SECONDS + 1.0)
        assert house.losses.errors == errors  # told once
        for file in (bed.file, sound):
            shutil.copy(media / "b.mkv", file)
        house.run(RETRY_SECONDS)
        house.run_until(lambda: not house.losses.is_lost("music bed.mkv"))
        house.run_until(lambda: not house.losses.is_lost("sound of sound.mkv"))
        on = house.film.on_screen
        assert on is not None
        heard = on.decoded.audio
        assert isinstance(heard, AudioDecoder)
        heard.read(RATE * 3600, 480)  # a card is there an hour later
        wait_until(lambda: heard._head >= RATE * 3600 + 960)
        assert heard.read(RATE * 3600 + 480, 480).any()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_look_that_dies_is_not_the_last_one(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Path] = []

    def probe_after_a_death(file: Path) -> MediaHeader:  # in the place of probe: a fault of ours
        looks.append(file)
        if len(looks) == 1:
            raise ZeroDivisionError
        return probe(file)

    with cinema() as house:
        lose(house, media)
        media.with_name("away").rename(media)
        monkeypatch.setattr("installation.film.failures.probe", probe_after_a_death)
        run(house, WAITS[0])
        assert house.film.playhead.failed == {"b"}
        run(house, WAITS[1])
        assert len(looks) == 2
        assert not house.film.playhead.failed


def test_a_clip_that_starves_while_the_process_stands_still_is_not_given_up_for_that(media: Path) -> None:
    with cinema() as house:
        house.film.play(1, "a", Clip(media / "a.mkv"))
        house.run_until(lambda: house.film.playhead.entry == 1)
        assert house.film._on is not None
        house.film._on.decoded.video.keep_ahead(0)  # its decoder gets no further
        house.patient = False
        for _ in range(60):  # a second of starving
            house.now += 1 / 60
            house.film.advance(house.now)
            house.film.draw(house.now)
        house.now += 20.0  # stopped, or suspended
        house.film.advance(house.now)
        house.film.draw(house.now)
        house.film.advance(house.now)
        assert not house.film.playhead.failed


@needs_leases
def test_a_clip_that_opens_while_the_process_stands_still_is_not_given_up_for_that(media: Path) -> None:
    with hanging_file(media) as file, cinema() as house:
        house.film.play(1, "a", Clip(media / "a.mkv", loop=True))
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.patient = False
        house.film.play(2, "hangs", Clip(file))
        house.film.advance(house.now)
        house.now += 20.0  # stopped, or suspended
        house.film.advance(house.now)
        assert not house.film.playhead.failed
        for _ in range(round(OPEN_SECONDS * 20) + 1):
            house.now += 0.05
            house.film.advance(house.now)
        assert house.film.playhead.failed == {"hangs"}
