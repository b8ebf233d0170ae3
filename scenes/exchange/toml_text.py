"""A story as TOML text, in the style of ``docs/stories.md``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")
IN_TWINE = "[]<>|"
"""What means something to Twine, which looks for links everywhere in a passage."""


def story_text(raw: Mapping[str, Any], comments: Mapping[str, Sequence[str]], *, twine: bool = False) -> str:
    """The story's tables as TOML; the same tables come out when it is read.

    ``comments``: lines to stand below ``[scenes.NAME]``, by name; ``""``: at the top. ``twine``: nothing in it is
    taken for a link or the end of a comment when it stands in a passage.
    """
    lines = _comment(comments.get("", ()))
    lines += _entries({key: value for key, value in raw.items() if not isinstance(value, dict)}, twine)
    for key, table in raw.items():
        if not isinstance(table, dict):
            continue
        if table and all(isinstance(entry, dict) for entry in table.values()):
            for name, entry in table.items():
                said = comments.get(name, ()) if key == "scenes" else ()
                lines += ["", f"[{_key(key, twine)}.{_key(name, twine)}]", *_comment(said), *_entries(entry, twine)]
        else:
            lines += ["", f"[{_key(key, twine)}]", *_entries(table, twine)]
    return "\n".join(lines).strip("\n") + "\n"


def entries_text(table: Mapping[str, Any]) -> str:
    """The keys of one table, one below the other, for a passage of Twine."""
    return "\n".join(_entries(table, twine=True))


def inline_text(value: object, *, twine: bool = False) -> str:
    """One value on one line."""
    if isinstance(value, Mapping):
        return (
            "{ "
            + ", ".join(f"{_key(key, twine)} = {inline_text(one, twine=twine)}" for key, one in value.items())
            + (" }" if value else "}")
        )
    if isinstance(value, list | tuple):
        inner = ", ".join(inline_text(one, twine=twine) for one in value)
        return f"[ {inner} ]" if twine and any(isinstance(one, list | tuple) for one in value) else f"[{inner}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _string(value, twine) if isinstance(value, str) else repr(value)


def _entries(table: Mapping[str, Any], twine: bool) -> list[str]:
    lines: list[str] = []
    for key, value in table.items():
        name = _key(key, twine)
        if isinstance(value, list | tuple) and value and all(isinstance(one, dict) for one in value):
            lines += [f"{name} = [", *(f"    {inline_text(one, twine=twine)}," for one in value), "]"]
        else:
            lines.append(f"{name} = {inline_text(value, twine=twine)}")
    return lines


def _comment(lines: Sequence[str]) -> list[str]:
    said = ("".join(letter if letter.isprintable() else " " for letter in line) for line in lines)
    return [f"# {line}".rstrip() for line in said]


def _key(key: str, twine: bool) -> str:
    return key if BARE.fullmatch(key) else _string(key, twine)


def _string(text: str, twine: bool) -> str:
    return '"' + "".join(_escaped(letter, twine) for letter in text) + '"'


def _escaped(letter: str, twine: bool) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter.isprintable() and not (twine and letter in IN_TWINE):
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
