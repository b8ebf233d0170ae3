"""The process that makes an evening's report: ``python -m installation.report.main``, a ``Job`` as JSON on stdin.

It yields to everything else on the machine. What it could not do is one line on stderr, and exit code 69: whoever
started it tries again, and only what is left is done then.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from calibration.errors import ChiaroError, Exit, Unavailable
from calibration.extras import MissingExtra
from installation.host.priority import lower_process_priority
from installation.host.terminal import say
from installation.report.gather import Source, gather
from installation.report.job import COPIED, EMPTY, MAILED, WRITTEN, Job, report_files
from installation.report.mail import PartlyMailed, mail
from installation.report.save import save
from installation.report.summary import write_summary
from installation.report.words import Words

TIME_LIMIT, LIMIT_SECONDS = "time limit", 900.0
"""Then it ends itself, wherever it hangs; and the thread that sees to it."""
ENDINGS = (".html", ".pdf", ".csv")


def main() -> int:
    """Do what is left of the job."""
    yield_to_all()
    job = Job.model_validate_json(sys.stdin.read())
    faults = []
    steps = job.left if job.final else (WRITTEN,)
    for step in steps:
        try:
            _do(step, job)
        except (ChiaroError, OSError) as error:
            faults.append(" ".join(str(error).split()))
            if step == WRITTEN:  # there is nothing to send
                break
    if faults:
        say("; ".join(faults), err=True)
    return Exit.UNAVAILABLE if faults else Exit.OK


def yield_to_all() -> None:
    """Work only while nobody else wants the processor."""
    lower_process_priority(19)
    with suppress(OSError, AttributeError):  # Linux alone has it
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _do(step: str, job: Job) -> None:
    if step == WRITTEN:
        _write(job)
    elif step == MAILED:
        try:
            words = Words(job.language)
            said = {"room": job.name, "days": words.days(job.day, job.day)}
            mail(job.settings, words("mail_subject", **said), words("mail_text", **said), _files(job))
        except PartlyMailed:
            job.note(MAILED)
            raise
        job.note(MAILED)
    elif step == COPIED:
        _copy(job)
        job.note(COPIED)


def _write(job: Job) -> None:
    report = gather(Source(job.journal, job.room, job.name, job.zone), job.day, job.day, cores=1)
    if report.empty:
        job.note(EMPTY)
        return
    for ending in ENDINGS:
        with suppress(MissingExtra, Unavailable):  # no PDF without what draws it; the page is there
            save(report, job.stem.with_name(job.stem.name + ending), job.language)
    write_summary(report, job.stem)
    _delete_old(job)
    job.note(WRITTEN)


def _copy(job: Job) -> None:
    """Each file whole, under its name only when it is. Raises ``OSError``."""
    folder = Path(job.settings.folder)
    for file in _files(job):
        part = folder / f".{file.name}.part"
        shutil.copyfile(file, part)
        part.replace(folder / file.name)


def _files(job: Job) -> list[Path]:
    names = (job.stem.with_name(job.stem.name + ending) for ending in ENDINGS)
    return [file for file in names if file.exists()]


def _delete_old(job: Job) -> None:
    """Reports of this room that are older than they are kept."""
    oldest = job.day - timedelta(days=job.settings.days_kept)
    for file, day in report_files(job.reports, job.room):
        if day < oldest:
            with suppress(OSError):
                file.unlink()


def _end_at_last() -> None:
    threading.Event().wait(LIMIT_SECONDS)
    os._exit(Exit.UNAVAILABLE)


if __name__ == "__main__":
    # Not in main(): who calls that is no process of ours to be ended.
    threading.Thread(target=_end_at_last, name=TIME_LIMIT, daemon=True).start()
    sys.exit(main())
