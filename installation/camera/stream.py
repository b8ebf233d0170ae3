"""A network camera: MJPEG over http, rtsp, or a stream over tcp or udp."""

from __future__ import annotations

from http.client import HTTPException
from urllib.parse import urlsplit

import cv2
import numpy as np

from calibration.places import valid_camera
from calibration.settings import CameraSettings
from installation.camera.multipart import MultipartReader
from installation.camera.source import CameraLost
from installation.camera.stream_failure import why_no_picture
from models.arrays import Image


class StreamSource:
    """Reads a stream address; every wait in it has an end."""

    live = True
    remarks: tuple[str, ...] = ()

    def __init__(self, settings: CameraSettings) -> None:
        self.address = settings.source
        try:
            parts = urlsplit(valid_camera(settings.source))
        except ValueError as error:
            raise CameraLost(f"the stream's address {error}; correct camera.source") from None
        # A stream address may carry a user and a password; neither belongs in a log or on a screen.
        self.name = f"stream {parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
        self._read_timeout = settings.read_timeout_seconds
        self._capture = cv2.VideoCapture(
            settings.source,
            cv2.CAP_FFMPEG,
            [
                cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
                int(settings.open_timeout_seconds * 1000),
                cv2.CAP_PROP_READ_TIMEOUT_MSEC,
                int(settings.read_timeout_seconds * 1000),
            ],
        )
        self._goes_on = False  # a snapshot is a stream of one picture to FFmpeg
        self._parts: MultipartReader | None = None
        if not (self._capture.isOpened() and self._capture.grab()):  # some it opens, and never finds a picture
            self._capture.release()
            self._parts = _read_parts(settings)
            if self._parts is None:
                raise CameraLost(f"{self.name} {why_no_picture(settings.source)}")

    def grab(self) -> None:
        """Wait for the next frame, up to ``read_timeout_seconds``. Raises ``CameraLost``."""
        if not (self._grab_part(self._parts) if self._parts else self._capture.grab()):
            # isOpened() stays true here and the object never recovers: only opening it again helps.
            hint = "" if self._goes_on else ": if this is the address of a snapshot, use the one of its stream"
            raise CameraLost(f"{self.name} ended, or sent nothing for {self._read_timeout:g} s{hint}")
        self._goes_on = True

    @staticmethod
    def _grab_part(parts: MultipartReader) -> bool:
        try:
            parts.grab()
        except (OSError, HTTPException):
            return False
        return True

    def retrieve(self) -> Image:
        """Decode the frame last grabbed: (height, width, 3) uint8, BGR. Raises ``CameraLost``."""
        if self._parts:
            return self._parts.retrieve()
        good, image = self._capture.retrieve()
        if not good:
            raise CameraLost(f"a frame of {self.name} cannot be decoded")
        return np.asarray(image, np.uint8)

    def close(self) -> None:
        """Close the connection."""
        self._capture.release()
        if self._parts:
            self._parts.close()


def _read_parts(settings: CameraSettings) -> MultipartReader | None:
    """The pictures of a camera that FFmpeg does not understand, if it sends some."""
    if not settings.source.lower().startswith("http"):
        return None
    try:
        return MultipartReader(settings.source, min(settings.open_timeout_seconds, settings.read_timeout_seconds))
    except (OSError, ValueError, HTTPException):
        return None
