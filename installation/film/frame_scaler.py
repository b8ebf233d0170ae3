"""From a decoded frame to the picture on the wall: its size when it is decoded, its colours when it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import av
import cv2
import numpy as np

from calibration.errors import Unplayable
from calibration.screens_settings import WHOLE, Crop
from installation.film.keystone import Tone
from installation.film.pooled_scaler import PooledScaler, Spread, Target, cropped
from models.arrays import Image

Fit = Literal["fit", "fill", "stretch"]
UNSPECIFIED = 2
"""AVCOL_SPC_UNSPECIFIED; the other numbers of AVColorSpace are those of swscale's tables."""
BT709, BT601 = 1, 5
FULL_RANGE = 2
"""AVCOL_RANGE_JPEG."""
KEPT_AS_YUV = ("yuv420p", "yuvj420p", "nv12")
"""Pixels of eight bits that take 1.5 bytes each. All others are brought to the canvas's four when they are decoded."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a picture goes: scaled to ``width`` x ``height``, its corner at (left, top) of the screen (may be < 0)."""

    width: int
    height: int
    left: int
    top: int


def place(shape: tuple[float, float], screen: tuple[int, int], fit: Fit) -> Placing:
    """Place a picture of ``shape`` (width, height, in square pixels) on a ``screen`` (width, height) by a named rule.

    fit: all of it, bars left black; fill: no bars, the rest cut off on both sides alike; stretch: exactly the screen.
    """
    wide, high = screen
    if fit == "stretch":
        return Placing(wide, high, 0, 0)
    scales = (wide / shape[0], high / shape[1])
    scale = min(scales) if fit == "fit" else max(scales)
    width, height = max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))
    return Placing(width, height, (wide - width) // 2, (high - height) // 2)


@dataclass(frozen=True, slots=True)
class FrameLook:
    """How one frame is to be shown, known from the frame as it was decoded."""

    placing: Placing
    turns: int
    """Quarter turns to the left until it stands upright."""
    colorspace: int
    spread: Spread

    @property
    def size(self) -> tuple[int, int]:
        """Width and height before it is turned."""
        wide, high = self.placing.width, self.placing.height
        return (high, wide) if self.turns % 2 else (wide, high)


def _turned(crop: Crop, turns: int) -> Crop:
    """The part of a picture as it was decoded that is ``crop`` of it once it was turned so often to the left."""
    for _ in range(turns):
        x, width = 1.0 - crop.y - crop.height, crop.height
        crop = Crop(x=min(1.0, max(0.0, x)), y=crop.x, width=width, height=crop.width)
    return crop


class HeldPicture:
    """A picture of the screen's size that waits for its time: as YUV, which is painted when it is shown, or painted."""

    def __init__(self, scaler: FrameScaler, pixels: av.VideoFrame | Image, look: FrameLook) -> None:
        self._scaler, self._pixels, self._look = scaler, pixels, look

    @property
    def size_bytes(self) -> int:
        """Memory that it takes."""
        if isinstance(self._pixels, np.ndarray):
            return self._pixels.nbytes
        return sum(plane.buffer_size for plane in self._pixels.planes)

    def canvas(self) -> Image:
        """Paint it: uint8 (height, width, 4), blue first, 4th unused. Raises ``Unplayable``."""
        if isinstance(self._pixels, np.ndarray):
            return self._pixels
        try:
            return self._scaler.paint(self._pixels, self._look)
        except (av.error.FFmpegError, ValueError, MemoryError) as error:
            raise Unplayable(f"a picture of it cannot be shown: {error}") from error


class FrameScaler:
    """Brings frames of one clip to canvases of the screen's size: uint8 (height, width, 4), blue first, 4th unused.

    ``tone`` is what becomes of their light (gamma, black level). ``painting`` may be shared by scalers whose pictures
    are painted by one thread: it is ready at the cut then, and its memory is there once. Not thread-safe, but one
    thread may ``hold`` while another has pictures painted that are held.
    """

    def __init__(
        self, size: tuple[int, int], fit: Fit, tone: Tone | None = None, painting: PooledScaler | None = None
    ) -> None:
        self._size, self._fit, self._tone = size, fit, tone or Tone()
        self._holding, self._painting = PooledScaler(), painting or PooledScaler()
        self._boxed_in: Placing | None = None
        self._box: Image = np.empty(0, np.uint8)
        """Where pictures with bars are painted, with the bars of those that are placed so."""
        self._tried: tuple[object, ...] = ()
        """The last kind of frame of which one was painted for a trial."""

    def hold(self, frame: av.VideoFrame, pixel_aspect: float = 1.0, crop: Crop = WHOLE) -> HeldPicture:
        """Bring ``frame``, or a part of it, to the screen's size; its colours wait until it is shown, if it is of the
        usual kind.

        Its own pixels are kept where the size is right. Raises what FFmpeg raises where it could not be painted.
        """
        if crop != WHOLE:
            frame = cropped(frame, _turned(crop, round(frame.rotation / 90) % 4))
        look = self._look(frame, pixel_aspect)
        same = crop == WHOLE and look.size == (frame.width, frame.height)  # a part would keep the whole in memory
        whole = look.size[0] % 16 == 0 and look.size[1] % 2 == 0
        if frame.format.name not in KEPT_AS_YUV or not (same or whole):
            return HeldPicture(self, self._paint(self._holding, frame, look, self._black()), look)
        kind = frame.format.name, frame.width, frame.height, look
        if kind != self._tried:  # what cannot be shown is to be known before it is chosen
            self._paint(PooledScaler(), frame, look, self._black())
            self._tried = kind
        if not same:
            pixels = "yuv420p" if frame.format.name == "nv12" else frame.format.name
            frame = self._scale(self._holding, frame, look, pixels)
        return HeldPicture(self, frame, look)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvases."""
        return self._size

    def hold_drawn(self, canvas: Image) -> HeldPicture:
        """A canvas of the screen's size that was drawn, not decoded; it may be the same for several pictures."""
        look = FrameLook(place(self._size, self._size, "stretch"), 0, BT709, Spread.FULL)
        return HeldPicture(self, self._tone.apply(canvas), look)

    def convert(self, frame: av.VideoFrame, pixel_aspect: float = 1.0) -> Image:
        """The canvas for ``frame``, as it is shown."""
        return self.hold(frame, pixel_aspect).canvas()

    def paint(self, frame: av.VideoFrame, look: FrameLook) -> Image:
        """The canvas for a frame that was held, valid until the next one is painted."""
        if look.placing != self._boxed_in:
            self._boxed_in, self._box = look.placing, self._black()
        return self._paint(self._painting, frame, look, self._box)

    def _look(self, frame: av.VideoFrame, pixel_aspect: float) -> FrameLook:
        """The colour space is always said: untagged HD would be read as 601."""
        turns = round(frame.rotation / 90) % 4
        upright = (frame.width * pixel_aspect, float(frame.height))
        space = frame.colorspace
        if space in (UNSPECIFIED, 0):
            space = BT709 if frame.height >= 720 or frame.width >= 1280 else BT601
        full = frame.color_range == FULL_RANGE or frame.format.name.startswith("yuvj")
        placing = place(upright[::-1] if turns % 2 else upright, self._size, self._fit)
        return FrameLook(placing, turns, space, Spread.FULL if full else Spread.LIMITED)

    def _paint(self, scaler: PooledScaler, frame: av.VideoFrame, look: FrameLook, box: Image) -> Image:
        width, height = look.size
        plane = self._scale(scaler, frame, look, "bgra").planes[0]
        flat = np.frombuffer(memoryview(plane), np.uint8).reshape(height, plane.line_size)
        picture = flat[:, : width * 4].reshape(height, width, 4)
        if look.turns:
            codes = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
            picture = np.asarray(cv2.rotate(picture, codes[look.turns]), np.uint8)
        return self._tone.apply(self._put(picture, look.placing, box))

    def _scale(self, scaler: PooledScaler, frame: av.VideoFrame, look: FrameLook, pixels: str) -> av.VideoFrame:
        width, height = look.size
        same = (width, height) == (frame.width, frame.height)
        # swscale writes by 16 columns: at other widths its quick way leaves the last ones black.
        whole = width % 16 == 0
        flags = "bicubic" if same else "bilinear"
        if same and not whole and width % 2 == height % 2 == 0:
            flags = "neighbor"  # as the quick path, which is not used here, would
        target = Target(
            width, height, pixels, flags if whole else f"{flags}+accurate_rnd", look.colorspace, look.spread
        )
        return scaler.scale(frame, target)

    def _put(self, picture: Image, placing: Placing, box: Image) -> Image:
        wide, high = self._size
        if picture.shape == (high, wide, 4) and picture.flags.c_contiguous:
            return picture
        left, top = max(0, placing.left), max(0, placing.top)
        part = picture[max(0, -placing.top) :, max(0, -placing.left) :][: high - top, : wide - left]
        box[top : top + part.shape[0], left : left + part.shape[1]] = part
        return box

    def _black(self) -> Image:
        return np.zeros((self._size[1], self._size[0], 4), np.uint8)
