"""Files that are fetched when a technician asks for them: known address, known sha256, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

import platformdirs

from calibration.errors import BadFile, BadInput, Unavailable

TIMEOUT_SECONDS = 20.0
BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Download:
    """One file that can be fetched."""

    address: str
    sha256: str
    size: int
    """Bytes."""
    what: str

    @property
    def file_name(self) -> str:
        """The last part of the address."""
        return self.address.rpartition("/")[2]


DOWNLOADS = {
    # sha256 and size are those of the Git LFS pointer in opencv_zoo; raw addresses would give that pointer only.
    "yunet": Download(
        "https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models/face_detection_yunet/"
        "face_detection_yunet_2023mar.onnx",
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        232_589,
        "face detector YuNet (MIT), more exact than the embedded one and faster",
    ),
}


def models_folder() -> Path:
    """Where fetched files are kept on this machine."""
    return platformdirs.user_data_path("chiaroscuro", appauthor=False) / "models"


def is_here(download: Download, path: Path) -> bool:
    """Is this very file at ``path`` already?"""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == download.sha256


def fetch(
    download: Download, path: Path, address: str = "", progress: Callable[[float], None] = lambda _: None
) -> None:
    """Fetch to ``path`` (its folder is made), from ``address`` when given, else from the known one.

    ``progress`` is given the part that has arrived, 0 to 1. Raises ``Unavailable`` when it cannot be downloaded (no
    internet, wrong address), ``BadInput`` when another file arrived, ``BadFile`` when it cannot be written. What was at
    ``path`` is only replaced by the whole, right file.
    """
    address = address or download.address
    content = _read(download, address, progress)
    digest = hashlib.sha256(content).hexdigest()
    if digest != download.sha256:
        raise BadInput(
            f"the downloaded file is not the expected one (sha256 {digest}, expected {download.sha256}); "
            "nothing was saved",
            where=address,
        )
    try:
        _write(content, path)
    except OSError as error:
        raise BadFile(path, [f"cannot be written: {error.strerror or error}"]) from error


def _read(download: Download, address: str, progress: Callable[[float], None]) -> bytes:
    content = b""
    try:
        # S310: the address is the operator's own, and only the file with the known sha256 is kept.
        request = Request(address, headers={"User-Agent": "chiaroscuro"})  # noqa: S310
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            while len(content) <= download.size:  # one block more than expected is enough to know that it is wrong
                block = answer.read(BLOCK)
                if not block:
                    break
                content += block
                progress(min(1.0, len(content) / download.size))
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", "") or error
        raise Unavailable(
            f"{address} cannot be downloaded: {reason}; check the internet connection, or bring the file on a USB "
            f"stick (sha256 {download.sha256}) and name it in the venue file"
        ) from error
    return content


def _write(content: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
