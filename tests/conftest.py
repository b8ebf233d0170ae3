"""For all tests: no screen, no sound, and folders of state and configuration of their own."""

import os
import tempfile

# Before pygame is imported by anything: SDL reads these once.
os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
os.environ["CHIARO_STATE"] = tempfile.mkdtemp(prefix="chiaro-tests-")
os.environ["CHIARO_CONFIG"] = tempfile.mkdtemp(prefix="chiaro-tests-")
