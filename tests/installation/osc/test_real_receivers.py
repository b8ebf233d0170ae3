"""Every message of a show, as the programs of the trade decode it: one show to all of them at once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from calibration.settings import OscSettings, OscTarget
from installation.bench.osc_show import SCENES, perform
from installation.host.console import LossReporter
from installation.osc import Broadcast
from installation.osc.monitor import Tally
from installation.osc.state import About
from tests.installation.osc.real_receivers import STARTERS, Heard, Missing, Program, reference, same, start


@dataclass
class Shown:
    """A show that is over: what was sent to each, and the programs that listened (or why not)."""

    sent: list[Heard]
    tally: Tally
    programs: dict[str, Program | Missing]

    def check(self, name: str) -> None:
        """Every message that was sent was heard by ``name``, in order, with the same values."""
        program = self.programs[name]
        if isinstance(program, Missing):
            pytest.skip(f"NOTHING SHOWN for {name}: {program}")
        heard = program.settled(len(self.sent))
        wrong = [(s, h) for s, h in zip(self.sent, heard, strict=False) if not same(s, h, program.digits)]
        assert not wrong, f"{name} decoded otherwise: {wrong[:3]}"
        assert len(heard) == len(self.sent), f"{name} lost {len(self.sent) - len(heard)} of {len(self.sent)}"


def play(folder: Path, *parts: tuple[float, str, bool]) -> Iterator[Shown]:
    """Start all programs, and play parts of (seconds, profile, bundles) to them and to our own ear."""
    with ThreadPoolExecutor() as starting:
        programs = dict(zip(STARTERS, starting.map(lambda name: _start(name, folder), STARTERS), strict=True))
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            ear.bind(("127.0.0.1", 0))
            ports = [program.port for program in programs.values() if isinstance(program, Program)]
            show = threading.Thread(target=_perform, args=([*ports, ear.getsockname()[1]], parts))
            show.start()
            sent, tally = reference(ear, 1.5)
            show.join()
        yield Shown(sent, tally, programs)
    finally:
        for program in programs.values():
            if isinstance(program, Program):
                program.close()


def _start(name: str, folder: Path) -> Program | Missing:
    try:
        return start(name, folder)
    except Missing as missing:
        return missing


def _perform(ports: list[int], parts: tuple[tuple[float, str, bool], ...]) -> None:
    for seconds, profile, bundles in parts:
        targets = tuple(OscTarget.model_validate({"port": p, "profile": profile, "bundles": bundles}) for p in ports)
        broadcast = Broadcast(
            OscSettings(targets=targets), SCENES, About("0.1", "demo", "Münchner Saal"), LossReporter()
        )
        perform(broadcast, seconds)
        broadcast.close()


@pytest.fixture(scope="module")
def short_show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("receivers")
    yield from play(folder, (2.5, "visitors", True), (0.6, "scalar", False), (0.6, "events", True))


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    yield from play(tmp_path_factory.mktemp("minute"), (60.0, "visitors", True))


@pytest.mark.parametrize("name", STARTERS)
def test_a_program_of_the_trade_decodes_every_message_of_a_show(name: str, short_show: Shown) -> None:
    short_show.check(name)


def test_a_show_keeps_the_registrys_promise_in_tags_and_ranges(short_show: Shown) -> None:
    faults = {address: one.fault for address, one in short_show.tally.heard.items() if one.fault}
    own = {"/emo/lamp/level"}
    made_for_scalar = {
        "/emo/scene/time/elapsed",
        "/emo/scene/time/duration",
        "/emo/health/fps/film",
        "/emo/health/fps/eye",
    }
    assert set(faults) <= own | made_for_scalar, faults
    assert len(short_show.sent) > 800
    assert short_show.tally.largest <= 1400


@pytest.mark.slow
@pytest.mark.parametrize("name", STARTERS)
def test_no_message_of_a_minute_is_lost_or_read_wrong(name: str, minute: Shown) -> None:
    assert len(minute.sent) > 15_000
    assert minute.tally.gaps == 0
    minute.check(name)
