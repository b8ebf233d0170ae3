"""The parts that a show is made of, and what takes an eye's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from installation.film.film import Film
from installation.host.console import LossReporter
from installation.host.health import Sense
from installation.host.heartbeat import Heartbeat
from installation.host.journal import Journal
from installation.osc import Broadcast, Control
from installation.show.keys import Keys
from installation.show.rehearsal import Rehearsal
from models.mood import Mood


class Eye(Protocol):
    """Where the mood comes from: the eye's process, or a maker's hand."""

    def start(self) -> None: ...
    def mood(self, now: float) -> Mood: ...
    def set_camera(self, on: bool) -> None: ...
    def set_thumbnail(self, on: bool) -> None: ...
    def freeze_baseline(self) -> None: ...
    def close(self) -> None: ...
    @property
    def camera(self) -> Sense: ...
    @property
    def model(self) -> Sense: ...
    @property
    def fps(self) -> float: ...
    @property
    def drift(self) -> float: ...
    @property
    def line(self) -> str: ...
    @property
    def thumbnail(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """The machine's parts, made by ``installation.show.opening``; the control port is optional."""

    film: Film
    eye: Eye
    broadcast: Broadcast
    journal: Journal
    losses: LossReporter
    keys: Keys
    heartbeat: Heartbeat
    rehearsal: Rehearsal
    control: Control | None = None
