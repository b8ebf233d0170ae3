"""swscale with a pool: the memory of a picture that is let go is that of the next one.

A picture that is allocated by itself costs a show 2 ms at 1280x720 while the system clears its pages, or holes in the
heap that it gets back from nobody (host/memory.py). FFmpeg's filters have pools, and give the same pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

import av

from calibration.screens_settings import Crop

MATRICES = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc"}
"""Colour spaces that swscale knows, by their numbers in AVColorSpace."""
TIME_BASE = Fraction(1, 1000)


class Spread(Enum):
    """Which numbers stand for black and white."""

    LIMITED = "limited"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Target:
    """What a frame is to become. ``colorspace`` and ``spread`` say what it is; they stay, but RGB is always full."""

    width: int
    height: int
    pixels: str
    flags: str
    """swscale's, such as "bilinear+accurate_rnd"."""
    colorspace: int
    spread: Spread


class PooledScaler:
    """Scales frames, one after another, and changes their pixels. Not thread-safe."""

    def __init__(self) -> None:
        self._graphs: dict[tuple[object, ...], av.filter.Graph] = {}
        """By what they were made for; two, since two clips of different kinds may cross."""

    def scale(self, frame: av.VideoFrame, target: Target) -> av.VideoFrame:
        """A new frame. Raises ``ValueError`` or ``av.FFmpegError`` for what cannot be converted."""
        asked = (frame.width, frame.height, frame.format.name, target)
        graph = self._graphs.pop(asked, None) or _graph(frame, target)
        graph.push(frame)
        scaled = graph.pull()
        if not isinstance(scaled, av.VideoFrame):
            raise ValueError("the scaler gave no picture")
        self._graphs[asked] = graph
        if len(self._graphs) > 2:
            del self._graphs[next(iter(self._graphs))]
        return scaled


def cropped(frame: av.VideoFrame, crop: Crop) -> av.VideoFrame:
    """A part of a frame that shares its memory. Edges lie on pairs of pixels, as colours do."""

    def part(begin: float, share: float, size: int) -> tuple[int, int]:
        first = min(round(begin * size / 2) * 2, max(0, size - 2))
        last = size if begin + share > 0.998 else round((begin + share) * size / 2) * 2
        return first, max(min(last, size) - first, min(2, size))

    (left, wide), (top, high) = part(crop.x, crop.width, frame.width), part(crop.y, crop.height, frame.height)
    graph = av.filter.Graph()
    graph.threads = 1
    graph.link_nodes(
        graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=TIME_BASE),
        graph.add("crop", f"{wide}:{high}:{left}:{top}"),
        graph.add("buffersink"),
    ).configure()
    graph.push(frame)
    part_of = graph.pull()
    if not isinstance(part_of, av.VideoFrame):
        raise ValueError("the picture could not be cropped")
    return part_of


def _graph(frame: av.VideoFrame, target: Target) -> av.filter.Graph:
    matrix = MATRICES.get(target.colorspace)
    if matrix is None:
        raise ValueError(f"colour space {target.colorspace} (of AVColorSpace) cannot be shown; encode it as BT.709")
    spread = target.spread.value
    graph = av.filter.Graph()
    graph.threads = 1  # more gain nothing with pictures of this size, and stand in the way of others
    colours = f"in_color_matrix={matrix}:out_color_matrix={matrix}:in_range={spread}:out_range={spread}"
    if av.VideoFormat(target.pixels).is_rgb:
        colours = f"in_color_matrix={matrix}:in_range={spread}"
    graph.link_nodes(
        graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=TIME_BASE),
        graph.add("scale", f"{target.width}:{target.height}:flags={target.flags}:{colours}"),
        graph.add("format", target.pixels),
        graph.add("buffersink"),
    ).configure()
    return graph
