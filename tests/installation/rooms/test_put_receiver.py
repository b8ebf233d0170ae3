"""The room's side of a put, and the house's, with nothing between them but a list of messages."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from calibration.errors import BadFile
from calibration.venue import load_venue
from installation.bundle.slots import NAMES
from installation.rooms.put_manifest import (
    CHUNK_BYTES,
    WINDOW,
    Manifest,
    PutFile,
    When,
    digest_of,
    new_id,
    own_story,
    read_manifest,
    venue_to_put,
)
from installation.rooms.put_receiver import PutState, Receiver, RoomPlace
from installation.rooms.put_sender import Delivery, request
from installation.rooms.put_start import write_venue
from installation.rooms.put_store import PutStore
from installation.rooms.tokens import Gate
from installation.rooms.topics import RoomTopics

pytestmark = pytest.mark.skipif(os.name != "posix", reason="slots need symbolic links, as Linux and macOS have them")
TOKEN = "a-token-of-the-hall-1234"  # noqa: S105 - of a test
VENUE = """\
name = "hall"  # the big one

[hours]
open = "Mo-Su 10:00-18:00"  # summer

[privacy]
kept_shut = "until the DPIA is signed"

[rooms]
broker = "mqtt://house:1883"
"""


class KnownCheck:
    """In place of a check that takes its time: what it will find."""

    def __init__(self, *faults: str) -> None:
        self.found: list[str] | None = list(faults)

    def faults(self) -> list[str] | None:
        return self.found

    def stop(self) -> None:
        pass


class Room:
    """A room, and what it said."""

    def __init__(self, folder: Path, token: str = "", venues: str = "settings", stories: bool = True) -> None:
        self.folder, self.said, self.checked = folder, list[dict[str, Any]](), list[Path]()
        self.venue = folder / "hall.toml"
        if not self.venue.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self.venue.write_text(VENUE)
        self.stories, self.venues = PutStore(folder / "story"), PutStore(folder / "venue")
        self.check, self.checks = KnownCheck(), dict[Path, KnownCheck]()
        self.now = 0.0
        self.receiver = Receiver(
            RoomPlace(stories=stories, venues=venues, venue_file=str(self.venue)),
            *(self.stories, self.venues, Gate(token, "hall"), self.tell),
            *(lambda story, _: self._check(story), self._check),
            clock=lambda: self.now,
        )

    def _check(self, file: Path) -> KnownCheck:
        self.checked.append(file)
        return self.checks.get(file, self.check)

    def tell(self, put: str, state: PutState, words: str = "", /, **more: Any) -> None:
        self.said.append(json.loads(json.dumps({"id": put, "state": state.value, "words": words, **more})))

    @property
    def last(self) -> dict[str, Any]:
        return self.said[-1]


def a_story(folder: Path, **files: bytes) -> tuple[Manifest, dict[str, Path]]:
    """Files of any content: whether it is a story is for the check to say."""
    paths = {}
    for name, content in {"story.toml": b"title", **files}.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        paths[path.relative_to(folder).as_posix()] = path
    return offered(paths), paths


def offered(paths: dict[str, Path], when: When = "closing") -> Manifest:
    files = [PutFile(path=name, size=path.stat().st_size, sha256=digest_of(path)) for name, path in paths.items()]
    return Manifest(id=new_id(), kind="story", name="the film", begin="story.toml", when=when, files=tuple(files))


def bring(
    room: Room,
    delivery: Delivery,
    lose: Callable[[str], bool] = lambda _: False,
    until: Callable[[], bool] = lambda: False,
) -> None:
    """Pass messages to and fro until the delivery is over; ``lose``: those topics that never arrive."""
    topics, heard = RoomTopics("chiaro", "hall"), len(room.said)
    for _ in range(10_000):
        for message in list(delivery.due(topics)):
            if not lose(message.topic):
                room.receiver.hear(message.topic.removeprefix("chiaro/hall/put/").split("/"), message.payload)
        room.receiver.poll()
        for said in room.said[heard:]:
            delivery.hear(said)
        heard = len(room.said)
        if delivery.is_over or until():
            return
        room.now += 1.0
    raise AssertionError(f"it does not end: {room.said[-3:]}")


def delivery(room: Room, manifest: Manifest, files: dict[str, Path], **more: Any) -> Delivery:
    return Delivery("hall", manifest, files, clock=lambda: room.now, **more)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "state")


@pytest.fixture
def film(tmp_path: Path) -> tuple[Manifest, dict[str, Path]]:
    return a_story(tmp_path / "film", clips__a=bytes(range(256)) * 2000, clips__b=b"b" * CHUNK_BYTES, empty=b"")


def test_a_story_comes_whole_and_waits_for_its_time(room: Room, film: tuple[Manifest, dict[str, Path]]) -> None:
    manifest, files = film
    put = delivery(room, manifest, files)
    bring(room, put)
    assert (put.state, put.words) == (
        PutState.WAITS,
        "it is whole and checked; it takes over when the house closes, or at the next start",
    )
    assert room.stories.slots.choose() == "b"
    found = room.stories.file("b")
    assert found is not None
    for name, path in files.items():
        assert (found.parent / name).read_bytes() == path.read_bytes()
    assert not (room.folder / "story" / "staging").exists()
    assert room.stories.slots.folder("a").is_dir(), "the room's own story is what it goes back to"
    assert room.stories.file("a") is None


def test_what_is_there_already_is_not_sent_again(room: Room, tmp_path: Path) -> None:
    manifest, files = a_story(tmp_path / "film", clip=b"c" * 3 * CHUNK_BYTES)
    bring(room, delivery(room, manifest, files))
    again = delivery(room, offered(files), files)
    room.stories.slots.choose()
    room.stories.slots.lasted()
    bring(room, again)
    assert again.state is PutState.SAME
    files["story.toml"].write_bytes(b"another title")
    edited = delivery(room, offered(files), files)
    bring(room, edited)
    assert (edited.state, edited.wanted) == (PutState.WAITS, 1)
    dry = delivery(room, offered(files), files, dry=True)
    bring(room, dry)
    assert (dry.state, dry.words) == (PutState.WOULD, "0.0 MB would be sent")


def test_a_file_that_rotted_on_the_disk_is_sent_again(room: Room, tmp_path: Path) -> None:
    manifest, files = a_story(tmp_path / "film", clip=b"c" * 3 * CHUNK_BYTES)
    bring(room, delivery(room, manifest, files))
    room.stories.slots.choose()
    room.stories.slots.lasted()
    there = room.stories.file("b")
    assert there is not None
    (there.parent / "clip").write_bytes(b"C" * 3 * CHUNK_BYTES)
    files["story.toml"].write_bytes(b"another title")
    put = delivery(room, offered(files), files)
    bring(room, put)
    assert (put.state, put.wanted) == (PutState.WAITS, 4)


def test_a_broken_line_costs_the_missing_chunks_only(room: Room, tmp_path: Path) -> None:
    manifest, files = a_story(tmp_path / "film", clip=os.urandom(40 * CHUNK_BYTES))
    put, sent = delivery(room, manifest, files), list[str]()

    def lose(topic: str) -> bool:
        sent.append(topic)
        return 10 <= len(sent) < 30  # chunks, and the offer said again

    bring(room, put, lose)
    assert put.state is PutState.WAITS
    chunks = [topic for topic in sent if "/chunk/" in topic]
    assert len(set(chunks)) == 41
    assert len(chunks) <= 41 + 30
    assert room.stories.slots.is_whole("b")


def test_no_more_than_the_window_is_on_its_way(room: Room, tmp_path: Path) -> None:
    manifest, files = a_story(tmp_path / "film", clip=bytes(100 * CHUNK_BYTES))
    put, topics = delivery(room, manifest, files), RoomTopics("chiaro", "hall")
    list(put.due(topics))
    put.hear({"state": "wants", "missing": [[1, 0, 100]]})
    assert len(list(put.due(topics))) == WINDOW
    assert not list(put.due(topics))
    put.hear({"state": "got", "got": 3})
    assert len(list(put.due(topics))) == 3


def test_one_with_a_fault_is_refused_in_the_checks_words(room: Room, film: tuple[Manifest, dict[str, Path]]) -> None:
    room.check = KnownCheck("scenes.one.clip: no such file")
    put = delivery(room, *film)
    bring(room, put)
    assert (put.state, put.words) == (PutState.REFUSED, "the check found: scenes.one.clip: no such file")
    assert put.failed
    assert not (room.folder / "story" / "staging").exists()
    assert room.stories.slots.current() == ""


def test_nothing_is_taken_up_while_it_is_checked(room: Room, film: tuple[Manifest, dict[str, Path]]) -> None:
    room.check.found = None
    put = delivery(room, *film)
    bring(room, put, until=lambda: put.state is PutState.CHECKING)
    assert not room.stories.slots.state().pending
    room.check.found = []
    bring(room, put)
    assert room.stories.slots.state().pending == "b"


def test_a_file_that_comes_otherwise_than_it_was_offered_is_refused(room: Room, tmp_path: Path) -> None:
    manifest, files = a_story(tmp_path / "film", clip=b"c" * 2 * CHUNK_BYTES)
    files["clip"].write_bytes(b"d" * 2 * CHUNK_BYTES)  # edited while it is sent
    put = delivery(room, manifest, files)
    bring(room, put)
    assert (put.state, put.words) == (PutState.REFUSED, "clip did not come as it was offered, 3 times")
    assert not (room.folder / "story" / "staging").exists()


@pytest.mark.parametrize(
    "path", ["../story.toml", "/etc/passwd", "clips/../../x", "a//b", "./a", "a/", "c:/x", "a\\b", "a\nb", ""]
)
def test_a_path_that_climbs_out_is_refused(room: Room, path: str) -> None:
    said = {
        "id": new_id(),
        **{"kind": "story", "name": "film", "begin": "story.toml"},
        "files": [{"path": name, "size": 1, "sha256": "0" * 64} for name in ("story.toml", path)],
    }
    room.receiver.hear(["offer"], json.dumps({"id": said["id"], "manifest": said}).encode())
    assert room.last["state"] == "refused"
    assert "manifest: files.1.path" in room.last["words"]
    assert not room.stories.root.exists()


@pytest.mark.parametrize(
    ("paths", "why"),
    [
        (("story.toml", "Story.toml"), "names a file twice"),
        (("story.toml", "story.toml/clip"), "has a file where it has a folder"),
        (("clip",), "does not hold the file that it begins with"),
    ],
)
def test_what_cannot_be_laid_out_is_refused(paths: tuple[str, ...], why: str) -> None:
    files = [{"path": name, "size": 1, "sha256": "0" * 64} for name in paths]
    with pytest.raises(ValueError, match=why):
        read_manifest({"id": new_id(), "kind": "story", "name": "film", "begin": "story.toml", "files": files})


def test_a_disk_without_room_is_told_before_anything_is_sent(
    room: Room, film: tuple[Manifest, dict[str, Path]]
) -> None:
    manifest, files = film
    huge = manifest.files[0].model_copy(update={"size": 1 << 36, "sha256": "0" * 64})
    many = tuple(huge.model_copy(update={"path": f"clip{number}"}) for number in range(1000))
    put = delivery(room, manifest.model_copy(update={"files": (*manifest.files, *many)}), files)
    bring(room, put)
    assert put.state is PutState.REFUSED
    assert "MB are free, and" in put.words
    assert not room.stories.root.exists()


def test_two_houses_do_not_mix_their_stories(room: Room, tmp_path: Path) -> None:
    first, files = a_story(tmp_path / "film", clip=bytes(20 * CHUNK_BYTES))
    one = delivery(room, first, files)
    bring(room, one, until=lambda: one.sent > 10)
    other = delivery(room, offered(files), files)
    bring(room, other)
    assert other.words == "another one is on its way into this room; try again in a minute"
    room.now += 61.0
    later = delivery(room, offered(files), files)
    bring(room, later)
    assert later.state is PutState.WAITS


def test_chunks_of_nobody_change_nothing(room: Room, film: tuple[Manifest, dict[str, Path]]) -> None:
    manifest, files = film
    put = delivery(room, manifest, files)
    bring(room, put, until=lambda: put.state is PutState.WANTS)
    for parts in (["chunk", "0" * 16, "0", "0"], ["chunk", manifest.id, "x", "0"], ["chunk"], [], ["state"]):
        room.receiver.hear(parts, b"x")
    bring(room, put)
    assert put.state is PutState.WAITS


def test_only_whoever_has_the_token_puts_anything(tmp_path: Path, film: tuple[Manifest, dict[str, Path]]) -> None:
    room = Room(tmp_path / "state", TOKEN)
    without = delivery(room, *film)
    bring(room, without)
    assert without.words == "the request needs this room's token, and is not signed with it"
    wrong = delivery(room, *film, token=f"{TOKEN}x")
    bring(room, wrong)
    assert wrong.words == "the request is signed with another token than this room's"
    assert not room.stories.root.exists()
    right = delivery(room, *film, token=TOKEN)
    bring(room, right)
    assert right.state is PutState.WAITS


def test_what_a_stranger_sends_again_does_not_end_the_put_for_its_sender(
    tmp_path: Path, film: tuple[Manifest, dict[str, Path]]
) -> None:
    room = Room(tmp_path / "state", TOKEN)
    right = delivery(room, *film, token=TOKEN)
    [offer] = right.due(RoomTopics("chiaro", "hall"))
    room.receiver.hear(["offer"], offer.payload)
    for payload in (offer.payload, json.dumps({"id": film[0].id}).encode()):
        room.receiver.hear(["offer"], payload)
    assert [said["state"] for said in room.said] == ["wants"]
    room.now += 10
    bring(room, right)
    assert right.state is PutState.WAITS
    room.receiver.hear(["offer"], offer.payload)
    assert room.last["state"] == "waits"


def test_the_one_before_stays_while_the_new_one_is_on_trial(room: Room, tmp_path: Path) -> None:
    manifest, files = a_story(tmp_path / "film")
    bring(room, delivery(room, manifest, files))
    assert room.stories.slots.choose() == "b"
    files["story.toml"].write_bytes(b"in haste")
    hasty = delivery(room, offered(files), files)
    bring(room, hasty)
    assert hasty.words == "the last one is on trial for its first minute; try again when it has lasted"
    assert room.stories.slots.choose() == "a", "its process died within the minute"
    assert room.stories.file("a") is None


def ask_back(room: Room, **said: Any) -> str:
    room.receiver.hear(["back"], request("", "hall", "put/back", {"id": new_id(), **said}))
    return str(room.last["words"])


def test_an_operator_goes_back(room: Room, tmp_path: Path) -> None:
    assert ask_back(room) == "there is no other one to go back to"
    manifest, files = a_story(tmp_path / "film")
    bring(room, delivery(room, manifest, files))
    assert ask_back(room) == "what waited is given up; the one in use stays"
    assert room.stories.slots.choose() == "a"
    bring(room, delivery(room, manifest.model_copy(update={"id": new_id()}), files))
    room.stories.slots.choose()
    room.stories.slots.lasted()
    assert ask_back(room).startswith("the room's own, made ")
    assert room.stories.slots.choose() == "a"
    assert room.stories.slots.state().trial == "a"


def test_the_rooms_own_story_can_be_asked_for_after_many_others(room: Room, tmp_path: Path) -> None:
    files: dict[str, Path] = {}
    for number in range(3):
        _, files = a_story(tmp_path / "film", clip=b"%d" % number)
        bring(room, delivery(room, offered(files), files))
        room.stories.slots.choose()
        room.stories.slots.lasted()
    assert room.stories.in_use() is not None
    own = delivery(room, own_story("now"), {})
    bring(room, own)
    assert own.state is PutState.WAITS
    room.stories.slots.choose()
    assert room.stories.in_use() is None


SUMMER = """\
[hours]
open = "Mo-Su 09:00-20:00"

[privacy]
kept_shut = ""

[osc]
targets = [{ host = "10.0.0.9" }]
"""


def put_venue(room: Room, folder: Path, text: str = SUMMER) -> Delivery:
    file = folder / "summer.toml"
    file.write_text(text)
    manifest, files = venue_to_put(file, "closing")
    put = delivery(room, manifest, files)
    bring(room, put)
    return put


def begins(room: Room) -> str:
    """What the room's file says once it was started again, by a machine that lives."""
    failed = write_venue(room.venues, room.venue)
    assert not failed
    return room.venue.read_text()


def test_a_venue_changes_what_a_house_may_set_and_no_promise(room: Room, tmp_path: Path) -> None:
    put = put_venue(room, tmp_path)
    assert put.state is PutState.WAITS
    checking = next(said for said in room.said if said["state"] == "checking")
    assert checking["words"] == "the room keeps its own privacy.kept_shut, osc.targets"
    assert room.checked == [room.venue, room.venue.with_name(".hall-put.toml")]
    assert not room.checked[1].exists()
    assert room.venue.read_text() == VENUE, "until it takes over"
    assert begins(room) == VENUE.replace("10:00-18:00", "09:00-20:00")
    assert room.venues.slots.state().trial == "b"


def test_a_venue_whose_check_takes_long_is_asked_for_again_and_is_still_the_same_put(
    room: Room, tmp_path: Path
) -> None:
    file = tmp_path / "summer.toml"
    file.write_text(SUMMER)
    put = delivery(room, *venue_to_put(file, "closing"))
    room.check.found = None
    bring(room, put, until=lambda: room.now > 30)
    assert not put.is_over
    room.check.found = []
    bring(room, put)
    assert put.state is PutState.WAITS


def test_a_room_that_gives_all_away_keeps_the_way_by_which_it_is_reached(tmp_path: Path) -> None:
    room = Room(tmp_path / "state", venues="whole")
    put = put_venue(room, tmp_path, f'{SUMMER}\n[rooms]\nbroker = "mqtt://elsewhere:1883"\n')
    assert put.state is PutState.WAITS
    changed = load_venue(room.venue.with_name("hall.toml")) if begins(room) else None
    assert changed is not None
    assert (changed.privacy.kept_shut, str(changed.osc.targets[0].host)) == ("", "10.0.0.9")
    assert changed.rooms.broker == "mqtt://house:1883"


def test_a_venue_that_did_not_last_is_taken_out_of_the_file(room: Room, tmp_path: Path) -> None:
    put = put_venue(room, tmp_path)
    begins(room)
    assert write_venue(room.venues, room.venue) == [(put.manifest.id, "summer")]
    assert room.venue.read_text() == VENUE


def test_a_file_that_was_edited_meanwhile_stays_as_it_is(room: Room, tmp_path: Path) -> None:
    put_venue(room, tmp_path)
    edited = VENUE.replace("the big one", "the small one")
    room.venue.write_text(edited)
    assert begins(room) == edited
    assert not room.venues.slots.state().pending
    assert not room.venues.slots.state().trial


def test_a_venue_that_makes_the_room_worse_is_refused(room: Room, tmp_path: Path) -> None:
    found = {
        room.venue: ["camera: none"],
        room.venue.with_name(".hall-put.toml"): ["camera: none", "hours: never open"],
    }
    room.checks = {file: KnownCheck(*faults) for file, faults in found.items()}
    put = put_venue(room, tmp_path)
    assert put.words == "the check found: hours: never open"
    with pytest.raises(BadFile, match="did you mean 'open'"):
        put_venue(room, tmp_path, "[hours]\nopne = 'x'\n")
    assert put_venue(room, tmp_path, '[privacy]\nkept_shut = ""\n').words.startswith("nothing in it is new here")
    assert room.venue.read_text() == VENUE
    assert [path.name for path in room.folder.iterdir() if path.suffix == ".toml"] == ["hall.toml"]


def test_a_room_takes_only_what_its_file_says(tmp_path: Path, film: tuple[Manifest, dict[str, Path]]) -> None:
    room = Room(tmp_path / "state", venues="", stories=False)
    assert "takes no venues" in put_venue(room, tmp_path).words
    story = delivery(room, *film)
    bring(room, story)
    assert "accept_stories = true" in story.words


def test_killed_at_any_moment_the_one_in_use_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step that changes the disk is the last one, once."""
    monkeypatch.setattr(os, "fsync", lambda _: None)  # a process is killed here, not a machine
    older, older_files = a_story(tmp_path / "older", clip=b"older", other=b"older too")
    in_use, files_in_use = a_story(tmp_path / "in_use", clip=b"in use")
    manifest, files = a_story(tmp_path / "film", clips__a=b"a")
    for steps in range(200):
        room = Room(tmp_path / f"room{steps}")
        for one, its_files in ((older, older_files), (in_use, files_in_use)):
            bring(room, delivery(room, one, its_files))
            room.stories.slots.choose()
            room.stories.slots.lasted()
        before = {path: path.read_bytes() for path in (room.folder / "story/a").rglob("*") if path.is_file()}
        with killed_after(steps) as killed, suppress(Killed):
            bring(room, delivery(room, manifest, files))
        store = Room(room.folder).stories
        store.clean()
        assert not (room.folder / "story" / "staging").exists()
        if not killed():
            assert store.slots.state().pending == "b"
            assert steps > 12, "so many steps there are at least"
            return
        assert before == {path: path.read_bytes() for path in before}
        for name in NAMES:
            found = store.manifest(name)
            for file in found.files if found else ():
                assert (store.slots.folder(name) / "content" / file.path).is_file(), "a slot with a manifest is whole"
        name = store.slots.choose()
        assert name in ("a", "b")
        shutil.rmtree(room.folder)
    raise AssertionError("it never ended")


class Killed(BaseException):
    """The process is no more; nothing of it cleans up."""


class killed_after:  # noqa: N801 - read as a sentence
    """Within, the process dies at the n-th change of a name or file on the disk."""

    NAMES = ("rename", "replace", "unlink", "rmdir", "mkdir", "link", "symlink")

    def __init__(self, steps: int) -> None:
        self._left, self._before, self._dead = steps, {name: getattr(os, name) for name in self.NAMES}, False

    def __enter__(self) -> Callable[[], bool]:
        for name, real in self._before.items():
            setattr(os, name, self._counted(real))
        return lambda: self._dead

    def __exit__(self, *_: object) -> None:
        for name, real in self._before.items():
            setattr(os, name, real)

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **more: Any) -> Any:
            self._left -= 1
            if self._left < 0:
                self._dead = True
                raise Killed
            return real(*arguments, **more)

        return step
