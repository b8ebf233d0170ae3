"""The longer pieces of the drafts: who hears what, which ways hang on faces, and what the network's card says."""

from __future__ import annotations

from pathlib import Path

from calibration.venue import Venue
from installation.privacy.draft_model import FAILS, MADE, SECTIONS, USE, WORTH, CardInWords
from installation.privacy.draft_story import FaceStory
from installation.privacy.draft_words import Phrases, literal
from installation.privacy.facts import Facts, Recipient
from models.seeing.card import card_beside


def recipient_values(facts: Facts, say: Phrases) -> dict[str, str]:
    """Who hears what, as a table and in a sentence."""
    outside = facts.heard_outside
    single = programs_told_of_single_visitors(facts)
    rows = [_row(one, say) for one in facts.recipients]
    return {
        "recipients": "\n".join([say("recipients_head"), "|---|---|---|---|", *rows])
        if rows
        else say("recipients_none"),
        "recipients_short": say("recipients_short", count=len(rows), outside=len(outside)),
        "singles": say("singles", where=", ".join(literal(one.where) for one in single))
        if single
        else say("singles_none"),
        "single_remains": say("single_remains" if single else "single_remains_none"),
        "transfers": say("transfers", count=len(outside)) if outside else say("transfers_none"),
    }


def programs_told_of_single_visitors(facts: Facts) -> list[Recipient]:
    """Recipients with data of single visitors, besides the operator's console."""
    return [one for one in facts.recipients if one.single and one.content != "console"]


def _row(one: Recipient, say: Phrases) -> str:
    what = say(f"content_{one.content}") + (say("narrowed") if one.narrowed else "")
    return f"| {literal(one.where)} | {what} | {say(f'reach_{one.reach}')} | `{one.setting}` |"


def story_values(story: FaceStory, say: Phrases) -> dict[str, str]:
    """Which ways of the film hang on faces."""
    figures = {"faces": len(story.face_ways), "all": story.ways, "scenes": story.scenes}
    rows = [f"| {literal(way.scene)} | {literal(way.to)} | {literal(way.asks)} |" for way in story.face_ways]
    parts = ["\n".join([say("branches_head"), "|---|---|---|", *rows]) if rows else say("branches_none")]
    parts.append(say("branches_note", **figures))
    if story.driven:
        parts.append(say("branches_drives", scenes=literal(", ".join(story.driven))))
    return {
        "branches": "\n\n".join(parts),
        "looking_away": say("looking_away", warnings=literal("; ".join(story.looking_away)))
        if story.looking_away
        else say("looking_away_none"),
        "branch_count": say("branch_count", **figures),
        "story_title": literal(story.title),
        "story_hash": story.sha256,
    }


def card_values(card: CardInWords, network: Path, say: Phrases) -> dict[str, str]:
    """What is known of the network."""
    unknown = say("card_unknown", file=literal(card.file), card=literal(network.with_suffix(".md").name))
    names = {MADE: "card_made", WORTH: "card_worth", FAILS: "card_fails", USE: "card_use"}
    values = {names[head]: card.sections.get(head, unknown) for head in SECTIONS}
    values["groups"] = card.groups or unknown
    if (found := card.validation) is None:
        return values | {"accuracy": say("accuracy_unknown", file=literal(card.file)), "recall": ""}
    accuracy = say(
        "accuracy",
        n=found.n,
        accuracy=say.percent(found.accuracy),
        f1=say.number(found.macro_f1, 2),
        ece=say.number(found.ece, 3),
    )
    rows = [f"| {say.emotion(label)} | {say.percent(share)} |" for label, share in found.recall.items()]
    recall = "\n".join([say("recall_head"), "|---|---|", *rows])
    return values | {"accuracy": f"{accuracy} (`{literal(card_beside(network).name)}`)", "recall": recall}


def calibration_values(venue: Venue, say: Phrases) -> dict[str, str]:
    """What was measured in this room, on whom."""
    found = venue.calibration
    if not found.made:
        names = ("calibration", "calibration_kept", "calibration_remains", "room_accuracy")
        return {name: say(f"{name}_none") for name in names}
    people, after = len(found.people), found.after
    return {
        "calibration": say("calibration_made", made=literal(found.made), people=people),
        "calibration_kept": say("calibration_kept"),
        "calibration_remains": say("calibration_remains"),
        "room_accuracy": say(
            "room_accuracy",
            people=people,
            faces=found.faces,
            accuracy=say.percent(after.accuracy),
            f1=say.number(after.macro_f1, 2),
            ece=say.number(after.calibration_error, 3),
        ),
    }
