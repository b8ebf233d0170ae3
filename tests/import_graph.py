"""Who imports whom, read from the sources without running them: rooms of a folder, arrows between them, circles.

Run it on this checkout, or on any other of this project::

    python -m tests.import_graph [CHECKOUT]

Every import counts, wherever it is written: at the top of a file, inside a function, under ``TYPE_CHECKING``. A late
import is still an arrow that a reader has to follow.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

PACKAGES = ("calibration", "models", "scenes", "installation")
ROOT = Path(__file__).parents[1]

Graph = Mapping[str, set[str]]


def source_files(root: Path = ROOT) -> Iterator[Path]:
    """Every Python file of the four packages."""
    for package in PACKAGES:
        yield from sorted((root / package).rglob("*.py"))


def module_name(file: Path, root: Path = ROOT) -> str:
    """The dotted name that Python has for this file."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(file: Path, root: Path = ROOT) -> set[str]:
    """Dotted names that this file imports, anywhere in it; ``from a import b`` gives ``a.b``."""
    names: set[str] = set()
    package = file.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            start = ".".join((*above, *([node.module] if node.module else [])))
            names |= {f"{start}.{alias.name}" for alias in node.names}
    return names


def module_graph(root: Path = ROOT) -> Graph:
    """Each module of ours with the modules of ours that it imports."""
    files = {module_name(file, root): file for file in source_files(root)}

    def owner(name: str) -> str | None:
        while name and name not in files:
            name = name.rpartition(".")[0]
        return name or None

    return {
        module: {found for name in imported_names(file, root) if (found := owner(name))} - {module}
        for module, file in files.items()
    }


def merge(graph: Graph, room_of: Mapping[str, str]) -> Graph:
    """The same arrows between groups of modules; modules that ``room_of`` does not know are left out."""
    merged: dict[str, set[str]] = {room: set() for room in room_of.values()}
    for module, targets in graph.items():
        if module in room_of:
            rooms = {room_of[target] for target in targets if target in room_of}
            merged[room_of[module]] |= rooms - {room_of[module]}
    return merged


def rooms_of(graph: Graph, package: str) -> Graph:
    """What somebody sees who opens the folder of ``package``: its subpackages and loose modules, and their arrows."""
    names = [name for name in graph if name.startswith(f"{package}.")]
    return merge(graph, {name: ".".join(name.split(".")[:2]) for name in names})


def folder_graph(graph: Graph, root: Path = ROOT) -> Graph:
    """The arrows between folders: a module belongs to the folder that it lies in."""
    folders = {module_name(file, root): ".".join(file.relative_to(root).parent.parts) for file in source_files(root)}
    return merge(graph, folders)


def circles(graph: Graph) -> list[list[str]]:
    """Groups of nodes that reach each other (strongly connected components of two or more; Tarjan 1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for target in sorted(graph[node]):
            if target not in number:
                visit(target)
            if target in stack:
                low[node] = min(low[node], low[target])
        if low[node] == number[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in number:
            visit(node)
    return found


def table(root: Path = ROOT) -> str:
    """The graph in numbers, as a table in Markdown, with every circle named below it."""
    graph = module_graph(root)
    lines = ["| folder | modules | rooms | arrows between them |", "|---|---|---|---|"]
    for package in PACKAGES:
        rooms = rooms_of(graph, package)
        modules = sum(name.startswith(f"{package}.") for name in graph)
        lines.append(f"| `{package}/` | {modules} | {len(rooms)} | {sum(map(len, rooms.values()))} |")
    for what, found in (("modules", circles(graph)), ("folders", circles(folder_graph(graph, root)))):
        lines += ["", f"Circles of {what}: {len(found)}"]
        lines += [f"- {', '.join(group)}" for group in found]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT))
