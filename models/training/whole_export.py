"""An exported network and what belongs to it, put in their place together: a show may be using the last ones."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BELONGS = tuple(f"{variant}{ending}" for variant in ("", ".int8", ".cuda") for ending in (".onnx", ".json"))
"""Endings of what one export may write: the network and its variants, each with its card."""
ROOM = 5
"""Times the weights' size: all files that an export has at once, those in between too."""


@contextmanager
def whole_export(path: Path, weights: Path) -> Iterator[Path]:
    """Where ``path`` is to be made of ``weights`` (.pt); afterwards all that was made there is beside ``path``.

    A variant that was not made this time goes. After a fault all is as it was. Raises ``OSError``, also where the disk
    has no room: the programs that export have other words for that.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    needed = ROOM * weights.stat().st_size
    if shutil.disk_usage(path.parent).free < needed:
        text = f"{os.strerror(errno.ENOSPC)}: an export needs {needed / 2**20:.0f} MiB"
        raise OSError(errno.ENOSPC, text, str(path.parent))
    folder = path.with_name(f".{path.stem}.export")
    shutil.rmtree(folder, ignore_errors=True)  # what a kill left
    try:
        folder.mkdir()
        yield folder / path.name
        for ending in BELONGS:
            made, place = folder / f"{path.stem}{ending}", path.with_name(f"{path.stem}{ending}")
            if made.is_file():
                made.replace(place)
            else:
                place.unlink(missing_ok=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
