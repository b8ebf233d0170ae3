"""Who yields to whom."""

import subprocess
import sys
from pathlib import Path

import pytest

SWITCH = Path("/proc/sys/kernel/sched_autogroup_enabled")
SHOWN = "(open('/proc/self/autogroup').read().split() or ['none'])[-1]"  # none: a session that is in no group
LOWERED = f"from installation.host.priority import *; lower_process_priority(7); print({SHOWN}, os.nice(0))"


@pytest.mark.skipif(
    not SWITCH.is_file() or SWITCH.read_text().strip() != "1",
    reason="not tried here: this system does not group processes by session",
)
def test_a_process_with_a_session_of_its_own_yields_as_a_session_too() -> None:
    shown = [
        subprocess.run(
            [sys.executable, "-c", f"import os; {LOWERED}"],
            start_new_session=own,
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[3],
        ).stdout.split()
        for own in (True, False)
    ]
    session = (Path("/proc/self/autogroup").read_text().split() or ["none"])[-1]
    assert shown[0][0] == "7"
    assert shown[1][0] == session  # others of this session are not made to yield
    assert shown[0][1] == shown[1][1]
