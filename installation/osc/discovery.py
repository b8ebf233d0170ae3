"""How other machines find the show: OSCQuery over HTTP, and zeroconf's word of it; both off unless the venue wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from zeroconf import Error as ZeroconfError
from zeroconf import ServiceInfo, Zeroconf

from calibration.settings import OscSettings
from installation.host.addresses import reachable
from installation.host.console import LossReporter, log
from installation.host.worker import Worker
from installation.osc.broadcast import Broadcast
from installation.osc.control import Control
from installation.osc.encoder import ascii_text
from installation.osc.oscquery import OscQuery

RETRY_SECONDS = 20.0


class Discovery:
    """What the venue wants of it, opened. Nothing here is needed by the show, and nothing here can stop it."""

    def __init__(
        self,
        settings: OscSettings,
        broadcast: Broadcast,
        control: Control,
        unit: str,
        losses: LossReporter,
        console: Callable[[], tuple[str, int] | None] | None = None,
    ) -> None:
        """``console``: host and port of the operator's console in the network; None as long as it is not served."""
        self.oscquery: OscQuery | None = None
        self._zeroconf: Zeroconf | None = None
        self._settings, self._control, self._unit, self._losses = settings, control, unit, losses
        self._console = console
        self._closing = threading.Event()
        if settings.oscquery:
            self.oscquery = OscQuery(settings, broadcast.values, control.port, unit, losses)
        if settings.advertise:
            if not self._services() and console is None:
                log.warning("nothing is advertised: control, OSCQuery and console listen on this machine only")
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
        console = self._console() if self._console else None
        return list(services(self._settings, self._unit, self._control.port, http_port, console))

    def _advertise(self) -> None:
        """Tell the network, once there is one, of what there is; the console comes later than the rest."""
        told: set[tuple[str, int | None]] = set()
        while not self._closing.is_set():
            try:
                for service in self._services():
                    if (service.type, service.port) not in told:
                        self._zeroconf = self._zeroconf or Zeroconf()
                        self._zeroconf.register_service(service, allow_name_change=True)
                        told.add((service.type, service.port))
                self._losses.back("zeroconf")
            except (OSError, ZeroconfError) as error:
                self._losses.lost("zeroconf", str(error) or repr(error))
            self._closing.wait(RETRY_SECONDS)


def services(
    settings: OscSettings, unit: str, control_port: int, http_port: int, console: tuple[str, int] | None = None
) -> Iterator[ServiceInfo]:
    """What is advertised to the network: only what it can reach, and never a loopback address."""
    for kind, host, port in (
        ("_osc._udp", settings.listen_host, control_port),
        ("_oscjson._tcp", settings.oscquery_host, http_port),
        ("_http._tcp", *(console or ("", 0))),
    ):
        addresses = reachable(host) if port else []
        if addresses:
            name = ascii_text(unit).replace(".", " ").strip()[:40] or "chiaroscuro"
            yield ServiceInfo(f"{kind}.local.", f"{name}.{kind}.local.", port=port, parsed_addresses=addresses)
