"""The last step: a head for the venue, chosen on held-out people, decision thresholds, and validation scores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from calibration.cross_validation import HeadChoice, Progress, select_head
from calibration.errors import BadFile, BadInput
from calibration.fitting import Faces
from calibration.profile import ValidationScores
from installation.calibrate.decision import accuracy_with_baseline, lead_threshold
from installation.calibrate.draft import Draft, PersonAccuracy
from installation.calibrate.guide import Guide
from models.evaluation.metrics import Scores, scores
from models.lighting.lamp_prior import Prior, read_prior, statistics_for
from models.seeing.card import read_card
from models.seeing.venue_head import model_file


def fit(draft: Draft, guide: Guide, misfires: float, progress: Progress) -> HeadChoice:
    """Choose the venue's head on held-out people and put it, its scores and the thresholds into the draft."""
    if draft.faces is None:
        raise BadInput("no faces have been recorded yet; run 'chiaro calibrate' with --step faces --step fit")
    file = model_file(draft.venue.eye)
    card = read_card(file)
    prior = _prior(file, card.sha256, guide)
    choice = select_head(draft.faces, statistics_for(prior, draft.faces, draft.calibration), progress)
    draft.head = None if choice.name == "shipped" else choice.head
    draft.log_losses = choice.log_losses
    draft.before = scores(draft.faces.probabilities, draft.faces.labels)
    draft.after = draft.before if choice.name == "shipped" else scores(choice.held_out, draft.faces.labels)
    draft.per_person = tuple(_accuracy_per_person(draft.faces, draft.initials, choice))
    if (draft.faces.labels == 0).any():
        guide.say(f"  {_set_thresholds(draft, draft.faces, choice, misfires, guide)}")
    draft.set(
        made=datetime.now().strftime("%Y-%m-%d %H:%M"),
        model=card.version,
        model_sha256=card.sha256,
        choice=in_words(choice, draft.before, draft.after),
        before=_validation_scores(draft.before),
        after=_validation_scores(draft.after),
    )
    guide.say(f"  {draft.calibration.choice}")
    return choice


def _prior(network: Path, sha256: str, guide: Guide) -> Prior | None:
    """What training knows of this network; without it the recordings alone count, which is said."""
    try:
        prior = read_prior(network, sha256)
    except BadFile as error:
        guide.warn(f"{error}; it is left out, and only the recordings count")
        return None
    if prior is None:
        guide.warn("this network has no prior (see models.training.make_prior): only the recordings count")
    return prior


def _set_thresholds(draft: Draft, faces: Faces, choice: HeadChoice, misfires: float, guide: Guide) -> str:
    """Set the thresholds for the allowed rate of misfires, and whether each visitor's resting face is subtracted."""
    lead, reached = lead_threshold(choice.held_out[faces.labels == 0], misfires)
    mood = draft.changes.setdefault("mood", {})
    mood["lead_at"] = (lead, f"reached by {reached:.0%} of the volunteers' resting faces, {misfires:.0%} allowed")
    if reached > misfires:
        draft.remarks.append(
            f"{reached:.0%} of the volunteers' resting faces are mistaken for an emotion, more than the {misfires:.0%}"
            " allowed: record them again with faces truly at rest (--step faces --step fit), or lengthen"
            " mood.believe_after_seconds"
        )
        guide.warn(draft.remarks[-1])
    mood["keep_at"] = (round(0.9 * lead, 3), "nine tenths of lead_at")
    plain, own = accuracy_with_baseline(choice.held_out, faces.labels, faces.people, draft.venue.mood.rise)
    found = f"volunteers' faces: {plain:.0%} correct, {own:.0%} judged over each person's own resting face"
    mood["baseline_seconds"] = (0.0 if own < plain - 0.02 else draft.venue.mood.baseline_seconds or 3.0, found)
    return found


def in_words(choice: HeadChoice, before: Scores, after: Scores) -> str:
    """One sentence: which head was chosen, and its score on held-out people before and after."""
    if choice.name == "shipped":
        return "the shipped network stays: no other head was better on held-out people"
    if choice.name == "temperature":
        ece = f"(ECE {before.ece:.0%} became {after.ece:.0%} on held-out people)"
        return f"the shipped network stays, with its confidence calibrated for this room {ece}"
    head = "the head for this lamp" if choice.name == "light" else "a head of this venue's own"
    head += ", starting from the one for this lamp" if choice.name.startswith("light and") else ""
    return f"{head}: {before.accuracy:.0%} correct became {after.accuracy:.0%} on held-out people"


def _validation_scores(found: Scores) -> ValidationScores:
    return ValidationScores(accuracy=found.accuracy, macro_f1=found.macro_f1, calibration_error=found.ece)


def _accuracy_per_person(faces: Faces, initials: tuple[str, ...], choice: HeadChoice) -> Iterator[PersonAccuracy]:
    for number, who in enumerate(initials):
        mine = faces.people == number
        if mine.any():
            right = faces.labels[mine]
            before = float((faces.probabilities[mine].argmax(1) == right).mean())
            after = float((choice.held_out[mine].argmax(1) == right).mean())
            yield PersonAccuracy(who, int(mine.sum()), before, after)
