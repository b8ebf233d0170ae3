"""The story file: read, checked, and drawn as a graph."""
