"""Reading arrays (.npz) that lie beside a venue: any bytes give arrays of the kind that was asked for, or an error.

And writing those that are kept for the next time.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.errors import BadFile
from calibration.file_writer import write_over
from calibration.files import read_bytes, shown

FILE_BYTES = 200_000_000
"""On the disk, and unpacked: a file of a few kilobytes may claim to hold any amount."""


@dataclass(frozen=True, slots=True)
class ArrayKind:
    """What an array must be to be of use."""

    kinds: str
    """Letters of ``numpy.dtype.kind`` that are taken."""
    name: str
    dimensions: int


FLOAT, FLOATS, FLOAT_ROWS, FLOAT_CUBE = (ArrayKind("f", "floating-point numbers", n) for n in range(4))
INTEGERS, INTEGER_ROWS, INTEGER_CUBE, INTEGER_CUBES = (ArrayKind("iu", "whole numbers", n) for n in range(1, 5))
FLAGS = ArrayKind("b", "truth values", 1)
ANYTHING = ArrayKind("", "anything", 0)
"""For a reader that has its own words for what does not fit."""
WORD, WORDS = (ArrayKind("U", "text", n) for n in range(2))


def load_arrays(path: Path, wanted: Mapping[str, ArrayKind], at_most: int = FILE_BYTES) -> dict[str, NDArray[Any]]:
    """The arrays of ``path`` that are named in ``wanted``; numbers in them are finite.

    Raises ``BadFile`` with every array that is missing or of another kind, and for a file that cannot be read.
    """
    arrays = _read(path, at_most, wanted)
    problems = [problem for name, kind in wanted.items() if (problem := _fault(name, kind, arrays.get(name)))]
    if problems:
        raise BadFile(path, problems)
    return arrays


def save_arrays(
    path: Path, arrays: Mapping[str, NDArray[Any]], private: bool = False, compressed: bool = False
) -> None:
    """Write them whole or not at all; ``private``: for their owner alone. Raises ``OSError``."""
    packed = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(packed, **arrays)  # type: ignore[arg-type]  # taken for its options
    write_over(path, packed.getvalue(), private)


def load_shipped_arrays(path: Path, wanted: Mapping[str, ArrayKind] | None = None) -> dict[str, NDArray[Any]]:
    """The same for a file that came with the program; without ``wanted`` all that is in it. Raises ``BadFile``."""
    try:
        return _read(path, FILE_BYTES) if wanted is None else load_arrays(path, wanted)
    except BadFile as error:
        raise BadFile(path, [f"{problem}; install chiaroscuro again" for problem in error.problems]) from error


def _read(path: Path, at_most: int, wanted: Iterable[str] | None = None) -> dict[str, NDArray[Any]]:
    content = read_bytes(path, at_most)
    try:
        return _unpacked(content, at_most, wanted)
    except Exception as error:  # zipfile, zlib, lzma and numpy raise a dozen kinds on torn bytes, with no common base
        why = shown(str(error) or type(error).__name__)
        raise BadFile(path, [f"is torn, or not a file of arrays ({why})"]) from error


def _unpacked(content: bytes, at_most: int, wanted: Iterable[str] | None) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        claimed = sum(entry.file_size for entry in archive.infolist())
        if claimed > at_most:
            raise ValueError(f"claims to hold {claimed:,} bytes")
        inside = [name.removesuffix(".npy") for name in archive.namelist()]
        return {
            name: np.lib.format.read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
            for name in (inside if wanted is None else wanted)
            if name in inside
        }


def _fault(name: str, kind: ArrayKind, array: NDArray[Any] | None) -> str:
    if array is None:
        return f"has no array {name!r}"
    if kind is not ANYTHING and (array.dtype.kind not in kind.kinds or array.ndim != kind.dimensions):
        return f"{name}: is {array.dtype} {array.shape}; expected {kind.name} in {kind.dimensions} dimensions"
    if array.size and not array.itemsize:
        return f"{name}: has {array.size:,} values without content"
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        return f"{name}: holds numbers that are none (NaN or infinite)"
    return ""
