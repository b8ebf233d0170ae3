"""Captions in several languages: files beside a scene's own, with the language in their name (``cellar.de.srt``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from scenes.story.captions import CaptionLine, caption_at, read_captions
from scenes.story.clip import Clip

LANGUAGE = r"[a-z]{2}(?:-[a-z0-9]{2,8})*"
"""Two letters (ISO 639-1), and where it matters the region or the script: de, pt-br, zh-hant."""
ENDINGS = (".srt", ".vtt")
OWN, OFF = "own", "off"
"""Instead of languages: the captions that the story names; none."""


def caption_files(own: Path) -> dict[str, Path]:
    """A scene's captions by language, its own first; '' where the name of its own says no language.

    Beside ``cellar.srt`` these are ``cellar.de.srt`` and so on, beside ``cellar.en.srt`` too. Raises nothing.
    """
    base, dot, language = own.stem.rpartition(".")
    if not dot or not re.fullmatch(LANGUAGE, language.lower()):
        base, language = own.stem, ""
    found = {language.lower(): own}
    try:
        beside = sorted(own.parent.iterdir())
    except (OSError, ValueError):
        return found
    named = re.compile(rf"{re.escape(base)}\.({LANGUAGE})", re.IGNORECASE)
    for file in beside:
        match = named.fullmatch(file.stem) if file.suffix.lower() in ENDINGS else None
        if match:
            found.setdefault(match[1].lower(), file)
    return found


def translations_of(own: Path) -> tuple[tuple[str, tuple[CaptionLine, ...]], ...]:
    """What ``caption_files`` finds, read: all whose language is known, the scene's own included."""
    return tuple((language, read_captions(file).lines) for language, file in caption_files(own).items() if language)


def text_at(clip: Clip, languages: Sequence[str], seconds: float) -> str:
    """What is to be read at ``seconds`` of the clip's file: in each of these languages that it has, under each other;
    in the story's own where it has none of them.
    """
    spoken = dict(clip.translations)
    chosen = [spoken[language] for language in languages if language in spoken] or [clip.captions]
    return "\n".join(text for lines in chosen if (text := caption_at(lines, seconds)))


def languages_of(clips: Iterable[Clip]) -> tuple[str, ...]:
    """The languages that captions of these clips have, each once; '' stands for a file that names none."""
    found: dict[str, None] = {}
    for clip in clips:
        spoken = dict(clip.translations)
        if clip.captions and clip.captions not in spoken.values():
            found[""] = None
        found.update(dict.fromkeys(spoken))
    return tuple(found)


def languages_asked(wish: str) -> tuple[str, ...] | None:
    """The languages in a wish such as ``de``, ``de en`` or ``de+en``; () for ``own``, None for ``off``."""
    words = tuple(dict.fromkeys(re.findall(r"[^\s,+]+", wish.lower())))
    return None if words == (OFF,) else () if words == (OWN,) else words


def next_wish(languages: Sequence[str], now: Sequence[str] | None) -> str:
    """What follows when a key goes through the languages of a story, one by one, and off."""
    wishes = [*(language or OWN for language in languages), OFF]
    current = OFF if now is None else "+".join(now) or OWN
    at = wishes.index(current) if current in wishes else 0 if current == OWN else -1
    return wishes[(at + 1) % len(wishes)]
