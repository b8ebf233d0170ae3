"""The last ten minutes, one sample a second, for the curve of a page that has just been opened."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

import orjson

SAMPLES = 600


class Sample(NamedTuple):
    """One second."""

    at: float
    scene: str
    present: bool
    trusted: bool
    probabilities: dict[str, float]


class History:
    """Keeps the first state of each second."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=SAMPLES)

    def __len__(self) -> int:
        return len(self._samples)

    def add(self, state: dict[str, Any]) -> None:
        """Take note of a ``State``."""
        at, mood = float(state["at"]), state["mood"]
        last = self._samples[-1].at if self._samples else 0.0
        if int(at) == int(last):
            return
        if at < last:  # the clock was put back
            self._samples.clear()
        shares = {label: round(share, 2) for label, share in mood["probabilities"].items()}
        self._samples.append(Sample(round(at, 1), state["scene"]["name"], mood["present"], mood["trusted"], shares))

    def document(self) -> dict[str, Any]:
        """All samples by column, a quarter of the size that rows have: ``scene`` counts into ``scenes``."""
        scenes = {name: number for number, name in enumerate(dict.fromkeys(sample.scene for sample in self._samples))}
        labels = dict.fromkeys(label for sample in self._samples for label in sample.probabilities)
        return {
            "at": [sample.at for sample in self._samples],
            "scenes": list(scenes),
            "scene": [scenes[sample.scene] for sample in self._samples],
            "present": [int(sample.present) for sample in self._samples],
            "trusted": [int(sample.trusted) for sample in self._samples],
            "probabilities": {
                label: [sample.probabilities.get(label, 0.0) for sample in self._samples] for label in labels
            },
        }

    def event(self) -> bytes:
        """The same as a server-sent event."""
        return b"event: history\ndata: " + orjson.dumps(self.document()) + b"\n\n"
