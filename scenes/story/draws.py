"""``[draws.actor]``: what is drawn by lot at the start of each take, and the lot itself.

A lot is a number made of a seed and of what it is for, so the same seed always draws the same, whatever else is drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from calibration.settings import Section

Weight = Annotated[float, Field(gt=0, le=1000)]
SEEDS = 2**31
"""Seeds are 0 to below this."""


class DrawEntry(Section):
    """One of several words, drawn by lot at the start of each take and asked for by branches."""

    of: tuple[Annotated[str, Field(min_length=1, max_length=63)], ...] = Field(
        min_length=2, description="The words to draw from", examples=[["anna", "ben"]]
    )
    weights: tuple[Weight, ...] | None = Field(
        None, description="How often each is drawn beside the others; default: all alike", examples=[[2, 1]]
    )

    @model_validator(mode="after")
    def _has_a_weight_for_each(self) -> DrawEntry:
        if len(set(self.of)) < len(self.of):
            raise ValueError("`of` lists a word twice; use `weights` to draw it more often")
        if self.weights is not None and len(self.weights) != len(self.of):
            raise ValueError(f"`weights` has {len(self.weights)} numbers for {len(self.of)} words; give one for each")
        return self

    def draw(self, seed: int, name: str) -> str:
        """The word that ``seed`` draws for the draw of this name."""
        return self.of[lot(self.weights or (1.0,) * len(self.of), seed, "draw", name)]


def lot(weights: Sequence[float], seed: int, *purpose: object) -> int:
    """Number of the one that is drawn, each as often as its weight says. The same seed and purpose: the same one."""
    said = " ".join(map(str, (seed, *purpose)))
    share = int.from_bytes(hashlib.sha256(said.encode()).digest()[:6], "big") / 2**48 * sum(weights)
    for number, weight in enumerate(weights):
        share -= weight
        if share < 0:
            return number
    return len(weights) - 1
