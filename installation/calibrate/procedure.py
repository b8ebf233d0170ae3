"""The whole calibration: open everything, go through the steps, write the files at the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import BadFile, BadInput, Unavailable
from calibration.file_writer import link_target, make_private_folder
from calibration.files import did_you_mean
from calibration.plain import plain
from calibration.settings import CameraSettings
from calibration.venue import Venue, load_venue
from calibration.venue_folder import find_or_begin_venue, find_venue, name_of
from installation.calibrate import steps
from installation.calibrate.camera_step import set_region
from installation.calibrate.check import Verdict, check_room
from installation.calibrate.draft import Draft, read_faces_kept, save
from installation.calibrate.fit import fit
from installation.calibrate.guide import Guide, TextGuide
from installation.calibrate.open_guide import open_guide
from installation.calibrate.picture_source import PictureSource, open_picture_source
from installation.calibrate.recording import Observer
from installation.calibrate.region import read_region
from installation.calibrate.report import html_report
from installation.camera.masks import masks_of
from installation.film.screen import NoScreen
from installation.host.options import report_old_place, story_file, with_source
from models.labels import LABELS
from models.seeing.card import read_card
from models.seeing.venue_head import head_of, model_file
from scenes.story.story import load_story

LEAST_FREE = 4_000_000
"""Bytes on the disk; all files of a calibration are smaller."""


@dataclass(frozen=True, slots=True)
class CalibrateOptions:
    """What was typed on the command line."""

    venue: str
    camera: str | None = None
    steps: tuple[str, ...] = ()
    emotions: tuple[str, ...] = ()
    story: str = ""
    recording_seconds: float = 3.0
    misfires: float = 0.05
    region: str = ""
    keep_frames: Path | None = None
    window: bool = True
    yes: bool = False
    seed: int = 0


def calibrate_venue(options: CalibrateOptions) -> Path:
    """Go through the steps; returns the venue file. Raises ``BadFile``, ``CameraLost``, ``Cancelled``, ``OSError``."""
    _check_options(options)
    found = find_or_begin_venue(options.venue)
    report_old_place(found)
    file = found.file
    _check_writable(file)
    read = file if file.exists() else found.begins_as
    venue = load_venue(read) if read else Venue(name=file.stem)
    todo = options.steps or steps.STEPS
    emotions = _emotions_to_record(options, venue) if "faces" in todo else ()
    draft = _new_draft(options, venue)
    if "faces" not in todo and "fit" in todo:
        read_faces_kept(draft, file)
    with ExitStack() as open_parts:
        guide: Guide = TextGuide(options.yes)
        if set(todo) - {"fit"}:
            guide = _measure(options, draft, todo, emotions, not file.exists(), open_parts)
            _keep_address_out(draft, venue.camera, guide)
        if "faces" in todo or "fit" in todo:
            guide.step(*_step_number("fit", todo), "fit")
            with guide.progress("fitting") as done:
                fit(draft, guide, options.misfires, done)
    save(draft, file, html_report(draft) if draft.after else "", found.begins_as)
    return file


def check_venue(options: CalibrateOptions) -> Verdict:
    """Compare a room with its calibration. Raises ``BadFile``, ``CameraLost``."""
    found = find_venue(options.venue)
    report_old_place(found)
    venue = load_venue(found.file)
    if not venue.calibration.made:
        raise BadFile(found.file, [f"was never calibrated; run 'chiaro calibrate {name_of(found.file)}'"])
    head_of(venue.calibration, venue.eye)  # with another network the show would be blind, however the room is
    if options.camera is not None:
        venue = venue.model_copy(update={"camera": with_source(venue.camera, options.camera)})
    observer, share = _observer(venue), masks_of(venue).open_share
    with closing(open_picture_source(venue, options.seed)) as source:
        return check_room(venue.calibration, source, observer, TextGuide(options.yes).say, share)


def _new_draft(options: CalibrateOptions, venue: Venue) -> Draft:
    draft = Draft(venue, venue.calibration, seen_by=read_card(model_file(venue.eye)).sha256)
    if options.camera is not None:
        draft.venue = venue.model_copy(update={"camera": with_source(venue.camera, options.camera)})
    if options.region:
        set_region(draft, read_region(options.region))
    return draft


def _measure(
    options: CalibrateOptions,
    draft: Draft,
    todo: Collection[str],
    emotions: tuple[str, ...],
    new: bool,
    open_parts: ExitStack,
) -> Guide:
    """The steps that need a camera, in their order; returns the guide, whose window stays open for the fit."""
    observer = _observer(draft.venue)
    source_closes = closing(_picture_source(options, draft.venue))
    guide = open_guide(options.window, options.yes)
    open_parts.callback(guide.close)
    with source_closes as source:
        if options.camera is not None and (source.live or (new and not source.somebody)):
            # Tried on simulated visitors or on recordings, a real venue keeps its camera.
            draft.changes.setdefault("camera", {})["source"] = (options.camera, "calibrated with it")
        session = steps.Session(source, guide, observer, emotions, options.recording_seconds, options.keep_frames)
        for name in ("screen", "camera", "light", "faces"):
            if name in todo:
                guide.step(*_step_number(name, todo), f"{name} ({source.name})")
                try:
                    getattr(steps, name)(session, draft)
                except NoScreen as error:
                    if name in options.steps:
                        raise
                    guide.warn(f"the screen was not looked for: {error}")
    return guide


def _keep_address_out(draft: Draft, own: CameraSettings, guide: Guide) -> None:
    """An address with a password is not written into the venue file, nor one beside the file that holds it."""
    changes = draft.changes.get("camera", {})
    address = str(changes.get("source", ("", ""))[0])
    if address and (own.source_file or plain(address) != address):
        del changes["source"]
        where = own.source_file or "a file of its own that camera.source_file names (or CHIARO_CAMERA)"
        guide.say(f"The camera's address is not written into the venue file; keep it in {where}.")


def _step_number(name: str, todo: Collection[str]) -> tuple[int, int]:
    """Which of the steps it is, and of how many; faces are always followed by a fit."""
    asked = [step for step in steps.STEPS if step in todo or (step == "fit" and "faces" in todo)]
    return asked.index(name) + 1, len(asked)


def _picture_source(options: CalibrateOptions, venue: Venue) -> PictureSource:
    source = open_picture_source(venue, options.seed)
    if options.yes and source.live:
        source.close()
        raise BadInput("cannot answer for real people: each person in front of a camera has to be asked", where="--yes")
    return source


def _observer(venue: Venue) -> Observer:
    return Observer(venue.eye, venue.camera.region)


def _check_options(options: CalibrateOptions) -> None:
    """All at once."""
    problems = [
        f"--step {word}: unknown{did_you_mean(word, steps.STEPS)}; known: {', '.join(steps.STEPS)}"
        for word in options.steps
        if word not in steps.STEPS
    ]
    problems += [
        f"--emotions {word}: unknown{did_you_mean(word, LABELS)}; known: {', '.join(LABELS)}"
        for word in options.emotions
        if word not in LABELS
    ]
    if len(options.emotions) == 1:
        problems.append("--emotions: name at least two; with only one there is nothing to distinguish")
    if options.story and options.emotions:
        problems.append("--story and --emotions: use only one of them")
    if problems:
        raise BadInput(*problems)


def _emotions_to_record(options: CalibrateOptions, venue: Venue) -> tuple[str, ...]:
    """The emotions that volunteers are to show. Raises ``BadFile``."""
    story = options.story or venue.story
    asked = options.emotions or (story_emotions(story) if story else ())
    return asked if len(asked) > 1 else steps.EMOTIONS  # a story without moods does not say what to ask for


def story_emotions(named: str) -> tuple[str, ...]:
    """A face at rest, and every emotion that a branch of the story asks for. Raises ``BadFile``."""
    story = load_story(story_file(named), forgive_clips=True)
    asked = {label for scene in story.names for mood in story.asked_moods(scene) for label in story.labels(mood)}
    return tuple(label for label in LABELS if label == "neutral" or label in asked)


def _check_writable(file: Path) -> None:
    """Before ten minutes are spent."""
    for folder in {file.parent, link_target(file).parent}:
        make_private_folder(folder)
        if not os.access(folder, os.W_OK):
            raise BadFile(folder, ["is not writable; give the venue a path of your own, such as ~/room.toml"])
        if shutil.disk_usage(folder).free < LEAST_FREE:
            raise Unavailable(f"the disk that holds {folder} is full, so nothing could be saved; free some space first")
