"""The last step: a head for the venue chosen on people left out, thresholds, and what all of it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calibration.fitting import Choice, Told, choose, known_from
from calibration.profile import Worth
from calibration.toml import BadFile
from installation.calibrate.decision import lead_for, right_with_own_neutral
from installation.calibrate.draft import Draft
from installation.calibrate.guide import Guide
from models.card import read_card
from models.measure import Scores, scores
from models.prior import read_prior
from models.venue_head import model_file


def fit(draft: Draft, guide: Guide, misfires: float, told: Told) -> Choice:
    """Choose the venue's head on people left out, and say what it is worth."""
    if draft.faces is None:
        raise BadFile("the takes", ["there are none yet: run 'chiaro calibrate' with the step 'faces'"])
    network = read_card(model_file(draft.venue.eye))
    prior = read_prior(model_file(draft.venue.eye), network.sha256)
    place = draft.calibration.light
    if prior is None:
        guide.warn("nothing is known beforehand of this network (models.make_prior): only the takes count")
        known = known_from(draft.faces)
    else:
        known = prior.under(place.azimuth_degrees, place.elevation_degrees) if place.measured else prior.known
    choice = choose(draft.faces, known, told)
    draft.head = None if choice.name == "shipped" else choice.head
    draft.losses = choice.losses
    draft.before = scores(draft.faces.probabilities, draft.faces.labels)
    draft.after = scores(choice.left_out, draft.faces.labels) if draft.head else draft.before
    draft.each = tuple(_worth_of_each(draft, choice))
    if (draft.faces.labels == 0).any():
        guide.say(f"  {_decide(draft, choice, misfires, guide)}")
    draft.set(
        made=datetime.now().strftime("%Y-%m-%d %H:%M"),
        model=network.version,
        model_sha256=network.sha256,
        choice=in_words(choice, draft),
        before=_worth(draft.before),
        after=_worth(draft.after),
    )
    guide.say(f"  {draft.calibration.choice}")
    return choice


def _decide(draft: Draft, choice: Choice, misfires: float, guide: Guide) -> str:
    """Thresholds for the asked misfire rate, and whether each visitor's own resting face should be taken off."""
    faces = draft.faces
    assert faces is not None
    lead, reached = lead_for(choice.left_out[faces.labels == 0], misfires)
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
    plain, own = right_with_own_neutral(choice.left_out, faces.labels, faces.people)
    found = f"the volunteers' faces: {plain:.0%} right, {own:.0%} with each one's own resting face taken off"
    mood["baseline_seconds"] = (0.0 if own < plain - 0.02 else draft.venue.mood.baseline_seconds or 3.0, found)
    return found


def in_words(choice: Choice, draft: Draft) -> str:
    assert draft.before
    assert draft.after
    if choice.name == "shipped":
        return "the shipped network stays: no other was better on people left out"
    if choice.name == "temperature":
        return (
            "the shipped network stays, with its confidence set right for this room (ECE"
            f" {draft.before.ece:.0%} became {draft.after.ece:.0%} on people left out)"
        )
    kind = {"light": "the head for this lamp"}.get(
        choice.name,
        "a head of this venue's own"
        + (", begun from the one for this lamp" if choice.name.startswith("light") else ""),
    )
    return f"{kind}: {draft.before.accuracy:.0%} right became {draft.after.accuracy:.0%} on people left out"


def _worth(found: Scores) -> Worth:
    return Worth(accuracy=found.accuracy, macro_f1=found.macro_f1, calibration_error=found.ece)


def _worth_of_each(draft: Draft, choice: Choice) -> Iterator[tuple[str, int, float, float]]:
    faces = draft.faces
    assert faces is not None
    after = choice.left_out if draft.head else faces.probabilities
    for number, who in enumerate(draft.initials):
        mine = faces.people == number
        if mine.any():
            right = faces.labels[mine]
            before = float((faces.probabilities[mine].argmax(1) == right).mean())
            yield who, int(mine.sum()), before, float((after[mine].argmax(1) == right).mean())
