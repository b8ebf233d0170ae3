"""The examples of docs/receivers, opened in the real programs without a screen, and listened to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from calibration.settings import OscSettings, OscTarget
from installation.bench.osc_show import SCENES
from installation.host.console import LossReporter
from installation.host.health import Health, Sense
from installation.osc import Broadcast
from installation.osc.state import About
from models.labels import LABELS
from models.mood import Mood
from scenes.machine.cue import SceneStarted
from tests.installation.osc.real_receivers import free_port

EXAMPLES = Path(__file__).parents[3] / "docs" / "receivers"


class Listener:
    """A program that prints 'LEVEL x', 'PITCH x' and 'BELL x' lines while an example plays in it."""

    def __init__(self, command: list[str], log: Path, more: dict[str, str]) -> None:
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                command, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env={**os.environ, **more}
            )

    def said(self, word: str) -> list[float]:
        return [float(x) for x in re.findall(rf"{word}:? (-?[\d.e+-]+)\s", self.log.read_text(errors="replace"))]

    def wait(self, what: str, holds: Callable[[], bool], seconds: float = 10.0) -> None:
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, f"{what}; it said: {self.log.read_text(errors='replace')[-1500:]}"
            time.sleep(0.05)

    def level(self) -> float:
        """The loudest of the last three, as an amplitude."""
        return max(self.said("LEVEL")[-3:], default=0.0)

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Hall:
    """A room whose mood is set by hand, told 15 times a second with a heartbeat, until it dies."""

    def __init__(self, port: int) -> None:
        target = OscTarget(port=port)
        self.broadcast = Broadcast(OscSettings(targets=(target,)), SCENES, About("0.1", "demo", "hall"), LossReporter())
        self.valence, self.arousal, self.count, self.ending = 0.0, 0.0, 1, False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        beat = 0
        while not self.ending:
            if beat % 15 == 0:
                self.broadcast.health(Health(beat, Sense.OK, Sense.OK, 30, 15, 0, 0))
            beat += 1
            self.broadcast.mood(
                Mood(
                    captured_at=0.0,
                    trusted=True,
                    present=self.count > 0,
                    count=self.count,
                    probabilities=(1.0, *[0.0] * (len(LABELS) - 1)),
                    valence=self.valence,
                    arousal=self.arousal,
                )
            )
            time.sleep(1 / 15)

    def close(self) -> None:
        self.ending = True
        self._thread.join()
        self.broadcast.close()


PD_HARNESS = """#N canvas 0 0 600 400 12;
#X obj 20 20 mood;
#X obj 20 60 r~ mood-sound;
#X obj 20 90 env~ 8192;
#X obj 20 120 dbtorms;
#X obj 20 150 print LEVEL;
#X obj 160 60 r mood-pitch;
#X obj 160 90 print PITCH;
#X obj 300 60 r mood-bell;
#X obj 300 90 print BELL;
#X obj 20 200 loadbang;
#X msg 20 230 \\; mood-port PORT \\; pd dsp 1;
#X connect 1 0 2 0;
#X connect 2 0 3 0;
#X connect 3 0 4 0;
#X connect 5 0 6 0;
#X connect 7 0 8 0;
#X connect 9 0 10 0;
"""

SIGN_PD_HARNESS = """#N canvas 0 0 600 400 12;
#X obj 20 20 sign;
#X obj 20 60 r~ sign-sound;
#X obj 20 90 env~ 8192;
#X obj 20 120 dbtorms;
#X obj 20 150 print LEVEL;
#X obj 160 60 r sign-tone;
#X obj 160 90 print TONE;
#X obj 20 200 loadbang;
#X msg 20 230 \\; sign-port PORT \\; pd dsp 1;
#X connect 1 0 2 0;
#X connect 2 0 3 0;
#X connect 3 0 4 0;
#X connect 5 0 6 0;
#X connect 7 0 8 0;
"""

SC_HARNESS = """
Server.default = s = Server(\\mood, NetAddr("127.0.0.1", SERVER));
~port = PORT;
"EXAMPLE".load;
s.doWhenBooted { fork { 1.5.wait;
    { SendReply.kr(Impulse.kr(10), '/level', Amplitude.kr(Mix(In.ar(0, 2)) * 0.5, 0.05, 0.3))
    }.play(s, addAction: \\addToTail);
    OSCdef(\\level, { |msg| ("LEVEL " ++ msg[3] ++ " ").postln;
        if(~note.notNil) { ("PITCH " ++ ~note.midicps ++ " ").postln };
        if(~tone.notNil and: { ~tone != ~heard }) { ~heard = ~tone; ("TONE " ++ ~tone ++ " ").postln };
        if(~bells.notNil and: { ~bells > (~shown ? 0) }) { ~shown = ~bells; "BELL 1 ".postln } }, '/level');
} };
"""


def _pd(port: int, folder: Path, example: str) -> Iterator[Listener]:
    tool = shutil.which("pd")
    if not tool:
        pytest.skip(f"pd is not installed (Debian: apt-get install puredata-core); {example}.pd was not tried")
    harness = folder / "harness.pd"
    harness.write_text((PD_HARNESS if example == "mood" else SIGN_PD_HARNESS).replace("PORT", str(port)))
    listener = Listener(
        [tool, "-nogui", "-noaudio", "-nomidi", "-stderr", "-path", str(EXAMPLES), str(harness)], folder / "log", {}
    )
    yield listener
    listener.close()


def _sclang(port: int, folder: Path, example: str) -> Iterator[Listener]:
    needed = {"sclang": "supercollider-language", "scsynth": "supercollider-server", "jackd": "jackd2"}
    missing = [f"{program} ({package})" for program, package in needed.items() if not shutil.which(program)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; {example}.scd was not tried")
    name = f"chiaro{port}"
    home = {"QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1", "HOME": str(folder)}
    home |= {"XDG_RUNTIME_DIR": str(folder), "JACK_DEFAULT_SERVER": name, "JACK_NO_AUDIO_RESERVATION": "1"}
    harness = folder / "harness.scd"
    words = SC_HARNESS.replace("SERVER", str(free_port())).replace("EXAMPLE", str(EXAMPLES / f"{example}.scd"))
    harness.write_text(words.replace("PORT", str(port)))
    # A sound server without a sound card.
    jack = subprocess.Popen(
        [shutil.which("jackd") or "", "-r", "--no-mlock", "-n", name, "-d", "dummy", "-r", "48000", "-p", "1024"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **home},
    )
    listener = Listener([shutil.which("sclang") or "", "-D", str(harness)], folder / "log", home)
    yield listener
    listener.close()
    jack.terminate()
    jack.wait(timeout=5)


BOTH = (_pd, _sclang)


@pytest.fixture
def playing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Listener, Hall]]:
    port = free_port()
    program, example = request.param
    starting = program(port, tmp_path, example)
    listener = next(starting)
    hall = Hall(port)
    yield listener, hall
    hall.close()
    next(starting, None)


def of(example: str) -> pytest.MarkDecorator:
    """In both programs."""
    return pytest.mark.parametrize(
        "playing", [(one, example) for one in BOTH], ids=[f"{example}.pd", f"{example}.scd"], indirect=True
    )


@of("sign")
def test_the_sign_sounds_high_when_the_eye_opens_and_low_once_it_has_shut(playing: tuple[Listener, Hall]) -> None:
    listener, hall = playing
    until = time.monotonic() + 40.0
    while not listener.said("TONE") and time.monotonic() < until:  # said again each second, until it listens
        hall.broadcast.eye(True, "open")
        time.sleep(0.1)
    assert listener.said("TONE") == [1320.0]
    listener.wait("nothing is heard", lambda: listener.level() > 0.005)
    hall.broadcast.eye(True, "lost")
    hall.broadcast.eye(False, "staff")
    listener.wait("no low tone", lambda: listener.said("TONE") == [1320.0, 440.0])
    listener.wait("it does not end", lambda: listener.level() < 0.001)


@of("mood")
def test_an_example_plays_with_the_mood(playing: tuple[Listener, Hall]) -> None:
    listener, hall = playing
    listener.wait("nothing is heard", lambda: listener.level() > 0.005, 40.0)
    hall.arousal = -1.0
    listener.wait("it does not grow quiet", lambda: 0.002 < listener.level() < 0.03)
    quiet = listener.level()
    hall.arousal = 1.0
    listener.wait("it does not grow loud", lambda: listener.level() > 3 * quiet)
    hall.valence = -1.0
    listener.wait("its pitch does not fall", lambda: abs(listener.said("PITCH")[-1] - 73.4) < 0.5)
    hall.valence = 1.0
    listener.wait("its pitch does not rise", lambda: abs(listener.said("PITCH")[-1] - 293.7) < 0.5)
    hall.broadcast.cue(SceneStarted(1, "joy", 3))
    listener.wait("no bell rings", lambda: len(listener.said("BELL")) == 1)
    time.sleep(0.3)  # the event's repeats
    hall.broadcast.cue(SceneStarted(2, "dawn", 5))
    listener.wait("no second bell rings", lambda: len(listener.said("BELL")) == 2)
    hall.count = 0
    listener.wait("it plays to nobody", lambda: listener.level() < 0.001)
    hall.count = 1
    listener.wait("it does not come back", lambda: listener.level() > 0.01)
    hall.close()
    listener.wait("it plays on when the show is dead", lambda: listener.level() < 0.001)
