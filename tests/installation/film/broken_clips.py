"""The broken clips of a gallery, made by damaging whole ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from installation.bench.marked_clip import Coding, make_clip

BROKEN = ("missing", "truncated.mkv", "truncated.mp4", "flipped", "empty", "text")
"""Cannot be played, or not to the end."""
ODD = ("other_size", "other_rate")
"""Whole, but unlike the rest of the story; they play."""


def make_broken(folder: Path, kind: str, whole: Path) -> Path:
    """Write the broken clip ``kind`` into ``folder``; ``whole`` is the clip that is damaged."""
    stem, _, ending = kind.partition(".")
    path = folder / f"{stem}.{ending or 'mkv'}"
    content = whole.read_bytes()
    if kind == "missing":
        path.unlink(missing_ok=True)
    elif kind == "truncated.mkv":
        path.write_bytes(content[: len(content) // 2])
    elif kind == "truncated.mp4":
        make_clip(path, 9, 1.0, (320, 180), coding=Coding(sound="aac"))
        path.write_bytes(path.read_bytes()[:-3000])  # the index stands at the end
    elif kind == "flipped":
        path.write_bytes(_flip(content))
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("This is the shot list, not the shot.\n" * 40, encoding="utf-8")
    elif kind == "other_size":
        make_clip(path, 7, 1.0, (202, 360))
    elif kind == "other_rate":
        make_clip(path, 8, 1.0, (320, 180), rate=24)
    else:
        raise ValueError(kind)
    return path


def _flip(content: bytes) -> bytes:
    """One bit in each 60 bytes turned over, from the second quarter on (the header stays whole)."""
    out = np.frombuffer(content, np.uint8).copy()
    places = np.random.default_rng(7).integers(len(out) // 4, len(out), len(out) // 60)
    out[places] ^= np.uint8(16)
    return out.tobytes()
