"""The last step: a head for the venue chosen on people left out, thresholds, and what all of it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calibration.cross_validation import HeadChoice, Progress, select_head
from calibration.errors import BadInput
from calibration.fitting import Faces
from calibration.profile import ValidationScores
from installation.calibrate.decision import lead_for, right_with_own_neutral
from installation.calibrate.draft import Draft
from installation.calibrate.guide import Guide
from models.evaluation.metrics import Scores, scores
from models.lighting.lamp_prior import read_prior, statistics_for
from models.seeing.card import read_card
from models.seeing.venue_head import model_file


def fit(draft: Draft, guide: Guide, misfires: float, progress: Progress) -> HeadChoice:
    """Choose the venue's head on people left out, and say what it is worth."""
    if draft.faces is None:
        raise BadInput("there are no takes yet: run 'chiaro calibrate' with the step 'faces'")
    file = model_file(draft.venue.eye)
    card = read_card(file)
    prior = read_prior(file, card.sha256)
    if prior is None:
        guide.warn("nothing is known beforehand of this network (models.training.make_prior): only the takes count")
    choice = select_head(draft.faces, statistics_for(prior, draft.faces, draft.calibration), progress)
    draft.head = None if choice.name == "shipped" else choice.head
    draft.losses = choice.log_losses
    draft.before = scores(draft.faces.probabilities, draft.faces.labels)
    draft.after = draft.before if choice.name == "shipped" else scores(choice.held_out, draft.faces.labels)
    draft.each = tuple(_worth_of_each(draft.faces, draft.initials, choice))
    if (draft.faces.labels == 0).any():
        guide.say(f"  {_decide(draft, choice, misfires, guide)}")
    draft.set(
        made=datetime.now().strftime("%Y-%m-%d %H:%M"),
        model=card.version,
        model_sha256=card.sha256,
        choice=in_words(choice, draft.before, draft.after),
        before=_worth(draft.before),
        after=_worth(draft.after),
    )
    guide.say(f"  {draft.calibration.choice}")
    return choice


def _decide(draft: Draft, choice: HeadChoice, misfires: float, guide: Guide) -> str:
    """Thresholds for the asked misfire rate, and whether each visitor's own resting face should be taken off."""
    faces = draft.faces
    assert faces is not None
    lead, reached = lead_for(choice.held_out[faces.labels == 0], misfires)
    mood = draft.changes.setdefault("mood", {})
    told = f"{reached:.0%} of the volunteers' resting faces reach it with another emotion"
    mood["lead_at"] = (lead, f"{told}, {misfires:.0%} may")
    if reached > misfires:
        draft.remarks.append(
            f"{told}, more than the {misfires:.0%} asked for: do the step 'faces' again with faces truly at rest, or"
            " lengthen mood.believe_after_seconds"
        )
        guide.warn(draft.remarks[-1])
    mood["keep_at"] = (round(0.9 * lead, 3), "nine tenths of lead_at")
    plain, own = right_with_own_neutral(choice.held_out, faces.labels, faces.people)
    found = f"the volunteers' faces: {plain:.0%} right, {own:.0%} with each one's own resting face taken off"
    mood["baseline_seconds"] = (0.0 if own < plain - 0.02 else draft.venue.mood.baseline_seconds or 3.0, found)
    return found


def in_words(choice: HeadChoice, before: Scores, after: Scores) -> str:
    if choice.name == "shipped":
        return "the shipped network stays: no other was better on people left out"
    if choice.name == "temperature":
        ece = f"(ECE {before.ece:.0%} became {after.ece:.0%} on people left out)"
        return f"the shipped network stays, with its confidence set right for this room {ece}"
    head = "the head for this lamp" if choice.name == "light" else "a head of this venue's own"
    head += ", begun from the one for this lamp" if choice.name.startswith("light and") else ""
    return f"{head}: {before.accuracy:.0%} right became {after.accuracy:.0%} on people left out"


def _worth(found: Scores) -> ValidationScores:
    return ValidationScores(accuracy=found.accuracy, macro_f1=found.macro_f1, calibration_error=found.ece)


def _worth_of_each(
    faces: Faces, initials: tuple[str, ...], choice: HeadChoice
) -> Iterator[tuple[str, int, float, float]]:
    for number, who in enumerate(initials):
        mine = faces.people == number
        if mine.any():
            right = faces.labels[mine]
            before = float((faces.probabilities[mine].argmax(1) == right).mean())
            yield who, int(mine.sum()), before, float((choice.held_out[mine].argmax(1) == right).mean())
