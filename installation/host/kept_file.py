"""A small file that outlasts a power cut at any instant: replaced whole, and told from a torn one by its checksum."""

from __future__ import annotations

import hashlib
from pathlib import Path

from calibration.file_writer import write_together


def write_kept(path: Path, content: bytes) -> None:
    """Replace ``path``, readable by its owner alone; the version before is kept beside it. Raises ``OSError``."""
    write_together({path: hashlib.sha256(content).hexdigest().encode() + b"\n" + content}, private=[path])


def read_kept(path: Path) -> tuple[bytes | None, str]:
    """The newest version that is whole (None: there is none), and what is wrong with the others ('': nothing)."""
    faults = []
    for one in (path, path.with_name(f"{path.name}.previous")):
        try:
            head, _, content = one.read_bytes().partition(b"\n")
        except FileNotFoundError:
            continue
        except OSError as error:
            faults.append(f"{one}: cannot be read: {error.strerror or error}")
            continue
        if head.decode("ascii", errors="replace") == hashlib.sha256(content).hexdigest():
            return content, "; ".join(faults)
        faults.append(f"{one}: is damaged")
    return None, "; ".join(faults)
