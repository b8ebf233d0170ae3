"""The room's side of a put: offers, chunks, the check, the spare slot. For one thread, which passes on all it hears.

Nothing here knows MQTT or the show. ``tell`` sends a reply: the put's id, a ``PutState``, words for people, and more.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from calibration.errors import BadInput
from calibration.files import read_toml
from installation.rooms.put_manifest import Manifest, PutFile, read_manifest
from installation.rooms.put_start import beside
from installation.rooms.put_store import NotTaken, PutStore, Staging
from installation.rooms.put_venue import laid_over
from installation.rooms.tokens import Gate, NotSigned

SILENCE_SECONDS = 60.0
"""After so long without a chunk another put may take the place of one that is on its way."""
IDS_KEPT = 16
OFFER_AT_MOST = 1 << 19
"""Bytes of an offer: 2,000 files."""
IN_WORDS = {"closing": "when the house closes, or at the next start", "next_scene": "at the next scene", "now": "now"}


class PutState(StrEnum):
    """How far a put has come."""

    WANTS = "wants"
    """The chunks under ``missing``."""
    GOT = "got"
    """So many chunks, under ``got``."""
    CHECKING = "checking"
    REFUSED = "refused"
    SAME = "same"
    """It is in use already."""
    WOULD = "would"
    """A trial run: so many bytes would be sent."""
    WAITS = "waits"
    """It is whole, checked, and takes over when its time has come."""
    TAKEN = "taken"
    KEPT = "kept"
    """It has played for a minute."""
    BACK = "back"
    """The one before it is in use again."""


FINAL = (PutState.REFUSED, PutState.SAME, PutState.WOULD, PutState.KEPT, PutState.BACK)


class Tell(Protocol):
    """Sends a reply."""

    def __call__(self, put: str, state: PutState, words: str = "", /, **more: Any) -> None:
        """To whoever put it."""


class Checks(Protocol):
    """A check that runs."""

    def faults(self) -> list[str] | None:
        """What is wrong; None while it is tried."""

    def stop(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class RoomPlace:
    """What this room takes, and the files that it was started with."""

    stories: bool
    venues: str
    """``""``, ``settings`` or ``whole``."""
    venue_file: str
    """'' = it runs without one."""


class Receiver:
    """``check_story`` and ``check_venue`` begin a check of a file."""

    def __init__(  # noqa: PLR0913 - what a room is
        self,
        place: RoomPlace,
        stories: PutStore,
        venues: PutStore,
        gate: Gate,
        tell: Tell,
        check_story: Callable[[Path, str], Checks],
        check_venue: Callable[[Path], Checks],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place, self._gate, self._tell, self._clock = place, gate, tell, clock
        self._stores = {"story": stories, "own": stories, "venue": venues}
        self._check_story, self._check_venue = check_story, check_venue
        self._on_its_way: tuple[Manifest, PutStore] | None = None
        self._check: Checks | None = None
        self._before: list[str] | None = []
        """Faults of a venue as it is, which say nothing against the one that was put; None while they are tried."""
        self._went_back = "", ""
        """Id and answer of the last way back: it may be asked for twice by a broker that repeats itself."""
        self._admitted = deque[str](maxlen=IDS_KEPT)
        """Ids of requests that were signed rightly: what others send under them is not answered to their sender."""
        self._heard = 0.0
        self._got = 0

    def hear(self, parts: list[str], payload: bytes) -> None:
        """One message: the topic's parts behind ``put/``."""
        match parts:
            case ["offer"]:
                self._hear_signed("put/offer", payload, self._offer)
            case ["back"]:
                self._hear_signed("put/back", payload, self._go_back)
            case ["chunk", put, number, chunk] if number.isdecimal() and chunk.isdecimal():
                self._chunk(put, int(number[:9]), int(chunk[:9]), payload)

    def poll(self) -> None:
        """Follow the check that runs. Call it a few times a second."""
        if self._check is None or self._on_its_way is None:
            return
        manifest, store = self._on_its_way
        faults = self._check.faults()
        if faults is None:
            return
        if self._before is None:  # of the file as it is; now the one that was put
            self._before = faults
            self._check = self._check_venue(beside(self._place.venue_file))
            return
        faults = [fault for fault in faults if fault not in self._before]
        self._check = None
        if manifest.kind == "venue":
            beside(self._place.venue_file).unlink(missing_ok=True)
        if faults:
            self._refuse(f"the check found: {'; '.join(faults[:8])}")
            return
        try:
            store.install(manifest)
        except (NotTaken, OSError) as error:
            self._refuse(_why(error))
            return
        self._on_its_way = None
        self._tell(manifest.id, PutState.WAITS, f"it is whole and checked; it takes over {IN_WORDS[manifest.when]}")

    def close(self) -> None:
        """The show ends: what is on its way is not waited for."""
        if self._check is not None:
            self._check.stop()

    def _hear_signed(self, topic: str, payload: bytes, act: Callable[[dict[str, Any]], None]) -> None:
        put = ""
        try:
            said = json.loads(payload) if len(payload) <= OFFER_AT_MOST else None
            put = _id_of(said)
            body = self._gate.admit(topic, said)
            self._admitted.append(put)
            act(body)
        except NotSigned as error:
            if put not in self._admitted and self._gate.tells():
                self._tell(put, PutState.REFUSED, f"the request {error}")
        except (NotTaken, OSError, BadInput) as error:
            self._tell(put, PutState.REFUSED, _why(error))
        except ValueError:
            self._tell(put, PutState.REFUSED, "the request is no JSON")

    def _offer(self, said: dict[str, Any]) -> None:
        manifest = read_manifest(said.get("manifest"))
        self._require_accepted(manifest)
        store = self._stores[manifest.kind]
        if said.get("dry"):
            store.require_free()
            coming = store.coming(manifest)
            store.require_room(coming)
            self._tell(manifest.id, PutState.WOULD, bytes=coming)
            return
        if self._on_its_way is not None and not self._continues(manifest):
            return
        if self._on_its_way is None and self._is_settled(manifest, store):
            return
        if self._on_its_way is None:
            if manifest.kind == "own":
                store.staging = None
                store.install(manifest)
                self._tell(manifest.id, PutState.WAITS, f"it takes over {IN_WORDS[manifest.when]}")
                return
            store.begin(manifest)
            self._on_its_way, self._heard, self._got = (manifest, store), self._clock(), 0
        self._ask_for_the_rest()

    def _continues(self, manifest: Manifest) -> bool:
        """Whether this offer is that of the put on its way, said once more; another one has to wait for its end."""
        if self._on_its_way is None or self._on_its_way[0].id == manifest.id:
            return True
        if self._check is not None or self._clock() - self._heard < SILENCE_SECONDS:
            raise NotTaken("another one is on its way into this room; try again in a minute")
        self._drop()
        return True

    def _is_settled(self, manifest: Manifest, store: PutStore) -> bool:
        """Whether nothing has to be sent, for it is here: in use, or waiting."""
        state = store.slots.state()
        for name in (state.pending, state.trial):
            found = store.manifest(name) if name else None
            if found and found.id == manifest.id:
                self._tell(manifest.id, PutState.WAITS if name == state.pending else PutState.TAKEN)
                return True
        found = store.in_use()
        if manifest.kind == "own":
            same = found is None and not state.pending
        else:
            same = found is not None and found.content == manifest.content and not state.pending
        if same:
            self._tell(manifest.id, PutState.SAME, "it is in use already")
        return same

    def _chunk(self, put: str, number: int, chunk: int, data: bytes) -> None:
        if self._on_its_way is None or self._on_its_way[0].id != put or self._check is not None:
            return
        staging = self._staging(self._on_its_way[1])
        self._heard = self._clock()
        try:
            staging.write(number, chunk, data)
        except (NotTaken, OSError) as error:
            self._refuse(_why(error))
            return
        self._got += 1
        self._tell(put, PutState.GOT, got=self._got)
        if staging.is_complete:
            self._ask_for_the_rest()

    def _ask_for_the_rest(self) -> None:
        if self._on_its_way is None:
            return
        manifest, store = self._on_its_way
        staging = self._staging(store)
        if self._check is not None:
            self._tell(manifest.id, PutState.CHECKING)
        elif not staging.is_complete:
            self._got = 0
            self._tell(manifest.id, PutState.WANTS, missing=staging.missing())
        else:
            self._begin_check(manifest, staging)

    def _begin_check(self, manifest: Manifest, staging: Staging) -> None:
        words = ""
        self._before = []
        if manifest.kind == "venue":
            try:
                manifest, words = self._as_laid_over(manifest, staging)
            except (BadInput, NotTaken, OSError) as error:
                self._refuse(_why(error))
                return
            self._on_its_way = manifest, self._stores["venue"]
            self._before = None
            self._check = self._check_venue(Path(self._place.venue_file))
        else:
            self._check = self._check_story(staging.begin, self._place.venue_file)
        self._tell(manifest.id, PutState.CHECKING, words)

    def _as_laid_over(self, manifest: Manifest, staging: Staging) -> tuple[Manifest, str]:
        """The room's own venue with what was put, in the place of what was put; what was left out, in words."""
        own, file = Path(self._place.venue_file), staging.begin
        before = own.read_bytes()
        text, left = laid_over(
            before.decode("utf-8-sig"), read_toml(own), read_toml(file), whole=self._place.venues == "whole"
        )
        stays = f"the room keeps its own {', '.join(left[:12])}{' and more' * (len(left) > 12)}" if left else ""
        content = text.encode()
        if content == before:
            raise NotTaken(f"nothing in it is new here{f'; {stays}' if stays else ''}")
        self._stores["venue"].refresh_own(manifest.begin, before)
        for path in (file, beside(self._place.venue_file)):
            with path.open("wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
        laid = PutFile(path=manifest.begin, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        return manifest.model_copy(update={"files": (laid,)}), stays

    def _go_back(self, said: dict[str, Any]) -> None:
        store = self._stores["venue" if said.get("kind") == "venue" else "story"]
        asked = _id_of(said)
        if not asked or asked != self._went_back[0]:
            self._went_back = asked, store.go_back()
        self._tell(asked, PutState.WAITS, self._went_back[1])

    def _require_accepted(self, manifest: Manifest) -> None:
        if manifest.kind != "venue" and not self._place.stories:
            raise NotTaken("this room takes no stories; write accept_stories = true under [rooms] in its venue file")
        if manifest.kind == "venue" and not self._place.venues:
            raise NotTaken('this room takes no venues; write accept_venues = "settings" under [rooms] in its own file')
        if manifest.kind == "venue" and not self._place.venue_file:
            raise NotTaken("this room runs without a venue file, so nothing can be laid over it")

    def _staging(self, store: PutStore) -> Staging:
        if store.staging is None:
            raise NotTaken("nothing is on its way")
        return store.staging

    def _refuse(self, why: str) -> None:
        if self._on_its_way is not None:
            self._tell(self._on_its_way[0].id, PutState.REFUSED, why)
            self._drop()

    def _drop(self) -> None:
        if self._on_its_way is not None:
            self._on_its_way[1].clean()
        if self._place.venue_file:
            beside(self._place.venue_file).unlink(missing_ok=True)
        self._on_its_way = self._check = None


def _id_of(said: Any) -> str:
    """Under which its sender is answered, read before anything is believed; '' where there is none."""
    if isinstance(said, dict) and isinstance(text := said.get("signed"), str):
        try:
            said = json.loads(text)
        except ValueError:
            return ""
    found = said.get("id", "") if isinstance(said, dict) else ""
    return found if isinstance(found, str) and len(found) == 16 and found.isalnum() else ""


def _why(error: Exception) -> str:
    if isinstance(error, BadInput):
        return "; ".join(error.lines())
    if isinstance(error, OSError):
        return f"the room's disk: {error.strerror or error}"
    return str(error)
