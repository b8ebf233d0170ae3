"""The options of ``chiaro run`` as other commands pass them on: found faulty before they stand in a unit."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from calibration.errors import BadInput
from calibration.plain import plain

PASS_ON: dict[str, Any] = {"allow_extra_args": True, "ignore_unknown_options": True}
"""For a command that takes the options of ``chiaro run`` beside its own."""
IN_THE_OPEN = (
    "holds a password (or a control character), and everybody on this machine could read it; leave the option out, and "
    "write CHIARO_CAMERA=ADDRESS into {} (chmod 600)"
)


def run_arguments(context: typer.Context, typed: Sequence[str]) -> list[str]:
    """What was typed, as ``chiaro run`` takes it from any folder: paths of files that are there are made whole.

    Ends with typer's own message for an option that ``run`` does not know.
    """
    root = context.find_root()
    group: Any = root.command
    run = group.commands["run"]
    parsed = run.make_context("run", list(typed), parent=root).params
    paths = {parsed["story"], parsed["venue"]} - {""}
    return [_whole(one, paths) for one in typed]


def without_secret(arguments: Sequence[str], environment_file: str) -> None:
    """Raise ``BadInput`` for an argument with a password in it; ``environment_file``: where it belongs."""
    if any(plain(one) != one for one in arguments):
        raise BadInput(IN_THE_OPEN.format(environment_file), where="--camera")


def _whole(argument: str, paths: set[str]) -> str:
    option, equals, value = argument.rpartition("=") if argument.startswith("--") else ("", "", argument)
    if value not in paths:
        return argument
    with suppress(OSError, RuntimeError):  # not to be looked at: the show says so
        path = Path(value).expanduser()
        return f"{option}{equals}{path.absolute()}" if path.exists() else argument
    return argument
