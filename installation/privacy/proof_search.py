"""Whether bytes hold a picture of the marked camera: raw, as a picture file, compressed, or written as text."""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from installation.privacy.proof_mark import Marked
from models.arrays import Image

WINDOW, STEP = 16, 64
"""Bytes that are compared at once, and the distance between those that are known: any 80 in a row hold one."""
VALUES = 6
"""Different bytes that a window must hold to be known by."""
SIEVE_BITS, PART_BYTES = 27, 1 << 20
"""Most windows are told from the known ones by their first bits alone; so many bytes are looked through at once."""
LAYERS = 3
"""How deep a thing in a thing is looked for: a JPEG in base64 in a zip file."""
UNPACKED_BYTES = 64_000_000
TEXT_AT_LEAST = 120
"""Letters in a row that may be bytes written as text."""
PLACES_AT_MOST = 40
"""Of each kind of beginning in one channel that are tried."""
COMPARED = (80, 45)
"""Size to which pictures are brought to be compared, columns and rows."""
SAME_FROM = 0.35
"""Correlation from which a picture is the camera's. Others, film or noise, reach 0.15."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Something that looks like a picture. ``marked``: it is the camera's; else a picture of something else."""

    words: str
    marked: bool


class Searcher:
    """Knows the marked pictures in every layout of pixels, and finds them."""

    def __init__(self, marked: Marked) -> None:
        pictures = marked.given if marked.given is marked.seen else (*marked.given, *marked.seen)
        known = [
            _windows(layout(picture).tobytes(), STEP, varied=True)
            for layout in LAYOUTS.values()
            for picture in pictures
        ]
        layouts = np.repeat(np.arange(len(known)) // len(pictures), [len(one) for one in known])
        self._known, first = np.unique(np.concatenate(known), return_index=True)
        self._layout_of = layouts[first]
        self._may_be = np.zeros(1 << SIEVE_BITS, np.bool_)
        self._may_be[self._known >> np.uint64(64 - SIEVE_BITS)] = True
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # what cannot be decoded is no news here
        self._small = np.stack([_compared(picture) for picture in pictures])

    def search(self, content: bytes, layer: int = 0) -> list[Sight]:
        """What of a picture is in ``content``, each kind once."""
        found = dict.fromkeys((*self._raw(content), *self._files(content)))
        if layer < LAYERS:
            for how, inner in _unpacked(content):
                found |= dict.fromkeys(Sight(f"{s.words} {how}", s.marked) for s in self.search(inner, layer + 1))
        return list(found)

    def _raw(self, content: bytes) -> Iterator[Sight]:
        for start in range(0, len(content), PART_BYTES):
            windows = _windows(content[start : start + PART_BYTES + WINDOW], 1)
            windows = windows[self._may_be[windows >> np.uint64(64 - SIEVE_BITS)]]
            places = np.minimum(np.searchsorted(self._known, windows), len(self._known) - 1)
            hit = np.unique(places[self._known[places] == windows])
            hits = np.bincount(self._layout_of[hit], minlength=len(LAYOUTS))
            for name, number in zip(LAYOUTS, hits, strict=True):
                if number >= 2:
                    yield Sight(f"raw pixels of the camera ({name})", marked=True)

    def _files(self, content: bytes) -> Iterator[Sight]:
        for name, (beginning, decode) in FILES.items():
            for place in list(re.finditer(beginning, content, re.DOTALL))[:PLACES_AT_MOST]:
                picture = None
                with suppress(cv2.error, ValueError, OSError, EOFError, MemoryError):
                    picture = decode(content[place.start() :])
                if picture is not None and min(picture.shape[:2]) > 3:
                    same = self._likeness(picture) >= SAME_FROM
                    whose = f"the camera's picture as {name}" if same else f"a picture as {name}, not the camera's"
                    yield Sight(whose, same)
                elif name in SURE:
                    yield Sight(f"the beginning of a picture as {name}, which cannot be decoded", marked=False)
        for name, beginning in FILMS.items():
            if re.search(beginning, content, re.DOTALL):
                yield Sight(f"a file of moving or still pictures ({name}) that is not decoded here", marked=False)

    def _likeness(self, picture: Image) -> float:
        compared = _compared(picture)
        return float((self._small @ compared).max())


def _windows(content: bytes, step: int, varied: bool = False) -> NDArray[np.uint64]:
    """A number for each window of 16 bytes, at each ``step``; ``varied``: only of those that nothing else is like."""
    raw = np.frombuffer(content, np.uint8)
    if len(raw) < WINDOW:
        return np.zeros(0, np.uint64)
    rows = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(raw, WINDOW)[::step])
    if varied:  # not the black of a mask, nor its edge
        rows = rows[(np.diff(np.sort(rows, axis=1), axis=1) > 0).sum(axis=1) >= VALUES - 1]
    halves = rows.view(np.uint64)
    with np.errstate(over="ignore"):
        return np.asarray(
            halves[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ halves[:, 1] * np.uint64(0xC2B2AE3D27D4EB4F), np.uint64
        )


def _compared(picture: Image) -> NDArray[np.float32]:
    """A small gray picture without its slow changes, as a vector of length 1."""
    gray = picture if picture.ndim == 2 else picture[..., :3].mean(2)
    small = cv2.resize(gray.astype(np.float32), COMPARED, interpolation=cv2.INTER_AREA)
    fine = (small - cv2.GaussianBlur(small, (0, 0), 3)).ravel()
    length = float(np.linalg.norm(fine))
    return np.asarray(fine / length if length > 1e-6 else fine * 0, np.float32)


def _colours(code: int) -> Callable[[Image], NDArray[np.generic]]:
    return lambda picture: np.ascontiguousarray(cv2.cvtColor(picture, code))


LAYOUTS: dict[str, Callable[[Image], NDArray[np.generic]]] = {
    "BGR": np.ascontiguousarray,
    "RGB": _colours(cv2.COLOR_BGR2RGB),
    "BGRA": _colours(cv2.COLOR_BGR2BGRA),
    "RGBA": _colours(cv2.COLOR_BGR2RGBA),
    "gray": _colours(cv2.COLOR_BGR2GRAY),
    "YUV": _colours(cv2.COLOR_BGR2YUV_I420),
    "planes": lambda picture: np.ascontiguousarray(picture.transpose(2, 0, 1)),
    "floats 0 to 1": lambda picture: picture.astype(np.float32) / np.float32(255),
    "floats": lambda picture: picture.astype(np.float32),
    "float planes 0 to 1": lambda picture: np.ascontiguousarray(
        (picture.astype(np.float32) / np.float32(255)).transpose(2, 0, 1)
    ),
}
"""The ways in which a picture's pixels lie in memory."""


def _decode(content: bytes) -> Image | None:
    # With a JPEG's end behind it: one that was cut off is decoded as far as it goes.
    decoded = cv2.imdecode(np.frombuffer(content + b"\xff\xd9", np.uint8), cv2.IMREAD_COLOR)
    return None if decoded is None else np.asarray(decoded, np.uint8)


def _array(content: bytes) -> Image | None:
    try:
        array = np.squeeze(np.lib.format.read_array(io.BytesIO(content), allow_pickle=False))
    except Exception as error:  # numpy raises a dozen kinds on torn bytes, with no common base
        raise ValueError("is no array") from error
    if array.ndim == 3 and array.shape[0] in (1, 3, 4):
        array = array.transpose(1, 2, 0)
    fits = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    return np.asarray(array, np.float32) if fits and array.dtype.kind in "uif" else None


FILES: dict[str, tuple[bytes, Callable[[bytes], Image | None]]] = {
    "JPEG": (rb"\xff\xd8\xff(?:[\xe0-\xef\xfe]..|\xdb\0[\x43\x84])", _decode),
    "PNG": (rb"\x89PNG\r\n\x1a\n", _decode),
    "WebP": (rb"RIFF....WEBP", _decode),
    "BMP": (rb"BM....\0\0\0\0....[\x0c-\x7c]\0\0\0", _decode),
    "TIFF": (rb"II\*\0|MM\0\*", _decode),
    "PNM": (rb"P[56]\s\d+\s\d+\s\d+\s", _decode),
    "NumPy array": (rb"\x93NUMPY", _array),
}
"""How the files of pictures begin that are decoded, and by what."""
SURE = frozenset({"PNG", "WebP", "NumPy array"})
"""Of those, what begins so by no accident."""
FILMS: dict[str, bytes] = {
    "MP4, AVIF, HEIC": rb"ftyp(?:isom|iso[2-9]|mp4[12]|avc1|avif|heic|heix|mif1|qt  )",
    "Matroska, WebM": rb"\x1aE\xdf\xa3.{0,40}(?:matroska|webm)",
    "AVI": rb"RIFF....AVI ",
    "GIF": rb"GIF8[79]a",
    "JPEG 2000, JPEG XL": rb"\0\0\0\x0cjP  \r\n\x87\n|\0\0\0\x0cJXL \r\n\x87\n",
}

BAD_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError)


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    """What is packed in ``content``: text that stands for bytes, and compressed bytes."""
    for run in re.finditer(rb"[A-Za-z0-9+/_-]{%d,}" % TEXT_AT_LEAST, re.sub(rb"\r?\n|\\n|\\r", b"", content)):
        letters = run[0].replace(b"-", b"+").replace(b"_", b"/")
        for shift in range(4):
            part = letters[shift:]
            with suppress(binascii.Error):
                yield "written as base64", base64.b64decode(part[: len(part) // 4 * 4])
    for run in re.finditer(rb"[0-9a-f]{%d,}|[0-9A-F]{%d,}" % (TEXT_AT_LEAST, TEXT_AT_LEAST), content):
        for shift in range(2):
            part = run[0][shift:]
            yield "written as hexadecimal digits", bytes.fromhex(part[: len(part) // 2 * 2].decode())
    for place in list(re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]", content))[:PLACES_AT_MOST]:
        with suppress(zlib.error):
            packed = zlib.decompressobj(47)  # zlib's or gzip's header
            inner = packed.decompress(content[place.start() :], UNPACKED_BYTES)
            if len(inner) >= WINDOW:
                yield "compressed", inner
    for place in list(re.finditer(rb"PK\x03\x04", content))[:1]:
        with suppress(*BAD_ZIP), zipfile.ZipFile(io.BytesIO(content[place.start() :])) as file:
            for name in file.namelist()[:PLACES_AT_MOST]:
                if file.getinfo(name).file_size <= UNPACKED_BYTES:
                    yield "in a zip file", file.read(name)
