"""Media as telephones, browsers, recorders and music shops deliver them, made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypedDict, Unpack

import av
import numpy as np
from av.stream import Disposition

from installation.bench.marked_clip import draw_mark

SIZE = (320, 180)
TONE_RATE = 48_000
FIRST_TONE, SECOND_TONE = 440, 880
"""Hertz of the first and of the second sound track."""


class Making(TypedDict, total=False):
    """How a film is odd; what is left out is as usual."""

    codec: str
    options: dict[str, str]
    muxer: dict[str, str]
    form: str
    """Of the container, where its name does not say it."""
    tones: Sequence[tuple[int, str]]
    """A frequency and a layout for each sound track."""
    languages: Sequence[str]
    """Of the sound tracks, as the file says them."""
    default: int
    """The sound track that is marked as default."""
    mark: int
    size: tuple[int, int]
    transfer: int
    """A number of AVColorTransferCharacteristic."""
    stands: float
    """Seconds for which the last picture stands."""


def film(path: Path, moments: Sequence[float], **making: Unpack[Making]) -> Path:
    """A film with a marked picture at each of ``moments`` (seconds)."""
    tones, default = making.get("tones", ()), making.get("default")
    transport = making.get("form") == "mpegts"
    end = moments[-1] + making.get("stands", 1 / 30)
    with av.open(str(path), "w", format=making.get("form"), options=making.get("muxer", {})) as container:
        picture: Any = container.add_stream(making.get("codec", "libx264"), rate=30, options=making.get("options", {}))
        size = making.get("size", SIZE)
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        picture.codec_context.gop_size, picture.codec_context.max_b_frames = 15, 0
        picture.codec_context.time_base = Fraction(1, 30)
        picture.codec_context.color_trc = making.get("transfer", 1)
        tracks: list[Any] = [
            container.add_stream("ac3" if transport else "aac", rate=TONE_RATE, layout=layout) for _, layout in tones
        ]
        for track, language in zip(tracks, making.get("languages", ()), strict=False):
            track.metadata["language"] = language
        for number, track in enumerate(tracks):
            if default is not None:
                track.disposition = Disposition.default if number == default else Disposition(0)
        waiting: list[Any] = []
        for number, moment in enumerate(moments):
            frame: Any = av.VideoFrame.from_ndarray(draw_mark(size, making.get("mark", 3), number), format="gray")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = round(moment * 30), Fraction(1, 30)
            waiting += picture.encode(frame)
        waiting += picture.encode(None)
        for packet, after in zip(waiting, [*moments[1:], end], strict=True):
            packet.duration = round((after - float(packet.pts * packet.time_base)) / packet.time_base)
        for track, (hertz, layout) in zip(tracks, tones, strict=True):
            waiting += tone(track, hertz, layout, moments[0], end)
        container.mux(sorted(waiting, key=lambda packet: float((packet.dts or 0) * packet.time_base)))
    return path


def tone(track: Any, hertz: int, layout: str, begin: float, end: float) -> list[Any]:
    """Packets of a tone from ``begin`` to ``end`` seconds."""
    count = round((end - begin) * TONE_RATE)
    wave = (0.1 * np.sin(2 * np.pi * hertz / TONE_RATE * np.arange(count))).astype(np.float32)
    channels = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
    frame: Any = av.AudioFrame.from_ndarray(np.tile(wave, (channels, 1)), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = TONE_RATE, round(begin * TONE_RATE), Fraction(1, TONE_RATE)
    return [*track.encode(frame), *track.encode(None)]


def every(count: int, begin: float = 0.0) -> list[float]:
    """The moments of ``count`` pictures, 30 a second."""
    return [begin + number / 30 for number in range(count)]


def joined(path: Path, *parts: Path) -> Path:
    """What ``cat a.ts b.ts`` makes."""
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def song_with_cover(path: Path, seconds: float = 3.0) -> Path:
    """Music with the picture of its record, as shops sell it."""
    with av.open(str(path), "w", format="mp3" if path.suffix == ".mp3" else "mp4") as container:
        track: Any = container.add_stream("mp3" if path.suffix == ".mp3" else "aac", rate=44_100, layout="stereo")
        cover: Any = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        picture: Any = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 90, np.uint8), format="rgb24")
        packets = cover.encode(picture.reformat(format="yuvj420p")) + cover.encode(None)
        wave = (0.1 * np.sin(2 * np.pi * 440 / 44_100 * np.arange(round(seconds * 44_100)))).astype(np.float32)
        frame: Any = av.AudioFrame.from_ndarray(np.tile(wave, (2, 1)), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 44_100, 0, Fraction(1, 44_100)
        container.mux(packets)
        container.mux([*track.encode(frame), *track.encode(None)])
    return path
