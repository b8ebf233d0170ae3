"""The report of a calibration: one HTML page that needs nothing else, for the wall of the workshop."""

from __future__ import annotations

from html import escape

from calibration.profile import ValidationScores
from installation.calibrate.draft import Draft
from installation.calibrate.lamp_drawing import light_in_words
from installation.calibrate.plots import bars, confusion_drawing, lamp_drawing, reliability_drawing, screen_drawing
from installation.calibrate.screen_words import screen_in_words

STYLE = """body{font:15px/1.5 system-ui,sans-serif;color:#2b2622;background:#faf7f3}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}.lead{font-size:1.15rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse}
td,th{padding:.25rem .9rem .25rem 0;text-align:left;border-bottom:1px solid #e0d8ce}
svg text{font:11px system-ui,sans-serif;fill:#2b2622}.side{display:flex;flex-wrap:wrap;gap:1.5rem}"""


def html_report(draft: Draft) -> str:
    """The report as one page that loads nothing from elsewhere; for a draft that has been fitted."""
    made = draft.calibration
    parts = [
        f"<h1>Calibration of {escape(draft.venue.name)}</h1>",
        f"<p>{escape(made.made)}, {escape(made.camera)}, people: {escape(', '.join(made.people) or 'none')}"
        f" ({escape('; '.join(made.consent) or 'no consent noted')})</p>",
        f'<p class="lead">{escape(made.choice)}</p>',
    ]
    if draft.remarks:
        parts.append("<h2>To do</h2><ul>" + "".join(f"<li>{escape(one)}</li>" for one in draft.remarks) + "</ul>")
    parts += ["<h2>Before and after</h2>", _scores(made.before, made.after)]
    parts.append(
        "<p>Leave-one-person-out cross-validation: each person is judged by a fit that has not seen them. Accuracy: "
        "how often the emotion asked for was recognised. Volunteers act; visitors are harder.</p>"
    )
    if draft.per_person:
        parts.append(f"<h3>Accuracy for each person (pictures), before and after</h3>{bars(draft.per_person)}")
    if draft.before and draft.after:
        parts.append(
            "<h2>What was mistaken for what</h2><p>Confusion matrix in per cent. Rows: asked for; columns: recognised."
            '</p><div class="side">'
        )
        parts += [confusion_drawing(draft.before, "before"), confusion_drawing(draft.after, "after"), "</div>"]
        parts.append(
            "<h2>Can its confidence be trusted?</h2><p>Gray before, warm after; on the line, it is right as often as"
            " it is sure.</p>"
        )
        parts.append(reliability_drawing(draft.before.reliability, draft.after.reliability))
    if draft.screen:
        words = escape(screen_in_words(draft.screen))
        parts += ["<h2>Screen</h2>", f"<p>{words}</p>", screen_drawing(draft.screen.corners)]
    parts += ["<h2>Light</h2>", _light(draft), "<h2>Figures</h2>", _figures(draft)]
    body = "\n".join(parts)
    title = escape(f"Calibration of {draft.venue.name}")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


def _scores(before: ValidationScores, after: ValidationScores) -> str:
    rows = (
        ("accuracy", before.accuracy, after.accuracy),
        ("macro F1 (every emotion counts the same)", before.macro_f1, after.macro_f1),
        ("expected calibration error of its confidence (ECE)", before.calibration_error, after.calibration_error),
    )
    cells = "".join(f"<tr><td>{name}</td><td>{b:.1%}</td><td><b>{a:.1%}</b></td></tr>" for name, b, a in rows)
    return f"<table><tr><th></th><th>shipped</th><th>this venue</th></tr>{cells}</table>"


def _light(draft: Draft) -> str:
    light = draft.calibration.light
    if not light.measured:
        return "<p>Not measured.</p>"
    text = f"{light_in_words(light)}; half size {light.radius_degrees:.0f} degrees"
    return f"<p>{escape(text)}</p>{lamp_drawing(light)}"


def _figures(draft: Draft) -> str:
    made = draft.calibration
    rows = [
        ("picture mean of the empty room, of 255", f"{made.room.luminance:.1f}"),
        ("noise of a pixel, of 255", f"{made.room.noise:.1f}"),
        ("face mean, of 255", f"{made.room.face_luminance:.0f}"),
        ("time to detect and classify a face", f"{made.latency_ms:.0f} ms"),
        ("pictures kept as embeddings", str(made.faces)),
        *(
            (f"{section}.{name}", f"{value:g} ({why})")
            for section in ("eye", "mood")
            for name, (value, why) in draft.changes.get(section, {}).items()
        ),
        ("network", f"{made.model} {made.model_sha256[:12]}"),
        *((f"camera {name}", f"{value:g}") for name, value in made.controls.items()),
        *(
            (f"log loss of candidate '{name}', nats per held-out face", f"{loss:.3f}")
            for name, loss in draft.log_losses.items()
        ),
    ]
    cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>"
