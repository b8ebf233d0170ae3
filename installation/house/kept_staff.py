"""That only staff is in the room, kept until somebody says otherwise: a show that begins again opens no eye on it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from calibration.file_writer import make_private_folder
from installation.host.console import LossReporter

PART = "staff in the room"


class KeptStaff:
    """A file that is there while it is so. A thread writes it: the disk may be slow, and whoever asks does not wait."""

    def __init__(self, file: Path, losses: LossReporter) -> None:
        self._file, self._losses, self._writing = file, losses, threading.Lock()
        self._wanted = False

    def recall(self) -> bool:
        """Whether it was so; also where that cannot be known."""
        try:
            self._file.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True
        return True

    def keep(self, on: bool) -> None:
        """It is so from now on, or is not. Does not wait."""
        self._wanted = on
        threading.Thread(target=self._write, name=PART, daemon=True).start()

    def _write(self) -> None:
        with self._writing:  # of two at once, both write what was said last
            try:
                if self._wanted:
                    make_private_folder(self._file.parent)
                    with self._file.open("ab") as file:
                        os.fsync(file.fileno())  # it holds over a power cut, too
                else:
                    self._file.unlink(missing_ok=True)
            except OSError as error:
                after = "open" if self._wanted else "shut"
                why = f"not kept: {error.strerror or error}; after a restart the eye would be {after} ({self._file})"
                self._losses.lost(PART, why)
            else:
                self._losses.back(PART)
