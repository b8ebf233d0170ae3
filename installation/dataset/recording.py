"""Recording a set of faces: person by person, each asked first, class by class, take by take; stopped and gone on with.

Only faces that were cut out are written, under a random code, into a folder of their owner alone; never a whole
picture. Nothing is written of anybody before the yes is on the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from calibration.errors import BadInput
from calibration.files import did_you_mean
from calibration.venue import Venue
from installation.calibrate.guide import Guide
from installation.calibrate.open_guide import open_guide
from installation.calibrate.picture_source import PictureSource, RecordingRequest, open_picture_source
from installation.dataset.take import Taker
from installation.host.options import venue_of, with_source
from models.arrays import Gray
from models.dataset.consent import Consent, new_code, read_consents, write_consents
from models.dataset.importing import write_face
from models.dataset.table import FaceRow, alone_in, make_dataset_folder, people_of, rows_so_far, write_table
from models.labels import LABELS

QUESTION = (
    "May we keep PICTURES of your face (gray, cut out, on this computer) and what you showed, to train a network that"
    " reads emotions? You can withdraw with your code."
)
SIMULATED = "simulated: a computed face, nobody's"
CUES = {
    "neutral": "your face at rest",
    "happiness": "as if a friend came in",
    "surprise": "as if the door flew open",
    "sadness": "as if somebody left for long",
    "anger": "as if somebody pushed in before you",
    "disgust": "as if something smelled foul",
    "fear": "as if somebody stood behind you",
    "contempt": "as if you knew better than they do",
}
ASKED = tuple(label for label in LABELS if label != "contempt")
TRIES = 3
CAPTION = "chiaro dataset record: faces are RECORDED"
CANCEL_AGAIN = "Press Esc again to end; what was recorded stays"


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What was typed on the command line."""

    folder: Path
    venue: str = ""
    camera: str | None = None
    emotions: tuple[str, ...] = ()
    takes: int = 2
    seconds: float = 3.0
    light: str = ""
    group: str = ""
    window: bool = True
    yes: bool = False
    seed: int = 0


@dataclass(slots=True)
class _Session:
    """One evening of recording."""

    options: RecordOptions
    name: str
    source: PictureSource
    guide: Guide
    taker: Taker
    rows: list[FaceRow]


def record_set(options: RecordOptions) -> int:
    """Record until nobody comes any more; returns how many faces were taken.

    Raises ``CameraLost``, ``Cancelled`` (what was recorded stays) and ``BadInput``.
    """
    emotions = _emotions(options)
    venue = _venue(options)
    with closing(open_picture_source(venue, options.seed)) as source:
        if options.yes and source.somebody:
            raise BadInput("cannot answer for real people: each of them has to be asked", where="--yes")
        guide = open_guide(options.window, options.yes, cancel_again=CANCEL_AGAIN, caption=CAPTION)
        with closing(guide):
            make_dataset_folder(options.folder)
            with alone_in(options.folder):
                rows = rows_so_far(options.folder)
                write_table(options.folder, rows)
                before = len(rows)
                taker = Taker(venue.eye, venue.camera.region)
                now = datetime.now().astimezone()
                session = _Session(options, f"{now:%Y%m%d-%H%M%S}", source, guide, taker, rows)
                where = f"faces, cut out of the pictures of {source.name}, are written to {options.folder}"
                guide.warn(f"This RECORDS: {where}")  # a warning: it stands in the window too, over the first question
                for person, shown_as in _people(session):
                    _record_person(session, person, shown_as, emotions)
                return len(session.rows) - before


def _venue(options: RecordOptions) -> Venue:
    venue = venue_of(options.venue)
    if options.camera is None:
        return venue
    return venue.model_copy(update={"camera": with_source(venue.camera, options.camera)})


def _emotions(options: RecordOptions) -> tuple[str, ...]:
    problems = [
        f"--emotions {word}: unknown{did_you_mean(word, LABELS)}; known: {', '.join(LABELS)}"
        for word in options.emotions
        if word not in LABELS
    ]
    if problems:
        raise BadInput(*problems)
    return tuple(dict.fromkeys(options.emotions)) or ASKED


def _people(session: _Session) -> Iterator[tuple[str, str]]:
    """The code of everybody who agreed, and how the source knows them."""
    guide, source = session.guide, session.source
    for who in source.people():
        if not source.somebody:
            yield _agreed(session, "", SIMULATED), who
        elif guide.agreed(f"{who}: {QUESTION}"):
            yield _agreed(session, "", QUESTION), who
    if source.people():
        return
    while said := guide.ask("Who is next? 'new', the code of somebody who was here before, or Enter to end").strip():
        code = "" if said.lower() == "new" else said.upper()
        if code and code not in {*people_of(session.rows), *_consented(session)}:
            guide.warn(f"nobody has the code {code}; type 'new' for somebody who is here for the first time")
        elif guide.agreed(QUESTION):
            yield _agreed(session, code, QUESTION), ""
        else:
            guide.say("  nothing is recorded")


def _consented(session: _Session) -> list[str]:
    return [one.person for one in read_consents(session.options.folder)]


def _agreed(session: _Session, code: str, question: str) -> str:
    """Note the yes, on the disk, before anything is recorded; returns the person's code."""
    folder = session.options.folder
    consents = read_consents(folder)
    person = code or new_code([*people_of(session.rows), *(one.person for one in consents)])
    when = datetime.now().astimezone().isoformat(timespec="minutes")
    write_consents(folder, [*consents, Consent(person, when, question)])
    if not code and session.source.live:
        text = f"Your code is {person}. Write it down: with it everything of yours is deleted. Noted?"
        while not session.guide.agreed(text):
            pass
    else:
        session.guide.say(f"code {person}")
    return person


def _record_person(session: _Session, person: str, shown_as: str, emotions: tuple[str, ...]) -> None:
    wanted = session.options.takes
    todo = [(label, take) for label in emotions for take in range(_takes_done(session.rows, person, label), wanted)]
    if not todo:
        session.guide.say(f"{person}: all {wanted} takes of each emotion are there; --takes {wanted + 1} asks for more")
    for number, (label, take) in enumerate(todo, 1):
        session.guide.step(number, len(todo), f"{label}, take {take + 1} of {wanted}")
        _record_take(session, person, shown_as, label)


def _takes_done(rows: list[FaceRow], person: str, label: str) -> int:
    return len({row.path.rpartition("-")[0] for row in rows if row.person == person and row.label == label})


def _record_take(session: _Session, person: str, shown_as: str, label: str) -> None:
    guide, source, taker = session.guide, session.source, session.taker
    request = RecordingRequest(shown_as or person, label)
    prompt = f"{label.upper()}: {CUES[label]}"

    def words() -> str:
        return f"{prompt} - {taker.taken} taken{f' - {taker.remark}' if taker.remark else ''}"

    tries = TRIES if source.live else 1
    for attempt in range(tries):
        taker.taken, taker.remark = 0, ""
        if source.live:
            guide.ready(words, taker.watched(source.pictures(request, 3600)))
        else:
            guide.say(words())
        pictures = guide.shown(source.pictures(request, session.options.seconds), words)
        faces, problem = taker.take(pictures, lambda remark: guide.say(f"  {remark or 'good'}"))
        if not problem:
            _keep(session, person, label, faces)
            guide.say(f"  {len(faces)} faces kept, {sum(row.person == person for row in session.rows)} of {person}")
            return
        guide.warn(f"{label}: {problem}{'; once more' if attempt < tries - 1 else '; left out'}")


def _keep(session: _Session, person: str, label: str, faces: list[Gray]) -> None:
    """The pictures first, then their lines: what a kill leaves between is found by the code in its name."""
    options = session.options
    take = _takes_done(session.rows, person, label) + 1
    rows = [
        FaceRow(f"{label}/{person}-{session.name}-{take:02d}-{number}.png", label, person, session.name)
        for number in range(1, len(faces) + 1)
    ]
    for row, face in zip(rows, faces, strict=True):
        write_face(options.folder / row.path, face)
        session.rows.append(replace(row, light=options.light, group=options.group))
    write_table(options.folder, session.rows)
