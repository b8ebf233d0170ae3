"""How other machines find the show: OSCQuery over HTTP, and zeroconf's word of it; both off unless the venue wants."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator

import ifaddr
from zeroconf import Error as ZeroconfError
from zeroconf import ServiceInfo, Zeroconf

from calibration.settings import OscSettings
from installation.host.console import LossReporter, log
from installation.host.worker import Worker
from installation.osc.broadcast import Broadcast
from installation.osc.control import Control
from installation.osc.encoder import ascii_text
from installation.osc.oscquery import OscQuery

RETRY_SECONDS = 20.0
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


class Discovery:
    """What the venue wants of it, opened. Nothing here is needed by the show, and nothing here can stop it."""

    def __init__(
        self, settings: OscSettings, broadcast: Broadcast, control: Control, unit: str, losses: LossReporter
    ) -> None:
        self.oscquery: OscQuery | None = None
        self._zeroconf: Zeroconf | None = None
        self._settings, self._control, self._unit, self._losses = settings, control, unit, losses
        self._closing = threading.Event()
        if settings.oscquery:
            self.oscquery = OscQuery(settings, broadcast.values, control.port, unit, losses)
        if settings.advertise:
            if not self._services():
                log.warning("nothing is advertised: control and OSCQuery listen on this machine only")
            # Asking the network whether the name is free takes about a second.
            self._thread = Worker("zeroconf", self._advertise, losses)
            self._thread.start()

    def close(self) -> None:
        """Say goodbye to the network and stop serving."""
        self._closing.set()
        if self._zeroconf is not None:
            self._zeroconf.close()
        if self.oscquery is not None:
            self.oscquery.close()

    def _services(self) -> list[ServiceInfo]:
        http_port = self.oscquery.port if self.oscquery else 0
        return list(services(self._settings, self._unit, self._control.port, http_port))

    def _advertise(self) -> None:
        """Tell the network, once there is one."""
        while not self._closing.is_set():
            found = self._services()
            try:
                if found:
                    self._zeroconf = self._zeroconf or Zeroconf()
                    for service in found:
                        self._zeroconf.register_service(service, allow_name_change=True)
                    self._losses.back("zeroconf")
                    return
            except (OSError, ZeroconfError) as error:
                self._losses.lost("zeroconf", str(error) or repr(error))
            self._closing.wait(RETRY_SECONDS)


def services(settings: OscSettings, unit: str, control_port: int, http_port: int) -> Iterator[ServiceInfo]:
    """What is advertised to the network: only what it can reach, and never a loopback address."""
    for kind, host, port in (
        ("_osc._udp", settings.listen_host, control_port),
        ("_oscjson._tcp", settings.oscquery_host, http_port),
    ):
        addresses = reachable(host) if port else []
        if addresses:
            name = ascii_text(unit).replace(".", " ").strip()[:40] or "chiaroscuro"
            yield ServiceInfo(f"{kind}.local.", f"{name}.{kind}.local.", port=port, parsed_addresses=addresses)


def reachable(host: str) -> list[str]:
    """The addresses at which others reach a socket bound to ``host``; none for a loopback address or a name."""
    if host in EVERYWHERE:
        own = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
        plain = [address if isinstance(address, str) else address[0] for address in own]
        wanted = {4} if host == EVERYWHERE[0] else {4, 6}
        return [address for address in plain if ipaddress.ip_address(address).version in wanted and _outside(address)]
    try:
        return [host] if _outside(host) else []
    except ValueError:
        return []


def _outside(address: str) -> bool:
    number = ipaddress.ip_address(address.partition("%")[0])
    return not (number.is_loopback or number.is_unspecified or number.is_link_local)
