"""Setting a key in the text of a TOML file: whoever wrote the rest finds it as it was, comments too."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
"""The names of a key, from the file's root."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One header or one key with its value, which may go over several lines."""

    start: int
    end: int
    """The line after its last."""
    path: Path
    header: bool
    element: bool = False
    """A header in double brackets: an element of a list, which no key here is meant for."""


def statements(lines: list[str]) -> Iterator[Statement]:
    """The statements of a file, in order; blank lines and comments are none. A header's keys have its path first."""
    number, table = 0, Path()
    while number < len(lines):
        line, end = lines[number], number + 1
        if line.lstrip().startswith("["):
            table = _path_of(line)
            yield Statement(number, end, table, header=True, element=line.lstrip().startswith("[["))
        elif line.strip() and not line.lstrip().startswith("#"):
            while end < len(lines) and _parsed("\n".join(lines[number:end])) is None:
                end += 1
            yield Statement(number, end, table + _path_of(line.partition("=")[0] + "= 0"), header=False)
        number = end


def with_key(text: str, path: Path, written: str, comment: str = "") -> str:
    """``text`` with the key at ``path`` set to the value that is ``written``, wherever and however it is set now.

    A comment behind its value stays, unless ``comment`` takes its place. A table that is not there is added at the end.
    """
    lines, table = text.split("\n"), path[:-1]
    there = list(statements(lines))
    behind = f"  # {comment}" if comment else ""
    lists = {one.path for one in there if one.element}
    keys = [one for one in there if not one.header and not any(one.path[: len(path)] == each for each in lists)]
    if same := next((one for one in keys if one.path == path), None):
        behind = behind or _comment(lines[same.start : same.end])
        return _replaced(lines, same, f"{lines[same.start].partition('=')[0].rstrip()} = {written}{behind}")
    if inline := next((one for one in keys if one.path == path[: len(one.path)]), None):
        value = _parsed("\n".join(lines[inline.start : inline.end])) or {}
        for name in _path_of(lines[inline.start].partition("=")[0] + "= 0"):
            value = value[name]
        inner, rest = value, path[len(inline.path) :]
        for name in rest[:-1]:
            inner = inner.setdefault(name, {})
        inner[rest[-1]] = tomllib.loads(f"value = {written}")["value"]
        left = lines[inline.start].partition("=")[0].rstrip()
        return _replaced(lines, inline, f"{left} = {toml_value(value)}{_comment(lines[inline.start : inline.end])}")
    if header := next((one for one in there if one.header and not one.element and one.path == table), None):
        last = [one for one in keys if one.path[:-1] == table and one.start > header.start]
        lines.insert(last[-1].end if last else header.end, f"{path[-1]} = {written}{behind}")
    elif dotted := next((one for one in reversed(keys) if table and one.path[:-1] == table), None):
        left = lines[dotted.start].partition("=")[0].rstrip().rpartition(".")[0]
        lines.insert(dotted.end, f"{left}.{path[-1]} = {written}{behind}")
    else:
        text = text.rstrip("\n")
        return f"{text}{chr(10) * 2 if text else ''}[{'.'.join(table)}]\n{path[-1]} = {written}{behind}\n"
    return "\n".join(lines)


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
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml_value(key)} = {toml_value(one)}" for key, one in value.items()) + "}"
    return '"' + "".join(_escaped(letter) for letter in str(value)) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _path_of(line: str) -> Path:
    """The names of a header, or of a key with a value; () for what is neither."""
    names, inner = [], _parsed(line)
    while inner:
        name, value = next(iter(inner.items()))
        names.append(name)
        inner = value[0] if isinstance(value, list) and value else value if isinstance(value, dict) else None
    return tuple(names)


def _comment(lines: list[str]) -> str:
    """The comment behind a value, with the blanks before it; '' where it has none."""
    last, before = lines[-1], "\n".join(lines[:-1])
    for at, letter in enumerate(last):
        if letter == "#" and _parsed(f"{before}\n{last[:at]}") is not None:
            return last[len(last[:at].rstrip()) :]
    return ""


def _replaced(lines: list[str], old: Statement, new: str) -> str:
    return "\n".join([*lines[: old.start], new, *lines[old.end :]])
