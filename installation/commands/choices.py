"""Options that take one of a few words: shown in the help, completed by the shell, refused with "did you mean".

An ``Enum`` of typer would refuse a wrong word before any other fault is found, and with an exit code of its own; here
the command reports it with all others, and exits 78 as for anything else that a person must correct.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from calibration.errors import BadInput

SEED_AT_MOST = 2**31 - 1
"""Of a take; ``scenes.story.draws.SEEDS`` says so too, but its import would slow the start of every command."""


def shown(choices: Iterable[str]) -> str:
    """The words as the help shows them in place of a type: ``quick|cpu|gpu``."""
    return "|".join(choices)


def completion(choices: Iterable[str]) -> Callable[[str], list[str]]:
    """What the shell offers for what has been typed so far."""
    known = tuple(choices)

    def offered(incomplete: str) -> list[str]:
        return [choice for choice in known if choice.startswith(incomplete)]

    return offered


def chosen(word: str, choices: Iterable[str], where: str) -> str:
    """``word`` if it is one of ``choices``. Raises ``BadInput``; ``where`` is the option or argument."""
    known = tuple(choices)
    if word not in known:
        from calibration.files import did_you_mean  # with pydantic, which would slow the start of every command

        raise BadInput(f"{word!r} is not one of {', '.join(known)}{did_you_mean(word, known)}", where=where)
    return word
