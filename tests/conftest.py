"""For all tests: no screen, no sound, own folders of state and configuration, and no failure for slowness alone."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Before pygame is imported by anything: SDL reads these once.
os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
os.environ["CHIARO_STATE"] = tempfile.mkdtemp(prefix="chiaro-tests-")
os.environ["CHIARO_CONSOLE"] = "off"  # a test that wants one says so
os.environ["CHIARO_CONFIG"] = tempfile.mkdtemp(prefix="chiaro-tests-")

# A test of any input fails for what it finds, never because the machine is slow or busy.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    """A command that runs within a test opens the log for itself; the next test finds it as this one did."""
    log = logging.getLogger("chiaro")
    before = list(log.handlers), log.propagate, log.level, sys.excepthook
    yield
    log.handlers[:], log.propagate, level, sys.excepthook = before
    log.setLevel(level)
