"""Letters that join, change their places or run from right to left: shaped by HarfBuzz, where pygame's SDL has it."""

from __future__ import annotations

from functools import cache

import pygame

from installation.film.text_runs import Run

NOT_SHAPED = (
    "this pygame has no HarfBuzz, so letters that join (Arabic, Devanagari) stand alone; install pygame-ce from PyPI, "
    "or burn these captions into the picture"
)

ANY_SCRIPT = "Zzzz"


@cache
def can_shape() -> bool:
    """Whether this machine's pygame shapes text."""
    pygame.font.init()
    try:
        pygame.font.Font(None, 12).set_direction(pygame.DIRECTION_RTL)
    except (pygame.error, AttributeError, NotImplementedError):
        return False
    return True


def directed(font: pygame.font.Font, run: Run) -> str:
    """What ``font``, set to the run's direction, is to draw. Without HarfBuzz: the letters turned round."""
    if not can_shape():
        return run.text[::-1] if run.right_to_left else run.text
    font.set_script(run.script or ANY_SCRIPT)
    font.set_direction(pygame.DIRECTION_RTL if run.right_to_left else pygame.DIRECTION_LTR)
    return run.text
