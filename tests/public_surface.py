"""All that the outside world may rely on, one line each: OSC addresses, keys of story and venue files, commands.

``tests/public_surface.txt`` is the frozen list. Nothing in it may vanish without a decision (see RETIRED in
``tests/test_public_surface.py``); after something was added, write it anew and commit it::

    python -m tests.public_surface > tests/public_surface.txt
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from typing import Any, Literal, get_args, get_origin, get_type_hints

from typer.main import get_command

from calibration.errors import Exit
from calibration.venue import Venue
from installation.cli import app
from installation.osc.registry import IN, OUT, Address, Code
from scenes.story.story_file import StoryFile


def lines() -> list[str]:
    """Every line, sorted."""
    found = {
        *(f"osc out {path} {line.tags} [{' '.join(line.profiles)}]" for line in OUT for path in line.concrete()),
        *(f"osc in {line.path} {way}" for line in IN for way in _accepted(line)),
        *(f"osc reply {code.value} {code.name}" for code in Code),
        *(f"story {key}" for key in _keys(StoryFile.model_json_schema())),
        *(f"venue {key}" for key in _keys(Venue.model_json_schema())),
        *(f"exit {int(code)}" for code in Exit),
        *(f"command {line}" for line in _commands(get_command(app), ("chiaro",))),
    }
    return sorted(found)


def _accepted(line: Address) -> Iterator[str]:
    """A line for each kind of value of each argument, so that another kind that is taken too takes nothing away."""
    if line.optional or not line.arguments:
        yield "without arguments"
    for number, argument in enumerate(line.arguments, start=1):
        accepts = argument.accepts or argument.tag
        kinds = [tags for tags in ("ihfd", "TF", "NI", "s") if set(tags) <= set(accepts)]
        assert set("".join(kinds)) == set(accepts), "a kind of value that is accepted only half"
        yield from (f"argument {number} as {' '.join(tags)}" for tags in kinds)


def _keys(schema: dict[str, Any]) -> Iterator[str]:
    """Dotted keys of a JSON schema, ``*`` for a free name, ``[]`` for a list, ``= value`` for each fixed choice.

    A table that may stand in itself (a condition in ``any``) is listed once.
    """
    seen: set[tuple[str, str]] = set()
    within: list[str] = []

    def walk(part: dict[str, Any], path: str) -> Iterator[str]:
        if (reference := part.get("$ref")) and (path, reference) not in seen and reference not in within:
            seen.add((path, reference))
            within.append(reference)
            yield from walk(schema["$defs"][reference.rpartition("/")[2]], path)
            within.pop()
        for key, value in part.get("properties", {}).items():
            below = f"{path}.{key}".lstrip(".")
            yield below
            yield from walk(value, below)
        if isinstance(part.get("additionalProperties"), dict):
            yield from walk(part["additionalProperties"], f"{path}.*")
        if isinstance(part.get("items"), dict):
            yield from walk(part["items"], f"{path}[]")
        for way in ("anyOf", "allOf", "oneOf", "prefixItems"):
            for choice in part.get(way, ()):
                yield from walk(choice, path)
        for value in [*part.get("enum", ()), *([part["const"]] if "const" in part else [])]:
            yield f"{path} = {value}"

    yield from walk(schema, "")


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[str]:
    """A command with its arguments, options and their choices; hidden ones too."""
    words = " ".join(path)
    yield words
    hints = get_type_hints(inspect.unwrap(command.callback)) if command.callback else {}
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    for parameter in command.params:
        if parameter in arguments:
            names = [f"argument {arguments.index(parameter) + 1}"]
        else:
            names = [f"option {name}" for name in (*parameter.opts, *parameter.secondary_opts)]
        for name in names:
            yield f"{words} {name}"
            yield from (f"{words} {name} = {choice}" for choice in _choices(hints.get(parameter.name)))
            if "|" in (metavar := getattr(parameter, "metavar", None) or ""):
                yield from (f"{words} {name} = {choice}" for choice in metavar.split("|"))
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(below, (*path, name))


def _choices(hint: Any) -> Iterator[str]:
    if isinstance(hint, type) and issubclass(hint, Enum):
        yield from (str(member.value) for member in hint)
    elif get_origin(hint) is Literal:
        yield from map(str, get_args(hint))
    else:
        for part in get_args(hint):
            yield from _choices(part)


if __name__ == "__main__":
    print("\n".join(lines()))
