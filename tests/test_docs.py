"""What the documentation names exists: files, folders, modules, classes, functions, and the targets of its links."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.import_graph import PACKAGES, ROOT, source_files

PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "models").rglob("*.md"))
    if page.name != "CHANGELOG.md"  # it speaks of what was, too
)
TOP = "|".join((*PACKAGES, "tests", "docs", ".ci"))
PATH = re.compile(rf"(?<![\w/.~-])((?:{TOP})/[\w./*-]*)")
MODULE = re.compile(r"(?<![\w/.])((?:calibration|models|scenes\.(?:story|machine|demo)|installation|tests)(?:\.\w+)+)")
"""Dotted names; below ``scenes`` only real folders, for a story file has its own ``scenes.NAME``."""
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE_ENDINGS = {"py", "toml", "md", "json", "txt", "npz", "onnx", "csv", "srt", "mp4", "png", "jpg", "svg"}


@cache
def names_of_the_code() -> tuple[set[str], dict[str, set[str]]]:
    """Names of all functions and classes, and of each class its attributes and methods."""
    functions: set[str] = set()
    classes: dict[str, set[str]] = {}
    for file in (*source_files(), *(ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                functions.add(node.name)
            elif isinstance(node, ast.ClassDef):
                members = classes.setdefault(node.name, set())
                members |= set(_members(node))
    return functions | set(classes), classes


def _members(node: ast.ClassDef) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef):
            yield part.name
        elif isinstance(part, ast.AnnAssign | ast.Assign):
            for target in part.targets if isinstance(part, ast.Assign) else [part.target]:
                if isinstance(target, ast.Name):
                    yield target.id
                elif isinstance(target, ast.Attribute):
                    yield target.attr


def module_exists(dotted: str) -> bool:
    """The name is a module, or something at the top of one."""
    path = ROOT.joinpath(*dotted.split("."))
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module, _, name = dotted.rpartition(".")
    file = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    if not file.is_file():
        return False
    return re.search(rf"^(?:def |class |)({name})\b", file.read_text(encoding="utf-8"), re.MULTILINE) is not None


def wrong_names(page: Path) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    functions, classes = names_of_the_code()
    for path in PATH.findall(text):
        if not any(ROOT.glob(path.rstrip("./-"))):
            yield path
    for dotted in MODULE.findall(text):
        if dotted.rpartition(".")[2] not in FILE_ENDINGS and not module_exists(dotted):
            yield dotted
    for target in LINK.findall(text):
        file = target.split("#")[0]
        if file and "://" not in file and not (page.parent / file).exists():
            yield f"link to {target}"
    for code in CODE.findall(text):
        called = re.fullmatch(r"(\w+)\(\)", code)
        member = re.fullmatch(r"([A-Z]\w+)\.([a-z_]\w*)(?:\(.*\))?", code)
        if called and called[1] not in functions:
            yield code
        if member and member[2] not in FILE_ENDINGS and member[2] not in classes.get(member[1], set()):
            yield code


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_exists(page: Path) -> None:
    assert list(wrong_names(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_file_that_a_page_shows_can_be_copied(page: Path) -> None:
    for shown in re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        tomllib.loads(shown)


def test_every_page_is_found_from_the_readme() -> None:
    found, todo = set[Path](), [ROOT / "README.md"]
    while todo:
        page = todo.pop().resolve()
        if page not in found and page.suffix == ".md" and page.is_file():
            found.add(page)
            links = (target.split("#")[0] for target in LINK.findall(page.read_text(encoding="utf-8")))
            todo += [page.parent / link for link in links if link and "://" not in link]
    lost = {page.relative_to(ROOT).as_posix() for page in PAGES if page.resolve() not in found}
    assert lost == set()


OTHER_WORDS = re.compile(
    r"(?:mean )?brightness of (?:the|a) (?:empty )?(?:room|face)|mean of the face|mean brightness", re.I
)


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "glossary.md"], ids=lambda page: page.name)
def test_the_measures_of_light_have_the_words_of_the_glossary(page: Path) -> None:
    """Face mean and picture mean, as the windows, the reports and the commands say it."""
    assert OTHER_WORDS.findall(page.read_text(encoding="utf-8")) == []
