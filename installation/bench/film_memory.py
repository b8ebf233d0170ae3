"""Prints how many candidates are held, their pictures' megabytes, and by how much this process grew for them."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from calibration.settings import ScreenSettings
from installation.bench.film_watch import rss_megabytes
from installation.film.preroll import Preroll
from installation.film.screen import Screen
from installation.host.console import LossReporter
from installation.host.memory import bound_arenas, map_large_blocks
from scenes.story.clip import Clip

SETTLE_SECONDS = 3.0


def main(files: list[str]) -> None:
    """Hold ``files`` ready as the player would, with the default memory."""
    bound_arenas()
    map_large_blocks()
    settings = ScreenSettings(width=1920, height=1080)
    screen = Screen(settings, headless=True)
    preroll = Preroll(screen, LossReporter(), settings.candidates_megabytes)
    before = rss_megabytes()
    preroll.prepare({f"scene {number}": Clip(Path(file)) for number, file in enumerate(files)})
    until = time.monotonic() + SETTLE_SECONDS + len(files)
    while time.monotonic() < until:
        preroll.poll(time.monotonic())
        time.sleep(0.02)
    print(preroll.ready, round(preroll.megabytes), round(rss_megabytes() - before))
    preroll.close()
    screen.close()


if __name__ == "__main__":
    main(sys.argv[1:])
