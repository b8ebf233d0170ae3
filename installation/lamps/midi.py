"""Where timecode goes out: a MIDI port by the library mido (over python-rtmidi), or a raw MIDI device of Linux."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from calibration.extras import needs_extra

VIRTUAL = "virtual"
NAME = "chiaroscuro"


class MidiOut(Protocol):
    """An open way for timecode. Each call raises OSError when it does not take it."""

    def quarter_frame(self, data: int) -> None:
        """A quarter frame, with its data byte."""

    def exclusive(self, data: Sequence[int]) -> None:
        """A system exclusive message, without its first and last byte."""

    def __enter__(self) -> MidiOut: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_midi(output: str) -> MidiOut:
    """A raw device by its path, else a port by its name. Raises OSError and ``MissingExtra``."""
    return RawMidi(Path(output)) if output.startswith("/") else MidiPort(output)


def port_names() -> list[str]:
    """Of the MIDI ports of this machine. Raises OSError and ``MissingExtra``."""
    library = _library()
    try:
        return list(library.get_output_names())
    except Exception as error:  # rtmidi's own kinds, where the machine has no MIDI
        raise _no_midi(error) from error


def _no_midi(error: Exception) -> OSError:
    remedy = " (on Linux a port needs the sequencer: sudo modprobe snd-seq)" if sys.platform == "linux" else ""
    return OSError(0, f"MIDI cannot be used: {str(error).rstrip('.')}{remedy}")


def _library() -> Any:
    needs_extra("lamps", "timecode to a MIDI port", "mido", "rtmidi")
    import mido

    return mido


class RawMidi:
    """Bytes to a device such as /dev/snd/midiC1D0; needs no library."""

    def __init__(self, device: Path) -> None:
        if stat.S_ISREG(device.stat().st_mode):
            raise OSError(0, "is a file, not a MIDI device")
        self._file = os.open(device, os.O_WRONLY | os.O_NONBLOCK)

    def __enter__(self) -> RawMidi:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def quarter_frame(self, data: int) -> None:
        """See ``MidiOut``."""
        self._write(bytes((0xF1, data)))

    def exclusive(self, data: Sequence[int]) -> None:
        """See ``MidiOut``."""
        self._write(bytes((0xF0, *data, 0xF7)))

    def _write(self, message: bytes) -> None:
        with suppress(BlockingIOError):  # nobody reads there now: newer time follows
            os.write(self._file, message)


class MidiPort:
    """A port of the machine, by its name or the beginning of it; or a port of our own that others connect to."""

    def __init__(self, name: str) -> None:
        there = [] if name == VIRTUAL else port_names()
        found = next((port for port in there if port.startswith(name)), None)
        if found is None and name != VIRTUAL:
            raise OSError(0, f"there is no MIDI port of that name (there are: {', '.join(there) or 'none'})")
        library = _library()
        self._message = library.Message
        try:
            self._port = library.open_output(found or NAME, virtual=name == VIRTUAL)
        except Exception as error:
            raise _no_midi(error) from error

    def __enter__(self) -> MidiPort:
        return self

    def __exit__(self, *_: object) -> None:
        self._port.close()

    def quarter_frame(self, data: int) -> None:
        """See ``MidiOut``."""
        self._send("quarter_frame", frame_type=data >> 4, frame_value=data & 0x0F)

    def exclusive(self, data: Sequence[int]) -> None:
        """See ``MidiOut``."""
        self._send("sysex", data=tuple(data))

    def _send(self, kind: str, **values: Any) -> None:
        try:
            self._port.send(self._message(kind, **values))
        except Exception as error:
            raise OSError(0, f"MIDI cannot be sent: {error}") from error
