"""How a follower finds its leader: zeroconf's word of it, in the local network."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from calibration.errors import Unavailable
from installation.host.addresses import reachable
from installation.host.console import LossReporter
from installation.host.worker import Worker
from installation.osc.encoder import ascii_text

if TYPE_CHECKING:
    from zeroconf import ServiceInfo, ServiceStateChange, Zeroconf

SERVICE = "_chiaro-screens._udp.local."
RETRY_SECONDS = 20.0
LISTEN_SECONDS = 3.0


class NoLeader(Unavailable):
    """No screen that leads was found, or more than one; the text says which."""


class Announcement:
    """Tells the network of a leader, once there is a network; never of a loopback address."""

    def __init__(self, listen: str, port: int, room: str, losses: LossReporter) -> None:
        self._listen, self._port, self._room, self._losses = listen, port, room, losses
        self._closing = threading.Event()
        self._worker = Worker("zeroconf of screens", self._announce, losses)
        self._worker.start()

    def close(self) -> None:
        """Say goodbye to the network."""
        self._closing.set()
        self._worker.end(2.0)

    def _announce(self) -> None:
        from zeroconf import Error as ZeroconfError
        from zeroconf import Zeroconf

        while not self._closing.is_set():
            if addresses := reachable(self._listen):
                try:
                    zeroconf = Zeroconf()
                    try:
                        zeroconf.register_service(_service(self._room, self._port, addresses), allow_name_change=True)
                        self._losses.back("zeroconf of screens")
                        self._closing.wait()
                    finally:
                        zeroconf.close()
                    return
                except (OSError, ZeroconfError) as error:
                    self._losses.lost("zeroconf of screens", str(error) or repr(error))
            self._closing.wait(RETRY_SECONDS)


def find_leader(seconds: float = LISTEN_SECONDS) -> tuple[str, int]:
    """Host and port of the one leader that says so in this network. Raises ``NoLeader``."""
    from zeroconf import ServiceBrowser, Zeroconf

    try:
        zeroconf = Zeroconf()
    except OSError as error:
        raise NoLeader(f"no network to look for a leader in ({error}); name it: --leader HOST") from error
    listener = _Listener()
    try:
        browser = ServiceBrowser(zeroconf, SERVICE, [listener.heard])
        until = time.monotonic() + seconds
        while not listener.found and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.3)  # the others answer, too
        browser.cancel()
    finally:
        zeroconf.close()
    if not listener.found:
        raise NoLeader(
            "no leader says in this network that it leads; start it ([screens] leads = true), or --leader HOST"
        )
    if len(listener.found) > 1:
        raise NoLeader(f"more than one leads: {', '.join(sorted(listener.found))}; name one: --leader HOST")
    return next(iter(listener.found.values()))


class _Listener:
    """What a browser of zeroconf calls, in a thread of its own."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, int]] = {}
        """By the words for it."""

    def heard(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        """One has come, changed or gone."""
        info = zeroconf.get_service_info(service_type, name, 2000) if state_change.name != "Removed" else None
        addresses = info.parsed_addresses() if info else []
        if info and info.port and addresses:
            self.found[f"{name.removesuffix('.' + SERVICE)} ({addresses[0]})"] = addresses[0], info.port


def _service(room: str, port: int, addresses: list[str]) -> ServiceInfo:
    from zeroconf import ServiceInfo

    name = ascii_text(room).replace(".", " ").strip()[:40] or "chiaroscuro"
    return ServiceInfo(SERVICE, f"{name}.{SERVICE}", port=port, parsed_addresses=addresses)
