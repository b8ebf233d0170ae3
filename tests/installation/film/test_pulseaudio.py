"""A real sound server that ends in mid-loop and comes back: its null sink stands in for the card."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibration.settings import ScreenSettings, SoundSettings
from installation.bench.marked_clip import make_clip
from installation.film.playback import open_playback
from installation.host.console import LossReporter
from scenes.story.clip import Clip
from tests.installation.film.cinema import wait_until
from tests.installation.film.test_sound_returns import House

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="no pulseaudio here: no real device was taken away"),
]


class Server:
    """PulseAudio on a socket of its own; the process may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "sound"
        self._folder = folder
        self.start()

    def start(self) -> None:
        modules = ["module-null-sink", f"module-native-protocol-unix socket={self.socket} auth-anonymous=1"]
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        for module in modules:
            command += ["-L", module]
        environment = {"HOME": str(self._folder), "XDG_RUNTIME_DIR": str(self._folder), "PATH": "/usr/bin:/bin"}
        path = shutil.which("pulseaudio")
        self.process = subprocess.Popen([str(path), *command[1:]], env=environment, stderr=subprocess.DEVNULL)
        wait_until(self.socket.exists)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    yield one
    one.kill()


def test_a_sound_server_that_ends_is_told_and_one_that_is_back_is_heard_in_mid_loop(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "pulseaudio")
    monkeypatch.setenv("PULSE_SERVER", f"unix:{server.socket}")
    monkeypatch.setattr("installation.film.sound.RETRY_SECONDS", 2.0)
    losses = LossReporter()
    with open_playback(ScreenSettings(width=160, height=90), SoundSettings(), losses, headless=True) as film:
        house = House(film, losses)
        film.play(1, "loop", Clip(make_clip(tmp_path / "loop.mkv", 3, 1.0, (160, 90)), loop=True))
        wait_until(lambda: film.sound.ok)
        house.run(3.0)
        server.kill()
        until = time.monotonic() + 20.0
        while not losses.is_lost("sound"):
            assert time.monotonic() < until, "the device is gone, and nobody was told"
            house.run(0.1)
        house.run(3.0)
        assert not film.sound.ok
        server.start()
        while not film.sound.ok:
            assert time.monotonic() < until + 20.0, "it is back, and nobody looked"
            house.run(0.1)
        before, begun = film.playhead.seconds, time.monotonic()
        house.run(5.0)
        assert film.playhead.seconds - before > (time.monotonic() - begun) * 0.8  # the picture waits for no device
        assert not losses.is_lost("sound")
