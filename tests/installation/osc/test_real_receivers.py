"""Every message of a show, as the programs of the trade decode it."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from calibration.settings import OscSettings, OscTarget
from installation.bench.osc_show import SCENES, perform
from installation.console import Teller
from installation.osc import Broadcast
from tests.installation.osc.real_receivers import STARTERS, reference, same, start


def decoded_alike(name: str, folder: Path, seconds: float, profile: str, bundles: bool) -> int:
    """Play a show to the program and to our own ear at once, and hold every message against its twin."""
    program = start(name, folder)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            ear.bind(("127.0.0.1", 0))
            targets = tuple(
                OscTarget(port=port, profile=profile, bundles=bundles) for port in (program.port, ear.getsockname()[1])
            )
            broadcast = Broadcast(OscSettings(targets=targets), SCENES, "0.1", "demo", "Münchner Saal", Teller())
            show = threading.Thread(target=lambda: (perform(broadcast, seconds), broadcast.close()))
            show.start()
            sent, tally = reference(ear, 1.5)
            show.join()
        heard = program.settled(len(sent))
        wrong = [(s, h) for s, h in zip(sent, heard, strict=False) if not same(s, h, program.digits)]
        assert not wrong, f"{name} decoded otherwise: {wrong[:3]}"
        assert len(heard) == len(sent), f"{name} lost {len(sent) - len(heard)} of {len(sent)}"
        faults = {f"{one.last.address}: {one.fault}" for one in tally.heard.values() if one.fault}
        own = "/emo/lamp/level: not in the registry"
        assert {fault for fault in faults if "/scene/time/" not in fault and "/health/fps/" not in fault} <= {own}
        assert tally.gaps == 0
        return len(sent)
    finally:
        program.close()


@pytest.mark.parametrize("name", STARTERS)
def test_a_program_of_the_trade_decodes_every_message_of_a_show(name: str, tmp_path: Path) -> None:
    assert decoded_alike(name, tmp_path, 3.0, "visitors", True) > 500


@pytest.mark.parametrize("name", STARTERS)
def test_an_old_receiver_decodes_single_messages_of_one_float(name: str, tmp_path: Path) -> None:
    assert decoded_alike(name, tmp_path, 1.5, "scalar", False) > 100


@pytest.mark.slow
@pytest.mark.parametrize("name", STARTERS)
def test_no_message_of_a_minute_is_lost_or_read_wrong(name: str, tmp_path: Path) -> None:
    assert decoded_alike(name, tmp_path, 60.0, "visitors", True) > 15_000
