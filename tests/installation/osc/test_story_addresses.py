"""A story's own OSC cues and the show's addresses never meet."""

from installation.osc.registry import BY_PATH
from scenes.story.checks import RESERVED_ADDRESSES


def test_every_address_of_the_show_is_reserved_in_stories() -> None:
    assert {path.split("/")[1] for path in BY_PATH} <= set(RESERVED_ADDRESSES)
