"""Errors of usage repeat what was typed: here they do so in plain, without a misplaced address's password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from calibration.plain import plain

USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]
"""typer brings its own copy of click, or imports it, as its version has it."""


class PlainGroup(TyperGroup):
    """For the outermost group: errors of all commands below it come through here."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Take the group's own options apart."""
        with _told_plainly():
            return super().make_context(*args, **kwargs)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A command of two words (``train detector``) goes before the command of the first."""
        both = " ".join(args[:2])
        if len(args) > 1 and both in self.commands:
            return both, self.commands[both], args[2:]
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Take the command's options apart and run it."""
        with _told_plainly():
            return super().invoke(ctx)


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except USAGE_ERROR as error:
        message = getattr(error, "message", "")
        setattr(error, "message", plain(message))  # noqa: B010 - of a class that has no public name
        raise
