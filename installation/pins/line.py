"""The border to the library gpiod: one line of a chip, taken for a lamp or for a button."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from calibration.extras import MissingExtra, needs_extra
from calibration.privacy_settings import GpioSettings
from installation.host.console import LossReporter

if TYPE_CHECKING:
    from gpiod import LineRequest, LineSettings

CONSUMER = "chiaroscuro"
DEBOUNCE_SECONDS = 0.03
"""A button's contacts bounce for some milliseconds."""
AGAIN_SECONDS = 5.0
"""After a line could not be had, or went with its chip."""


def keep_line(
    part: str,
    settings: GpioSettings,
    take: Callable[[], LineRequest],
    use: Callable[[LineRequest], None],
    losses: LossReporter,
    closing: threading.Event,
) -> None:
    """Take the line and use it until ``closing``. One that cannot be had is told once as ``part``, and tried again."""
    while not closing.is_set():
        try:
            with take() as line:
                losses.back(part)
                use(line)
        except MissingExtra as error:
            losses.lost(part, str(error))
            return
        except OSError as error:
            losses.lost(part, f"{settings.chip} line {settings.line}: {error.strerror or error}; it is tried again")
            closing.wait(AGAIN_SECONDS)


def take_lamp(settings: GpioSettings, lit: bool) -> LineRequest:
    """An output that is lit, or dark, from its first moment. Raises OSError and ``MissingExtra``."""
    needs_extra("privacy", "a lamp on a pin", "gpiod")
    from gpiod import LineSettings
    from gpiod.line import Direction, Value

    value = Value.ACTIVE if lit else Value.INACTIVE
    return _take(settings, LineSettings(direction=Direction.OUTPUT, active_low=settings.active_low, output_value=value))


def take_button(settings: GpioSettings) -> LineRequest:
    """An input that tells when it becomes active. Raises OSError and ``MissingExtra``.

    The chip pulls the line to where nobody presses, if it can.
    """
    needs_extra("privacy", "a button on a pin", "gpiod")
    from gpiod import LineSettings
    from gpiod.line import Bias, Direction, Edge

    return _take(
        settings,
        LineSettings(
            direction=Direction.INPUT,
            edge_detection=Edge.RISING,
            bias=Bias.PULL_UP if settings.active_low else Bias.PULL_DOWN,
            active_low=settings.active_low,
            debounce_period=timedelta(seconds=DEBOUNCE_SECONDS),
        ),
    )


def _take(settings: GpioSettings, line: LineSettings) -> LineRequest:
    import gpiod

    try:
        return gpiod.request_lines(settings.chip, consumer=CONSUMER, config={settings.line: line})
    except ValueError as error:
        raise _no_such_line(settings) from error


def _no_such_line(settings: GpioSettings) -> OSError:
    return OSError(errno.EINVAL, f"the chip has no line {settings.line}")


def used_by(settings: GpioSettings) -> str:
    """The program that has the line now; '' if none has. Takes nothing. Raises OSError and ``MissingExtra``."""
    needs_extra("privacy", "a lamp or a button on a pin", "gpiod")
    import gpiod

    with gpiod.Chip(settings.chip) as chip:
        if settings.line >= chip.get_info().num_lines:
            raise _no_such_line(settings)
        line = chip.get_line_info(settings.line)
        return (line.consumer or "another program") if line.used else ""
