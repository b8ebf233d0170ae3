"""The report of a calibration: one HTML page that needs nothing else, for the wall of the workshop."""

from __future__ import annotations

from html import escape

from calibration.profile import ValidationScores
from installation.calibrate.draft import Draft
from installation.calibrate.lamp_drawing import light_in_words
from installation.calibrate.plots import bars, confusion_drawing, lamp_drawing, reliability_drawing

STYLE = """body{font:15px/1.5 system-ui,sans-serif;color:#2b2622;background:#faf7f3}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}.lead{font-size:1.15rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse}
td,th{padding:.25rem .9rem .25rem 0;text-align:left;border-bottom:1px solid #e0d8ce}
svg text{font:11px system-ui,sans-serif;fill:#2b2622}.side{display:flex;flex-wrap:wrap;gap:1.5rem}"""


def html_report(draft: Draft) -> str:
    """The page."""
    made = draft.calibration
    parts = [
        f"<h1>Calibration of {escape(draft.venue.name)}</h1>",
        f"<p>{escape(made.made)}, {escape(made.camera)}, people: {escape(', '.join(made.people) or 'nobody')}"
        f" ({escape('; '.join(made.consent) or 'no consent is noted')})</p>",
        f'<p class="lead">{escape(made.choice)}</p>',
    ]
    if draft.remarks:
        parts.append("<h2>To do</h2><ul>" + "".join(f"<li>{escape(one)}</li>" for one in draft.remarks) + "</ul>")
    parts += ["<h2>Before and after</h2>", _worths(made.before, made.after)]
    parts.append(
        "<p>Measured on people that the fit had not seen (each left out in turn). Right: as often as the emotion that "
        "was asked for was seen. Volunteers act; visitors are harder.</p>"
    )
    if draft.each:
        parts.append(f"<h3>Each person (pictures), before and after</h3>{bars(draft.each)}")
    if draft.before and draft.after:
        parts.append(
            '<h2>What was taken for what</h2><p>Rows: asked for; columns: seen; per cent.</p><div class="side">'
        )
        parts += [confusion_drawing(draft.before, "before"), confusion_drawing(draft.after, "after"), "</div>"]
        parts.append(
            "<h2>How true its confidence is</h2><p>Gray before, warm after; on the line it says the truth.</p>"
        )
        parts.append(reliability_drawing(draft.before.reliability, draft.after.reliability))
    parts += ["<h2>Light</h2>", _light(draft), "<h2>Figures</h2>", _figures(draft)]
    body = "\n".join(parts)
    title = escape(f"Calibration of {draft.venue.name}")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


def _worths(before: ValidationScores, after: ValidationScores) -> str:
    rows = (
        ("right", before.accuracy, after.accuracy),
        ("macro-F1 (every emotion counts alike)", before.macro_f1, after.macro_f1),
        ("error of its confidence (ECE)", before.calibration_error, after.calibration_error),
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
        ("empty room, of 255", f"{made.room.luminance:.1f}"),
        ("noise of a pixel, of 255", f"{made.room.noise:.1f}"),
        ("faces, of 255", f"{made.room.face_luminance:.0f}"),
        ("time to find and judge a face", f"{made.latency_ms:.0f} ms"),
        ("pictures kept as numbers", str(made.faces)),
        *((f"mood.{name}", f"{value:g} ({why})") for name, (value, why) in draft.changes.get("mood", {}).items()),
        ("network", f"{made.model} {made.model_sha256[:12]}"),
        *((f"camera {name}", f"{value:g}") for name, value in made.controls.items()),
        *((f"loss of candidate '{name}' on people left out", f"{loss:.3f}") for name, loss in draft.losses.items()),
    ]
    cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>"
