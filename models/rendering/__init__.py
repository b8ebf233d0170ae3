"""Rendering: a 3-D face drawn under a lamp, for maps and for the simulated visitor."""
