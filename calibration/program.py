"""Programs that make what is shipped (``python -m models.training.make_lamp``) print and fail as commands do."""

from __future__ import annotations

import sys
from collections.abc import Callable

from calibration.errors import ChiaroError
from calibration.extras import missing_extra
from calibration.plain import plain


def say(text: str) -> None:
    """Print ``text``, in which nothing is obeyed by the terminal."""
    print(plain(text), flush=True)


def run_program(main: Callable[[], None]) -> None:
    """Run ``main``; an error of ours, or an optional package that is missing, is a line on stderr and an exit code."""
    try:
        main()
    except (ChiaroError, ModuleNotFoundError) as error:
        ours = error if isinstance(error, ChiaroError) else missing_extra(error)
        if ours is None:
            raise
        for line in ours.lines():
            print(f"x {plain(line)}", file=sys.stderr)
        sys.exit(ours.exit_code)
