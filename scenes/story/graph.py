"""A story as a graph: which scene leads where, and under which condition."""

from __future__ import annotations

from scenes.story.story import Story
from scenes.story.story_file import Branch
from scenes.story.threads import Cut
from scenes.story.wording import describe


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
    """What of a scene answers while it plays (threads, cuts, drives, stems), and its wait, each in words."""
    scene = story.scene(name)
    threads = [f"threads {', '.join(one.name for one in scene.thread)}"] if scene.thread else []
    cuts = [f"{describe_cut(cut)}: cut to {cut.to}" for cut in scene.cut]
    drives = [f"{one.what} {one.from_:g} to {one.to:g} with {one.follow}" for one in scene.drive]
    stems = [f"{one.file} {one.floor:g} to {one.volume:g} with {one.follow}" for one in scene.stem if one.follow]
    waits = [str(wait) for wait in (scene.wait_for, scene.together) if wait is not None]
    return [*threads, *cuts, *drives, *stems, *waits]


def describe_cut(cut: Cut) -> str:
    """``dark for 2 s``."""
    held = f" for {cut.hold_seconds:g} s" if cut.hold_seconds else ""
    return f"{describe(cut.when)}{held}"


def _condition(story: Story, name: str, branch: Branch) -> str:
    if branch.otherwise and len(story.branches(name)) == 1:
        return "then"
    at_once = "at once: " if story.is_immediate(name, branch) else ""
    return at_once + asks(branch)


def asks(branch: Branch) -> str:
    """What a branch asks for: its conditions, its weight, or ``otherwise``."""
    if branch.otherwise:
        return "otherwise"
    lot = [f"by lot, weight {branch.weight:g}"] if branch.weight is not None else []
    return ", ".join(word for word in (describe(branch.when) if branch.when else "", *lot) if word)


def _roles(story: Story, name: str) -> str:
    seconds = "loops" if story.clip(name).loop else f"{story.duration(name):.1f} s"
    parts = [part for part in ("start", "attract", "safe") if getattr(story.file, part) == name]
    parts += ["course"] if story.scene(name).is_course else []
    return f" ({', '.join([*parts, *(['end'] if story.scene(name).end else []), seconds])})"


def _id(story: Story, name: str) -> str:
    return f"s{story.index(name)}"  # 'end' and other words mean something to Mermaid
