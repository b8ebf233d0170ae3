"""What rooms say, as tests make it: the shapes of docs/rooms.md, as bytes."""

from __future__ import annotations

from typing import Any

import orjson

COUNTERS = {
    **dict.fromkeys(("pictures", "late", "dropped", "repeated", "sound_gaps", "losses", "beat"), 1),
    **{"film_fps": 30.0, "eye_fps": 15.0, "drift": 0.1, "takes": 3, "visits": 5},
}


def info(**changes: Any) -> bytes:
    """What a room says once."""
    said = {
        "protocol": 1,
        "version": "0.9.0",
        "venue": "The hall",
        "room": "hall",
        "groups": ["east"],
        "story": "A film",
        "scenes": ["attract", "door", "garden"],
        "commands": ["start", "pause", "resume", "blackout", "volume", "goto", "attract", "open", "close", "mute"],
        "started_at": 1000.0,
        "console": "http://10.0.0.7:8470/",
    }
    return orjson.dumps(said | changes)


def state(**changes: Any) -> bytes:
    """How it stands."""
    controls = {
        **dict.fromkeys(("paused", "blackout", "mute", "closed", "staff", "asks"), False),
        **{"camera": True, "eye_open": True, "volume": 0.8, "brightness": 1.0, "captions": None},
        "caption_languages": ["de"],
    }
    said = {
        "at": 1100.0,
        "word": "playing",
        "scene": "door",
        "take": 3,
        "in_take": True,
        "visitors": 2,
        "controls": controls | changes.pop("controls", {}),
        "senses": [
            {"name": "camera", "state": "ok", "words": "camera 0", "since": None},
            {"name": "eye", "state": "ok", "words": "15 frames/s", "since": None},
        ],
        "house": "open until 18:00",
        "counters": COUNTERS | changes.pop("counters", {}),
    }
    return orjson.dumps(said | changes)


def lost(name: str, words: str = "it is gone") -> dict[str, Any]:
    """A part that is lost."""
    return {"name": name, "state": "lost", "words": words, "since": 1090.0}


def beat(number: int) -> bytes:
    """One beat."""
    return orjson.dumps({"number": number, "at": 1100.0 + number})


def mood(**changes: Any) -> bytes:
    """The visitors' mood together."""
    said = {
        "at": 1100.0,
        "confidence": 0.7,
        "trusted": True,
        "reason": "",
        "present": True,
        "count": 2,
        "dominant": "happiness",
        "probabilities": {"neutral": 0.3, "happiness": 0.7},
        "valence": 0.5,
        "arousal": 0.1,
    }
    return orjson.dumps(said | changes)
