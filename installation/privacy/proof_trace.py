"""What strace saw, line by line: which call each thread made, on what, with which bytes.

strace writes one file for each thread (``-ff``), so that no line is torn by another's, and every text as hexadecimal
bytes (``-xx``), so that no text can look like the syntax around it. It names what each descriptor stands for (``-yy``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    *("execve", "execveat", "clone", "clone3", "fork", "vfork"),
    *("open", "openat", "openat2", "creat", "mknod", "mknodat"),
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"),
    *("write", "writev", "pwrite64", "pwritev", "pwritev2"),
    *("sendto", "sendmsg", "sendmmsg", "connect", "bind", "accept", "accept4"),
    *("sendfile", "sendfile64", "splice", "vmsplice", "copy_file_range"),
    *("socketpair", "pipe", "pipe2", "memfd_create", "memfd_secret", "shmget", "msgget", "mq_open"),
    *("setxattr", "lsetxattr", "fsetxattr", "io_uring_setup", "process_vm_writev"),
)
"""Every call by which bytes leave a process, or by which a way for them is opened. A map of a file into memory is not
among them: it writes only where the file was opened to write, and that is."""

LONGEST = 1 << 20
"""Bytes of one call that strace shows; those behind are counted as not searched."""

_LINE = re.compile(r"(\d+\.\d+) (\w+)\((.*?)(?:\) += (-?\w+|\?)(.*)| <unfinished \.\.\.>)", re.DOTALL)
_TEXT = re.compile(r'"([^"]*)"(\.\.\.)?')
_DESCRIPTOR = re.compile(r"-?(?:\d+|AT_FDCWD)<(.*?)>(?:\(deleted\))?(?=[,)\]} ]|$)")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one thread. ``result`` is None where the thread ended in it."""

    at: float
    thread: int
    name: str
    arguments: str
    result: int | None
    error: str
    """Such as ENOENT; '' where it succeeded."""
    made: str
    """What a descriptor that it gave back stands for."""

    def descriptors(self) -> list[str]:
        """What each descriptor among the arguments stands for, in order."""
        return [_readable(found) for found in _DESCRIPTOR.findall(_TEXT.sub('""', self.arguments))]

    def texts(self) -> list[bytes]:
        """All texts among the arguments, in order."""
        return [_bytes(found[1]) for found in _TEXT.finditer(self.arguments)]

    def messages(self) -> list[tuple[bytes, int, str]]:
        """For a call that writes or sends: (bytes, bytes not shown, address as strace has it) of each message."""
        if self.name == "sendmmsg":
            return [_gathered(part) for part in self.arguments.split("{msg_hdr=")[1:]]
        if self.name in ("sendmsg", "writev", "pwritev", "pwritev2", "vmsplice"):
            return [_gathered(self.arguments)]
        # Behind the descriptor: that of a socket with a path has a text in it too.
        behind = re.split(r">(?:\(deleted\))?, ", self.arguments, maxsplit=1)[-1]
        if not (found := _TEXT.search(behind)):
            return [(b"", 0, behind)]
        size = re.match(r", (\d+)", behind[found.end() :])
        shown = _bytes(found[1])
        hidden = max(0, int(size[1]) - len(shown)) if size and found[2] else 0
        return [(shown, hidden, behind[found.end() :])]

    @property
    def descriptor(self) -> int:
        """The number of the descriptor that it is about."""
        found = re.match(r"\d+", self.arguments)
        return int(found[0]) if found else -1


def _gathered(arguments: str) -> tuple[bytes, int, str]:
    """A message in pieces: all ``iov_base``, and the address before them."""
    pieces = re.findall(r'iov_base="([^"]*)"(\.\.\.)?, iov_len=(\d+)', arguments)
    content = b"".join(_bytes(piece[0]) for piece in pieces)
    hidden = sum(int(size) for _, cut, size in pieces if cut) - sum(len(_bytes(text)) for text, cut, _ in pieces if cut)
    return content, hidden, arguments.partition("iov_base")[0]


def _bytes(shown: str) -> bytes:
    return bytes.fromhex(shown.replace("\\x", ""))


def _readable(shown: str) -> str:
    """A descriptor's name; paths come as hexadecimal bytes, sockets do not."""
    return re.sub(r"(?:\\x[0-9a-f]{2})+", lambda found: _bytes(found[0]).decode("utf-8", "surrogateescape"), shown)


def parse_line(line: str, thread: int) -> Call | None:
    """The call of one line; None for a line about something else (a signal, an exit)."""
    if not (found := _LINE.fullmatch(line.rstrip("\n"))):
        return None
    at, name, arguments, result, rest = found.groups()
    rest = rest or ""
    made = re.match(r"<(.*)>", rest)
    number = int(result, 0) if result and result != "?" else None
    error = re.match(r" (E[A-Z0-9]+)\b", rest)
    return Call(
        float(at), thread, name, arguments, number, error[1] if error else "", _readable(made[1]) if made else ""
    )


def read_trace(stem: Path) -> Iterator[Call]:
    """All calls of all threads in the order of time; ``stem`` is what strace was given with ``-o``."""
    calls = []
    for file in stem.parent.glob(f"{stem.name}.*"):
        thread = int(file.suffix[1:])
        with file.open(encoding="ascii", errors="replace") as lines:
            calls += [call for line in lines if (call := parse_line(line, thread))]
    return iter(sorted(calls, key=lambda call: call.at))


@dataclass(frozen=True, slots=True)
class Address:
    """Where a socket sends to. ``kind``: udp, tcp, unix, netlink, packet; ``name``: HOST:PORT or a path."""

    kind: str
    name: str


_SOCKADDR = re.compile(
    r'sa_family=(AF_\w+)(?:.*?sin6?_port=htons\((\d+)\))?(?:.*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]*)")?'
    r'(?:.*?sun_path=(@?)"([^"]*)")?'
)


def address_in(arguments: str, socket: str) -> Address | None:
    """The address that stands among the arguments; ``socket``, what the descriptor stands for, says of which kind."""
    if not (found := _SOCKADDR.search(arguments)):
        return None
    family, port, host, abstract, path = found.groups()
    if family == "AF_UNIX":
        return Address("unix", abstract + _bytes(path or "").decode("utf-8", "replace"))
    if family in ("AF_INET", "AF_INET6"):
        name = _bytes(host).decode() if host and "\\x" in host else host or "?"
        shown = f"[{name}]" if ":" in name else name
        return Address("tcp" if socket.startswith("TCP") else "udp", f"{shown}:{port}")
    return Address(family.removeprefix("AF_").lower(), family)
