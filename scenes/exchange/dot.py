"""A story as a graph for Graphviz."""

from __future__ import annotations

from scenes.story.graph import exits
from scenes.story.story import Story


def as_dot(story: Story) -> str:
    """The scenes and the ways between them, in the language DOT."""
    lines = ["digraph story {", f"    label={_quoted(story.title)}; rankdir=LR; node [shape=box];"]
    for name in story.names:
        looks = [
            *(["peripheries=2"] if name == story.file.start else []),
            *(["style=rounded"] if story.scene(name).end else []),
            *(["style=dashed"] if name in (story.file.attract, story.file.safe) else []),
        ]
        lines.append(f"    {_quoted(name)}" + (f" [{', '.join(looks)}]" if looks else "") + ";")
    for name in story.names:
        lines += [f"    {_quoted(name)} -> {_quoted(to)} [label={_quoted(words)}];" for words, to in exits(story, name)]
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    return '"' + " ".join(text.replace("\\", "\\\\").replace('"', '\\"').split()) + '"'
