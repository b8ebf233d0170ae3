"""The line between stage and eye: one datagram per message, the newest wins, nobody ever waits."""

from __future__ import annotations

import errno
import os
import socket

from pydantic import BaseModel, ConfigDict

from calibration.venue import Venue
from installation.host.health import Sense
from models.mood import Mood

BUFFER_BYTES = 256 * 1024
MAX_THUMBNAIL_BYTES, MAX_LARGE_BYTES = 16 * 1024, 60 * 1024
"""Of a small picture, and of one to draw a mask on: a datagram of UDP has 64 KiB."""
JPEG_START = b"\xff\xd8"


class Start(BaseModel):
    """All that the eye needs to begin; its standard input, as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    venue: Venue
    seed: int
    standby: bool = False
    """Load the networks, and open the camera only when told to look: another eye has it."""
    shut: bool = False
    """Begin with the camera off, as after ``SetCamera(False)``."""


class EyeStatus(BaseModel):
    """How the eye is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fps: float = 0.0
    """Frames analysed per second, over the last two seconds."""
    camera: Sense = Sense.OFF
    shut: bool = False
    """It has obeyed ``SetCamera(False)``: the camera is closed, and what was seen is forgotten."""
    camera_name: str = ""
    camera_address: str = ""
    """The setting that opens the same camera again; '' before one was opened."""
    camera_reason: str = ""
    """Why the camera is not ok, in a technician's words; '' when it is."""
    remarks: tuple[str, ...] = ()
    """Settings that the camera refused, and the like."""
    model: Sense = Sense.OFF
    model_line: str = ""
    """Which networks run on what, or why they do not."""
    provider: str = ""
    """onnxruntime's name of what runs the classifier; '' before it is known."""
    left_out: tuple[str, ...] = ()
    """Files of the venue that cannot be used, and why; what is shipped takes their place."""
    stages_ms: dict[str, float] = {}
    """Milliseconds that each stage took for the last frame; "decode" is from the camera's stamp to the picture, "wait"
    from there to the first stage."""
    drift: float = 0.0
    """Stops by which the light has moved since the calibration; 0 without one."""
    forgotten: int = 0
    """Number of the last wish to forget the visitors that was obeyed."""
    last_words: str = ""
    """Why the eye ends now; '' while it goes on."""


class Report(BaseModel):
    """The eye's message: the newest mood, and how the eye is. Sent after each frame, and as a heartbeat without one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mood: Mood
    status: EyeStatus


class Link:
    """One end of the line. Nothing here blocks: a message that does not fit is dropped, for a newer one follows."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        self._end = end

    def fileno(self) -> int:
        """The descriptor, for ``select``."""
        return self._end.fileno()

    def send(self, message: bytes) -> None:
        """Send one datagram (below ``BUFFER_BYTES``). Raises ``ConnectionError`` once the other end is gone."""
        try:
            self._end.send(message)
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno != errno.ENOBUFS:  # macOS says so when the line is full
                raise ConnectionError("the other end is gone") from error

    def waiting(self) -> list[bytes]:
        """All messages that have arrived, oldest first."""
        messages = []
        try:
            while True:
                messages.append(self._end.recv(BUFFER_BYTES))
        except (BlockingIOError, ConnectionError):
            return messages

    def close(self) -> None:
        """Close this end; the other one notices."""
        self._end.close()


def make_line() -> tuple[Link, str, socket.socket | None]:
    """A new line: the stage's end, the address that the eye is given, and the socket that it must inherit, if any."""
    if hasattr(socket, "AF_UNIX"):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        return Link(ours), f"fd:{theirs.fileno()}", theirs
    return (*make_loopback_line(), None)


def make_loopback_line() -> tuple[Link, str]:
    """Two connected UDP ports on this machine, for systems without inheritable socket pairs (Windows)."""
    ours, theirs = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for end in (ours, theirs):
        end.bind(("127.0.0.1", 0))
    ours.connect(theirs.getsockname())
    theirs_port, ours_port = theirs.getsockname()[1], ours.getsockname()[1]
    theirs.close()
    return Link(ours), f"udp:{theirs_port}:{ours_port}"


def open_line(address: str) -> Link:
    """The eye's end of the line that ``make_line`` described."""
    kind, *numbers = address.split(":")
    if kind == "fd":
        end = socket.socket(fileno=int(numbers[0]))
        os.set_inheritable(end.fileno(), False)
        return Link(end)
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(("127.0.0.1", int(numbers[0])))
    end.connect(("127.0.0.1", int(numbers[1])))
    return Link(end)
