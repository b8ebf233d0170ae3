"""From a decoded frame to the picture on the wall: colour, rotation, size. One swscale call and at most one copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from models.arrays import Image

Fit = Literal["fit", "fill", "stretch"]
UNSPECIFIED = 2
"""AVCOL_SPC_UNSPECIFIED; the other numbers of AVColorSpace are those of swscale's tables."""
BT709, BT601 = 1, 5


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


class FrameScaler:
    """Paints frames of one clip on canvases of the screen's size: uint8 (height, width, 4), blue first, 4th unused.

    ``tone`` is a table of 256 (gamma, black level) or None. ``threads`` of swscale, 0: as many as there are cores. Not
    thread-safe: one for each decoding thread.
    """

    def __init__(self, size: tuple[int, int], fit: Fit, tone: np.ndarray | None = None, threads: int = 0) -> None:
        self._size, self._fit, self._tone, self._threads = size, fit, tone, threads
        self._reformatter = VideoReformatter()

    def convert(self, frame: av.VideoFrame, pixel_aspect: float = 1.0) -> Image:
        """The canvas for an ``av.VideoFrame``. The colour space is always said: untagged HD would be read as 601."""
        turn = round(frame.rotation / 90) % 4
        upright = (frame.width * pixel_aspect, float(frame.height))
        placing = place(upright[::-1] if turn % 2 else upright, self._size, self._fit)
        width, height = (placing.height, placing.width) if turn % 2 else (placing.width, placing.height)
        picture = self._scale(frame, width, height)
        if turn:
            codes = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
            picture = np.asarray(cv2.rotate(picture, codes[turn]), np.uint8)
        canvas = self._put(picture, placing)
        return canvas if self._tone is None else np.asarray(cv2.LUT(canvas, self._tone), np.uint8)

    def _scale(self, frame: av.VideoFrame, width: int, height: int) -> Image:
        space = frame.colorspace
        if space in (UNSPECIFIED, 0):
            space = BT709 if frame.height >= 720 or frame.width >= 1280 else BT601
        full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
        spread = ColorRange.JPEG if full else ColorRange.MPEG
        same = (width, height) == (frame.width, frame.height)
        # swscale writes by 16 columns: at other widths its quick way leaves the last ones black, and its threads
        # write over the first ones of each other's rows.
        whole = width % 16 == 0
        smooth = Interpolation.BICUBIC if same else Interpolation.BILINEAR
        if same and not whole and width % 2 == height % 2 == 0:
            smooth = Interpolation.POINT  # as the quick path, which is not used here, would
        scaled = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="bgra",
            src_colorspace=space,
            dst_colorspace=space,
            interpolation=smooth if whole else smooth | Interpolation.ACCURATE_RND,
            src_color_range=spread,
            dst_color_range=ColorRange.JPEG,
            threads=self._threads if whole else 1,
        )
        plane = scaled.planes[0]
        flat = np.frombuffer(memoryview(plane), np.uint8).reshape(height, plane.line_size)
        return flat[:, : width * 4].reshape(height, width, 4)

    def _put(self, picture: Image, placing: Placing) -> Image:
        wide, high = self._size
        if picture.shape == (high, wide, 4) and picture.flags.c_contiguous:
            return picture
        canvas = np.zeros((high, wide, 4), np.uint8)
        left, top = max(0, placing.left), max(0, placing.top)
        part = picture[max(0, -placing.top) :, max(0, -placing.left) :][: high - top, : wide - left]
        canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
        return canvas
