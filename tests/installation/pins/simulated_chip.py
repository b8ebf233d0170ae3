"""A double of the kernel's GPIO chip, below the real library gpiod: its Python runs, its C part is replaced here.

Where the kernel has gpio-sim, a real chip could be had; the machines that run these tests do not have it.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Sequence
from typing import Any

import gpiod
import pytest
from gpiod import ChipInfo, EdgeEvent, LineInfo, _ext
from gpiod.line import Value

PATH = "/dev/gpiochip7"
LINES = 8


class SimulatedChip:
    """One chip of eight lines, which can be busy, or be unplugged and plugged in again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.there, self.busy = True, False
        self.user = ""
        """Who has the line, as the kernel would tell."""
        self.taken = 0
        self.changes: list[bool] = []
        """What the output was set to, its first value included; an input has none."""
        self.times: list[float] = []
        """When, by the monotonic clock: a moment after it was so."""
        self.settings: tuple[Any, ...] = ()
        """Those of the line that was taken last, in the order of gpiod's C part."""
        self._press, self._events = os.pipe()[::-1], 0
        chip, really = self, _ext.LineSettings

        class Chip(_Chip):
            def __init__(self, path: str) -> None:
                super().__init__(chip, path)

        class LineSettings:
            def __init__(self, *given: Any, **named: Any) -> None:
                really(*given, **named)  # the real one says whether it can be so
                self.given = (*given, *named.values())

        monkeypatch.setattr("gpiod._ext.Chip", Chip)
        monkeypatch.setattr("gpiod._ext.LineSettings", LineSettings)
        monkeypatch.setattr("gpiod._ext.LineConfig", _LineConfig)

    @property
    def lit(self) -> bool:
        """What the output is now."""
        return self.changes[-1]

    def light(self, lit: bool) -> None:
        """The output is set."""
        self.changes.append(lit)
        self.times.append(time.monotonic())

    def press(self) -> None:
        """An edge on the line."""
        os.write(self._press[0], b"x")

    def unplug(self) -> None:
        """The chip goes; whoever waits for an edge wakes, as in the kernel."""
        self.there = False
        self.press()

    def read(self) -> None:
        """As many edges as there are."""
        os.read(self._press[1], 1024)

    @property
    def fd(self) -> int:
        """What can be read once there was an edge."""
        return self._press[1]

    def close(self) -> None:
        """The pipe of the edges."""
        for end in self._press:
            os.close(end)

    def must_be_there(self) -> None:
        """Raise what the kernel says of a chip that is gone."""
        if not self.there:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))


class _Chip:
    """``gpiod._ext.Chip``."""

    def __init__(self, chip: SimulatedChip, path: str) -> None:
        if path != PATH or not chip.there:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        self._chip = chip

    def get_info(self) -> ChipInfo:
        return ChipInfo("gpiochip7", "simulated", LINES)

    def get_line_info(self, offset: int, _watch: bool) -> LineInfo:
        kinds = (gpiod.line.Direction.INPUT, gpiod.line.Bias.DISABLED, gpiod.line.Drive.PUSH_PULL)
        direction, bias, drive = (kind.value for kind in kinds)
        edges = (gpiod.line.Edge.NONE.value, gpiod.line.Clock.MONOTONIC.value, False, 0)
        return LineInfo(offset, "", bool(self._chip.user), self._chip.user, direction, False, bias, drive, *edges)

    def get_line_name(self, _offset: int) -> None:
        return None

    def request_lines(self, config: _LineConfig, consumer: str, _size: int | None) -> _Request:
        assert consumer == "chiaroscuro"
        if self._chip.busy:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        self._chip.taken += 1
        self._chip.settings = config.given
        if config.given[0] == gpiod.line.Direction.OUTPUT.value:
            self._chip.light(config.given[-1] == Value.ACTIVE.value)
        return _Request(self._chip, config.offsets)

    def close(self) -> None:
        pass


class _LineConfig:
    """``gpiod._ext.LineConfig``."""

    def add_line_settings(self, offsets: list[int], settings: Any) -> None:
        self.offsets, self.given = offsets, settings.given


class _Request:
    """``gpiod._ext.Request``."""

    chip_name = "gpiochip7"

    def __init__(self, chip: SimulatedChip, offsets: list[int]) -> None:
        self._chip, self.offsets, self.fd = chip, offsets, chip.fd

    def release(self) -> None:
        pass

    def set_values(self, values: dict[int, Value]) -> None:
        self._chip.must_be_there()
        self._chip.light(values[self.offsets[0]] is Value.ACTIVE)

    def read_edge_events(self, _at_most: int | None) -> Sequence[EdgeEvent]:
        self._chip.read()
        self._chip.must_be_there()
        return [EdgeEvent(EdgeEvent.Type.RISING_EDGE.value, 0, self.offsets[0], 1, 1)]
