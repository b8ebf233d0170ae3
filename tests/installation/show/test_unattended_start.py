"""``chiaro run --unattended`` as a real process, on mornings on which something is missing or torn."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calibration.errors import Exit
from calibration.venue import load_venue
from installation.host.kept_file import read_kept
from installation.host.last_good import KeptStory, LastGood
from installation.host.options import DEMO
from tests.installation.film.x_server import XServer, needs_x_server, x_server
from tests.installation.show.test_show_end_to_end import RunningShow

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc, and uses Linux's namespaces")
MORNING = 60.0
"""Seconds that only a failing test waits for a first picture."""


@contextmanager
def begun(folder: Path, *options: str, **ways: object) -> Iterator[RunningShow]:
    show = RunningShow(folder, *options, "--unattended", **ways)  # type: ignore[arg-type]
    try:
        yield show
    finally:
        show.process.kill()
        show.process.wait()
        show.log.close()


def plays(show: RunningShow, scene: str = "lamp") -> Callable[[], bool]:
    return lambda: [scene] in show.listener.values("/emo/scene/id")


def keep(folder: Path) -> None:
    """As a show that has run for a minute does."""
    story = folder / "story.toml"
    memory = LastGood(folder / "state", str(folder / "venue.toml"))
    memory.keep(load_venue(folder / "venue.toml"), KeptStory(file=story, text=story.read_text()))


def test_a_torn_story_and_a_misspelt_venue_are_told_once_and_what_ran_last_plays(tmp_path: Path) -> None:
    story, venue = tmp_path / "story.toml", tmp_path / "venue.toml"
    whole = []

    def spoil() -> None:
        keep(tmp_path)
        whole.append(story.read_text())
        story.write_text(whole[0][:200])
        venue.write_text(venue.read_text().replace("width", "widht"))

    with begun(tmp_path, "--camera", "visitor", spoil=spoil) as show:
        show.wait(plays(show), "the last story", MORNING)
        show.wait(lambda: show.listener.values("/emo/health/errors")[-1:] >= [[2]], "its errors by OSC")
        show.wait(lambda: "new venue" in show.listener.values("/emo/health/lost")[-1][0], "their names by OSC")
        lost = [line["part"] for line in show.journal("lost")]
        assert (lost.count("new story"), lost.count("new venue")) == (1, 1)
        pause = "[scenes.lamp]\nminimum_seconds = 1\n"  # between two takes, in which the show may begin anew
        story.write_text(whole[0].replace("[scenes.lamp]\n", pause))
        show.wait(lambda: "new story is back" in show.told(), "the mended story", MORNING)
        venue.write_text(venue.read_text().replace("widht", "width"))
        show.wait(lambda: "begins anew with it" in show.told(), "the mended venue", MORNING)
        nothing = ([""], ["captions font"])  # a machine may have no fonts
        show.wait(lambda: show.listener.values("/emo/health/lost")[-1] in nothing, "nothing lost", MORNING)
        assert show.told().count("new story lost") == show.told().count("new venue lost") == 1
        assert show.end() == Exit.OK
    venue.write_text(venue.read_text().replace("width", "widht").replace("height", "hieght"))
    story.write_text(whole[0][:200])
    desk = [sys.executable, "-m", "installation", "run", str(story), "--venue", str(venue), "--headless"]
    done = subprocess.run(desk, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == Exit.BAD_CONFIGURATION
    assert all(word in done.stderr for word in ("story.toml", "widht", "hieght"))


@needs_x_server
def test_without_a_display_the_show_waits_and_begins_when_there_is_one(tmp_path: Path) -> None:
    memory = tmp_path / "display"
    memory.mkdir()
    with x_server(memory) as server:
        name = server.name
    for file in memory.iterdir():
        file.unlink()
    where = {**os.environ, "SDL_VIDEODRIVER": "", "DISPLAY": name}
    where.pop("WAYLAND_DISPLAY", None)
    with begun(tmp_path, "--camera", "visitor", environment=where, headless=False) as show:
        show.wait(lambda: "display lost" in show.told(), "a word of the display", MORNING)
        show.wait(lambda: len(show.listener.values("/emo/health/beat")) >= 3, "a sign of life", MORNING)
        assert not plays(show)()
        with x_server(memory, name=name) as server:
            show.wait(plays(show), "the film", MORNING)
            show.wait(lambda: int(server.picture().max()) > 30, "a picture on the display", MORNING)
            assert show.told().count("display lost") == show.told().count("display is back") == 1
            assert show.end() == Exit.OK


def test_a_show_that_waits_for_its_display_ends_when_it_is_asked(tmp_path: Path) -> None:
    where = {**os.environ, "SDL_VIDEODRIVER": "x11", "DISPLAY": ":9871"}
    with begun(tmp_path, "--camera", "visitor", environment=where, headless=False) as show:
        show.wait(lambda: "display lost" in show.told(), "a word of the display", MORNING)
        assert show.end() == Exit.OK


@pytest.mark.slow
def test_without_any_network_the_show_begins(tmp_path: Path) -> None:
    alone = [shutil.which("unshare") or "unshare", "--map-root-user", "--net"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may make no network namespace: a start without any network was not tried")
    with begun(tmp_path, "--osc", "receiver.example:9000", "--camera", "visitor", launcher=alone) as show:
        show.wait(lambda: bool(show.journal("scene_start")), "the first scene", MORNING)
        assert show.end() == Exit.OK


@pytest.mark.parametrize("clock", [1.0, pytest.param(4e9, marks=pytest.mark.slow)])
def test_with_a_wrong_clock_and_no_camera_the_film_begins_and_the_journal_is_kept(tmp_path: Path, clock: float) -> None:
    """The wall clock of these processes alone is wrong: a module that Python loads first puts it to 1970 or 2096."""
    (tmp_path / "sitecustomize.py").write_text(f"import time\ntime.time = lambda: {clock} + time.monotonic() % 1000\n")
    path = f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', Path.cwd())}"

    def spoil() -> None:
        if list(Path("/dev").glob("video*")):
            pytest.skip("there is a camera here: a start without one was not tried")

    with begun(tmp_path, spoil=spoil, environment={**os.environ, "PYTHONPATH": path}) as show:
        show.wait(plays(show), "the film", MORNING)
        show.wait(lambda: "camera lost: no camera was found" in show.told(), "a word of the camera", MORNING)
        show.wait(lambda: [0] in show.listener.values("/emo/health/camera"), "the same by OSC", MORNING)
        show.wait(lambda: bool(show.journal("scene_start")), "the journal", MORNING)
        assert 0 <= show.journal("scene_start")[0]["at"] - clock < 1000
        assert show.told().count("camera lost") == 1
        assert show.end() == Exit.OK


@needs_x_server
@pytest.mark.slow
def test_a_display_server_that_dies_or_freezes_and_comes_back_in_another_size_shows_the_film_again(
    tmp_path: Path,
) -> None:
    """Under ``chiaro supervise``, as with any supervisor: the show ends with 69, begins again, and waits."""
    memories = [tmp_path / "first", tmp_path / "second"]
    for memory in memories:
        memory.mkdir()

    def lit(server: XServer, column: int) -> Callable[[], bool]:
        return lambda: int(server.picture()[:, column:].max()) > 30

    with x_server(memories[0]) as server:
        where = {**os.environ, "SDL_VIDEODRIVER": "x11", "DISPLAY": server.name}
        ways = {"environment": where, "headless": False, "command_name": "supervise"}
        with begun(tmp_path, "--camera", "visitor", "--fullscreen", **ways) as show:
            try:
                show.wait(lit(server, 600), "the film", MORNING)
                server.kill()
                show.wait(lambda: "the display is lost" in show.told(), "the end", MORNING)
                with x_server(memories[1], size=(800, 600), name=server.name) as second:
                    show.wait(lit(second, 760), "the film in its new size", MORNING)
                    second.process.send_signal(signal.SIGSTOP)
                    show.wait(lambda: "the show hangs" in show.told(), "the watchdog", MORNING)
                    second.process.send_signal(signal.SIGCONT)
                    shown = len(show.listener.values("/emo/scene/id"))
                    show.wait(lambda: len(show.listener.values("/emo/scene/id")) > shown, "the film again", MORNING)
            finally:
                show.process.terminate()  # the show ends with its supervisor
                show.process.wait(timeout=20)


def test_story_and_state_in_folders_that_may_not_be_searched_are_told_and_no_traceback(tmp_path: Path) -> None:
    """As when the service's user may not read the artist's home."""
    as_others = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    if as_others and not shutil.which("setpriv"):
        pytest.skip("root may read everything, and setpriv is missing: a start without the right to read was not tried")
    locked = tmp_path / "locked"
    story, where = locked / "story.toml", {**os.environ, "CHIARO_STATE": str(locked / "state")}
    locked.mkdir()
    shutil.copy(DEMO, story)
    locked.chmod(0)
    command = [*as_others, sys.executable, "-m", "installation", "run", str(story), "--headless", "--seconds", "1"]
    try:
        for options, code in ((["--unattended"], Exit.OK), ([], Exit.BAD_CONFIGURATION)):
            run = subprocess.run(
                [*command, *options], env=where, capture_output=True, text=True, check=False, timeout=90
            )
            assert "Traceback" not in run.stderr
            assert run.returncode == code, run.stderr
            assert f"{story}: cannot be looked at: Permission denied" in run.stderr
            assert run.stderr.count("state folder lost") == bool(options)
    finally:
        locked.chmod(0o700)


@pytest.mark.slow
def test_a_start_that_is_killed_at_any_instant_leaves_nothing_torn_and_the_next_one_plays(tmp_path: Path) -> None:
    for turn in range(8):
        with begun(tmp_path, "--camera", "visitor") as show:
            time.sleep(0.5 * turn)
            show.process.kill()
            show.process.wait()
        kept = (tmp_path / "state" / "last_good").glob("*")
        assert all(read_kept(file)[0] is not None for file in kept if file.suffix in (".json", ".starts"))
    with begun(tmp_path, "--camera", "visitor") as show:
        show.wait(lambda: bool(show.listener.values("/emo/scene/id")), "a picture", MORNING)
        assert "last good start lost" not in show.told()


@pytest.mark.slow
def test_a_story_that_ran_for_a_minute_is_back_after_three_starts_that_were_cut_short(tmp_path: Path) -> None:
    with begun(tmp_path, "--camera", "visitor") as show:
        memory = LastGood(tmp_path / "state", str(tmp_path / "venue.toml"))
        show.wait(lambda: memory.recall().story is not None, "the minute", 150.0)
        assert show.end() == Exit.OK

    def spoil() -> None:
        story = tmp_path / "story.toml"
        story.write_text(story.read_text().replace("lamp]", "candle]").replace('"lamp"', '"candle"'))

    for number in range(4):
        with begun(tmp_path, "--camera", "visitor", spoil=spoil) as show:
            show.wait(plays(show, "candle" if number < 3 else "lamp"), f"start {number}", MORNING)
            assert ("3 starts in a row" in show.told()) == (number == 3)
