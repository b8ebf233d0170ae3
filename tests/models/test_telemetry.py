"""Nobody outside hears that a network runs: a real process loads one, and leaves no number for this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
from models.seeing import session  # as every program of ours comes to onnxruntime
import onnxruntime, time
time.sleep(0.5)
print(onnxruntime.get_available_providers())
"""


def test_onnxruntime_sends_nothing_to_its_maker_and_keeps_no_number_for_this_machine(tmp_path: Path) -> None:
    places = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment | places, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "CPU" in told.stdout
    assert [file for file in tmp_path.rglob("*") if "onnxruntime" in str(file)] == []
