"""Writing files so that a cut cable, a full disk or Ctrl-C never leaves half of one, and nobody else can read them.

A file that is replaced keeps its mode, and a symbolic link stays one: the file that it leads to is replaced. What
comes from people's faces is readable by its owner alone from its first byte on.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection
from pathlib import Path

OWNER_ONLY = 0o600
OWNER_ONLY_FOLDER = 0o700


def write_whole(path: Path, content: bytes) -> None:
    """Write ``path`` at once or not at all; the file that was there is kept as NAME.previous. Raises ``OSError``."""
    write_together({path: content})


def write_together(files: dict[Path, bytes], private: Collection[Path] = ()) -> None:
    """Write all or none: first every file beside its place, and only when all are on the disk, over the old ones.

    They are put in place in the order given, so that the one that names the others comes last. The files that were
    there are kept as NAME.previous. Of new files, those in ``private`` are readable by their owner alone, and so are
    folders that have to be made. Raises ``OSError``.
    """
    targets = {path: link_target(path) for path in files}
    beside = {target: target.with_name(target.name + ".new") for target in targets.values()}
    try:
        for path, content in files.items():
            target = targets[path]
            make_private_folder(target.parent)
            _write_synced(beside[target], content, _mode_for(target, path in private))
        for target, new in beside.items():
            _keep_previous(target)
            new.replace(target)
    finally:
        for new in beside.values():
            new.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file of somebody's face, readable by its owner alone; no predecessor is kept. Raises ``OSError``."""
    path.unlink(missing_ok=True)
    _write_synced(path, content, OWNER_ONLY)


def make_private_folder(folder: Path) -> None:
    """Make ``folder``, and those above it that are missing, for their owner alone; those that exist stay as they are.

    Raises ``OSError``.
    """
    for one in reversed((folder, *folder.parents)):
        if not one.exists():
            one.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)


def link_target(path: Path) -> Path:
    """The file that ``path`` leads to over symbolic links; it need not exist. Raises ``OSError`` for links in a circle.

    A path that is no link stays as it is.
    """
    if not path.is_symlink():
        return path
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return target


def previous_of(path: Path) -> Path:
    """Where the predecessor of ``path`` is kept: beside the file itself, also when ``path`` is a link to it."""
    target = link_target(path)
    return target.with_name(target.name + ".previous")


def _mode_for(target: Path, private: bool) -> int | None:
    """The mode of the file that is replaced; None leaves it to the user's umask."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    return OWNER_ONLY if private else None


def _write_synced(path: Path, content: bytes, mode: int | None) -> None:
    path.unlink(missing_ok=True)  # what a kill left: its mode would stay
    # Never more open than it will be: while it is written, others could open it.
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _mode_at_first(mode))
    with os.fdopen(number, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None and stat.S_IMODE(path.stat().st_mode) != mode:
        path.chmod(mode)


def _mode_at_first(mode: int | None) -> int:
    """The mode that a file is made with (the system takes the umask off), before it gets ``mode``."""
    return 0o666 if mode is None else mode & OWNER_ONLY


def _keep_previous(path: Path) -> None:
    if not path.exists():
        return
    previous = path.with_name(path.name + ".previous")
    previous.unlink(missing_ok=True)
    try:
        os.link(path, previous)
    except (AttributeError, OSError):  # a memory stick knows no links
        _write_synced(previous, path.read_bytes(), _mode_for(path, private=False))
