"""``chiaro eye``: an eye of this machine for a stage on another one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from calibration.venue import Venue
    from installation.host.console import LossReporter
    from installation.host.heartbeat import Heartbeat

CONFIGURATION = "configuration"
READ_AGAIN_SECONDS = 10.0
"""Unattended: between two tries of files that cannot be used."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def eye(  # noqa: PLR0913 - typer reads each option from the signature
        to: Annotated[str, typer.Option(help="The stage: HOST or HOST:PORT (its eyes.port, 8473).")] = "",
        name: Annotated[str, typer.Option(help="What the stage's venue calls this eye: NAME of eyes.NAME.")] = "",
        key: Annotated[str, typer.Option(help="File with the stage's key. Default: eyes.key_file of the venue.")] = "",
        venue: Annotated[str, typer.Option(help="Venue file of this machine: its camera, masks and networks.")] = "",
        camera: Annotated[
            str | None,
            typer.Option(help="As of chiaro run. Default: the venue's, else the first one.", envvar="CHIARO_CAMERA"),
        ] = None,
        seconds: Annotated[float | None, typer.Option(min=0.1, help="End after this many seconds.")] = None,
        unattended: Annotated[
            bool, typer.Option("--unattended", help="Never end by itself: what cannot be used is told and tried again.")
        ] = False,
        verbose: Annotated[bool, typer.Option("--verbose", help="Log more on the console.")] = False,
        make_key: Annotated[
            Path | None, typer.Option(help="Write a new key into this file, for the stage and its eyes, and end.")
        ] = None,
    ) -> None:
        """Look with this machine's camera for a show on another machine, which gets moods and never a picture.

        The camera is open only while that show wants it, and closes when the show is not heard for two seconds.
        """
        from installation.host.console import open_log
        from installation.host.errors import plain_errors

        with plain_errors():
            if make_key:
                from installation.eyes.key import make_key as write_key
                from installation.host.terminal import say

                write_key(make_key)
                say(f"{make_key}: a new key, readable by you only. Copy it to each machine; in its venue file:")
                say(f'    [eyes]\n    key_file = "{make_key.name}"')
                return
            open_log(verbose)
            host, port = stage_of(to)
            _run(host, port, name, key, venue, camera, seconds, unattended)


def stage_of(typed: str) -> tuple[str, int]:
    """HOST, HOST:PORT or [HOST6]:PORT. Raises ``BadInput``."""
    from calibration.errors import BadInput
    from calibration.eyes_settings import EyesSettings

    found = re.fullmatch(r"(?:\[([0-9a-fA-F:%\w]+)\]|([^\s:\[\]]+))(?::(\d{1,5}))?", typed)
    port = int(found[3]) if found and found[3] else EyesSettings().port
    if not found or not 0 < port < 65536:
        what = f"{typed!r} is not a valid HOST[:PORT]" if typed else "is missing: HOST[:PORT] of the stage"
        raise BadInput(f"{what}; expected, for example, 192.168.1.20", where="--to")
    return found[1] or found[2], port


def _run(  # noqa: PLR0913 - what was typed
    host: str,
    port: int,
    name: str,
    key: str,
    venue: str,
    camera: str | None,
    seconds: float | None,
    unattended: bool,
) -> None:
    import signal
    import time

    from calibration.errors import BadInput
    from calibration.eyes_settings import EYE_NAME, OWN_EYE
    from installation.eye.supervisor import EyeSupervisor
    from installation.eyes.sender import NOT_HEARD, Sender
    from installation.host.console import LossReporter, log
    from installation.host.ending import ending_signals, ignore_hangup
    from installation.host.heartbeat import Heartbeat
    from installation.host.lock import RoomLock
    from installation.host.state_folder import state_folder
    from installation.host.worker import deaths_reported

    if not EYE_NAME.fullmatch(name) or name == OWN_EYE:
        what = (
            f"{name!r} is not a name of an eye" if name else "is missing: the NAME of [eyes.NAME] in the stage's venue"
        )
        raise BadInput(what, where="--name")
    losses, ended = LossReporter(), list[int]()
    if unattended:
        ignore_hangup()
    for number in ending_signals():
        signal.signal(number, lambda number, _: ended.append(number))
    heartbeat = Heartbeat()
    until = float("inf") if seconds is None else time.monotonic() + seconds

    def ending() -> bool:
        return bool(ended) or time.monotonic() >= until

    lock = RoomLock(state_folder(), f"eye {name} of {host} {port}")
    lock.acquire()
    try:
        with deaths_reported():
            found = _first_usable(lambda: _opened(venue, key, camera), losses, unattended, ending, heartbeat)
            if found is None:
                return
            chosen, secret = found
            sender = Sender(host, port, name, secret, bool(chosen.privacy.zone), losses)
            eye = EyeSupervisor(chosen, 0, losses, on_mood=sender.send_mood)
            eye.set_camera(False, NOT_HEARD)
            log.info("eye %s: asking %s:%s for a stage; the camera is closed until it wants it open", name, host, port)
            eye.start()
            try:
                sender.live(eye, ending, heartbeat.beat)
            finally:
                eye.close()
    finally:
        heartbeat.stopping()
        lock.release()


def _opened(named: str, key: str, camera: str | None) -> tuple[Venue, bytes]:
    """The venue of this machine and the key. Raises ``BadInput``."""
    from calibration.errors import BadInput
    from calibration.settings import NO_CAMERA
    from calibration.venue import require_may_look
    from installation.eyes.key import read_key
    from installation.host.options import venue_of, with_options

    venue = with_options(venue_of(named), camera=camera)
    require_may_look(venue)
    if venue.camera.source == NO_CAMERA:
        raise BadInput("source is 'none', but an eye needs a camera", where="[camera]")
    if not (venue.camera.source or venue.camera.source_file):  # no simulated visitor is to play to an empty room
        venue = venue.model_copy(update={"camera": venue.camera.model_copy(update={"source": "first"})})
    if not (key or venue.eyes.key_file):
        raise BadInput("is missing: the file with the stage's key ('chiaro eye --make-key' makes one)", where="--key")
    return venue, read_key(key or venue.eyes.key_file)


def _first_usable(
    open_all: Callable[[], tuple[Venue, bytes]],
    losses: LossReporter,
    unattended: bool,
    ending: Callable[[], bool],
    heartbeat: Heartbeat,
) -> tuple[Venue, bytes] | None:
    """Venue and key; unattended, what cannot be used is told once and read again. None: it was ended before."""
    import time

    from calibration.errors import BadInput

    next_at = float("-inf")
    while not ending():
        now = time.monotonic()
        heartbeat.beat(now)
        if now >= next_at:
            try:
                found = open_all()
                losses.back(CONFIGURATION)
                return found
            except BadInput as error:
                if not unattended:
                    raise
                losses.lost(CONFIGURATION, "; ".join(error.lines()))
            next_at = now + READ_AGAIN_SECONDS
        time.sleep(0.1)
    return None
