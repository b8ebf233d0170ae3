"""A photograph as telephones store it (HEIC), made on the spot: tiles of HEVC, put together by a grid."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import av
import numpy as np

SIDE = 128
"""Pixels of a tile."""


def photo_in_tiles(path: Path, columns: int = 2, rows: int = 2, grid: bool = True) -> Path:
    """A photograph of ``columns`` by ``rows`` tiles, each of another grey; without ``grid``, of the first."""
    tiles = [_tile(40 + 150 * number // (columns * rows)) for number in range(columns * rows)]
    items = len(tiles) + grid
    infos = [_full(b"infe", (2 << 24) | grid, struct.pack(">HH4sB", n + 1, 0, b"hvc1", 0)) for n in range(len(tiles))]
    sizes = [_size(SIDE, SIDE), _size(columns * SIDE, rows * SIDE)]
    uses = [struct.pack(">HBBB", number + 1, 2, 0x81, 2) for number in range(len(tiles))]
    layout = references = b""
    if grid:
        layout = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, columns * SIDE, rows * SIDE)
        infos.append(_full(b"infe", 2 << 24, struct.pack(">HH4sB", items, 0, b"grid", 0)))
        uses.append(struct.pack(">HBB", items, 1, 3))
        numbers = b"".join(struct.pack(">H", number + 1) for number in range(len(tiles)))
        references = _full(b"iref", 0, _box(b"dimg", struct.pack(">HH", items, len(tiles)) + numbers))
    properties = _box(b"ipco", tiles[0][0] + b"".join(sizes))
    properties += _full(b"ipma", 0, struct.pack(">I", len(uses)) + b"".join(uses))

    def meta(begin: int) -> bytes:
        places, at = b"", begin
        for number, (_, picture) in enumerate(tiles):
            places += struct.pack(">HHHHII", number + 1, 0, 0, 1, at, len(picture))
            at += len(picture)
        if grid:
            places += struct.pack(">HHHHII", items, 1, 0, 1, 0, len(layout))
        return _full(
            b"meta",
            0,
            _full(b"hdlr", 0, struct.pack(">I4s12xB", 0, b"pict", 0)),
            _full(b"pitm", 0, struct.pack(">H", items if grid else 1)),
            _full(b"iloc", 1 << 24, struct.pack(">BBH", 0x44, 0, items) + places),
            _full(b"iinf", 0, struct.pack(">H", items) + b"".join(infos)),
            references,
            _box(b"iprp", properties),
            _box(b"idat", layout),
        )

    kind = _box(b"ftyp", b"heic" + struct.pack(">I", 0) + b"mif1heic")
    begin = len(kind) + len(meta(0)) + 8
    path.write_bytes(kind + meta(begin) + _box(b"mdat", b"".join(picture for _, picture in tiles)))
    return path


def _tile(grey: int) -> tuple[bytes, bytes]:
    """The decoder's settings, as a box, and one coded picture."""
    made = io.BytesIO()
    with av.open(made, "w", format="mp4") as container:
        stream: Any = container.add_stream("libx265", rate=1, options={"x265-params": "log-level=0:keyint=1"})
        stream.width, stream.height, stream.pix_fmt = SIDE, SIDE, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.full((SIDE, SIDE, 3), grey, np.uint8), format="rgb24")
        container.mux([*stream.encode(frame.reformat(format="yuv420p")), *stream.encode(None)])
    content = made.getvalue()
    return _found(content, b"hvcC"), _found(content, b"mdat")[8:]


def _found(content: bytes, kind: bytes) -> bytes:
    at = content.index(kind) - 4
    return content[at : at + int.from_bytes(content[at : at + 4], "big")]


def _size(width: int, height: int) -> bytes:
    return _full(b"ispe", 0, struct.pack(">II", width, height))


def _full(kind: bytes, version_and_flags: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version_and_flags) + b"".join(parts))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content
