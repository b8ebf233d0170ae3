"""``chiaro service``: the show as a service of the machine, under systemd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from installation.commands.run_options import PASS_ON, run_arguments, without_secret
from installation.host.terminal import say

if TYPE_CHECKING:
    from installation.service.unit import Machine

ForUser = Annotated[
    bool, typer.Option("--user", help="The user's own systemd, without root, while they are logged in.")
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    commands = typer.Typer(no_args_is_help=True, help="The show as a service that starts with the machine (systemd).")
    commands.command("install", context_settings=PASS_ON)(install)
    commands.command("status")(status)
    commands.command("logs")(logs)
    commands.command("remove")(remove)
    app.add_typer(commands, name="service")


def install(  # noqa: PLR0913 - typer reads each option from the signature
    context: typer.Context,
    for_user: ForUser = False,
    kiosk: Annotated[bool, typer.Option("--kiosk", help="Without a desktop: cage shows the film.")] = False,
    headless: Annotated[bool, typer.Option("--headless", help="Neither window nor sound.")] = False,
    display: Annotated[str, typer.Option(help="The desktop's display, :0 or wayland-0. Default: the one found.")] = "",
    run_as: Annotated[str, typer.Option("--as", help="The user that the show runs as. Default: who typed this.")] = "",
    show: Annotated[bool, typer.Option("--print", "--dry-run", help="Show the units and change nothing.")] = False,
    start: Annotated[bool, typer.Option(help="Start it now, too.")] = True,
) -> None:
    """Make a unit from this machine's facts and start it with the machine. Story and options are those of `chiaro run`.

    For example: sudo chiaro service install /srv/film --venue /srv/hall.toml --fullscreen
    """
    from calibration.errors import BadInput
    from installation.host.errors import plain_errors
    from installation.host.state_folder import SERVICE_STATE
    from installation.service.machine import find_machine
    from installation.service.systemd import Systemd
    from installation.service.unit import again_text, environment_file, unit_text

    with plain_errors():
        arguments = run_arguments(context, [one for one in context.args if one != "--unattended"])
        without_secret(arguments, environment_file(for_user))
        if kiosk and (for_user or headless):
            raise BadInput("cannot be used together with --user or --headless", where="--kiosk")
        machine = find_machine(run_as, kiosk=kiosk, headless=headless, display=display)
        if headless:
            arguments.append("--headless")
        unit, again = unit_text(machine, arguments, for_user=for_user), again_text()
        systemd = Systemd(for_user)
        if show:
            say(f"# {systemd.unit}\n{unit}\n# {systemd.folder / 'chiaro-again.timer'}\n{again}", nl=False)
            return
        systemd.install(unit, again, start=start)
        say(f"{systemd.unit} is installed{' and started' if start else ''}; it starts with the machine from now on.")
        if not for_user:
            say(f"Journal and lock are in {SERVICE_STATE} from now on.")
        _say_what_is_left(machine)
        say("See how it is: chiaro service status")


def _say_what_is_left(machine: Machine) -> None:
    """What only a person can set on a desktop."""
    from installation.service.unit import X11, Wayland

    if isinstance(machine.display, X11 | Wayland):
        say("A desktop darkens and locks the screen by itself. As the user of the desktop, once:")
        say("  GNOME: gsettings set org.gnome.desktop.session idle-delay 0")
        say("         gsettings set org.gnome.desktop.screensaver lock-enabled false")
        say("  KDE:   kwriteconfig5 --file kscreenlockerrc --group Daemon --key Autolock false")
        say("         System Settings, Energy: switch 'dim screen' and 'turn off screen' off")


def status() -> None:
    """Tell how the service is: running, beating, started at boot, with a display that answers.

    Exit code 1 when something that the show needs is missing.
    """
    from calibration.errors import Exit
    from installation.host.errors import plain_errors
    from installation.host.row import print_rows
    from installation.service.condition import service_rows
    from installation.service.systemd import installed

    with plain_errors():
        systemd = installed()
        if systemd is None:
            say("no service is installed here; chiaro service install does it", err=True)
            raise typer.Exit(Exit.NOT_AS_WANTED)
        rows = service_rows(systemd)
        print_rows(rows)
        if any(row.state == "missing" for row in rows):
            raise typer.Exit(Exit.NOT_AS_WANTED)


def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last lines.")] = 200,
) -> None:
    """Show what the service said: the last lines of its log."""
    import os

    from installation.host.errors import plain_errors
    from installation.service.machine import needed_program
    from installation.service.systemd import SERVICE, Systemd, installed

    with plain_errors():
        for_user = (installed() or Systemd()).for_user
        command = [needed_program("journalctl", "logs"), *(["--user"] if for_user else []), "--unit", SERVICE]
        command += ["--lines", str(lines), "--output", "short-precise", "--no-hostname"]
        os.execv(command[0], [*command, *(["--follow"] if follow else ["--no-pager"])])  # noqa: S606 - fixed words


def remove(for_user: ForUser = False) -> None:
    """End the service and take its units away. Journal, venues and films stay."""
    from installation.host.errors import plain_errors
    from installation.service.systemd import Systemd

    with plain_errors():
        systemd = Systemd(for_user)
        if not systemd.is_installed():
            say(f"there is no service in {systemd.folder}; nothing was changed")
            return
        systemd.remove()
        say("the service is ended and removed; journal, venues and films stay where they are")
