"""Seeing: where the faces of a frame are, and what the network reads in each."""
