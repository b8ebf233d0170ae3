"""Names that an author gives: scenes, groups, beds, threads."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

NAME = r"^[a-z][a-z0-9_-]{0,62}$"


def _valid_name(name: str) -> str:
    if not re.match(NAME, name):
        raise ValueError("must start with a letter a-z and contain only a-z, digits, _ and -")
    return name


Name = Annotated[str, AfterValidator(_valid_name)]
Phrase = Annotated[str, Field(min_length=1, max_length=40)]
"""What a visitor reads in the place of a name."""
