"""``chiaro check``: what would fail tonight."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, TypeVar

import typer

from calibration.errors import BadInput, Exit
from calibration.progress import Progress
from installation.commands.finding import Finding
from installation.host.terminal import say

T = TypeVar("T")
MARKS = {"ok": "[green]ok[/]", "warning": "[yellow]warning[/]", "problem": "[bold red]problem[/]"}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def check(  # noqa: PLR0913 - an option each
        story: Annotated[
            str,
            typer.Argument(
                help="Story file (.toml) or the folder of a story.toml. Default: the venue's story, else the demo film."
            ),
        ] = "",
        venue: Annotated[str, typer.Option(help="Venue file (a path or NAME.toml), or a venue's name.")] = "",
        camera: Annotated[str | None, typer.Option(help="As for run.", envvar="CHIARO_CAMERA")] = None,
        osc: Annotated[list[str] | None, typer.Option(help="HOST:PORT of an OSC receiver, as for run.")] = None,
        headless: Annotated[
            bool, typer.Option("--headless", help="Check for a show without window and sound.")
        ] = False,
        quick: Annotated[bool, typer.Option("--quick", help="Skip decoding every clip to its end.")] = False,
        as_json: Annotated[
            bool, typer.Option("--json", help="Print JSON instead: a line for each step, finding and the verdict.")
        ] = False,
        verbose: Annotated[
            bool, typer.Option("--verbose", help="Show also what libraries print by themselves.")
        ] = False,
    ) -> None:
        """Try everything that tonight's show depends on and report all problems at once.

        Exit code 0: ready. 1: ready for a rehearsal only (no camera was found). 78: problems.
        """
        gc.set_threshold(100_000)  # a tenth of its second went into looking for garbage among what is imported

        from rich.markup import escape

        from installation.commands.checks import check_all
        from installation.host.native_noise import native_noise_aside
        from installation.host.options import story_of, venue_with_usable_options
        from installation.host.plain_console import PlainConsole, progress_bar

        def findings_of(progress: Progress) -> Iterator[Finding]:
            return check_all(
                made_or_error(lambda: story_of(story, venue)),
                *venue_with_usable_options(venue, camera=camera, osc=osc),
                headless=headless,
                decode=not quick,
                progress=progress,
            )

        if as_json:
            raise typer.Exit(print_as_json(findings_of))
        noise: list[str] = []
        with native_noise_aside(noise.append), progress_bar() as bar:
            task = bar.add_task("checking", total=1.0)
            findings = list(
                findings_of(lambda what, share: bar.update(task, description=what or None, completed=share))
            )
        for line in noise if verbose else ():
            say(line, err=True)
        console = PlainConsole(soft_wrap=True)
        for finding in sorted(findings, key=lambda finding: list(MARKS).index(finding.state)):
            console.print(
                f"{MARKS[finding.state]:<8} {finding.part}: {escape(finding.where)}: {escape(finding.what)}",
                markup=True,
            )
        if wrong := sum(finding.state == "problem" for finding in findings):
            counted, them = ("1 problem", "it") if wrong == 1 else (f"{wrong} problems", "them")
            console.print(f"[bold red]{counted}[/]: fix {them}, then run the check again", markup=True)
        elif any(finding.rehearsal for finding in findings):
            console.print(
                "[yellow]ready for a rehearsal only[/]: no camera; --camera visitor says that this is meant",
                markup=True,
            )
        else:
            console.print("[green]ready for tonight[/]", markup=True)
        raise typer.Exit(exit_code(findings))


def exit_code(findings: Sequence[Finding]) -> Exit:
    """0: ready; 1: for a rehearsal only; 78: there are problems."""
    if any(finding.state == "problem" for finding in findings):
        return Exit.BAD_CONFIGURATION
    return Exit.NOT_AS_WANTED if any(finding.rehearsal for finding in findings) else Exit.OK


def print_as_json(findings_of: Callable[[Progress], Iterator[Finding]]) -> Exit:
    """Print each step, each finding as it is found, and the verdict, as a line of JSON each; how it ended."""
    import json
    from dataclasses import asdict

    told = ("", -1)

    def progress(what: str, share: float) -> None:
        nonlocal told
        now = (what or told[0], int(100 * share))
        if now != told:
            told = now
            say(json.dumps({"kind": "progress", "what": now[0], "share": round(share, 3)}))

    findings = []
    for finding in findings_of(progress):
        findings.append(finding)
        say(json.dumps({"kind": "finding", **asdict(finding)}))
    code = exit_code(findings)
    verdict = {Exit.OK: "ready", Exit.NOT_AS_WANTED: "rehearsal"}.get(code, "problems")
    problems = sum(finding.state == "problem" for finding in findings)
    say(json.dumps({"kind": "verdict", "verdict": verdict, "problems": problems}))
    return code


def made_or_error(make: Callable[[], T]) -> T | BadInput:
    """What ``make`` makes, or the ``BadInput`` that it raises, so that the other parts can still be tried."""
    try:
        return make()
    except BadInput as error:
        return error
