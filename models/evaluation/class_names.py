"""What data sets call the emotions, in English, and which of our labels each means."""

from __future__ import annotations

import re

from models.labels import LABELS

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "neutral": ("neutrality", "expressionless", "neu"),
    "happiness": ("happy", "joy", "joyful", "smile", "smiling", "hap"),
    "surprise": ("surprised", "surprising", "surprize", "suprise", "suprised", "astonished", "sur"),
    "sadness": ("sad", "sorrow"),
    "anger": ("angry", "rage", "ang"),
    "disgust": ("disgusted", "dis"),
    "fear": ("fearful", "afraid", "scared", "fright", "frightened", "fea"),
    "contempt": ("contemptuous", "contempted"),
}
"""Besides the labels themselves. No numbers: each data set counts its classes in its own order."""
BESIDE = frozenset({"class", "emotion", "expression", "expressions", "face", "faces", "images", "label", "pictures"})
"""Words that say nothing more: ``happy_faces``, ``3 - class surprise``."""

_LABEL_OF = {name: i for i, label in enumerate(LABELS) for name in (label, *OTHER_NAMES[label])}


def label_of(name: str) -> int | None:
    """Index into ``LABELS`` of a class that a data set calls ``name`` (``Happy``, ``0_angry``); None: none of them."""
    words = [word for word in re.findall(r"[^\W\d_]+", name.casefold()) if word not in BESIDE]
    return _LABEL_OF.get(words[0]) if len(words) == 1 else None
