"""The story as a file: read, checked, drawn as a graph."""
