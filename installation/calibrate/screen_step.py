"""The step that finds the film's display in the camera's picture, so that no face of the film counts as a visitor."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing

from calibration.settings import MASKS_AT_MOST, Polygon, Region
from installation.calibrate.camera_step import set_region
from installation.calibrate.draft import Draft
from installation.calibrate.flash_pattern import FIELDS, SECONDS
from installation.calibrate.flash_window import FlashWindow
from installation.calibrate.picture_source import RecordingRequest
from installation.calibrate.screen_search import LEAST_PICTURES, LONGEST_DELAY, FoundScreen, find_screen, small_light
from installation.calibrate.screen_words import screen_in_letters, screen_in_words
from installation.calibrate.session import Session
from installation.camera.masks import masks_of
from models.arrays import Floats

TEXT = f"Screen: the film's display shows six fields that change gently, for {SECONDS + LONGEST_DELAY:.0f} s"
REGION_COSTS = 0.1
"""A region takes the place of a mask where it leaves out no more of the picture than this, besides the screen."""
MASKED_BY = "the last one: the screen, found by 'chiaro calibrate'"


def screen(session: Session, draft: Draft, open_window: Callable[[], FlashWindow] | None = None) -> None:
    """Show the pattern, find it, and propose what leaves it out; repeat as often as the technician wants.

    Raises ``NoScreen`` without a display.
    """
    guide = session.guide
    if not session.source.live:
        guide.say("  the screen is not looked for: these pictures are not of a room that is there now")
        return
    while True:
        guide.ready(f"{TEXT}. Nobody before it, please.", session.source.pictures(RecordingRequest(), 3600))
        settings = draft.venue.screen
        with closing(open_window() if open_window else FlashWindow(settings)) as window:
            pictures, taken = _watch(session, window)
            shown = list(window.shown)
        guide.take_the_keyboard()
        if len(pictures) < LEAST_PICTURES:
            remark = f"only {len(pictures)} pictures came in {SECONDS:.0f} s: too few to find the screen in"
            if not session.warned(draft, [remark]):
                return
            continue
        draft.screen = found = find_screen(pictures, taken, shown)
        if not session.warned(draft, _told(session, draft, found)):
            break
    if found is not None:
        _propose(session, draft, found.corners)


def _watch(session: Session, window: FlashWindow) -> tuple[list[Floats], list[float]]:
    """Pictures in blocks, and when each of them came. Never kept as pictures, whatever was asked for."""
    pictures: list[Floats] = []
    taken: list[float] = []
    coming = session.source.pictures(RecordingRequest(), SECONDS + LONGEST_DELAY)
    for picture in session.guide.shown(coming, "looking for the screen"):
        window.check()
        pictures.append(small_light(picture))
        taken.append(time.monotonic())
    return pictures, taken


def _told(session: Session, draft: Draft, found: FoundScreen | None) -> list[str]:
    """Say what was found; what should be done about it comes back."""
    if found is None:
        beside = " beside what is masked" if draft.venue.camera.masks or draft.venue.privacy.zone else ""
        session.guide.say(f"  the camera does not see the screen{beside}: nothing needs to be masked")
        return []
    session.guide.say(f"  {screen_in_words(found)}\n{screen_in_letters(found.corners)}")
    if found.fields == FIELDS:
        return []
    return [
        f"only {found.fields} of its {FIELDS} fields were seen: somebody or something stands before the screen, or it "
        "is partly outside the picture"
    ]


def _propose(session: Session, draft: Draft, corners: Polygon) -> None:
    """A region where that is enough, else a mask: written when the technician says yes."""
    camera = draft.venue.camera
    region = region_beside(corners, camera.region)
    if region == camera.region:
        session.guide.say(
            "  it lies outside of the region in which visitors are looked for: nothing needs to be masked"
        )
    elif region is not None:
        sides = ",".join(f"{getattr(region, side):g}" for side in type(region).model_fields)
        if session.guide.agreed(f"Look for visitors beside it only (region {sides})?"):
            set_region(draft, region)
            session.observer.region = region
    elif len(camera.masks) >= MASKS_AT_MOST:
        session.guide.warn(f"the venue has {MASKS_AT_MOST} masks already, the most there may be: join some of them")
    elif session.guide.agreed("Mask it, so that no face of the film is taken for a visitor?"):
        masks = (*camera.masks, corners)
        draft.venue = draft.venue.model_copy(update={"camera": camera.model_copy(update={"masks": masks})})
        draft.changes.setdefault("camera", {})["masks"] = (masks, MASKED_BY)
        session.source.cover(masks_of(draft.venue))


def region_beside(corners: Polygon, region: Region) -> Region | None:
    """The region without the screen, where hardly anything else goes with it; None where a mask is better."""
    left, right = (pick(corner[0] for corner in corners) for pick in (min, max))
    top, bottom = (pick(corner[1] for corner in corners) for pick in (min, max))
    if left >= region.right or right <= region.left or top >= region.bottom or bottom <= region.top:
        return region
    beside = [
        region.model_copy(update={side: round(to, 3)})
        for side, to in (("right", left), ("left", right), ("bottom", top), ("top", bottom))
    ]
    usable = [one for one in beside if one.right > one.left and one.bottom > one.top]
    best = max(usable, key=_size, default=None)
    inside = (min(right, region.right) - max(left, region.left)) * (min(bottom, region.bottom) - max(top, region.top))
    if best is None or _size(best) < _size(region) - inside - REGION_COSTS * _size(region):
        return None
    return best


def _size(region: Region) -> float:
    return (region.right - region.left) * (region.bottom - region.top)
