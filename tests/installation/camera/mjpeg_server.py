"""A network camera made of a small process: MJPEG over HTTP on loopback, with the time drawn in the picture.

Being a process it fails as a real one does: SIGSTOP stalls it, SIGCONT lets it go on, SIGKILL unplugs it, and it can be
started again on the same port. Paths: ``/live``, ``/frozen`` (one picture for ever), ``/black``, ``/resized``
(another size after one second), ``/visitor`` and ``/upside-down`` (somebody stands there), and the forms of parts that
cameras use (``FORMS``). What such cameras answer when they give no picture: ``/locked`` (asks for a password),
``/login`` (a page), ``/moved`` (leads to the page), ``/snapshot`` (one picture, and no more).
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

RATE = 30.0
BITS, CELL = 32, 8
"""The time in milliseconds is drawn as 32 cells of black or white, each 8 pixels wide: they survive JPEG."""


def picture(milliseconds: int, width: int = 320, height: int = 240) -> np.ndarray:
    """A gray gradient, the time as text for people and as cells for ``read_time``."""
    gray = np.tile(np.linspace(60, 180, width, dtype=np.uint8), (height, 1))
    cv2.putText(gray, f"{milliseconds / 1000:.3f}", (10, height // 2), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 2)
    for bit in range(BITS):
        gray[: 2 * CELL, bit * CELL : (bit + 1) * CELL] = 255 * (milliseconds >> bit & 1)
    return cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)


def read_time(image: np.ndarray) -> int:
    """The milliseconds that ``picture`` drew."""
    row = image[CELL, CELL // 2 : BITS * CELL : CELL].mean(axis=1)
    return sum(1 << bit for bit, value in enumerate(row) if value > 127)


def now_ms() -> int:
    """Monotonic, so comparable between processes of one machine."""
    return int(time.monotonic() * 1000) & 0xFFFFFFFF


@cache
def somebody() -> np.ndarray:
    """The simulated visitor at a moment when it stands there."""
    from calibration.settings import CameraSettings
    from models.rendering.simulated_visitor import SimulatedVisitor

    return SimulatedVisitor(CameraSettings(), 0, begins=0.0).read(8.0)


ANSWERS = {
    "/locked": (401, "WWW-Authenticate", 'Basic realm="camera"'),
    "/login": (200, "Content-Type", "text/html"),
    "/moved": (302, "Location", "/login"),
    "/gone": (404, "Content-Type", "text/html"),
    "/snapshot": (200, "Content-Type", "image/jpeg"),
}


HEAD = b"Content-Type: image/jpeg\r\nContent-Length: LENGTH\r\n\r\n"
FORMS = {
    "/live": (b"--frame\r\n" + HEAD, b"\r\n", "frame"),
    "/behind": (HEAD, b"\r\n--frame\r\n", "frame"),
    "/behind-without-length": (b"Content-Type: image/jpeg\r\n\r\n", b"\r\n--frame\r\n", "frame"),
    "/doubled": (b"----frame\r\n" + HEAD, b"\r\n", "--frame"),
    "/other-boundary": (b"--ipcamera\r\n" + HEAD, b"\r\n", "frame"),
    "/line-feeds": (b"--frame\nContent-Type: image/jpeg\n\n", b"\n", "frame"),
    "/bare": (b"", b"", "frame"),
    "/digest": (HEAD, b"\r\n--frame\r\n", "frame"),
}
"""What stands before and behind each picture, and the boundary that the header promises."""


class Camera(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path in ANSWERS:
            code, header, value = ANSWERS[self.path]
            self.send_response(code)
            self.send_header(header, value)
            self.end_headers()
            jpeg = cv2.imencode(".jpg", picture(now_ms()))[1].tobytes()
            self.wfile.write(jpeg if self.path == "/snapshot" else b"<html>log in</html>")
            return
        if self.path == "/digest" and 'response="' not in self.headers.get("Authorization", ""):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Digest realm="camera", nonce="7f3a", qop="auth", algorithm=MD5')
            self.end_headers()
            return
        before, after, boundary = FORMS.get(self.path, FORMS["/live"])
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={boundary}")
        self.end_headers()
        first, due = now_ms(), time.monotonic()
        try:
            while True:
                jpeg = cv2.imencode(".jpg", self._image(first))[1].tobytes()
                self.wfile.write(before.replace(b"LENGTH", b"%d" % len(jpeg)) + jpeg + after)
                due = max(due + 1 / RATE, time.monotonic())
                time.sleep(max(0.0, due - time.monotonic()))
        except (BrokenPipeError, ConnectionResetError):
            return

    def _image(self, first: int) -> np.ndarray:
        if self.path == "/frozen":
            return picture(first)
        if self.path in ("/visitor", "/upside-down"):
            upright = somebody()
            return upright if self.path == "/visitor" else np.ascontiguousarray(upright[::-1, ::-1])
        if self.path == "/black":
            return np.zeros((240, 320, 3), np.uint8)
        larger = self.path == "/resized" and now_ms() - first > 1000
        return picture(now_ms(), 480, 360) if larger else picture(now_ms())

    def log_message(self, *_: object) -> None:
        pass


class ServerProcess:
    """The camera, and the hand at its plug."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start()

    def url(self, path: str = "live") -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.installation.camera.mjpeg_server", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self._process.stdout.readline()  # it listens

    def stall(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def unplug(self) -> None:
        self._process.kill()
        self._process.communicate()


if __name__ == "__main__":
    cv2.setNumThreads(1)
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Camera)
    server.daemon_threads = True
    print("listening", flush=True)
    server.serve_forever()
