"""The eye: where faces are, what they show, and how light falls on them."""

import os
from pathlib import Path

# Unless this is set before it is loaded, onnxruntime sends events to its maker and keeps a number for this machine
# (its Privacy.md). A room that looks at people tells nobody outside that it does.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

MAPS = Path(__file__).parent / "maps"
"""What was computed from a 3-D face and fitted for the light; ``maps/README.md`` says how each is made."""
GRAPHS = Path(__file__).parent / "graphs"
"""Small networks without weights, which are given when a session is opened; ``graphs/README.md``."""
WEIGHTS = Path(__file__).parent / "weights"
"""Networks, each with its model card beside it."""
