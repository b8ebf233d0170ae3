"""From calls to channels: who wrote or sent what to which file or peer, and which programs were run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from installation.privacy.proof_trace import Address, Call, address_in

INSIDE, FILE, MEMORY, WRITES_UNSEEN = "inside", "file", "memory", "unseen"
LISTENING, ANSWERING = "listening", "answering"
"""Kinds of a channel beside those of an ``Address``: between our own processes; a file, or a device; memory that
another process may be given; a way to write that strace cannot watch; a place where others can ask, and one who did."""
WRITES = frozenset({"write", "writev", "pwrite64", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg", "vmsplice"})
COPIES = frozenset({"sendfile", "sendfile64", "splice", "copy_file_range"})
OPENS = frozenset({"open", "openat", "openat2", "creat", "mknod", "mknodat"})
MOVES = frozenset({"rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"})
MEMORIES = frozenset({"memfd_create", "memfd_secret", "shmget", "msgget", "mq_open"})
UNSEEN = frozenset({"io_uring_setup", "process_vm_writev", "setxattr", "lsetxattr", "fsetxattr"})
NOT_THERE = frozenset({"ENOENT", "ENOTDIR", "ENXIO", "ENODEV", "EEXIST", "ELOOP", "EAFNOSUPPORT", "EADDRINUSE"})
"""Errors after which nothing was opened, and nobody was reached."""

STREAM_BYTES = 256_000_000
"""Of one channel that are kept to be searched; what is beyond counts as not searched."""


@dataclass(slots=True)
class Channel:
    """All that one kind of process wrote or sent to one place."""

    process: str
    kind: str
    name: str
    how: set[str] = field(default_factory=set)
    """opened, wrote, sent, connected, listened, renamed."""
    times: int = 0
    """How often something was written or sent."""
    size: int = 0
    """Bytes of it."""
    unseen: int = 0
    """Bytes of those that strace did not show."""
    messages: list[bytes] = field(default_factory=list)

    @property
    def stream(self) -> bytes:
        """All of it in one: what is written in pieces is one file."""
        return b"".join(self.messages)


@dataclass(slots=True)
class Traffic:
    """What was found in one trace."""

    channels: dict[tuple[str, str, str], Channel] = field(default_factory=dict)
    programs: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """(process, command line) of all that were run."""

    def channel(self, process: str, kind: str, name: str) -> Channel:
        """The channel of that process to that place."""
        return self.channels.setdefault((process, kind, name), Channel(process, kind, name))


def process_name(command: tuple[str, ...]) -> str:
    """What a command line is called in a proof: our own processes have names of their own."""
    if "-m" in command[:-1]:
        module = command[command.index("-m") + 1]
        return OUR_PROCESSES.get(module, module)
    return PurePosixPath(command[0]).name if command else "?"


OUR_PROCESSES = {
    "installation": "stage",
    "installation.eye.main": "eye",
    "installation.web.main": "console",
    "installation.web.take_thumbnails": "thumbnails of the film",
    "installation.report.main": "report",
}


class _Reader:
    """Follows the calls in the order of time."""

    def __init__(self) -> None:
        self.traffic = Traffic()
        self._process_of: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._inside: set[str] = set()
        """Inodes of pipes and socket pairs that our own processes made."""
        self._peers: dict[tuple[int, int], Address] = {}
        self._accepted: set[str] = set()
        """Connections that others opened to us."""
        self._folders: dict[int, str] = {}
        """In which each process works, as its last call with a path has it."""

    def read(self, call: Call) -> None:
        """Take one call into account."""
        process = self._process_of.setdefault(call.thread, call.thread)
        name = self._names.get(process, "stage")
        failed = call.result is not None and call.result < 0
        if "AT_FDCWD<" in call.arguments:
            self._folders[process] = call.descriptors()[0]
        if call.name in ("clone", "clone3", "fork", "vfork"):
            if call.result and call.result > 0:
                self._begin(call.result, process, name, "CLONE_THREAD" in call.arguments)
        elif call.name in ("execve", "execveat"):
            if not failed:
                command = tuple(text.decode("utf-8", "replace") for text in call.texts()[1:])
                self.traffic.programs.append((name, command))
                self._names[process] = process_name(command)
        elif call.name in ("pipe", "pipe2", "socketpair"):
            self._inside.update(inode for shown in call.descriptors() for inode in re.findall(r"\d+", shown))
        elif call.name in WRITES:
            self._written(call, process, name)
        elif failed and call.error in NOT_THERE:
            return
        elif call.name in OPENS | MOVES:
            self._opened(call, name, self._folders.get(process, ""))
        elif call.name in ("connect", "bind"):
            self._reached(call, process, name)
        elif call.name in ("accept", "accept4"):
            self._accepted.add(call.made)
        elif call.name in COPIES:
            to = 0 if call.name.startswith("sendfile") else -1
            kind, place = self._place(call, process, call.descriptors()[to], "")
            self._note(name, kind, place, "wrote", unseen=max(0, call.result or 0))
        elif call.name in MEMORIES | UNSEEN:
            kind = MEMORY if call.name in MEMORIES else WRITES_UNSEEN
            self.traffic.channel(name, kind, call.made or call.name).how.add("opened")

    def _begin(self, child: int, process: int, name: str, thread: bool) -> None:
        self._process_of[child] = process if thread else child
        if not thread:
            self._names.setdefault(child, name)
            self._folders.setdefault(child, self._folders.get(process, ""))
            for (owner, number), peer in list(self._peers.items()):
                if owner == process:
                    self._peers[child, number] = peer

    def _written(self, call: Call, process: int, name: str) -> None:
        socket = (call.descriptors() or ["?"])[0]
        for content, hidden, address in call.messages():
            kind, place = self._place(call, process, socket, address)
            self._note(name, kind, place, "wrote" if kind == FILE else "sent", content, hidden)

    def _note(self, name: str, kind: str, place: str, how: str, content: bytes = b"", unseen: int = 0) -> None:
        channel = self.traffic.channel(name, kind, place)
        channel.how.add(how)
        channel.times += 1
        channel.size += len(content) + unseen
        if channel.size > STREAM_BYTES:
            unseen += len(content)
        else:
            channel.messages.append(content)
        channel.unseen += unseen

    def _opened(self, call: Call, name: str, folder: str) -> None:
        if call.name in OPENS:
            if call.name in ("open", "openat", "openat2") and not re.search(
                r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE", call.arguments
            ):
                return
            place = _file(call.made) if call.made else _joined(call, folder)
            self.traffic.channel(name, FILE, place).how.add("opened")
        else:
            self.traffic.channel(name, FILE, _joined(call, folder)).how.add("renamed")

    def _reached(self, call: Call, process: int, name: str) -> None:
        socket = (call.descriptors() or [""])[0]
        address = address_in(call.arguments, socket)
        if not address:
            return
        if call.name == "connect":
            self._peers[process, call.descriptor] = address
            self.traffic.channel(name, address.kind, address.name).how.add("connected")
        else:
            self.traffic.channel(name, LISTENING, f"{address.kind} {address.name}").how.add("listened")

    def _place(self, call: Call, process: int, shown: str, arguments: str) -> tuple[str, str]:
        """Which channel a descriptor belongs to; an address among the arguments goes first."""
        if shown.startswith(("pipe:", "UNIX")) and self._inside & set(re.findall(r"\d+", shown.partition(",")[0])):
            return INSIDE, "other processes of the show"
        if shown.startswith("anon_inode:"):
            return INSIDE, shown
        if address := address_in(arguments, shown):
            return address.kind, address.name
        if shown in self._accepted:
            return ANSWERING, re.sub(r"\w+:\[(.*)->(.*)\]", r"tcp \1<-\2", shown)
        if found := re.fullmatch(r"(TCP|UDP)(?:v6)?:\[(.*)->(.*)\]", shown):
            return found[1].lower(), found[3] if found[1] == "UDP" else f"{found[2]}->{found[3]}"
        is_socket = re.match(r"(TCP|UDP|UNIX|NETLINK|RAW|PACKET|socket)", shown)
        if is_socket and (peer := self._peers.get((process, call.descriptor))):
            return peer.kind, peer.name
        if shown.startswith("NETLINK"):
            return "netlink", "AF_NETLINK"
        if found := re.match(r"UNIX[A-Z-]*:\[.*\]", shown):
            return "unix", "a client of our own socket" if "->" in shown else "unknown"
        if is_socket:
            return shown.partition(":")[0].lower().removesuffix("v6"), "unknown address"
        return FILE, _file(shown)


def _file(shown: str) -> str:
    """The path of a descriptor, without what strace says of its device."""
    return re.sub(r"<(char|block) \d+:\d+>$", "", shown)


def _joined(call: Call, folder: str) -> str:
    """The last path among the arguments, absolute."""
    path = PurePosixPath(call.texts()[-1].decode("utf-8", "surrogateescape")) if call.texts() else PurePosixPath("?")
    folders = call.descriptors()
    return str(PurePosixPath(folders[-1] if folders else folder) / path)


def traffic_of(calls: Iterable[Call]) -> Traffic:
    """All channels and programs of a trace whose calls come in the order of time."""
    reader = _Reader()
    for call in calls:
        reader.read(call)
    return reader.traffic
