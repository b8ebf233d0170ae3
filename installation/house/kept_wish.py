"""What was asked by hand, kept over a kill: a show that begins again in an evening for friends is as open as before."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from installation.host.console import log
from installation.host.kept_file import read_kept, write_kept


class KeptWish:
    """One small file. A thread writes it, for the disk may be slow, and whoever asks does not wait."""

    def __init__(self, file: Path) -> None:
        self._file, self._writing = file, threading.Lock()

    def recall(self, wall: float) -> bool | None:
        """Whether it was opened or closed by hand, if that still holds at ``wall`` (unix seconds)."""
        content, _ = read_kept(self._file)
        try:
            kept = json.loads(content or b"{}")
            return bool(kept["open"]) if kept["asked"] <= wall < kept["until"] else None
        except (ValueError, KeyError, TypeError):
            return None

    def keep(self, wanted: bool, asked: float, until: float) -> None:
        """It holds until the hours change next. Does not wait."""
        content = json.dumps({"open": wanted, "asked": asked, "until": until}).encode()
        threading.Thread(target=self._write, args=(content,), name="house by hand", daemon=True).start()

    def forget(self) -> None:
        """The show has ended on purpose."""
        with self._writing:
            try:
                self._file.unlink(missing_ok=True)
                self._file.with_name(f"{self._file.name}.previous").unlink(missing_ok=True)
            except OSError as error:
                log.debug("%s stays: %s", self._file, error)

    def _write(self, content: bytes) -> None:
        with self._writing:
            try:
                write_kept(self._file, content)
            except OSError as error:
                log.warning("that the house was opened or closed by hand is not kept: %s", error.strerror or error)
