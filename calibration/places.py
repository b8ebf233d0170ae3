"""Text in a venue or a story that names a place: a file, a folder, a camera. Checked where it is read, not at night.

None of these checks looks at the disk or the network: a memory stick may be plugged in later, a camera switched on.
"""

from __future__ import annotations

import os
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

LONGEST_NAME, LONGEST_PATH = 255, 4000
"""Bytes of one name and of a whole path, as most file systems have it."""
LAST_DEVICE = 255
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.IGNORECASE)
LISTENERS = ("udp", "rtp", "tcp", "srt", "file")
"""Schemes whose address needs no host: the machine waits at a port for what is sent to it, or reads a file."""
IN_PASSWORDS = "in a user name or a password write # as %23, / as %2F, ? as %3F, @ as %40 and a blank as %20"


def valid_path(path: str) -> str:
    """``path`` as it is. Raises ``ValueError``, in words, for what no file can be called."""
    odd = next((letter for letter in path if letter < " " or "\x7f" <= letter <= "\x9f"), "")
    if odd:
        escape = "a backslash begins an escape: write folders with /, as in film/opening.mp4"
        raise ValueError(f"holds a control character ({odd!r}); {escape}")
    if any("\ud800" <= letter <= "\udfff" for letter in path):
        raise ValueError("holds bytes that are not UTF-8; rename the file")
    if "\\" in path and os.sep == "/":
        raise ValueError("has a backslash; write folders with /, as in film/opening.mp4")
    if len(path.encode()) > LONGEST_PATH or any(len(part.encode()) > LONGEST_NAME for part in path.split("/")):
        raise ValueError(f"is longer than a file's name can be ({LONGEST_NAME} bytes)")
    return path


def valid_camera(source: str) -> str:
    """``source`` as it is. Raises ``ValueError``, in words and without any part of a password, for what opens nothing.

    A device's number or path, a file, a folder, 'first' and 'visitor' pass; a stream's address must be one that can be
    split into its parts in one way only.
    """
    if "://" in source:
        _check_stream(source)
    elif source.isdecimal():
        if len(source) > 3 or int(source) > LAST_DEVICE:
            raise ValueError(f"is not a camera's number; expected 0 to {LAST_DEVICE}")
    else:
        valid_path(source)
    return source


def _check_stream(address: str) -> None:
    scheme = address.partition("://")[0]
    if not SCHEME.fullmatch(scheme):
        raise ValueError("is not a stream address; expected one such as rtsp://192.168.1.20:554/stream")
    if not address.isprintable() or any(letter.isspace() for letter in address):
        raise ValueError(f"has a blank or a control character; {IN_PASSWORDS}")
    if len(address) > LONGEST_PATH:
        raise ValueError("is longer than an address can be")
    if "#" in address:
        raise ValueError(f"has a #, where an address ends; {IN_PASSWORDS}")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:  # its text would repeat a piece of the password
        brackets = "an IPv6 number stands in [ and ], and the port is a number from 1 to 65535"
        raise ValueError(f"is not an address whose host and port can be told; {brackets}; {IN_PASSWORDS}") from None
    if "@" not in parts.netloc and "@" in (parts.path or parts.query):
        # The / of a password would end the host: a piece of it would be asked for as a name, and be logged.
        raise ValueError(f"has its @ behind the first / or ?, so that no host can be told; {IN_PASSWORDS}")
    if port == 0:
        raise ValueError("has the port 0; expected 1 to 65535")
    if not host and (scheme.lower() not in LISTENERS or (port is None and scheme.lower() != "file")):
        raise ValueError("names no host; expected, for example, rtsp://192.168.1.20:554/stream")


PathText = Annotated[str, AfterValidator(valid_path)]
CameraText = Annotated[str, AfterValidator(valid_camera)]
