"""Commands by which the console sets the room up, of the arguments of a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from calibration.settings import is_convex
from installation.film.wall_patterns import TEST_PICTURES
from installation.osc.incoming import Argument, CommandRefused
from scenes.machine.command import Command, LayPicture, Origin, PlayChannel, RenewEye, SetCorners, SetTone

GAMMA, BLACK_LEVEL = (0.3, 3.0), (0.0, 0.5)


def _test_picture(arguments: Sequence[Argument], origin: Origin) -> Command:
    match list(arguments):
        case [str() as name, int() as corner, bool() as in_take] if name in ("", *TEST_PICTURES) and 0 <= corner <= 4:
            return LayPicture(name, corner, in_take=in_take, origin=origin)
    raise _wrong(f"test_picture takes {', '.join(TEST_PICTURES)} or '', a corner from 0 to 4, and true or false")


def _corners(arguments: Sequence[Argument], origin: Origin) -> Command:
    *places, in_take = arguments or (None,)
    numbers = [number for place in places if (number := _number(place, (0.0, 1.0))) is not None]
    corners = tuple(zip(numbers[::2], numbers[1::2], strict=False))
    if len(numbers) != len(places) or len(corners) != 4 or not isinstance(in_take, bool):
        raise _wrong("corners takes eight shares from 0 to 1, and true or false")
    if not is_convex(corners):
        raise _wrong("the corners must run clockwise from the upper left and form a convex shape")
    return SetCorners(corners, in_take=in_take, origin=origin)


def _tone(arguments: Sequence[Argument], origin: Origin) -> Command:
    match [*arguments]:
        case [gamma, black, bool() as in_take]:
            light, level = _number(gamma, GAMMA), _number(black, BLACK_LEVEL)
            if light is not None and level is not None:
                return SetTone(light, level, in_take=in_take, origin=origin)
    raise _wrong("tone takes a gamma from 0.3 to 3, a black level from 0 to 0.5, and true or false")


def _test_channel(arguments: Sequence[Argument], origin: Origin) -> Command:
    match list(arguments):
        case [int() as channel, bool() as in_take] if not isinstance(channel, bool) and 1 <= channel <= 4:
            return PlayChannel(channel, in_take=in_take, origin=origin)
    raise _wrong("test_channel takes a channel from 1 to 4, and true or false")


def _renew_eye(arguments: Sequence[Argument], origin: Origin) -> Command:
    match list(arguments):
        case [bool() as camera, bool() as in_take]:
            return RenewEye(camera, in_take=in_take, origin=origin)
    raise _wrong("renew_eye takes true or false twice")


def _number(value: Argument, limits: tuple[float, float]) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and limits[0] <= value <= limits[1]
    return float(value) if usable and isinstance(value, int | float) else None


def _wrong(words: str) -> CommandRefused:
    return CommandRefused("wrong arguments", words)


VENUE_REQUESTS: dict[str, Callable[[Sequence[Argument], Origin], Command]] = {
    "test_picture": _test_picture,
    "corners": _corners,
    "tone": _tone,
    "test_channel": _test_channel,
    "renew_eye": _renew_eye,
}
