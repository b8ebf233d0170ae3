"""The region of the picture in which visitors can stand, as it is typed."""

from __future__ import annotations

from calibration.errors import BadInput
from calibration.settings import Region


def read_region(typed: str) -> Region:
    """``LEFT,TOP,RIGHT,BOTTOM``, shares of the picture. Raises ``BadInput``."""
    try:
        left, top, right, bottom = (float(part) for part in typed.split(","))
        region = Region(left=left, top=top, right=right, bottom=bottom)
    except ValueError as error:
        raise BadInput(
            f"{typed!r} is not a valid LEFT,TOP,RIGHT,BOTTOM; expected four numbers from 0 to 1, such as 0.2,0,0.8,1",
            where="--region",
        ) from error
    if region.left >= region.right or region.top >= region.bottom:
        raise BadInput("left must be less than right, and top less than bottom", where="--region")
    return region
