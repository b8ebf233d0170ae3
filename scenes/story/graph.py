"""A story as a graph: which scene leads where, and under which condition."""

from __future__ import annotations

from scenes.story.conditions import When
from scenes.story.story import Story
from scenes.story.story_file import Branch
from scenes.story.threads import Cut


def as_text(story: Story) -> str:
    """One paragraph per scene, for a terminal."""
    lines = [f"{story.title}: {len(story.names)} scenes"]
    for name in story.names:
        lines += ["", f"{story.index(name)} {name}{_roles(story, name)}"]
        lines += [f"    {words}" for words in answers(story, name)]
        lines += [f"    {words} -> {to}" for words, to in exits(story, name)]
    return "\n".join(lines)


def as_mermaid(story: Story) -> str:
    """A Mermaid flowchart (GitHub and many editors render it)."""
    lines = ["flowchart TD"]
    for name in story.names:
        opening, closing = ("([", "])") if story.scene(name).end else ("[", "]")
        lines.append(f'    {_id(story, name)}{opening}"{name}"{closing}')
    for name in story.names:
        arrow = "-.->" if name in (story.file.attract, story.file.safe) or story.scene(name).end else "-->"
        lines += [f'    {_id(story, name)} {arrow}|"{words}"| {_id(story, to)}' for words, to in exits(story, name)]
    lines.append(f"    style {_id(story, story.file.attract)} stroke-dasharray: 4")
    return "\n".join(lines)


def exits(story: Story, name: str) -> list[tuple[str, str]]:
    """The ways out of a scene, each with its condition in words."""
    return [(_condition(story, name, branch), branch.to) for branch in story.branches(name)]


def answers(story: Story, name: str) -> list[str]:
    """What of a scene answers while it plays: threads, cuts and drives, each in words."""
    scene = story.scene(name)
    threads = [f"threads {', '.join(one.name for one in scene.thread)}"] if scene.thread else []
    cuts = [f"{describe_cut(cut)}: cut to {cut.to}" for cut in scene.cut]
    return [*threads, *cuts, *(f"{one.what} {one.from_:g} to {one.to:g} with {one.follow}" for one in scene.drive)]


def describe_cut(cut: Cut) -> str:
    """``dark for 2 s``."""
    held = f" for {cut.hold_seconds:g} s" if cut.hold_seconds else ""
    return f"{describe(cut.when)}{held}"


def _condition(story: Story, name: str, branch: Branch) -> str:
    if branch.when is None:
        alone = len(story.branches(name)) == 1
        return "then" if alone else "otherwise"
    at_once = "at once: " if story.is_immediate(name, branch) else ""
    return at_once + describe(branch.when)


def describe(when: When) -> str:
    """A condition as a person would say it."""
    words = []
    if when.mood is not None:
        figures = [
            None if when.share is None else f"{when.share:.0%} of the time",
            None if when.peak is None else f"peak {when.peak:g}",
            None if when.held_seconds is None else f"held {when.held_seconds:g} s",
            None if when.confidence is None else f"mean {when.confidence:g}",
        ]
        words.append(" ".join([when.mood, ", ".join(figure for figure in figures if figure)]).strip())
    if when.visitors is not None:
        waited = f" for {when.for_seconds:g} s" if when.for_seconds else ""
        words.append(f"{'somebody' if when.visitors == 'present' else 'nobody'} there{waited}")
    if when.visitors_at_least is not None:
        words.append(f"{when.visitors_at_least} visitors or more")
    if when.signal is not None:
        words.append(when.signal_in_words)
    if when.elapsed_seconds is not None:
        words.append(f"after {when.elapsed_seconds:g} s")
    if when.untrusted:
        words.append("the camera cannot be trusted")
    return " and ".join(words)


def _roles(story: Story, name: str) -> str:
    seconds = "loops" if story.clip(name).loop else f"{story.duration(name):.1f} s"
    parts = [part for part in ("start", "attract", "safe") if getattr(story.file, part) == name]
    return f" ({', '.join([*parts, *(['end'] if story.scene(name).end else []), seconds])})"


def _id(story: Story, name: str) -> str:
    return f"s{story.index(name)}"  # 'end' and other words mean something to Mermaid
