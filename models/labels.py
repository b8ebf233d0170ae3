"""The names and the order of the emotions, everywhere the same (FER+ order).

OSC counts them from 1 and keeps 0 for "none"; inside Python the index is from 0 and "none" is ``None``.
"""

LABELS: tuple[str, ...] = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
