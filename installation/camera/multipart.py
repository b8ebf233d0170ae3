"""MJPEG over HTTP, read picture by picture: for cameras whose parts FFmpeg does not find.

What separates the pictures is not looked at, since cameras write it in front, behind, doubled or not at all: a picture
begins with its own first marker and ends with its last one (JPEG, ITU-T T.81, annex B).
"""

from __future__ import annotations

import http.client
import ssl
import urllib.request
from typing import Protocol
from urllib.parse import unquote, urlsplit

import cv2
import numpy as np

from installation.camera.source import CameraLost
from models.arrays import Image

START, END = b"\xff\xd8", b"\xff\xd9"
SCAN, PADDING = 0xDA, 0xFF
ALONE = {0x01, *range(0xD0, 0xD8)}
"""Markers without a length: TEM and the restarts."""
PICTURE_BYTES = 20_000_000
PIECE_BYTES = 65_536


class Answer(Protocol):
    """The part of ``http.client.HTTPResponse`` that is read."""

    def read1(self, size: int, /) -> bytes:
        """What has arrived, at least one byte; b"" at the end."""

    def close(self) -> None:
        """Close the connection."""


class MultipartReader:
    """The pictures of one connection. Raises ``OSError``, ``ValueError`` or ``HTTPException`` where there are none."""

    def __init__(self, address: str, seconds: float) -> None:
        self._answer: Answer = open_address(address, seconds)
        self._rest = b""
        self._picture = b""
        self.grab()

    def grab(self) -> None:
        """Wait for the next whole picture. Raises ``OSError`` (``TimeoutError`` too) and ``HTTPException``."""
        while (found := find_picture(self._rest)) is None:
            piece = self._answer.read1(PIECE_BYTES)
            if not piece:
                raise ConnectionError("the camera closed the connection")
            self._rest += piece
            if len(self._rest) > PICTURE_BYTES:
                raise ConnectionError(f"{PICTURE_BYTES // 1_000_000} MB without the end of a picture")
        begin, end = found
        self._picture, self._rest = self._rest[begin:end], self._rest[end:]

    def retrieve(self) -> Image:
        """Decode the picture last grabbed: (height, width, 3) uint8, BGR. Raises ``CameraLost``."""
        try:
            image = cv2.imdecode(np.frombuffer(self._picture, np.uint8), cv2.IMREAD_COLOR)
        except cv2.error:  # a header that claims more pixels than OpenCV decodes
            image = None
        if image is None:
            raise CameraLost("a picture of the stream cannot be decoded")
        return np.asarray(image, np.uint8)

    def close(self) -> None:
        """Close the connection."""
        self._answer.close()


def find_picture(content: bytes) -> tuple[int, int] | None:
    """Where the first whole JPEG of ``content`` begins and ends; None while none is whole.

    Its segments are stepped over by their lengths, for one may hold a smaller picture with an end of its own.
    """
    begin = content.find(START)
    while begin >= 0:
        place = begin + 2
        while place + 4 <= len(content) and content[place] == PADDING and content[place + 1] != START[1]:
            marker = content[place + 1]
            if marker == PADDING:
                place += 1
            elif marker in ALONE:
                place += 2
            else:
                place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
                if marker == SCAN:
                    end = content.find(END, place)
                    return None if end < 0 else (begin, end + 2)
        if place + 4 > len(content):
            return None
        begin = content.find(START, begin + 2)  # no JPEG after all
    return None


def open_address(address: str, seconds: float) -> http.client.HTTPResponse:
    """Ask for the pictures, with the user and password of ``address`` if there are any. Waits ``seconds`` at most."""
    parts = urlsplit(address)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    if parts.username:
        passwords.add_password(None, bare, unquote(parts.username), unquote(parts.password or ""))
    trusting = ssl.create_default_context()  # a camera in the house has a certificate of its own
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=trusting),
        urllib.request.HTTPBasicAuthHandler(passwords),
        urllib.request.HTTPDigestAuthHandler(passwords),
    )
    answer: http.client.HTTPResponse = opener.open(bare, timeout=seconds)
    kind = answer.headers.get("Content-Type", "")
    if not kind.lower().startswith("multipart/"):
        answer.close()
        raise ValueError(f"it sends {kind or 'something'}, not pictures one after the other")
    return answer
