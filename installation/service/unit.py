"""The text of the systemd unit, made from the machine's facts: what starts the show, watches it and confines it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from installation.host.state_folder import SERVICE_STATE

NAME = "chiaro"
AGAIN_SECONDS = 60
"""After an ending that systemd does not restart: a person may have corrected by then what the show could not use."""


@dataclass(frozen=True, slots=True)
class X11:
    """A desktop that speaks X11."""

    display: str = ":0"
    authority: str = ""
    """File with the key to it; '' where none was found."""
    xset: str = ""
    """The program that switches its screen saver off; '' where it is not installed."""


@dataclass(frozen=True, slots=True)
class Wayland:
    """A desktop that speaks Wayland."""

    socket: str = "wayland-0"


@dataclass(frozen=True, slots=True)
class Kiosk:
    """No desktop: cage, a compositor for one program, on a terminal of the machine."""

    cage: str = "/usr/bin/cage"
    terminal: int = 1


@dataclass(frozen=True, slots=True)
class Headless:
    """Neither window nor sound."""


Display = X11 | Wayland | Kiosk | Headless


@dataclass(frozen=True, slots=True)
class Machine:
    """What the unit must know of the machine."""

    user: str
    uid: int
    home: Path
    program: tuple[str, ...]
    """What is typed for ``chiaro``, with its whole path."""
    display: Display
    groups: tuple[str, ...] = ()
    """Those that give camera, sound, graphics card and pins, as far as they exist."""
    slots: Path | None = None
    """The folder with both slots, when the show was installed from a bundle: updates are taken there."""


def unit_text(machine: Machine, arguments: Sequence[str], *, for_user: bool = False) -> str:
    """``chiaro.service``. ``arguments`` are those of ``chiaro run``; ``for_user``: for the user's own systemd."""
    sections = {
        "Unit": _unit(machine, for_user),
        "Service": [
            *_start(machine, arguments, for_user),
            *_watch(machine, for_user),
            *_resources(for_user),
            *_confinement(machine, for_user),
        ],
        "Install": [f"WantedBy={_wanted_by(machine.display, for_user)}"],
    }
    head = f"# Made by `{NAME} service install`, which writes it anew; your own changes: systemctl edit {NAME}\n"
    return head + "".join(f"\n[{name}]\n" + "".join(f"{line}\n" for line in lines) for name, lines in sections.items())


def again_text() -> str:
    """``chiaro-again.timer``: started by a service that systemd does not restart, it starts it again in a while."""
    return (
        f"# Made by `{NAME} service install`: nobody is there to start the show by hand.\n"
        f"\n[Unit]\nDescription=Starts {NAME} again in a while\nPartOf={NAME}.service\n"
        f"\n[Timer]\nOnActiveSec={AGAIN_SECONDS}\nAccuracySec=1\nRemainAfterElapse=no\nUnit={NAME}.service\n"
    )


def environment_file(for_user: bool) -> str:
    """Where the service finds further variables of its environment, as systemd writes the path."""
    return "%h/.config/chiaroscuro/environment" if for_user else "/etc/chiaroscuro.environment"


def quoted(argument: str) -> str:
    """One argument of ``ExecStart=`` or ``Environment=``, in which systemd finds nothing to expand."""
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    plain = argument and not set(argument) & set(" \t\n'\"\\;")
    return escaped if plain else '"' + escaped.replace("\n", "\\n") + '"'


def _unit(machine: Machine, for_user: bool) -> Iterator[str]:
    yield "Description=chiaroscuro: film that watches its audience"
    match machine.display:
        case Kiosk(terminal=terminal):
            yield "After=systemd-user-sessions.service plymouth-quit-wait.service sound.target network.target"
            yield f"After=getty@tty{terminal}.service"
            yield f"Conflicts=getty@tty{terminal}.service"
        case X11() | Wayland() if for_user:
            yield "After=graphical-session.target"
            yield "PartOf=graphical-session.target"
        case X11() | Wayland():
            yield "After=display-manager.service sound.target network.target"
    yield "# It never gives up."
    yield "StartLimitIntervalSec=0"


def _start(machine: Machine, arguments: Sequence[str], for_user: bool) -> Iterator[str]:
    yield "Type=notify"
    if not for_user:
        yield f"User={machine.user}"
        if machine.groups:
            yield f"SupplementaryGroups={' '.join(machine.groups)}"
        yield f"WorkingDirectory={_path(machine.home)}"
        yield f"StateDirectory={SERVICE_STATE.name}"
        yield "StateDirectoryMode=0700"
        yield f"Environment=CHIARO_STATE={SERVICE_STATE}"
        yield "CacheDirectory=chiaroscuro"
        yield "Environment=XDG_CACHE_HOME=/var/cache/chiaroscuro"
    yield "# For what nobody else may read, such as CHIARO_CAMERA with a password: a file of its owner alone."
    yield f"EnvironmentFile=-{environment_file(for_user)}"
    command = [*machine.program, "run", "--unattended", *arguments]
    match machine.display:
        case X11(display, authority, xset):
            yield f"Environment=DISPLAY={display}"
            if authority:
                yield f"Environment={quoted(f'XAUTHORITY={authority}')}"
            if xset:
                yield "# The wall never sleeps by itself."
                yield f"ExecStartPre=-{xset} s off -dpms"
        case Wayland(socket):
            yield "# A film has no frame; SDL would wait for ever for the plugin that draws one where there is none."
            yield f"Environment=WAYLAND_DISPLAY={socket} SDL_VIDEODRIVER=wayland SDL_VIDEO_WAYLAND_ALLOW_LIBDECOR=0"
        case Kiosk(cage):
            yield "# A wall has neither mouse nor keyboard, without which cage would not begin."
            yield "Environment=WLR_LIBINPUT_NO_DEVICES=1 SDL_VIDEODRIVER=x11"  # over Xwayland: also without a GPU
            command = [cage, "--", *command]
    if not (for_user or isinstance(machine.display, Headless | Kiosk)):
        yield f"Environment=XDG_RUNTIME_DIR=/run/user/{machine.uid}"
    yield f"ExecStart={' '.join(map(quoted, command))}"


def _watch(machine: Machine, for_user: bool) -> Iterator[str]:
    kiosk = isinstance(machine.display, Kiosk)
    yield "# The beat comes from the tick, after the flip: a frozen picture is ended, its stacks are logged."
    yield f"NotifyAccess={'all' if kiosk else 'main'}"
    yield "WatchdogSec=10"
    yield "TimeoutStartSec=90"
    yield "TimeoutStartFailureMode=abort"
    yield "TimeoutAbortSec=5"
    yield "TimeoutStopSec=8"
    yield f"KillMode={'control-group' if kiosk else 'mixed'}"
    if kiosk:
        yield "# cage 0.1.4 ends with 0 however the show ended."
        yield "Restart=always"
        yield "RestartSec=5"
    else:
        yield "Restart=on-failure"
        yield "RestartSec=2"
        yield "# Another chiaro runs, or something cannot be used: no haste, a timer starts it again."
        yield "RestartPreventExitStatus=75 78"
        start = f"systemctl {'--user ' if for_user else ''}--no-block start {NAME}-again.timer"
        yield f"""ExecStopPost=+/bin/sh -c 'case "$$EXIT_STATUS" in 75|78) {start};; esac'"""
    yield "StandardOutput=journal"
    yield "StandardError=journal"
    if isinstance(machine.display, Kiosk):
        terminal = machine.display.terminal
        yield "# The session that lends cage the graphics card."
        yield "PAMName=login"
        yield f"TTYPath=/dev/tty{terminal}"
        yield "TTYReset=yes"
        yield "TTYVHangup=yes"
        yield "TTYVTDisallocate=yes"
        yield "StandardInput=tty-fail"
        yield f"UtmpIdentifier=tty{terminal}"
        yield "UtmpMode=user"


def _resources(for_user: bool) -> Iterator[str]:
    yield "# Before others on this machine, and never so much that the machine itself stands still."
    yield "MemoryMax=80%"
    yield "OOMPolicy=continue"
    yield "TasksMax=1024"
    yield "# A core would hold pictures of visitors."
    yield "LimitCORE=0"
    yield "UMask=0077"
    if not for_user:  # only root may raise above the others
        yield "Nice=-5"
        yield "CPUWeight=500"
        yield "OOMScoreAdjust=-300"


def _confinement(machine: Machine, for_user: bool) -> Iterator[str]:
    yield "# What it may reach. Not MemoryDenyWriteExecute (graphics drivers make code), not PrivateDevices (camera)."
    yield "NoNewPrivileges=yes"
    yield "LockPersonality=yes"
    yield "RestrictRealtime=yes"
    yield "RestrictSUIDSGID=yes"
    yield "RestrictNamespaces=yes"
    yield "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK"
    yield "SystemCallArchitectures=native"
    yield "SystemCallFilter=@system-service"
    yield "SystemCallErrorNumber=EPERM"
    if for_user:  # a user's systemd cannot mount
        return
    yield "CapabilityBoundingSet="
    yield "AmbientCapabilities="
    yield "ProtectSystem=strict"
    yield "ProtectHome=read-only"
    yield "ProtectProc=invisible"
    yield "ProtectClock=yes"
    yield "ProtectHostname=yes"
    yield "ProtectControlGroups=yes"
    yield "ProtectKernelLogs=yes"
    yield "ProtectKernelModules=yes"
    yield "ProtectKernelTunables=yes"
    yield "PrivateTmp=yes"
    if machine.slots:
        yield f'ReadWritePaths="-{_path(machine.slots)}"'
    if isinstance(machine.display, X11):
        yield "BindReadOnlyPaths=-/tmp/.X11-unix"
    yield "DevicePolicy=closed"
    for device in ("video4linux", "media", "alsa", "drm", "nvidia*", "cec", "ttyACM", "gpiochip"):
        yield f"DeviceAllow=char-{device} rw"
    if isinstance(machine.display, Kiosk):
        yield "DeviceAllow=char-tty rw"
        yield "DeviceAllow=char-input rw"


def _path(path: Path) -> str:
    return str(path).replace("%", "%%")


def _wanted_by(display: Display, for_user: bool) -> str:
    if for_user:
        return "default.target" if isinstance(display, Headless) else "graphical-session.target"
    return "multi-user.target" if isinstance(display, Headless | Kiosk) else "graphical.target"
