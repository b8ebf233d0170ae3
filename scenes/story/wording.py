"""Conditions of branches in words, in each language that this program speaks to visitors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from calibration.settings import Language
from scenes.story.conditions import Facing, Level, When

Called = Callable[[str], str]
"""How a scene or a mood is called; its name as it is, where nobody says otherwise."""

PHRASES: dict[Language, dict[str, str]] = {
    "en": {
        "and": " and ",
        "or": " or ",
        "not": "not ({})",
        "otherwise": "otherwise",
        "mood": "{} for {:.0f}% of the time",
        "unclear": "nothing was clear",
        "unseen": "too little was seen",
        "share": "{:.0f}% of the time",
        "peak": "peak {:g}",
        "held": "held {:g} s",
        "confidence": "mean {:g}",
        "share_of_visitors": "shown by {:.0f}% of the visitors",
        "present": "somebody there",
        "absent": "nobody there",
        "for": " for {:g} s",
        "visitors": "{} visitors or more",
        "elapsed": "after {:g} s",
        "untrusted": "the camera cannot be trusted",
        "valence": "valence",
        "arousal": "arousal",
        "facing": "facing",
        "of_visitors": "{:.0f}% of the visitors",
        "speaking": "speaking",
        "above": "above {:g}",
        "below": "below {:g}",
        "rises": "rises by {:g}",
        "falls": "falls by {:g}",
        "been": "{} shown before",
        "been_often": "{} shown {} times or more",
        "took": "{} decided before",
        "at_least": "{} or more",
        "at_most": "{} or less",
        "draw": "{} is {}",
        "first_today": "the first take of the day",
        "every": "one take in {}",
        "after": "from {}",
        "before": "before {}",
        "opening": "{:g} min after opening",
        "lot": "by lot",
    },
    "de": {
        "and": " und ",
        "or": " oder ",
        "not": "nicht ({})",
        "otherwise": "sonst",
        "mood": "{} in {:.0f}\u00a0% der Zeit",
        "unclear": "nichts war eindeutig",
        "unseen": "zu wenig war zu sehen",
        "share": "{:.0f}\u00a0% der Zeit",
        "peak": "Spitze {:g}",
        "held": "{:g} s lang",
        "confidence": "im Mittel {:g}",
        "share_of_visitors": "bei {:.0f}\u00a0% der Besucher",
        "present": "jemand ist da",
        "absent": "niemand ist da",
        "for": " seit {:g} s",
        "visitors": "{} Besucher oder mehr",
        "elapsed": "nach {:g} s",
        "untrusted": "die Kamera sieht nichts",
        "valence": "Valenz",
        "arousal": "Erregung",
        "facing": "zugewandt",
        "of_visitors": "{:.0f}\u00a0% der Besucher",
        "speaking": "sprechend",
        "above": "über {:g}",
        "below": "unter {:g}",
        "rises": "steigt um {:g}",
        "falls": "fällt um {:g}",
        "been": "{} schon gezeigt",
        "been_often": "{} mindestens {}-mal gezeigt",
        "took": "{} entschied schon",
        "at_least": "{} oder mehr",
        "at_most": "{} oder weniger",
        "draw": "{} ist {}",
        "first_today": "der erste Durchgang des Tages",
        "every": "jeder {}. Durchgang",
        "after": "ab {}",
        "before": "vor {}",
        "opening": "{:g} min nach der Öffnung",
        "lot": "durch Los",
    },
}


def _as_it_is(name: str) -> str:
    return name


def describe(when: When, language: Language = "en", called: Called = _as_it_is) -> str:
    """A condition as a person would say it."""
    say = PHRASES[language]
    words = [*_mood(when, say, called), *_there(when, say), *_levels(when, say)]
    words += [*_memory(when, say, called), *_hours(when, say), *_nested(when, language, called)]
    return say["and"].join(words)


def _mood(when: When, say: dict[str, str], called: Called) -> Iterator[str]:
    figures = (
        ("share", _percent(when.share)),
        ("peak", when.peak),
        ("held", when.held_seconds),
        ("confidence", when.confidence),
        ("share_of_visitors", _percent(when.share_of_visitors)),
    )
    asked = ", ".join(say[name].format(figure) for name, figure in figures if figure is not None)
    if when.mood is not None or asked:  # without its mood: where that is said beside it
        yield f"{called(when.mood or '')} {asked}".strip()


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _levels(when: When, say: dict[str, str]) -> Iterator[str]:
    for name, level in when.levels.items():
        words = [f"{say[name]} {_level(level, say)}"]
        if isinstance(level, Facing):
            figures = (("share", _percent(level.share)), ("of_visitors", _percent(level.share_of_visitors)))
            words += [say[key].format(figure) for key, figure in figures if figure is not None]
        yield ", ".join(words)


def _level(level: Level, say: dict[str, str]) -> str:
    bounds = (("above", level.above), ("below", level.below))
    words = [say["and"].join(say[name].format(bound) for name, bound in bounds if bound is not None)]
    if level.rises_by is not None:
        words.append(say["rises" if level.rises_by > 0 else "falls"].format(abs(level.rises_by)))
    held = say["for"].format(level.held_seconds) if level.held_seconds is not None else ""
    return " ".join(word for word in words if word) + held


def _there(when: When, say: dict[str, str]) -> Iterator[str]:
    if when.visitors is not None:
        yield say[when.visitors] + (say["for"].format(when.for_seconds) if when.for_seconds else "")
    if when.visitors_at_least is not None:
        yield say["visitors"].format(when.visitors_at_least)
    if when.signal is not None:
        bounds = (("above", when.above), ("below", when.below), ("rises", when.rises_by))
        asked = ", ".join(say[name].format(bound) for name, bound in bounds if bound is not None)
        yield f"{when.signal} {asked}".strip()
    if when.elapsed_seconds is not None:
        yield say["elapsed"].format(when.elapsed_seconds)
    if when.untrusted:
        yield say["untrusted"]


def _memory(when: When, say: dict[str, str], called: Called) -> Iterator[str]:
    if when.been is not None:
        often = (when.times_at_least or 1) > 1
        yield say["been_often" if often else "been"].format(called(when.been), when.times_at_least)
    if when.took is not None:
        yield say["took"].format(called(when.took))
    if when.counter is not None:
        bounds = (("at_least", when.at_least), ("at_most", when.at_most))
        asked = say["and"].join(say[name].format(bound) for name, bound in bounds if bound is not None)
        yield f"{when.counter} {asked}"
    for name, word in (when.draw or {}).items():
        yield say["draw"].format(name, word)


def _hours(when: When, say: dict[str, str]) -> Iterator[str]:
    if when.first_today:
        yield say["first_today"]
    for name, value in (
        ("every", when.every),
        ("after", when.after),
        ("before", when.before),
        ("opening", when.minutes_after_opening),
    ):
        if value is not None:
            yield say[name].format(value)


def _nested(when: When, language: Language, called: Called) -> Iterator[str]:
    say = PHRASES[language]
    for name, several in (("or", when.any_), ("and", when.all_)):
        if several is not None:
            yield "(" + say[name].join(describe(one, language, called) for one in several) + ")"
    if when.not_ is not None:
        yield say["not"].format(describe(when.not_, language, called))
