"""The text of a venue file with a new calibration in it.

What a technician wrote in the venue file stays as it is, comments too: only named keys and the sections of
``[calibration]`` are replaced.
"""

from __future__ import annotations

import tomllib

from pydantic import ValidationError

from calibration.errors import BadInput
from calibration.files import describe
from calibration.profile import Calibration
from calibration.toml_editing import statements, toml_value, with_key
from calibration.venue import Venue

Value = str | float | int | bool | tuple[object, ...]
Changes = dict[str, dict[str, tuple[Value, str]]]
"""Section, key, (value, comment); without a comment, one that stands behind the key stays."""


WRITTEN_BY = "# Written by 'chiaro calibrate'"


def venue_text(text: str, changes: Changes, calibration: Calibration) -> str:
    """The venue file's ``text`` with changed keys and a new ``[calibration]``.

    Raises ``BadInput`` if the outcome could not be read again (then nothing must be written).
    """
    text = _changed(_without_calibration(text.replace("\r\n", "\n")), changes)
    return _usable(text.rstrip("\n") + "\n\n" + calibration_text(calibration))


def changed_text(text: str, changes: Changes) -> str:
    """The venue file's ``text`` with changed keys. Raises ``BadInput`` if the outcome could not be read again."""
    return _usable(_changed(text.replace("\r\n", "\n"), changes))


def _changed(text: str, changes: Changes) -> str:
    for section, keys in changes.items():
        for key, (value, comment) in keys.items():
            text = with_key(text, (*section.split("."), key), toml_value(value), comment)
    return text


def _usable(text: str) -> str:
    try:
        Venue.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"cannot be changed by the program: {error}", where="venue file") from error
    except ValidationError as error:
        raise BadInput(*describe(error, Venue), where="venue file") from error
    return text


def calibration_text(calibration: Calibration) -> str:
    """The sections of ``[calibration]``, with a comment for each key that has a description."""
    lines = [
        f"{WRITTEN_BY}; do it again rather than change it by hand.",
        "[calibration]",
        *_lines(calibration),
    ]
    for name in ("controls", "room", "light", "before", "after"):
        part = getattr(calibration, name)
        lines += ["", f"[calibration.{name}]"]
        if isinstance(part, dict):
            lines += [f"{key} = {toml_value(value)}" for key, value in part.items()]
        else:
            lines += _lines(part)
    return "\n".join(lines) + "\n"


def _lines(section: object) -> list[str]:
    found = []
    for name, field in type(section).model_fields.items():  # type: ignore[attr-defined]
        value = getattr(section, name)
        if name == "renewed_by":
            continue
        if isinstance(value, str | bool | int | float | tuple):
            comment = f"  # {field.description}" if field.description else ""
            found.append(f"{name} = {toml_value(value)}{comment}")
    return found


def _without_calibration(text: str) -> str:
    """The text without ``[calibration]``, its subsections and our comment above them; other people's comments stay."""
    lines, table = text.split("\n"), None
    taken = set[int]()
    for one in statements(lines):
        table = one if one.header else table
        if table and table.path[:1] == ("calibration",):
            taken.update(range(one.start, one.end))
            blank = one.end
            while blank < len(lines) and not lines[blank].strip():
                taken.add(blank)
                blank += 1
    kept = [line for number, line in enumerate(lines) if number not in taken]
    return "\n".join(line for line in kept if not line.startswith(WRITTEN_BY))
