"""``chiaro supervise``: the watch that systemd keeps over a service, where there is no systemd."""

from __future__ import annotations

import typer

from installation.commands.run_options import PASS_ON, run_arguments


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("supervise", context_settings=PASS_ON)(supervise)


def supervise(context: typer.Context) -> None:
    """Run the show, and again when it ends or hangs (macOS, Windows, containers). Story and options are those of `run`.

    It ends with the show: when that ends on purpose, or cannot begin (75, 78) unless --unattended is among the options.
    """
    import signal
    import time

    from installation.host.console import open_log
    from installation.host.ending import HANGUP, ending_signals, ignore_hangup
    from installation.host.errors import plain_errors
    from installation.service.machine import chiaro_program
    from installation.service.show_process import NotifySocket, RealShow
    from installation.service.supervision import WATCHDOG_SECONDS, Supervision

    arguments = run_arguments(context, context.args)
    open_log()
    with plain_errors():
        notify = NotifySocket()
        command = [*chiaro_program(), "run", *arguments]
        watch = Supervision(
            begin=lambda: RealShow(command, notify, WATCHDOG_SECONDS),
            unattended="--unattended" in arguments,
            clock=time.monotonic,
            wait=notify.wait,
        )

        def asked(number: int, _frame: object) -> None:
            watch.asked = max(watch.asked, 1) if number == HANGUP else watch.asked + 1  # a terminal tells it twice

        if "--unattended" in arguments:
            ignore_hangup()
        for number in ending_signals():
            signal.signal(number, asked)
        try:
            code = watch.run()
        finally:
            notify.close()
    raise typer.Exit(128 - code if code < 0 else code)
