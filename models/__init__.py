"""The eye: where faces are, what they show, and how light falls on them."""

from pathlib import Path

MAPS = Path(__file__).parent / "maps"
"""What was computed from a 3-D face and fitted for the light; ``maps/README.md`` says how each is made."""
GRAPHS = Path(__file__).parent / "graphs"
"""Small networks without weights, which are given when a session is opened; ``graphs/README.md``."""
WEIGHTS = Path(__file__).parent / "weights"
"""Networks, each with its model card beside it."""
