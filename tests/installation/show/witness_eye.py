"""The stub of the eye, which also writes down when its camera is opened and when it has closed.

``python -m tests.installation.show.witness_eye FILE LINE``; the times are of this machine's monotonic clock.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from calibration.settings import CameraSettings
from installation.camera.source import Source
from installation.eye import main as eye
from tests.installation.eye.stub_eye import StubPerception


def main(file: Path) -> None:
    """Live the life of an eye; write a line for each opening and closing."""
    really = vars(eye)["open_source"]

    def note(word: str) -> None:
        with file.open("a") as lines:
            lines.write(f"{word} {time.monotonic()}\n")

    def open_source(settings: CameraSettings, seed: int) -> Source:
        note("open")
        source: Source = really(settings, seed)
        close = source.close

        def close_and_note() -> None:
            time.sleep(0.05)  # a driver that takes its time
            close()
            note("closed")

        vars(source)["close"] = close_and_note
        return source

    vars(eye)["open_source"] = open_source
    eye.main(lambda venue: StubPerception(venue, ""))


if __name__ == "__main__":
    witness = Path(sys.argv[1])
    sys.argv[1:] = sys.argv[-1:]
    main(witness)
