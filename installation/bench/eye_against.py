"""The eye and the face detectors of others on the same pictures, in light and in the dark, alone and beside a film."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from itertools import product
from pathlib import Path

import numpy as np

from calibration.errors import Unavailable
from calibration.settings import CameraSettings, OscSettings, ScreenSettings
from calibration.venue import Venue
from installation.bench import eye_peer
from installation.bench.eye_crowd import (
    FILM_SIZE,
    LIGHT,
    SECONDS,
    beside_film,
    load_note,
    make_film,
    write_camera,
)
from installation.bench.eye_found import LIGHTS, RATE, Peer, crowd_found, films_found
from installation.bench.report import Figure, Progress, Report
from installation.host.fetch import DOWNLOADS, models_folder
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from models.arrays import Doubles
from models.rendering.crowd import Crowd
from scenes.story.story import load_story

PYTHON = "CHIARO_PEERS_PYTHON"
"""Environment variable that names another Python, in which peers are installed that do not get along with ours; or
several, as PATH does, for peers do not get along with each other either."""
FACES = (1, 4)
WARM_UP_SECONDS = 3.0
ALONE = (
    "a picture: ours waits for its detection in every third one (in a show it does not), aligns, classifies and "
    "weighs; the others only find faces (fer names emotions too)"
)
PACKETS = (
    "packets of the others: a plain script that reads the same camera and sends one a picture, and does not give way "
    "to the film as ours does"
)


def run(progress: Progress, against: str) -> Report:
    """Measure ours and the peers that are here. Raises ``Unavailable`` when there is none of those asked for."""
    wanted = list(eye_peer.PEERS) if against == "all" else [against]
    peers, missing = peers_here(wanted)
    if not peers:
        raise Unavailable("; ".join(missing))
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, (faces, light) in enumerate(product(FACES, LIGHTS)):
            progress(f"{faces} in {light}", 0.4 * number / len(FACES) / len(LIGHTS))
            figures += crowd_found(f"{faces} in {light}", Crowd(faces), LIGHTS[light], peers, folder)
        progress("films", 0.4)
        figures += films_found(peers, folder)
        story = make_film(folder)
        for faces in FACES:
            progress(f"{faces} beside the film", 0.4 + 0.3 * FACES.index(faces))
            figures += _beside(Crowd(faces), peers, story, folder)
    return Report("eye against others", tuple(figures), (ALONE, PACKETS, *missing, load_note()))


def peers_here(wanted: list[str]) -> tuple[list[Peer], list[str]]:
    """Those that can run, in our own Python or in the one that is named, and why the others cannot."""
    file = str(models_folder() / DOWNLOADS["yunet"].file_name)
    peers, missing = list[Peer](), list[str]()
    for name in wanted:
        why = ""
        for python in dict.fromkeys((sys.executable, *filter(None, os.environ.get(PYTHON, "").split(os.pathsep)))):
            command = (python, eye_peer.__file__, name, file)
            asked = subprocess.run([*command, "here"], capture_output=True, text=True, check=False)  # noqa: S603 - our own
            if asked.returncode == 0:
                peers.append(Peer(name, command))
                break
            why = (asked.stderr.strip().splitlines() or [f"it ended with {asked.returncode}"])[-1]
        else:
            missing.append(f"{name}: not measured; {why} ({PYTHON} names another Python)")
    return peers, missing


def _beside(crowd: Crowd, peers: list[Peer], story: Path, folder: Path) -> list[Figure]:
    """From the picture to the packet, while the film plays; each of them alone with it."""
    what = f"{crowd.number} beside the film"
    camera = write_camera(folder / "camera.avi", [crowd.read(n / RATE, LIGHT, n) for n in range(RATE)], RATE)
    mine = {figure.name: figure.value for figure in beside_film(camera, RATE, story, lambda *_: None, 0.0)}
    figures = []
    for peer in peers:
        ages = plain_script(peer, camera, story)
        for percent in (50, 95):
            name = f"capture to packet, p{percent}"
            if name in mine and len(ages):
                theirs = float(np.percentile(ages, percent))
                figures.append(Figure(f"{what}: {name}", mine[name], "ms", theirs, peer.name))
        figures.append(Figure(f"{what}: packets of {peer.name}", len(ages) / SECONDS, "1/s"))
    looks = Figure(f"{what}: looks", mine["frames analysed beside the film"], "1/s")
    return [looks, *figures]


def plain_script(peer: Peer, camera: Path, story: Path) -> Doubles:
    """Milliseconds from the picture to the packet of a plain script that runs beside the film."""
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.bind(("127.0.0.1", 0))
    ear.settimeout(0.5)
    heard, ended = list[tuple[float, float]](), threading.Event()

    def listen() -> None:
        while not ended.is_set():
            try:
                packet = ear.recv(64)
            except TimeoutError:
                continue
            heard.append((time.monotonic(), eye_peer.PACKET.unpack(packet)[2]))

    width, height = FILM_SIZE
    venue = Venue(
        name=f"bench {os.getpid()}",
        osc=OscSettings(listen=False),
        camera=CameraSettings(source="none"),
        screen=ScreenSettings(width=width, height=height),
    )
    listener = threading.Thread(target=listen)
    listener.start()
    words = ["watch", str(camera), str(RATE), str(ear.getsockname()[1]), str(WARM_UP_SECONDS + SECONDS + 60)]
    with tempfile.TemporaryDirectory() as state:
        os.environ["CHIARO_STATE"] = state
        with open_show(load_story(story), venue, headless=True, mood_source=ManualMood()) as show:
            script = subprocess.Popen([*peer.command, *words], stderr=subprocess.DEVNULL)  # noqa: S603 - our own
            show.run(WARM_UP_SECONDS)
            while not heard and script.poll() is None:
                show.run(0.2)
            begun = time.monotonic()
            show.run(SECONDS)
            ended.set()
            script.kill()
            script.wait()
    listener.join()
    ear.close()
    return 1000 * np.array([at - taken for at, taken in heard if taken > begun])
