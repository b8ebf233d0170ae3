"""The section of a venue file about eyes on other machines: where they are heard, and how they stand in the room."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from calibration.places import PathText
from calibration.settings import Port, Section, Share

EYES_AT_MOST = 8
"""On other machines."""
OWN_EYE = "own"
"""The name of the stage's own eye, where its camera is not ``NO_CAMERA``."""
EYE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
SMALLEST_TRIANGLE = 1e-3
"""Of three places, as a share of the picture: what lies nearly in one line says nothing of the plane."""

Coordinate = Annotated[float, Field(ge=-1.0, le=2.0)]
Match = tuple[Share, Share, Coordinate, Coordinate]
"""Where a face stood in this eye's picture, and where in the first eye's at the same time: x, y, x, y as shares."""


class OneEyeSettings(Section):
    """One eye, and how it stands to the others."""

    trust: float = Field(1.0, gt=0, le=1, description="What it counts for beside the others, above 0 to 1")
    face_scale: float = Field(
        1.0,
        gt=0,
        le=100,
        description="How many times as large the first eye would show a face at the same distance (another lens)",
    )
    sees_the_same: bool = Field(
        True, description="It sees the visitors that the first eye sees; false = a place that no other eye sees"
    )
    matches: tuple[Match, ...] = Field(
        (),
        description="Four faces: [x, y] in its picture, then [x, y] in the first eye's. With them who is seen by both "
        "counts once, by place; without, of the eyes that see the same the one that sees most says how many there are",
        examples=[[[0.1, 0.4, 0.6, 0.4], [0.4, 0.4, 0.9, 0.4], [0.1, 0.7, 0.6, 0.7], [0.4, 0.7, 0.9, 0.7]]],
    )

    @model_validator(mode="after")
    def _are_four_places(self) -> Self:
        if not self.matches:
            return self
        if len(self.matches) != 4:
            raise ValueError(f"matches needs four faces (given: {len(self.matches)})")
        if not self.sees_the_same:
            raise ValueError("matches and sees_the_same = false cannot both be; remove one")
        for picture, first in (("its own", 0), ("the first eye's", 2)):
            for three in combinations(self.matches, 3):
                (ax, ay), (bx, by), (cx, cy) = (match[first : first + 2] for match in three)
                if abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) / 2 < SMALLEST_TRIANGLE:
                    raise ValueError(f"matches: three of the four lie in one line of {picture} picture; take others")
        return self


class EyesSettings(Section):
    """Eyes on other machines (``chiaro eye``), each with a table of its own: ``[eyes.left]``.

    The first eye is the stage's own, where it has a camera, else the first that is named here.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, OneEyeSettings] = Field(init=False)

    listen: str = Field("0.0.0.0", description="Address on which they are heard; '0.0.0.0' = every network")  # noqa: S104
    port: Port = 8473
    key_file: PathText = Field(
        "", description="File with the key that this machine and theirs share ('chiaro eye --make-key FILE')"
    )
    merge: Literal["nearest", "mean", "most_trusted"] = Field(
        "nearest",
        description="Whose mood counts: of the eye with the nearest face, of all by their visitors and trust, or of "
        "the eye that is surest, times its trust",
    )
    same_within: Share = Field(
        0.12, gt=0, description="With `matches`: two faces so near in the first eye's picture are one visitor"
    )

    @property
    def named(self) -> dict[str, OneEyeSettings]:
        """All that have a table, by name, in the order of the file; ``OWN_EYE`` may be among them."""
        return self.__pydantic_extra__

    @property
    def others(self) -> tuple[str, ...]:
        """Names of those on other machines."""
        return tuple(name for name in self.named if name != OWN_EYE)

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        for name in self.named:
            if not EYE_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not a name of an eye; expected a-z, 0-9, - and _, such as [eyes.left]")
        if len(self.others) > EYES_AT_MOST:
            raise ValueError(f"names {len(self.others)} eyes; at most {EYES_AT_MOST} on other machines")
        if self.others and not self.key_file:
            raise ValueError("key_file is missing: a mood decides the film, so eyes are believed by a key only")
        return self
