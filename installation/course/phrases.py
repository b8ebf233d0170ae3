"""What a course says around the film's own words, in each language of the house."""

from __future__ import annotations

from dataclasses import dataclass

from calibration.settings import Language
from scenes.story.story_file import StoryFile


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences of one language; ``{...}`` is filled in."""

    heading: str
    unseen: str
    median: str
    ways: str
    emotions: dict[str, str]

    def median_of(self, count: int) -> str:
        """What the broken lines are."""
        return self.median.format(count=count)

    def way_of(self, count: int, total: int) -> str:
        """How many of those who were here before went the same way."""
        return self.ways.format(count=count, total=total)


PHRASES: dict[Language, Phrases] = {
    "en": Phrases("Your way", "unseen", "the median of {count} earlier visitors", "as did {count} of {total}", {}),
    "de": Phrases(
        "Dein Weg",
        "nicht gesehen",
        "der Median von {count} früheren Besuchern",
        "wie {count} von {total}",
        {
            "neutral": "Ruhe",
            "happiness": "Freude",
            "surprise": "Überraschung",
            "sadness": "Trauer",
            "anger": "Zorn",
            "disgust": "Ekel",
            "fear": "Angst",
            "contempt": "Verachtung",
        },
    ),
}


def called(file: StoryFile, name: str, language: Language) -> str:
    """How a scene or a mood is called: by the story's [words], else as the language has it, else by its name."""
    own = file.words.get(language, {}).get(name)
    if own is not None:
        return own
    plain = PHRASES[language].emotions.get(name) or name.replace("_", " ").replace("-", " ")
    return plain[:1].upper() + plain[1:]
