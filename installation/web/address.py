"""Where the console is: its address as people read it, and the link of its QR code, which lets an operator in.

While a show serves one, the address lies in a file of the state folder, so that ``chiaro doctor`` finds it.
"""

from __future__ import annotations

import ipaddress
import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from calibration.file_writer import make_private_folder, write_private
from installation.host.addresses import EVERYWHERE, reachable
from installation.host.state_folder import room_stem
from installation.web.token import read_tokens

Place = tuple[str, int]
"""Host and port."""
QUIET = 4
"""Modules of white around a QR code, as ISO/IEC 18004 wants."""


@dataclass(frozen=True, slots=True)
class ConsoleAddress:
    """Where a browser finds the console."""

    url: str
    """For people and logs: no token in it."""
    link: str = field(repr=False)
    """The same with the operator's token behind it, where one is asked for."""

    @property
    def has_token(self) -> bool:
        """Whoever has the link may control the show."""
        return self.link != self.url


def address_of(place: Place, state_folder: Path) -> ConsoleAddress:
    """The address of a console that listens at ``place``. Makes the tokens where there are none. Raises ``OSError``."""
    host, port = place
    outside = reachable(host) if host in EVERYWHERE else [host]
    seen = outside[0] if outside else "127.0.0.1"
    url = f"http://{f'[{seen}]' if ':' in seen else seen}:{port}/"
    return ConsoleAddress(url, url if _on_this_machine(seen) else f"{url}#token={read_tokens(state_folder).operator}")


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def qr_rows(link: str) -> tuple[bytes, ...]:
    """The QR code of ``link`` with its quiet zone: rows of one byte for each module, 1 is dark."""
    import segno  # a tenth of a second, which no start should wait for

    code = segno.make(link, micro=False)
    return tuple(bytes(row) for row in code.matrix_iter(border=QUIET))


# -- the file of the running show ------------------------------------------------------------------------------------


def address_file(state_folder: Path, room: str) -> Path:
    """Where the running show of ``room`` writes its place."""
    return state_folder / f"{room_stem(room)}.console"


def write_place(file: Path, place: Place) -> None:
    """Say where the console of this room is now. Raises ``OSError``."""
    make_private_folder(file.parent)
    write_private(file, json.dumps(place).encode())


def read_place(file: Path) -> Place | None:
    """Where it is; None where nothing was written, or nothing that this program writes."""
    with suppress(OSError, ValueError, TypeError):
        host, port = json.loads(file.read_text())
        return str(host), int(port)
    return None
