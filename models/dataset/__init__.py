"""One's own set of labelled faces: its table, what is wrong with it, and how it is divided for training."""
