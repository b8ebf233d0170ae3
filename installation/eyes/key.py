"""The key that a stage and its eyes share: a text file, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from calibration.errors import BadFile
from installation.host.secret_file import first_line

SHORTEST = 32
"""Letters; of hexadecimal digits that are 16 bytes."""


def read_key(file: str) -> bytes:
    """The key in ``file``: its first line. Raises ``BadFile``, without a letter of it."""
    key = first_line(Path(file), "key")
    if len(key) < SHORTEST:
        raise BadFile(
            file, [f"its first line is no key of {SHORTEST} letters or more; 'chiaro eye --make-key' makes one"]
        )
    return key.encode()


def make_key(file: Path) -> None:
    """Write a new key into a file that is not there yet. Raises ``BadFile``."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_hex(32) + "\n")
    except FileExistsError:
        raise BadFile(file, ["is there already; a key is never written over"]) from None
    except OSError as error:
        raise BadFile(file, [f"cannot be written: {error.strerror or error}"]) from error
