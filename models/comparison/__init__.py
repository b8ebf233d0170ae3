"""Methods of the field beside ours on the same faces, alignment and labels: ``chiaro compare``."""
