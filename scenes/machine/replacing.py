"""``dataclasses.replace`` for what changes at every tick, six times as fast for a state of the story."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that names and types of what is changed are checked as ever
    from dataclasses import replace as replace
else:

    def replace(one, /, **changes):
        """A copy of a frozen dataclass with ``changes``; of one without slots its values are copied at once.

        Such a class may have no cached properties: they would be copied, too.

        Raises ``TypeError`` for a field that it does not have.
        """
        try:
            values = one.__dict__
        except AttributeError:
            return dataclasses.replace(one, **changes)
        changed = values | changes
        if len(changed) != len(values):
            raise TypeError(f"{type(one).__name__} has no field {', '.join(changes.keys() - values.keys())}")
        new = object.__new__(type(one))
        object.__setattr__(new, "__dict__", changed)
        return new
