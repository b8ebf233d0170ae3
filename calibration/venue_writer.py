"""The text of a venue file with a new calibration in it.

What a technician wrote in the venue file stays as it is, comments too: only named keys and the sections of
``[calibration]`` are replaced.
"""

from __future__ import annotations

import re
import tomllib

from pydantic import ValidationError

from calibration.errors import BadInput
from calibration.files import describe
from calibration.profile import Calibration
from calibration.venue import Venue

Value = str | float | int | bool
Changes = dict[str, dict[str, tuple[Value, str]]]
"""Section, key, (value, comment)."""
HEADER = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+\s*(#.*)?$")


def venue_text(text: str, changes: Changes, calibration: Calibration) -> str:
    """The venue file's ``text`` with changed keys and a new ``[calibration]``.

    Raises ``BadInput`` if the outcome could not be read again (then nothing must be written).
    """
    text = _without_calibration(text)
    for section, keys in changes.items():
        for key, (value, comment) in keys.items():
            text = _with_key(text, section, key, f"{key} = {toml_value(value)}" + (f"  # {comment}" if comment else ""))
    text = text.rstrip("\n") + "\n\n" + calibration_text(calibration)
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
        "# Written by 'chiaro calibrate'; do it again rather than change it by hand.",
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


def toml_value(value: object) -> str:
    """``value`` as TOML has it; numbers to four places."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0") + ("0" if f"{value:.4f}".rstrip("0").endswith(".") else "")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple | list):
        return "[" + ", ".join(toml_value(one) for one in value) + "]"
    return '"' + "".join(_escaped(letter) for letter in str(value)) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def _without_calibration(text: str) -> str:
    """The text without ``[calibration]``, its subsections and the comment above them."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines():
        header = HEADER.match(line)
        if header:
            inside = header[1].split(".")[0].strip() == "calibration"
            if inside and kept and kept[-1].startswith("# Written by 'chiaro calibrate'"):
                kept.pop()
        if not inside:
            kept.append(line)
    return "\n".join(kept) + "\n"


def _with_key(text: str, section: str, key: str, line: str) -> str:
    """The text with ``line`` in place of ``key`` of ``section``; a section that is not there is added at the end."""
    lines = text.splitlines()
    start = next((i for i, one in enumerate(lines) if (m := HEADER.match(one)) and m[1] == section), None)
    if start is None:
        return text.rstrip("\n") + f"\n\n[{section}]\n{line}\n"
    end = next((i for i in range(start + 1, len(lines)) if HEADER.match(lines[i])), len(lines))
    there = next((i for i in range(start + 1, end) if re.match(rf"\s*{re.escape(key)}\s*=", lines[i])), None)
    if there is not None:
        lines[there] = line
    else:
        lines.insert(start + 1, line)
    return "\n".join(lines) + "\n"
