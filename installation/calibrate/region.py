"""Where visitors can stand, as it is typed."""

from __future__ import annotations

from calibration.files import BadFile
from calibration.settings import Region


def read_region(typed: str) -> Region:
    """``LEFT,TOP,RIGHT,BOTTOM``, shares of the picture. Raises ``BadFile``."""
    try:
        left, top, right, bottom = (float(part) for part in typed.split(","))
        region = Region(left=left, top=top, right=right, bottom=bottom)
    except ValueError as error:
        raise BadFile("--region", [f"{typed!r} is no LEFT,TOP,RIGHT,BOTTOM between 0 and 1"]) from error
    if region.left >= region.right or region.top >= region.bottom:
        raise BadFile("--region", ["left must be less than right, and top less than bottom"])
    return region
