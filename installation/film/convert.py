"""A clip made anew in the form that plays best here; the original is only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av

from calibration.errors import Unplayable
from installation.film.encoder import ClipEncoder
from scenes.story.mending import remarks
from scenes.story.probe import MediaHeader, probe

FULL_RANGE = 2
"""A number of AVColorRange."""
MATRICES = {1: "bt709", 9: "bt2020", 10: "bt2020"}
"""Numbers of AVColorSpace, as swscale calls them."""
TURNS = {90: ("transpose", "cclock"), 180: ("rotate", "PI"), 270: ("transpose", "clock")}


def convert(file: Path, target: Path, progress: Callable[[float], None]) -> None:
    """Write ``target`` whole or not at all. Raises ``Unplayable`` and ``OSError``; ``progress`` gets shares of 1."""
    header = probe(file)
    if header.still:
        raise Unplayable("is a picture; it plays as it is")
    if header.picture is None:
        raise Unplayable("has only sound; it plays as it is")
    if header.transfer != "sdr" or header.joined:  # PyAV's own filters have no tone mapping
        raise Unplayable("; ".join(remarks(replace(header, interlaced=False, captions=False), str(file))))
    file, target = file.absolute(), target.absolute()  # or FFmpeg takes the first part of take:2.mp4 for a protocol
    part = target.with_name(f".{target.name}.part")
    try:
        with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as made:
            _convert(file, header, made, progress)
        if target.exists():
            raise FileExistsError(17, "already exists", str(target))
        part.replace(target)
    except av.FFmpegError as error:
        raise Unplayable(f"cannot be converted ({error.strerror or error})") from error
    finally:
        part.unlink(missing_ok=True)


def _convert(
    file: Path, header: MediaHeader, made: av.container.OutputContainer, progress: Callable[[float], None]
) -> None:
    with av.open(str(file)) as container:
        film = next(stream for stream in container.streams.video if stream.index == header.picture)
        film.thread_type = "AUTO"
        sound = None if header.sound is None else container.streams[header.sound]
        rate = (film.guessed_rate or film.average_rate or Fraction(25)) * (2 if header.interlaced else 1)
        encoder: ClipEncoder | None = None
        graph: av.filter.Graph | None = None
        first: av.VideoFrame | None = None
        waiting: list[tuple[av.AudioFrame, float]] = []
        for frame in container.decode([film, *([sound] if sound is not None else [])]):
            if not isinstance(frame, av.VideoFrame | av.AudioFrame) or frame.time is None:
                continue
            seconds = frame.time - header.begin
            if isinstance(frame, av.AudioFrame):
                if seconds + frame.samples / frame.sample_rate > 0:
                    waiting.append((frame, seconds))
            else:
                first = first or frame
                graph = graph or _graph(film, first, header.interlaced)
                graph.push(frame)
                progress(min(1.0, seconds / max(header.seconds, 1e-3)))
            if graph is not None and first is not None:
                for picture in _pulled(graph):
                    if encoder is None:
                        size = picture.width, picture.height
                        encoder = ClipEncoder(made, rate, size, sound=sound is not None)
                        encoder.colours_of(first)
                    encoder.picture(picture, max(0.0, (picture.time or 0.0) - header.begin))
            if encoder is not None:
                for heard, at in waiting:
                    encoder.sound(heard, at)
                waiting.clear()
        if graph is None or encoder is None:
            raise Unplayable("has no picture that can be decoded")
        graph.push(None)
        for picture in _pulled(graph):
            encoder.picture(picture, max(0.0, (picture.time or 0.0) - header.begin))
        encoder.finish()


def _graph(film: av.VideoStream, first: av.VideoFrame, interlaced: bool) -> av.filter.Graph:
    graph = av.filter.Graph()
    steps = [graph.add_buffer(template=film)]
    if interlaced:
        steps.append(graph.add("bwdif", "mode=send_field"))
    wide = float(film.sample_aspect_ratio or 1)  # square pixels, and the even sides that yuv420p needs
    full = "full" if first.color_range == FULL_RANGE or first.format.name.startswith("yuvj") else "limited"
    matrix = MATRICES.get(first.colorspace, "bt601")  # the same on both sides, or swscale would change the colours
    size = f"trunc(iw*{wide:.6f}/2)*2:trunc(ih/2)*2"
    colours = f"in_range={full}:out_range=limited:in_color_matrix={matrix}:out_color_matrix={matrix}"
    steps.append(graph.add("scale", f"{size}:{colours}"))
    if turn := TURNS.get(round(first.rotation) % 360):
        steps.append(graph.add(*turn))
    steps += [graph.add("setsar", "1"), graph.add("format", "yuv420p"), graph.add("buffersink")]
    graph.link_nodes(*steps).configure()
    return graph


def _pulled(graph: av.filter.Graph) -> Iterator[av.VideoFrame]:
    with suppress(av.BlockingIOError, av.EOFError):
        while True:
            frame = graph.pull()
            if isinstance(frame, av.VideoFrame):
                yield frame
