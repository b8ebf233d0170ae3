"""Why the way led where it led, in the words in which a branch's standing is told, and in the house's languages."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.settings import Language
from installation.course.phrases import called
from models.mood import Mood
from scenes.machine.branching import BranchStanding, standings
from scenes.machine.conditions import seen_enough
from scenes.machine.state import StoryState
from scenes.story.story import Story
from scenes.story.story_file import Branch
from scenes.story.wording import PHRASES, describe


def reasons(story: Story, state: StoryState, mood: Mood, target: str, languages: Sequence[Language]) -> tuple[str, ...]:
    """Why the choice that has just closed led to ``target``, once for each language.

    Empty words where no branch of the scene says so: an operator led there, or a scene could not be played.
    """
    ways = zip(standings(story, state, mood), story.branches(state.scene), strict=True)
    taken = next((way for way in ways if way[0].taken and way[0].to == target), None)
    if taken is None:
        return ("",) * len(languages)
    return tuple(_reason(story, state, *taken, language) for language in languages)


def _reason(story: Story, state: StoryState, standing: BranchStanding, branch: Branch, language: Language) -> str:
    say = PHRASES[language]

    def name(word: str) -> str:
        return called(story.file, word, language)

    if standing.mood is not None:
        words = say["mood"].format(name(standing.mood), 100 * standing.share)
    elif branch.when is not None:
        words = describe(branch.when, language, name)
    elif not branch.otherwise:
        words = say["lot"]
    elif not story.asked_moods(state.scene):
        words = say["otherwise"]
    else:
        words = say["unclear" if seen_enough(state.evidence) else "unseen"]
    return words[:1].upper() + words[1:]
