from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from installation.host.open_files import open_files

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what a process has open")


def test_what_is_closed_meanwhile_hides_nothing_that_stays_open(tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.touch()
    busy = f"""
held = open({str(held)!r})
print(flush=True)
while True:
    for file in [open({str(held)!r} + "x", "w") for _ in range(50)]:
        file.close()
"""
    with subprocess.Popen([sys.executable, "-c", busy], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            assert all(str(held) in list(open_files(process.pid)) for _ in range(50))
        finally:
            process.kill()


def test_who_has_ended_is_not_told_of_as_somebody_without_files() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(OSError):
        list(open_files(process.pid))
