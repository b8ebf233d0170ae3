"""Which source of pictures a setting names, and the opening of it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from calibration.errors import BadFile
from calibration.files import read_text
from calibration.places import valid_camera
from calibration.settings import CameraSettings
from installation.camera.source import CameraLost, Source
from scenes.story.near_file import near_file

SOURCE_FILE_BYTES = 10_000
IN_MEMORY = "/dev/shm/"  # noqa: S108 - only compared
"""A disk in memory: what lies there is a file or a folder, though it stands among the devices."""
Kind = Literal["any", "first", "visitor", "device", "stream", "folder", "file", "unknown"]


def kind_of(source: str) -> Kind:
    """Which kind of source the setting names; a path must exist to be a file or a folder."""
    match source:
        case "":
            return "any"
        case "first" | "visitor":
            return source
    if source.isdecimal() or (source.startswith("/dev/") and not source.startswith(IN_MEMORY)):
        return "device"
    if "://" in source:
        return "stream"
    try:
        path = Path(source).expanduser()
        return "folder" if path.is_dir() else "file" if path.is_file() else "unknown"
    except (OSError, RuntimeError):  # ~nobody/film.mp4; a folder that may not be searched
        return "unknown"


def with_source_file(settings: CameraSettings) -> CameraSettings:
    """The settings with the source that ``source_file`` holds now. Raises ``CameraLost`` without a word of it.

    It is read at each opening, in the process that opens the camera: nothing else has to know the password.
    """
    if not settings.source_file:
        return settings
    try:
        lines = read_text(settings.source_file, SOURCE_FILE_BYTES).splitlines()
        source = valid_camera(lines[0].strip() if lines else "")
    except BadFile as error:
        raise CameraLost(f"camera.source_file: {error.lines()[0]}") from None
    except ValueError as error:
        raise CameraLost(f"camera.source_file = {settings.source_file}: its first line {error}") from None
    if not source:
        raise CameraLost(
            f"camera.source_file = {settings.source_file}: its first line is empty; write the address there"
        )
    return settings.model_copy(update={"source": source})


def open_source(settings: CameraSettings, seed: int) -> Source:
    """Open what ``settings.source``, or the file of it, names.

    ``seed`` is the simulated visitor's. Raises ``CameraLost``. Nothing is read yet, but a device or stream may take
    ``open_timeout_seconds`` to answer.
    """
    settings = with_source_file(settings)
    match kind_of(settings.source):
        case "device":
            from installation.camera.device import DeviceSource

            return DeviceSource(settings)
        case "stream":
            from installation.camera.stream import StreamSource

            return StreamSource(settings)
        case "file":
            from installation.camera.file import FileSource

            return FileSource(settings)
        case "folder":
            from installation.camera.folder import FolderSource

            return FolderSource(settings)
        case "visitor":
            from installation.camera.visitor_source import VisitorSource

            return VisitorSource(settings, seed)
        case "any":
            return _first_camera(settings) or _stand_in(settings, seed)
        case "first":
            if camera := _first_camera(settings):
                return camera
            raise CameraLost("no camera was found; plug one in, or name one with --camera or camera.source")
    near = near_file(Path(settings.source))
    raise CameraLost(
        f"{settings.source!r} is not a camera device, file, folder or stream address; correct camera.source{near}"
    )


def _first_camera(settings: CameraSettings) -> Source | None:
    """The first device that opens and gives a picture (a webcam often has a second node that gives none)."""
    from installation.camera.device import DeviceSource, found_devices

    for device in found_devices():
        try:
            source = DeviceSource(settings.model_copy(update={"source": device}))
            try:
                source.grab()
            except CameraLost:
                source.close()
                raise
        except CameraLost:
            continue
        return source
    return None


def _stand_in(settings: CameraSettings, seed: int) -> Source:
    from installation.camera.visitor_source import StandIn

    return StandIn(settings, seed)
