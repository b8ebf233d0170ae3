"""Files as the forebears and Twine had them, made by a program."""

from __future__ import annotations

from typing import Any

TWEE = """:: StoryTitle
Four passages

:: StoryData
{
  "ifid": "0F3A2B1C-6D5E-4F70-8A91-1B2C3D4E5F60",
  "format": "Harlowe",
  "format-version": "3.3.9",
  "start": "waiting"
}

:: waiting [attract clip:waiting.mp4] {"position":"100,100","size":"100,100"}
The lamp burns.
[[present->the door]]

:: the door [clip:door.mp4] {"position":"300,100","size":"100,100"}
Somebody looks at a door \\[and it looks back].
[[calm->garden]]
[[dark 30%->cellar]]
[[garden<-otherwise]]

:: garden [end clip:garden.mp4 crossfade:1]
(set: $been to true)
Light.

:: cellar [end clip:cellar.mp4]
<<set $been to true>>
Dark.
"""


def page(*stories: str) -> str:
    """HTML as Twine publishes it, or an archive."""
    return f"<!doctype html><html><head><title>A</title></head><body>{''.join(stories)}</body></html>"


def story_data(title: str, *passages: str, start: int = 1) -> str:
    inside = "".join(passages)
    return (
        f'<tw-storydata name="{title}" startnode="{start}" format="SugarCube" format-version="2.37.3" ifid="X" hidden>'
        '<style role="stylesheet" id="twine-user-stylesheet"></style><script role="script">let a = "<b>";</script>'
        f"{inside}</tw-storydata>"
    )


def passage_data(pid: int, name: str, tags: str, text: str) -> str:
    about = f'pid="{pid}" name="{name}" tags="{tags}" position="{pid}00,100" size="100,100"'
    return f"<tw-passagedata {about}>{text}</tw-passagedata>"


def stamp(seconds: float) -> str:
    return f"{int(seconds // 60):02d}:{seconds % 60:06.3f}"


class Times:
    """One part of the film after another, each as long."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.at = seconds, 0.0

    def part(self) -> dict[str, Any]:
        begin, self.at = self.at, self.at + self.seconds
        return {"start": stamp(begin), "end": stamp(self.at)}

    def choice(self, **outcomes: int) -> dict[str, Any]:
        return {mood: {**self.part(), "outcome": outcome} for mood, outcome in outcomes.items()}


MEDIA = {"video": "/video/house.mp4", "audio": "/audio/house.wav"}


def riot(seconds: float = 3.0) -> tuple[dict[str, Any], float]:
    """RIOT's, and how long its film is."""
    times = Times(seconds)
    intros = [times.part() for _ in range(2)]
    levels = [
        {"level": 1, **times.part(), "branch": times.choice(anger=0, fear=0, calm=2)},
        {"level": 2, **times.part(), "branch": times.choice(anger=1, fear=0, calm=0)},
    ]
    closing = [times.part() for _ in range(2)]
    return {
        "mode": "installation",
        "media": dict(MEDIA),
        "intros": intros,
        "credits": closing,
        "levels": levels,
    }, times.at


def perception(seconds: float = 3.0) -> tuple[dict[str, Any], float]:
    """Perception's, and how long its film is."""
    times = Times(seconds)
    intros = [times.part() for _ in range(2)]
    levels: list[dict[str, Any]] = []
    for number in range(12):
        if number % 6 < 2:
            levels.append({"level": number, **times.part(), "branch": {}})
        else:
            no_time = {"start": "00:00.000", "end": "00:00.000"}
            levels.append({"level": number, **no_time, "branch": times.choice(anger=0, fear=0, calm=0)})
    closing = [times.part()]
    config = {"media": dict(MEDIA), "actors": ["ada", "ben"], "intros": intros, "credits": closing, "levels": levels}
    return config, times.at
