"""What libraries print by themselves is kept from the console, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from installation.host.native_noise import native_noise_aside
from tests.installation.waiting import LONG, wait_until

NOISE = [
    "error: XDG_RUNTIME_DIR is invalid or not set in the environment.",
    "ALSA lib confmisc.c:855:(parse_card) cannot find card '0'",
    "Fontconfig error: Cannot load default config file: No such file: (null)",
    "[http @ 0x5599c5942200] 401",
    "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5599c5942200] moov atom not found",
    "[ WARN:0@0.016] global cap_v4l.cpp:1136 tryIoctl VIDEOIO(V4L2:/dev/video0): select() timeout.",
]


def test_noise_goes_aside_and_the_rest_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    heard: list[str] = []
    with native_noise_aside(heard.append):
        for line in NOISE:
            os.write(2, f"{line}\n".encode())
        os.write(2, b"something that matters\n")
        wait_until(lambda: len(heard) == len(NOISE), LONG)
        os.write(2, b"without an end")
    os.write(2, b"\nlater\n")
    assert heard == NOISE
    assert capfd.readouterr().err == "something that matters\nwithout an end\nlater\n"


def test_nothing_is_left_of_it(capfd: pytest.CaptureFixture[str]) -> None:
    descriptors = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0
    with native_noise_aside(lambda _: None):
        assert any(thread.name == "native noise" for thread in threading.enumerate())
    wait_until(lambda: all(thread.name != "native noise" for thread in threading.enumerate()), LONG)
    assert descriptors == (len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0)
    assert capfd.readouterr().err == ""


CODE = """
import faulthandler, os, signal, sys
from installation.host.native_noise import native_noise_aside
faulthandler.enable(all_threads=False)
with native_noise_aside(lambda _: None):
    print("ours", file=sys.stderr)
    os.write(2, b"ALSA lib noise\\n")
    if len(sys.argv) > 1:
        os.kill(os.getpid(), signal.SIGABRT)
    raise ValueError("a fault of ours")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGABRT is sent")
@pytest.mark.parametrize(
    ("crash", "told"), [([], "ValueError: a fault of ours"), (["crash"], "Fatal Python error: Aborted")]
)
def test_our_own_lines_and_a_crash_are_told_all_the_same(crash: list[str], told: str) -> None:
    done = subprocess.run([sys.executable, "-c", CODE, *crash], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "ours\n" in done.stderr
    assert told in done.stderr
    assert "ALSA" not in done.stderr


def test_a_program_without_stderr_runs_all_the_same() -> None:
    code = "import os; os.close(2)\nfrom installation.host.native_noise import native_noise_aside\n"
    code += "with native_noise_aside(print): print('runs')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "runs\n"
