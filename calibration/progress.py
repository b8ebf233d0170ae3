"""How long work reports how far it is: one protocol for training, evaluation, checks and benchmarks."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A callback for somebody who waits."""

    def __call__(self, what: str, share: float, /) -> None:
        """``what`` is being done now ('' where that has not changed); ``share`` of all of it is done, 0 to 1."""


def no_progress(_what: str, _share: float, /) -> None:
    """For callers whom nobody waits for."""
