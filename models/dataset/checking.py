"""What is wrong with a set of faces, all at once: doubles, contradictions, people in two parts, too few, unreadable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from models.dataset.doubles import together
from models.dataset.examined import ExaminedFace, ExaminedSet
from models.dataset.table import FaceRow
from models.labels import LABELS

FEWEST = 20
"""Faces of a class under which a network learns it by chance."""
UNEVEN = 5
"""Times that the largest class may be the smallest."""
FEWEST_PEOPLE = 3
"""Who show a class: one for each part of a split."""
DARK_BELOW = 4.0
"""Face mean of 255 under which a picture holds too few gray levels to learn from."""
BLURRED_BELOW = 0.5
"""Fine against middling detail: of 3,191 photographed faces none has less than 0.56; with a blur of 3 pixels of 64 all
have less."""
SHOWN_FILES, SHOWN_ALIKE = 6, 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of thing that was found, with every file that it concerns."""

    kind: str
    serious: bool
    """Has to be mended; else it is good to know."""
    text: str
    files: tuple[str, ...] = ()

    def line(self) -> str:
        """For people, with the first files."""
        more = len(self.files) - SHOWN_FILES
        names = ", ".join(self.files[:SHOWN_FILES]) + (f" and {more} more" if more > 0 else "")
        return f"{self.text}: {names}" if names else self.text


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """What a set holds, and what was found."""

    classes: dict[str, int]
    people: int
    parts: dict[str, int]
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """Nothing has to be mended."""
        return not any(one.serious for one in self.findings)


def check_set(rows: Sequence[FaceRow], seen: ExaminedSet) -> CheckedSet:
    """Everything that is wrong with the set; what has to be mended first."""
    found = [*_files(seen), *_doubles(seen), *_people(rows), *_classes(rows), *_pictures(seen.faces)]
    classes = Counter(row.label for row in rows)
    return CheckedSet(
        classes={label: classes[label] for label in LABELS if classes[label]},
        people=len({row.person for row in rows if row.person}),
        parts=dict(Counter(row.part for row in rows if row.part)),
        findings=tuple(sorted(found, key=lambda one: not one.serious)),
    )


def _files(seen: ExaminedSet) -> Iterator[Finding]:
    if seen.missing:
        text = f"{_pictures_told(len(seen.missing))} of the table not there; delete the lines, or bring the files back"
        yield Finding("missing", True, text, seen.missing)
    if seen.unreadable:
        text = f"{_pictures_told(len(seen.unreadable))} that cannot be read; delete the files and their lines"
        yield Finding("unreadable", True, text, seen.unreadable)
    if seen.unnamed:
        text = f"{_pictures_told(len(seen.unnamed))} not used: neither a line nor a folder says what they show"
        yield Finding("unnamed", False, f"{text}, or of a kind that is not read (PNG and JPEG are)", seen.unnamed)


DOUBLES: tuple[tuple[str, str, Callable[[FaceRow], str]], ...] = (
    ("contradiction", "show the same under different labels; delete the wrong ones", lambda row: row.label),
    ("double_across_people", "show the same under different people; give them one code", lambda row: row.person),
    ("double_across_parts", "are learned from and measured on too; run 'chiaro dataset split'", lambda row: row.part),
)


def _doubles(seen: ExaminedSet) -> Iterator[Finding]:
    groups: dict[int, list[FaceRow]] = {}
    for face, root in zip(seen.faces, together(len(seen.faces), seen.doubles), strict=True):
        groups.setdefault(root, []).append(face.row)
    same = [group for group in groups.values() if len(group) > 1]
    # Takes of one recording look alike by nature, also where a weak expression was asked for.
    takes = [group for group in same if _one_session(group)]
    copies = [group for group in same if not _one_session(group)]
    for kind, text, of in DOUBLES:
        if wrong := [group for group in copies if len({of(row) for row in group if of(row)}) > 1]:
            yield Finding(kind, True, f"{_pictures_told(sum(map(len, wrong)))} {text}", _groups_told(wrong, of))
    if copies:
        count = sum(len(group) - 1 for group in copies)
        yield Finding(
            "double",
            False,
            f"{_pictures_told(count)} more of what is there already: nothing new to learn",
            _groups_told(copies, lambda row: row.path),
        )
    if weak := [group for group in takes if len({row.label for row in group}) > 1]:
        text = "of one recording look alike under different labels: the expression is hardly there"
        yield Finding(
            "weak", False, f"{_pictures_told(sum(map(len, weak)))} {text}", _groups_told(weak, lambda row: row.label)
        )


def _one_session(group: list[FaceRow]) -> bool:
    return bool(group[0].session and group[0].person) and len({(row.person, row.session) for row in group}) == 1


def _groups_told(groups: list[list[FaceRow]], of: Callable[[FaceRow], str]) -> tuple[str, ...]:
    """Each group by the first picture of each kind."""
    return tuple(
        _group_told(list({of(row): row.path for row in reversed(group)}.values())[::-1], group) for group in groups
    )


def _group_told(differing: list[str], group: list[FaceRow]) -> str:
    shown = differing[:SHOWN_ALIKE]
    more = len(group) - len(shown)
    return " = ".join(shown) + (f" = {more} more" if more > 0 else "")


def _pictures_told(count: int) -> str:
    return f"{count} picture{'' if count == 1 else 's'}"


def _people(rows: Sequence[FaceRow]) -> Iterator[Finding]:
    parts: dict[str, set[str]] = {}
    for row in rows:
        if row.person and row.part:
            parts.setdefault(row.person, set()).add(row.part)
    if both := tuple(sorted(person for person, of in parts.items() if len(of) > 1)):
        text = "people are in more than one part, so what is measured is too good; run 'chiaro dataset split'"
        yield Finding("person_in_two_parts", True, f"{len(both)} {text}", both)
    unsplit = sum(not row.part for row in rows)
    if parts and unsplit:
        yield Finding("not_split", True, f"{unsplit} faces came after the split; run 'chiaro dataset split' again")
    if nobody := sum(not row.person for row in rows):
        yield Finding("no_person", False, f"{nobody} faces have no person: a split cannot keep people apart")


def _classes(rows: Sequence[FaceRow]) -> Iterator[Finding]:
    counts = Counter(row.label for row in rows)
    few = tuple(f"{label} ({counts[label]})" for label in LABELS if 0 < counts[label] < FEWEST)
    if few:
        yield Finding("too_few", True, f"fewer than {FEWEST} faces", few)
    if len(counts) == 1:
        yield Finding("one_class", True, "only one class: there is nothing to tell apart")
    if not counts["neutral"]:
        text = "no face at rest (neutral): in the show every face would count as an emotion"
        yield Finding("no_neutral", True, text)
    absent = [label for label in LABELS if not counts[label] and label != "neutral"]
    if absent:
        text = f"no face of {', '.join(absent)}: a network that is trained on this set never says so"
        yield Finding("absent", False, text)
    if counts and max(counts.values()) > UNEVEN * min(counts.values()):
        largest, smallest = counts.most_common()[0], counts.most_common()[-1]
        text = f"uneven: {largest[1]} faces of {largest[0]}, {smallest[1]} of {smallest[0]}"
        yield Finding("uneven", False, text)
    people = {label: {row.person for row in rows if row.label == label} for label in counts}
    lonely = tuple(
        f"{label} ({len(who)})" for label, who in people.items() if "" not in who and len(who) < FEWEST_PEOPLE
    )
    if lonely:
        text = f"shown by fewer than {FEWEST_PEOPLE} people, so not every part of a split can have it"
        yield Finding("few_people", False, text, lonely)


def _pictures(faces: Sequence[ExaminedFace]) -> Iterator[Finding]:
    kinds = (
        ("no_face", "without a face that is found", lambda one: not one.face_found),
        ("dark", f"too dark (face mean below {DARK_BELOW:.0f} of 255)", lambda one: one.luminance < DARK_BELOW),
        ("blurred", "blurred", lambda one: one.sharpness < BLURRED_BELOW),
    )
    for kind, text, holds in kinds:
        if files := tuple(one.row.path for one in faces if holds(one)):
            yield Finding(kind, False, f"{_pictures_told(len(files))} {text}", files)
