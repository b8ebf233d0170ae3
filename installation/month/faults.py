"""What goes wrong in a simulated month: how it begins, how it ends, and which parts it may take away."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from installation.host.state_folder import room_stem
from installation.month.room import SimulatedRoom

STILL_SECONDS = 0.15
"""Real ones, in which each thread wakes and finds that it is late."""
WEEK = 7 * 86400.0
GPU_LOST_SECONDS = 300.0
"""It is there again before it is tried again, ten minutes later."""
Happening = Callable[[SimulatedRoom, random.Random], AbstractContextManager[None]]
"""Entered when the fault begins, left when its cause goes away."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault. ``seconds``: how long its cause lasts, from and to."""

    name: str
    happen: Happening
    parts: tuple[str, ...] = ()
    """Beginnings of the names of the parts that it may take away."""
    seconds: tuple[float, float] = (0.0, 0.0)
    safe_picture: bool = False
    """Whether the picture may stand meanwhile."""
    must_be_told: bool = False
    """Whether it is noticed in every case; a clip that nobody asks for is not."""
    restarts: bool = False
    """Whether the show begins again, and the wall is dark for a moment."""
    moves_clock: bool = False
    """Whether it must not come near the hours of opening and closing, which a wrong clock would rightly bring about."""
    costs_lines: bool = False
    """Whether lines of the journal are lost, or get to another day."""


@contextmanager
def camera_lost(room: SimulatedRoom, dice: random.Random) -> Iterator[None]:
    """The eye reports that no picture comes, or that it stands still (its own judgement is tested elsewhere)."""
    room.sight.camera_fault = dice.choice(["it gives no picture", "its picture has not changed for 5 s", "covered"])
    yield
    room.sight.camera_fault = ""


@contextmanager
def eye_killed(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """The eye's process is killed."""
    _signal(room, signal.SIGKILL)
    yield


@contextmanager
def eye_stopped(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """The eye's process stands still, and does not go on by itself."""
    _signal(room, signal.SIGSTOP)
    room.sight.note_stop()
    yield


def _signal(room: SimulatedRoom, number: signal.Signals) -> None:
    if room.eye.pid is not None:
        os.kill(room.eye.pid, number)


@contextmanager
def gpu_lost(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """Each eye on the GPU dies, for longer than a fault may take to heal: the processor takes its place."""
    if room.sight.on_gpu:
        room.sight.gpu_back_at = room.clock() + GPU_LOST_SECONDS
    yield


@contextmanager
def reports_garbled(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """What the eye sends cannot be read."""
    room.sight.garbled = True
    yield
    room.sight.garbled = False


@contextmanager
def sound_lost(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """The sound device is gone (simulated)."""
    room.sound.device_there = False
    yield
    room.sound.device_there = True


@contextmanager
def disk_gone(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """The folder of the journal is gone, and a file stands in its place."""
    away = _put_away(room)
    yield
    _put_in_place(away, room.folder / "journal")


@contextmanager
def disk_full(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """The disk of the journal takes no byte more: its file of today is the system's full device."""
    away, full = _put_away(room), room.folder / "journal-full"
    full.mkdir()
    day = time.strftime("%Y-%m-%d", time.localtime(room.clock.wall()))
    (full / f"{day}.{room_stem('rehearsal')}.jsonl").symlink_to("/dev/full")
    _put_in_place(full, room.folder / "journal")
    yield
    _put_in_place(away, room.folder / "journal")


def _put_away(room: SimulatedRoom) -> Path:
    folder, away, file = (room.folder / name for name in ("journal", "journal-away", "journal-file"))
    room.show.parts.journal.flush()
    folder.rename(away)
    file.touch()
    _put_in_place(file, folder)
    room.show.parts.journal.note("rehearsal", room.clock())  # so that it is noticed even when nobody is there
    room.show.parts.journal.flush()
    return away


def _put_in_place(what: Path, place: Path) -> None:
    """The journal's thread may make its folder anew at any moment."""
    while what.exists():
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
        with suppress(OSError):
            what.rename(place)


@contextmanager
def receiver_gone(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """The machine that listens to our OSC is switched off, and on again."""
    if room.receiver:
        room.receiver.close()
    room.receiver = None
    yield
    room.receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    room.receiver.setblocking(False)
    room.receiver.bind(room.receiver_address)


@contextmanager
def clip_missing(room: SimulatedRoom, dice: random.Random) -> Iterator[None]:
    """One clip is gone, and comes back."""
    file = _some_clip(room, dice)
    away = file.with_name(f"away-{file.name}")
    file.rename(away)
    yield
    away.rename(file)


@contextmanager
def clip_damaged(room: SimulatedRoom, dice: random.Random) -> Iterator[None]:
    """One clip is cut off or has flipped bits, and is copied again."""
    file = _some_clip(room, dice)
    whole = file.read_bytes()
    torn = bytearray(whole[: len(whole) * 2 // 3])
    if dice.random() < 0.5:
        torn = bytearray(whole)
        for _ in range(len(torn) // 20):
            torn[dice.randrange(len(torn))] = dice.randrange(256)
    _replace(file, bytes(torn))
    yield
    _replace(file, whole)


@contextmanager
def all_clips_missing(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """The disk with the film is gone, and comes back."""
    folders = sorted({file.parent for file in room.clips})
    for folder in folders:
        folder.rename(folder.with_name(f"{folder.name}-away"))
    yield
    for folder in folders:
        folder.with_name(f"{folder.name}-away").rename(folder)


def _some_clip(room: SimulatedRoom, dice: random.Random) -> Path:
    return dice.choice(room.clips)


def _replace(file: Path, content: bytes) -> None:
    """As a copying program does that knows its trade: the file that is open stays as it was."""
    part = file.with_name(f"part-{file.name}")
    part.write_bytes(content)
    part.replace(file)


@contextmanager
def wall_clock_wrong(room: SimulatedRoom, dice: random.Random) -> Iterator[None]:
    """The wall clock jumps by an hour, or by 57 weeks, and is set right again."""
    room.clock.error = dice.choice([-3600.0, 3600.0, -57 * WEEK, 57 * WEEK])
    yield
    room.clock.error = 0.0


def suspended(room: SimulatedRoom, dice: random.Random) -> AbstractContextManager[None]:
    """The machine sleeps for some seconds or an hour, and goes on."""
    room.clock.sleep(dice.choice([2.0, 20.0, 3600.0]))
    return nullcontext()


def stood_still(room: SimulatedRoom, dice: random.Random) -> AbstractContextManager[None]:
    """All processes stand still for some seconds, as on a virtual machine that is moved."""
    room.clock.advance(dice.choice([2.0, 20.0]))
    room.wait(lambda: False, STILL_SECONDS)
    return nullcontext()


@contextmanager
def closed_by_hand(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """A guard closes the house, and opens it again."""
    room.ask("close")
    yield
    room.ask("open")


@contextmanager
def power_cut(room: SimulatedRoom, dice: random.Random) -> Iterator[None]:
    """The mains go in the middle of a line of the journal, and come back."""
    room.cut_power()
    for file in (room.folder / "journal").glob("*.jsonl"):
        with file.open("ab") as journal:
            journal.write(b'{"at":17000000')
        file.with_name(f"{file.name}.gz.part").write_bytes(dice.randbytes(100))
    yield
    room.open()


@contextmanager
def flood(room: SimulatedRoom, dice: random.Random) -> Iterator[None]:
    """A thousand datagrams come to the control port, most of them malformed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for number in range(1000):
            begin = dice.choice([b"", b"#bundle\0", b"/emo/control/", b"/emo/control/goto\0\0\0,s\0\0"])
            stranger.sendto(begin + dice.randbytes(dice.randrange(200)), room.door)
            if number % 100 == 0:
                room.step()
    yield


@contextmanager
def story_edited(room: SimulatedRoom, dice: random.Random) -> Iterator[None]:
    """A maker renames the film and asks for it to be read again."""
    text = room.story.read_text(encoding="utf-8")
    title = f"The film of day {dice.randrange(10**6)}"
    _replace(room.story, re.sub(r'(?m)^title = ".*"$', f'title = "{title}"', text).encode())
    room.ask("reload")
    yield


@contextmanager
def story_broken(room: SimulatedRoom, _dice: random.Random) -> Iterator[None]:
    """A maker breaks the story, asks for it to be read, and mends it."""
    text = room.story.read_bytes()
    _replace(room.story, text + b"\n[scenes.half\n")
    room.ask("reload")
    yield
    _replace(room.story, text)
    room.ask("reload")


FAULTS = (
    Fault("camera lost, frozen or covered", camera_lost, ("camera",), (5, 40), must_be_told=True),
    Fault("eye killed", eye_killed, ("eye",), (2, 2), must_be_told=True),
    Fault("eye stopped", eye_stopped, ("eye",), (5, 5)),
    Fault("GPU lost", gpu_lost, ("eye",)),  # and see promises.GPU
    Fault("eye's reports garbled", reports_garbled, ("eye",), (1, 10), must_be_told=True),
    Fault("sound device gone", sound_lost, ("sound",), (1, 40), must_be_told=True),
    Fault("journal's disk gone", disk_gone, ("journal",), (1, 40), must_be_told=True, costs_lines=True),
    Fault("journal's disk full", disk_full, ("journal",), (1, 40), must_be_told=True, costs_lines=True),
    Fault("OSC receiver gone", receiver_gone, ("OSC target",), (3, 40), must_be_told=True),
    Fault("clip missing", clip_missing, ("scene ", "sound of "), (1, 40)),
    Fault("clip damaged", clip_damaged, ("scene ", "sound of "), (1, 40)),
    Fault("all clips missing", all_clips_missing, ("scene ", "sound of ", "film"), (5, 40), safe_picture=True),
    Fault("wall clock wrong", wall_clock_wrong, ("clock",), (5, 40), moves_clock=True, costs_lines=True),
    Fault("machine suspended", suspended, moves_clock=True),
    Fault("machine stood still", stood_still),
    Fault("closed and opened by hand", closed_by_hand, (), (5, 40)),
    Fault("power cut", power_cut, restarts=True, costs_lines=True),
    Fault("control port flooded", flood),
    Fault("story edited and reloaded", story_edited),
    Fault("story broken and reloaded", story_broken, ("new story",), (2, 30), must_be_told=True),
)
