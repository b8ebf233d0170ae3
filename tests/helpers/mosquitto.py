"""A real broker on a free port of this machine, which tests may kill, stop and start again."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.installation.waiting import LONG

PATH = "/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin:/bin"
PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path=PATH)
needs_mosquitto = pytest.mark.skipif(
    PROGRAM is None or find_spec("paho") is None,
    reason="the broker Mosquitto (apt: mosquitto) or paho-mqtt is not installed: no room was heard over MQTT",
)
needs_strangers = pytest.mark.skipif(
    shutil.which("mosquitto_sub") is None,
    reason="mosquitto_sub (apt: mosquitto-clients) is not installed: no other program has heard the room",
)


class Mosquitto:
    """One broker. ``lines`` are more of its configuration; they begin with what holds for its only listener."""

    def __init__(self, folder: Path, *lines: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._config = folder / "mosquitto.conf"
        said = [] if any(line.startswith(("allow_anonymous", "password_file")) for line in lines) else ["true"]
        anonymous = [f"allow_anonymous {word}" for word in said]
        # As root it would become another user, who cannot read a test's files.
        text = (f"listener {self.port} 127.0.0.1", *lines, *anonymous, "persistence false", "user root", "")
        self._config.write_text("\n".join(text))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For ``[rooms] broker``."""
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """It takes connections when this returns; it remembers nothing of before."""
        assert PROGRAM is not None
        with (self.folder / "mosquitto.log").open("ab") as told:
            self._process = subprocess.Popen([PROGRAM, "-c", str(self._config)], stdout=told, stderr=told)
        until = time.monotonic() + LONG
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1.0):
                return
            assert self._process.poll() is None, (self.folder / "mosquitto.log").read_text()
            assert time.monotonic() < until, "Mosquitto takes no connection"
            time.sleep(0.02)

    def kill(self) -> None:
        """Nobody is told."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """It hangs: connections stand, and nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It hangs no more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def mosquitto(folder: Path, *lines: str) -> Iterator[Mosquitto]:
    """A broker that runs, and is gone at the end."""
    broker = Mosquitto(folder, *lines)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


def password_file(folder: Path, user: str, password: str) -> Path:
    """A password file as the broker reads it; skips the test where its tool is missing."""
    tool = shutil.which("mosquitto_passwd", path=PATH)
    if tool is None:
        pytest.skip("mosquitto_passwd is not installed: no password was tried")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "passwords"
    subprocess.run([tool, "-b", "-c", str(file), user, password], check=True, capture_output=True)
    return file


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """An authority's certificate, and certificate and key of a broker on 127.0.0.1; skips without openssl."""
    tool = shutil.which("openssl")
    if tool is None:
        pytest.skip("openssl is not installed: no TLS was tried")
    folder.mkdir(parents=True, exist_ok=True)
    names = ("ca.pem", "ca.key", "broker.pem", "broker.key", "broker.csr", "names")
    ca, ca_key, broker, key, request, alternatives = (folder / name for name in names)
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    alternatives.write_text("subjectAltName = IP:127.0.0.1\n")
    for_days, signer = ("-days", "2"), ("-CA", ca, "-CAkey", ca_key, "-CAcreateserial")
    for line in (
        ("req", "-x509", *curve, "-keyout", ca_key, "-out", ca, *for_days, "-subj", "/CN=chiaro tests"),
        ("req", *curve, "-keyout", key, "-out", request, "-subj", "/CN=127.0.0.1"),
        ("x509", "-req", "-in", request, *signer, *for_days, "-extfile", alternatives, "-out", broker),
    ):
        subprocess.run([tool, *map(str, line)], check=True, capture_output=True)
    return ca, broker, key
