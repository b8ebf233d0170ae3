"""A story as a graph: which scene leads where, and under which condition."""

from __future__ import annotations

from collections.abc import Iterator

from scenes.story.conditions import Level, When
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
    """What of a scene answers while it plays: threads, cuts, drives and stems, each in words."""
    scene = story.scene(name)
    threads = [f"threads {', '.join(one.name for one in scene.thread)}"] if scene.thread else []
    cuts = [f"{describe_cut(cut)}: cut to {cut.to}" for cut in scene.cut]
    drives = [f"{one.what} {one.from_:g} to {one.to:g} with {one.follow}" for one in scene.drive]
    stems = [f"{one.file} {one.floor:g} to {one.volume:g} with {one.follow}" for one in scene.stem if one.follow]
    return [*threads, *cuts, *drives, *stems]


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


def describe(when: When) -> str:
    """A condition as a person would say it."""
    words = []
    if when.mood is not None:
        figures = [
            None if when.share is None else f"{when.share:.0%} of the time",
            None if when.peak is None else f"peak {when.peak:g}",
            None if when.held_seconds is None else f"held {when.held_seconds:g} s",
            None if when.confidence is None else f"mean {when.confidence:g}",
            None if when.share_of_visitors is None else f"shown by {when.share_of_visitors:.0%} of the visitors",
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
    words += [f"{name} {_level(level)}" for name, level in when.levels.items()]
    return " and ".join([*words, *_memory(when), *_hours(when), *_nested(when)])


def _level(level: Level) -> str:
    bounds = (("above", level.above), ("below", level.below))
    words = [" and ".join(f"{name} {bound:g}" for name, bound in bounds if bound is not None)]
    if level.rises_by is not None:
        words.append(f"{'rises' if level.rises_by > 0 else 'falls'} by {abs(level.rises_by):g}")
    if level.held_seconds is not None:
        words.append(f"for {level.held_seconds:g} s")
    return " ".join(word for word in words if word)


def _memory(when: When) -> Iterator[str]:
    if when.been is not None:
        times = f"{when.times_at_least} times or more" if (when.times_at_least or 1) > 1 else "before"
        yield f"{when.been} shown {times}"
    if when.took is not None:
        yield f"{when.took} decided before"
    if when.counter is not None:
        bounds = ((when.at_least, "or more"), (when.at_most, "or less"))
        yield f"{when.counter} " + " and ".join(f"{bound} {word}" for bound, word in bounds if bound is not None)
    for name, word in (when.draw or {}).items():
        yield f"{name} is {word}"


def _hours(when: When) -> Iterator[str]:
    if when.first_today:
        yield "the first take of the day"
    if when.every is not None:
        yield f"one take in {when.every}"
    if when.after is not None:
        yield f"from {when.after}"
    if when.before is not None:
        yield f"before {when.before}"
    if when.minutes_after_opening is not None:
        yield f"{when.minutes_after_opening:g} min after opening"


def _nested(when: When) -> Iterator[str]:
    if when.any_ is not None:
        yield "(" + " or ".join(describe(one) for one in when.any_) + ")"
    if when.all_ is not None:
        yield "(" + " and ".join(describe(one) for one in when.all_) + ")"
    if when.not_ is not None:
        yield f"not ({describe(when.not_)})"


def _roles(story: Story, name: str) -> str:
    seconds = "loops" if story.clip(name).loop else f"{story.duration(name):.1f} s"
    parts = [part for part in ("start", "attract", "safe") if getattr(story.file, part) == name]
    return f" ({', '.join([*parts, *(['end'] if story.scene(name).end else []), seconds])})"


def _id(story: Story, name: str) -> str:
    return f"s{story.index(name)}"  # 'end' and other words mean something to Mermaid
