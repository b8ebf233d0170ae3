"""For all tests: no screen, no sound, own folders of state and configuration, and no failure for slowness alone."""

import os
import tempfile

from hypothesis import HealthCheck, settings

# Before pygame is imported by anything: SDL reads these once.
os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
os.environ["CHIARO_STATE"] = tempfile.mkdtemp(prefix="chiaro-tests-")
os.environ["CHIARO_CONFIG"] = tempfile.mkdtemp(prefix="chiaro-tests-")

# A test of any input fails for what it finds, never because the machine is slow or busy.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
