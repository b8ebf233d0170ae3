"""Real small programs under strace, for the tests of the proof."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from calibration.errors import Unavailable
from installation.privacy.proof_channels import Traffic, traffic_of
from installation.privacy.proof_run import find_strace
from installation.privacy.proof_trace import read_trace


def straced(folder: Path, program: str, module: str = "watched") -> Traffic:
    """What a Python program did; it runs as ``python -m MODULE``, so that it may bear the name of one of ours."""
    try:
        strace = find_strace()
    except Unavailable as error:
        pytest.skip(f"not tried: {error}")
    package, _, name = module.rpartition(".")
    place = folder / "code" / Path(*package.split("."))
    place.mkdir(parents=True, exist_ok=True)
    for depth in range(1, len(package.split(".")) + bool(package)):
        (folder / "code" / Path(*package.split(".")[:depth]) / "__init__.py").touch()
    (place / f"{name}.py").write_text(program, encoding="utf-8")
    words = strace.words(folder / "trace")
    done = subprocess.run(
        [*words, sys.executable, "-m", module],
        cwd=folder / "code",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and "trac" in done.stderr and "permitted" in done.stderr:
        pytest.skip(f"not tried: strace may not watch processes here ({done.stderr.strip()[:120]})")
    assert done.returncode == 0, done.stderr
    return traffic_of(read_trace(folder / "trace"))
