"""Seeing: from a frame to the mood of the room. Imports only ``calibration``."""
