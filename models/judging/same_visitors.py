"""Visitors whom several eyes see: who of them is one person, by place; and numbers that stay theirs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from calibration.settings import MAX_VISITORS
from models.arrays import Doubles
from models.mood import VisitorMood

LARGEST_ID = 2**31 - 1
STAY_WITHIN = 1.5
"""Times the distance within which two faces become one visitor, they must be apart to be two again."""
Match = tuple[float, float, float, float]


def homography(matches: Sequence[Match]) -> Doubles:
    """The 3 x 3 matrix that takes each (x, y) of four matches to their (x, y) in the first eye's picture."""
    rows, wanted = [], []
    for x, y, there_x, there_y in matches:
        rows.append([x, y, 1, 0, 0, 0, -x * there_x, -y * there_x])
        rows.append([0, 0, 0, x, y, 1, -x * there_y, -y * there_y])
        wanted += [there_x, there_y]
    return np.append(np.linalg.solve(np.array(rows), np.array(wanted)), 1.0).reshape(3, 3)


def mapped(plane: Doubles | None, place: tuple[float, float]) -> tuple[float, float] | None:
    """``place`` in the first eye's picture; None where the plane does not reach it. Without a plane it is its own."""
    if plane is None:
        return place
    x, y, depth = (float(part) for part in plane @ np.array([*place, 1.0]))
    return (x / depth, y / depth) if depth > 1e-6 else None


Key = tuple[int, int]
"""An eye's place in the order of the venue, and its own number of a visitor."""


@dataclass(slots=True)
class _Person:
    """Somebody whom one eye or several see."""

    place: tuple[float, float] | None
    best: VisitorMood
    nearness: float
    keys: list[Key] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class View:
    """What one eye sees. ``plane``: from its picture to the first eye's; None: it is that, or no place is known."""

    eye: int
    visitors: Sequence[VisitorMood]
    face_scale: float = 1.0
    plane: Doubles | None = None


class SameVisitors:
    """Gives the visitors of several eyes, each once, with numbers and slots that outlast a change of eyes."""

    def __init__(self, same_within: float) -> None:
        self._same_within = same_within
        self._ids: dict[Key, int] = {}
        self._slots: dict[int, int] = {}
        self._largest: int | None = None

    def update(
        self, by_place: Sequence[View], same: Sequence[View], beside: Sequence[View]
    ) -> tuple[list[VisitorMood], dict[int, int]]:
        """The visitors, nearest first, and how many of them each eye sees best.

        ``by_place``: views whose places can be compared. ``same``: they see the same visitors, nobody knows who is
        who: the one that sees most counts. ``beside``: nobody else sees theirs.
        """
        people = self._widest(self._people(by_place), by_place, same)
        people += [person for view in beside for person in self._people([view])]
        people = sorted(people, key=lambda person: -person.nearness)[:MAX_VISITORS]
        ids = self._numbered(people)
        taken = set(ids)
        self._slots = {number: slot for number, slot in self._slots.items() if number in taken}
        visitors = [self._as_seen(person, number) for person, number in zip(people, ids, strict=True)]
        self._ids = {key: number for person, number in zip(people, ids, strict=True) for key in person.keys}
        best = [person.keys[0][0] for person in people]
        return visitors, {eye: best.count(eye) for eye in set(best)}

    def _people(self, views: Sequence[View]) -> list[_Person]:
        people: list[_Person] = []
        faces = [(view, one, one.size * view.face_scale) for view in views for one in view.visitors]
        for view, one, nearness in sorted(faces, key=lambda face: -face[2]):
            key, place = (view.eye, one.visitor_id), mapped(view.plane, one.position)
            person = self._nearest(people, key, place)
            if person is None:
                people.append(_Person(place, one, nearness, [key]))
            else:
                person.keys.append(key)
        return people

    def _nearest(self, people: Sequence[_Person], key: Key, place: tuple[float, float] | None) -> _Person | None:
        """Who of ``people``, seen by other eyes, is at that place."""
        found, least = None, math.inf
        for person in people:
            if person.place is None or place is None or any(eye == key[0] for eye, _ in person.keys):
                continue
            number = self._ids.get(key)
            known = number is not None and any(self._ids.get(other) == number for other in person.keys)
            apart = math.dist(person.place, place) / (STAY_WITHIN if known else 1.0)
            if apart <= self._same_within and apart < least:
                found, least = person, apart
        return found

    def _widest(self, people: list[_Person], by_place: Sequence[View], same: Sequence[View]) -> list[_Person]:
        """Of those who see the same: the view with most visitors, the one of before as long as none has more."""
        choices: dict[int | None, list[_Person]] = {view.eye: self._people([view]) for view in same}
        if by_place or not choices:
            choices = {None: people, **choices}
        most = max(len(found) for found in choices.values())
        if len(choices.get(self._largest, ())) < most or self._largest not in choices:
            self._largest = next(eye for eye, found in choices.items() if len(found) == most)
        return choices[self._largest]

    def _numbered(self, people: Sequence[_Person]) -> list[int]:
        """Each person's number: the one that an eye's visitor of theirs had before, else that visitor's own."""
        ids: list[int] = []
        for person in people:
            known = [self._ids[key] for key in person.keys if key in self._ids]
            wishes = (*known, *(number for _, number in person.keys))
            free = next((number for number in wishes if number not in ids), None)
            if free is None:  # they were one, and the other one has kept the number
                free = next(number for number in range(1, LARGEST_ID) if number not in ids)
            ids.append(free)
        return ids

    def _as_seen(self, person: _Person, number: int) -> VisitorMood:
        if number not in self._slots:
            used = set(self._slots.values())
            wanted = person.best.slot
            free = (slot for slot in (wanted, *range(1, MAX_VISITORS + 1)) if slot not in used)
            self._slots[number] = next(free)
        x, y = person.place or person.best.position
        place = (min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) if person.place else person.best.position
        return person.best.model_copy(update={"visitor_id": number, "slot": self._slots[number], "position": place})
