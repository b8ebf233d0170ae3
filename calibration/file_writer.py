"""Writing files so that a cut cable, a full disk or Ctrl-C never leaves half of one, and nobody else can read them.

A file that is replaced keeps its mode and its group, and a symbolic link stays one: the file that it leads to is
replaced. What
comes from people's faces is readable by its owner alone from its first byte on.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal

OWNER_ONLY = 0o600
OWNER_ONLY_FOLDER = 0o700
BINARY = getattr(os, "O_BINARY", 0)
"""Windows would write line ends else."""


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
            _write_synced(beside[target], content, OWNER_ONLY if path in private else None, like=target)
        for target, new in beside.items():
            _keep_previous(target)
            new.replace(target)
    finally:
        for new in beside.values():
            new.unlink(missing_ok=True)


def write_over(path: Path, content: bytes, private: bool = False) -> None:
    """Write ``path`` at once or not at all, and keep no predecessor. Raises ``OSError``.

    ``private``: if it is new, it is readable by its owner alone, and so are folders that have to be made.
    """
    target = link_target(path)
    new = target.with_name(target.name + ".new")
    try:
        if private:
            make_private_folder(target.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_synced(new, content, OWNER_ONLY if private else None, like=target)
        new.replace(target)
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file of somebody's face, readable by its owner alone; no predecessor is kept. Raises ``OSError``.

    It does not wait for the disk, for pictures come eight times a second.
    """
    path.unlink(missing_ok=True)
    with os.fdopen(_create(path, OWNER_ONLY), "wb") as file:
        file.write(content)


def open_private(path: Path, mode: Literal["ab", "wb"], buffering: int = -1) -> BinaryIO:
    """Open a file to write; if it is new, it is readable by its owner alone. Raises ``OSError``."""
    kind = os.O_APPEND if mode == "ab" else os.O_TRUNC
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | kind | BINARY, OWNER_ONLY), mode, buffering)


def make_private_folder(folder: Path) -> None:
    """Make ``folder``, and those above it that are missing, for their owner alone; those that exist stay as they are.

    Raises ``OSError``.
    """
    for one in reversed((folder, *folder.parents)):
        if not one.exists():
            one.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)


def link_target(path: Path) -> Path:
    """The file that ``path`` leads to over symbolic links; it need not exist. Raises ``OSError`` for links in a circle.

    A path that is not a link stays as it is.
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


def _write_synced(path: Path, content: bytes, mode: int | None, like: Path | None = None) -> None:
    """Write a new file with the mode, owner and group of ``like``; where that does not exist, with ``mode``.

    ``mode`` None leaves it to the user's umask.
    """
    old = like.stat() if like and like.exists() else None
    path.unlink(missing_ok=True)  # what a kill left: its mode would stay
    # Never more open than it will be: while it is written, others could open it.
    at_first = OWNER_ONLY if old else 0o666 if mode is None else mode
    with os.fdopen(_create(path, at_first), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if old:
        _make_like(path, old)


def _create(path: Path, mode: int) -> int:
    """A descriptor of a new file; the system takes the umask off ``mode``."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode)


def _make_like(path: Path, old: os.stat_result) -> None:
    """Owner and group as far as this user may set them, or the show's user could no longer read the file; the mode."""
    now = path.stat()
    if (now.st_uid, now.st_gid) != (old.st_uid, old.st_gid):
        with suppress(OSError):
            os.chown(path, -1, old.st_gid)
        with suppress(OSError):
            os.chown(path, old.st_uid, -1)
    if stat.S_IMODE(path.stat().st_mode) != stat.S_IMODE(old.st_mode):
        path.chmod(stat.S_IMODE(old.st_mode))


def _keep_previous(path: Path) -> None:
    if not path.exists():
        return
    previous = path.with_name(path.name + ".previous")
    previous.unlink(missing_ok=True)
    try:
        os.link(path, previous)
    except (AttributeError, OSError):  # a memory stick knows no links
        _write_synced(previous, path.read_bytes(), None, like=path)
