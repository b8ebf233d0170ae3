"""What a calibration has gathered so far; it becomes files only when it is complete."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from calibration.array_file import FLOAT_ROWS, FLOATS, INTEGERS, WORD, WORDS, load_arrays
from calibration.errors import BadFile
from calibration.file_writer import previous_of, write_together
from calibration.files import read_text
from calibration.fitting import Faces
from calibration.head import VenueHead
from calibration.profile import Calibration
from calibration.toml_editing import toml_value
from calibration.venue import Venue
from calibration.venue_writer import Changes, venue_text
from installation.calibrate.screen_search import FoundScreen
from models.arrays import Image
from models.evaluation.metrics import Scores
from models.labels import LABELS


@dataclass(frozen=True, slots=True)
class PersonAccuracy:
    """How often the network is right about one volunteer."""

    initials: str
    faces: int
    before: float
    after: float


@dataclass(slots=True)
class Draft:
    """Grows from step to step."""

    venue: Venue
    calibration: Calibration
    changes: Changes = field(default_factory=dict)
    faces: Faces | None = None
    seen_by: str = ""
    """sha256 of the network that saw the faces."""
    initials: tuple[str, ...] = ()
    smallest_widths: dict[str, float] = field(default_factory=dict)
    """Pixels that the smallest face of each step was wide."""
    at_rest: list[Image] = field(default_factory=list)
    """Aligned faces at rest, for the light; never written down."""
    screen: FoundScreen | None = None
    """The film's display in the camera's picture; None: not seen, or not looked for."""
    head: VenueHead | None = None
    """None: the shipped one stays."""
    before: Scores | None = None
    after: Scores | None = None
    per_person: tuple[PersonAccuracy, ...] = ()
    log_losses: dict[str, float] = field(default_factory=dict)
    """Of each candidate for the head, in nats per held-out face."""
    remarks: list[str] = field(default_factory=list)

    def set(self, **found: object) -> None:
        """Set fields of the calibration."""
        self.calibration = self.calibration.model_copy(update=found)


def faces_file(venue_file: Path) -> Path:
    """What is kept of the volunteers: embeddings and labels, no pictures."""
    return venue_file.with_suffix(".faces.npz")


def save(draft: Draft, venue_file: Path, report: str, begins_as: Path | None = None) -> None:
    """Write everything or nothing, the venue file last: until then the last good calibration stays whole.

    A venue file that is not there yet begins as a copy of ``begins_as``. New files of people's faces are readable by
    their owner alone. Raises ``OSError`` (disk full, read-only) and ``BadFile``.
    """
    # Without a new fit the last head stays; read from a file, it is named by its whole path.
    head_name = "" if draft.after else Path(draft.calibration.head).name
    if draft.head:
        packed = draft.head.packed()
        head_name = f"{venue_file.stem}.head-{hashlib.sha256(packed).hexdigest()[:8]}.npz"
    draft.set(head=head_name)
    text = venue_text(_text_of(venue_file, begins_as, draft.venue.name), draft.changes, draft.calibration)
    files: dict[Path, bytes] = {}
    if draft.head and not (venue_file.parent / head_name).exists():
        files[venue_file.parent / head_name] = packed
    if draft.faces is not None:
        files[faces_file(venue_file)] = _packed_faces(draft.faces, draft)
    if report:
        files[venue_file.with_suffix(".html")] = report.encode()
    write_together(files | {venue_file: text.encode()}, private=tuple(files))
    _forget_old_heads(venue_file)


ARRAYS = {
    "model": WORD,
    "probabilities": FLOAT_ROWS,
    "embeddings": FLOAT_ROWS,
    "labels": INTEGERS,
    "people": INTEGERS,
    "weights": FLOATS,
    "initials": WORDS,
}
"""What is kept of the volunteers."""


def read_faces_kept(draft: Draft, venue_file: Path) -> None:
    """Continue with the faces and initials of the last calibration. Raises ``BadFile``."""
    path = faces_file(venue_file)
    again = "run 'chiaro calibrate' with --step faces --step fit"
    try:
        file = load_arrays(path, ARRAYS)
    except BadFile as error:
        problems = [f"no recordings can be read from it ({one}); {again}" for one in error.problems]
        raise BadFile(path, problems) from error
    if str(file["model"]) != draft.seen_by:
        raise BadFile(path, [f"was made with another network; {again}"])
    labels, people, weights = file["labels"].astype(np.int64), file["people"].astype(np.int64), file["weights"]
    probabilities, initials = file["probabilities"], tuple(str(one) for one in file["initials"])
    count = {len(array) for array in (labels, people, weights, probabilities, file["embeddings"])}
    known = not len(labels) or (
        0 <= labels.min() <= labels.max() < len(LABELS) and 0 <= people.min() <= people.max() < len(initials)
    )
    if len(count) != 1 or probabilities.shape[1] != len(LABELS) or not known:
        raise BadFile(path, [f"holds recordings that do not fit together; {again}"])
    draft.faces = Faces(probabilities, file["embeddings"].astype(np.float32), labels, people, weights)
    draft.initials = initials


def _packed_faces(faces: Faces, draft: Draft) -> bytes:
    packed = io.BytesIO()
    np.savez(
        packed,
        model=np.array(draft.seen_by),
        probabilities=faces.probabilities,
        embeddings=faces.embeddings.astype(np.float16),
        labels=faces.labels,
        people=faces.people,
        weights=faces.weights,
        initials=np.array(draft.initials),
    )
    return packed.getvalue()


def _text_of(venue_file: Path, begins_as: Path | None, name: str) -> str:
    for file in (venue_file, begins_as):
        if file and file.exists():
            return read_text(file)
    return (
        f"# Created by 'chiaro calibrate'; gallery.toml is an example of all settings.\n\nname = {toml_value(name)}\n"
    )


def _forget_old_heads(venue_file: Path) -> None:
    """Only the heads that the venue file and its predecessor name are kept; what a kill left half written goes too."""
    files = (venue_file, previous_of(venue_file))
    named = "".join(file.read_text(encoding="utf-8") for file in files if file.exists())
    for head in venue_file.parent.glob(f"{venue_file.stem}.head-*.npz*"):
        if head.name not in named:
            head.unlink(missing_ok=True)
