"""The facts of this machine that a unit is made of: who runs the show, on which display, with which devices."""

from __future__ import annotations

import getpass
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from calibration.errors import BadInput, Unavailable
from installation.bundle.slots import LAUNCHER_VARIABLE, ROOT_VARIABLE
from installation.service.unit import X11, Display, Headless, Kiosk, Machine, Wayland

DEVICE_GROUPS = ("video", "audio", "render", "gpio")
X11_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where every X server has them


def find_machine(user: str, *, kiosk: bool, headless: bool, display: str) -> Machine:
    """This machine's facts. ``user`` '' is whoever typed the command.

    Raises ``BadInput`` with all that is missing, and ``Unavailable`` on a system that cannot have systemd.
    """
    try:
        import grp
        import pwd
    except ImportError:
        raise Unavailable("this system has no systemd; chiaro supervise watches the show without it") from None
    name = user or os.environ.get("SUDO_USER") or getpass.getuser()
    problems = []
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise BadInput(f"there is no user {name!r} on this machine", where="--as") from None
    if entry.pw_uid == 0:
        problems.append("the show needs none of root's rights; name the user that it runs as, such as --as gallery")
    found: Display = Headless()
    try:
        if kiosk:
            needed_program("Xwayland", "--kiosk")  # cage does not begin without it
            found = Kiosk(needed_program("cage", "--kiosk"))
        elif not headless:
            found = find_display(os.environ, Path(entry.pw_dir), Path(f"/run/user/{entry.pw_uid}"), display)
    except BadInput as error:
        problems += error.problems
    if problems:
        raise BadInput(*problems)
    slots = os.environ.get(ROOT_VARIABLE)
    known = {group.gr_name for group in grp.getgrall()}
    return Machine(
        user=name,
        uid=entry.pw_uid,
        home=Path(entry.pw_dir),
        program=chiaro_program(),
        display=found,
        groups=tuple(group for group in DEVICE_GROUPS if group in known),
        slots=Path(slots) if slots else None,
    )


def find_display(
    environment: Mapping[str, str], home: Path, runtime: Path, named: str = "", sockets: Path = X11_SOCKETS
) -> X11 | Wayland:
    """The desktop that was named (``:0`` or ``wayland-0``), that this command runs in, or else whose socket is there.

    ``runtime`` is the user's folder below ``/run/user``. Raises ``BadInput`` when there is none.
    """
    if not named:  # sudo keeps DISPLAY only; that of Xwayland has a key of another name after each login
        wayland = environment.get("WAYLAND_DISPLAY") or _first_socket(runtime, "wayland-[0-9]")
        named = wayland or environment.get("DISPLAY") or _first_socket(sockets, "X[0-9]*").replace("X", ":")
    if not named:
        raise BadInput(
            "no display was found; run this on the desktop of the wall, or name it (--display :0), or choose --kiosk "
            "(no desktop) or --headless (no picture)"
        )
    if named.startswith("wayland-"):
        return Wayland(named)
    if ":" not in named:
        raise BadInput(f"{named!r} is no display; expected :0 or wayland-0", where="--display")
    authorities = (Path(environment.get("XAUTHORITY") or home / ".Xauthority"), runtime / "gdm" / "Xauthority")
    authority = next((str(file) for file in authorities if is_there(file)), "")
    return X11(named, authority, shutil.which("xset") or "")


def chiaro_program() -> tuple[str, ...]:
    """The whole path of what is typed for ``chiaro``."""
    if launcher := os.environ.get(LAUNCHER_VARIABLE):
        return (launcher,)
    script = Path(sys.executable).with_name("chiaro")  # not resolved: a venv's python is a link out of it
    return (str(script),) if script.exists() else (sys.executable, "-m", "installation")


def needed_program(name: str, where: str) -> str:
    """The whole path of another program. Raises ``BadInput`` where it is not installed."""
    path = shutil.which(name)
    if path is None:
        raise BadInput(f"needs the program {name}: apt-get install {name.lower()}", where=where)
    return path


def is_there(file: Path) -> bool:
    """Whether it exists, as far as this user may know."""
    try:
        return file.exists()
    except OSError:
        return False


def _first_socket(folder: Path, pattern: str) -> str:
    try:
        return min((file.name for file in folder.glob(pattern)), default="")
    except OSError:  # another user's
        return ""
