"""The plan of the house, held by machine: docs/architecture.md says in words what these tests check.

Every import counts, at the top of a file, inside a function or under ``TYPE_CHECKING`` (see ``tests.import_graph``).
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from calibration.errors import ChiaroError
from tests.import_graph import PACKAGES, ROOT, circles, folder_graph, imported_names, module_graph, source_files

AT_THE_ROOT = {
    "calibration": {
        *(
            "venue",
            "settings",
            "profile",
            "files",
            "toml_faults",
            "array_file",
            "places",
            "errors",
            "extras",
            "plain",
            "program",
            "fitting",
            "head",
        ),
        *(
            "cross_validation",
            "progress",
            "venue_folder",
            "venue_writer",
            "toml_editing",
            "file_writer",
            "opening_hours",
            "house_settings",
            "lamp_settings",
            "eyes_settings",
            "privacy_settings",
            "rooms_settings",
            "screens_settings",
            "fleet_settings",
            "web_settings",
        ),
    },
    "models": {"labels", "frame", "estimate", "mood", "arrays"},
    "scenes": set[str](),
    "installation": {"__main__", "cli"},
}
"""What may lie loose in a package: the values that flow through it. Everything else has a folder. (``calibration`` is
small and about one thing, a venue's file; it needs no folders yet.)"""

LEARNING = {"torch", "torchvision", "onnx", "onnxscript"}
PHYSICAL = {
    *("socket", "socketserver", "select", "selectors", "ssl", "asyncio", "http", "urllib", "multiprocessing"),
    *("pythonosc", "paho", "zeroconf", "ifaddr", "pygame", "moderngl", "subprocess"),
}

SAY_NOTHING = ("Manager", "Handler", "Processor", "Engine", "Data", "Info", "Context", "Utils", "Helper")
NOT_A_METHOD = {"look", "tell", "told"}
"""Words with so many meanings here once that they leave the code as names; see docs/glossary.md."""

EXCEPTIONS: dict[str, tuple[set[str], str]] = {
    "models/seeing/yunet.py": ({"onnx"}, "gives the downloaded detector's graph a free input size"),
}
"""Files outside ``models/training`` that may import torch or onnx, each with its reason."""


def top_level_imports(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imported_names(file)}


def shown(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_packages_to_its_left(package: str) -> None:
    to_the_right = set(PACKAGES[PACKAGES.index(package) + 1 :]) | {"tests"}
    for file in sorted((ROOT / package).rglob("*.py")):
        assert not top_level_imports(file) & to_the_right, f"{shown(file)} imports to the right"


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(module_graph()) == []


def test_no_folders_import_each_other_in_a_circle() -> None:
    assert circles(folder_graph(module_graph())) == []


def test_torch_and_onnx_are_used_only_where_networks_are_trained() -> None:
    users = {shown(file): top_level_imports(file) & LEARNING for file in source_files()}
    strangers = {name: found for name, found in users.items() if not name.startswith("models/training/")}
    allowed = {name: libraries for name, (libraries, _) in EXCEPTIONS.items()}
    assert {name: found for name, found in strangers.items() if not found <= allowed.get(name, set())} == {}


def test_every_exception_is_still_needed() -> None:
    needless = [name for name, (found, _) in EXCEPTIONS.items() if not found <= top_level_imports(ROOT / name)]
    assert needless == []


def test_sockets_windows_and_other_programs_are_used_only_in_the_installation() -> None:
    users = {
        shown(file): {name.split(".")[0] for name in imported_names(file) if not name.startswith("urllib.parse")}
        & PHYSICAL
        for file in source_files()
    }  # urllib.parse takes text apart and opens nothing
    assert {name: found for name, found in users.items() if found and not name.startswith("installation/")} == {}


@pytest.mark.parametrize("folder", ["seeing", "judging"])
def test_what_runs_in_front_of_visitors_needs_nothing_that_only_learning_needs(folder: str) -> None:
    elsewhere = tuple(f"models.{name}." for name in ("training", "lighting", "evaluation", "rendering"))
    for file in sorted((ROOT / "models" / folder).rglob("*.py")):
        wrong = {name for name in imported_names(file) if f"{name}.".startswith(elsewhere)}
        assert not wrong, f"{shown(file)} imports {', '.join(sorted(wrong))}"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_root_of_a_package_holds_only_the_values_that_flow(package: str) -> None:
    loose = {file.stem for file in (ROOT / package).glob("*.py")} - {"__init__"}
    assert loose <= AT_THE_ROOT[package], f"{package}/ has loose modules: {loose - AT_THE_ROOT[package]}"


def test_the_folders_of_the_tests_mirror_the_folders_of_the_code() -> None:
    for folder in sorted({file.parent for file in (ROOT / "tests").rglob("test_*.py")}):
        code = ROOT / folder.relative_to(ROOT / "tests")
        assert code == ROOT or any(code.glob("*.py")), f"{shown(folder)} tests no folder of the code"


def defined_names(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name


def test_no_name_says_nothing() -> None:
    for file in source_files():
        empty = {name for name in defined_names(file) if name.endswith(SAY_NOTHING)}
        assert not empty, f"{shown(file)}: {', '.join(empty)}"
        assert file.stem not in ("util", "utils", "helpers"), shown(file)


def test_words_with_many_meanings_are_no_names_of_functions() -> None:
    files = [file for file in source_files() if "making" not in file.parts]
    found = {shown(file): set(defined_names(file)) & NOT_A_METHOD for file in files}
    assert {name: words for name, words in found.items() if words} == {}


@cache
def error_classes() -> dict[str, tuple[str, str]]:
    """Every class below ChiaroError, with its module and its base, read without importing (torch may be missing)."""
    bases: dict[str, tuple[str, list[str]]] = {}
    for file in source_files():
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = module, [ast.unparse(base).split(".")[-1] for base in node.bases]
    found = {"ChiaroError": ("calibration.errors", "")}
    while new := {
        name: (module, base)
        for name, (module, of) in bases.items()
        for base in of
        if base in found and name not in found
    }:
        found |= new
    return found


def drawn_errors() -> Iterator[tuple[str, str, int, str]]:
    """Name, base, exit code and text of each class in the tree of ``calibration.errors``' docstring."""
    import calibration.errors

    path: list[tuple[str, int]] = []
    for line in (calibration.errors.__doc__ or "").splitlines():
        drawn = re.match(r"    ((?:[|` ] *)*(?:\|--|`--) |)([A-Z]\w+(?:, [A-Z]\w+)*)\s*(\d+)?\s*(.*)$", line)
        if drawn:
            depth = len(drawn[1]) // 4
            base, code = path[depth - 1] if depth else ("", 0)
            path[depth:] = [(drawn[2].split(", ")[0], int(drawn[3] or code))]
            for name in drawn[2].split(", "):
                yield name, base, path[depth][1], drawn[4]


def test_the_drawn_tree_of_errors_holds_every_error_of_the_code_and_no_other() -> None:
    assert {name: base for name, base, _, _ in drawn_errors()} == {n: base for n, (_, base) in error_classes().items()}


def test_the_drawn_tree_names_the_module_of_each_error() -> None:
    for name, _, _, text in drawn_errors():
        module = error_classes()[name][0]
        if module != "calibration.errors":
            package, _, last = module.rpartition(".")
            assert module in text or (f".{last}" in text and package in text), f"{name} lives in {module}"


def test_each_error_exits_with_the_code_that_the_tree_gives_it() -> None:
    for name, _, code, _ in drawn_errors():
        error = getattr(importlib.import_module(error_classes()[name][0]), name)
        assert issubclass(error, ChiaroError)
        assert error.exit_code == code, name


def test_no_error_is_defined_where_the_command_line_is() -> None:
    for name, (module, _) in error_classes().items():
        file = ROOT.joinpath(*module.split(".")).with_suffix(".py")
        assert "typer" not in top_level_imports(file), f"{name} is defined in {module}, which imports typer"


def test_no_exception_of_ours_stands_outside_the_tree() -> None:
    """One that does not derive from the root would exit as a fault of the program."""
    for file in source_files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name not in error_classes():
                bases = {ast.unparse(base).split(".")[-1] for base in node.bases}
                wild = {base for base in bases if base.endswith(("Error", "Exception"))}
                assert not wild, f"{node.name} in {shown(file)} derives from {', '.join(wild)}"


READS_ITS_OWN_CACHE = {"models/lighting/relight.py"}


def test_arrays_are_read_only_where_any_bytes_end_in_arrays_or_an_error() -> None:
    """np.load raises a dozen kinds of errors; ``calibration.array_file`` raises ``BadFile``."""
    for file in source_files():
        loads = re.search(r"\bnp\.load\(", file.read_text(encoding="utf-8"))
        assert not loads or shown(file) in READS_ITS_OWN_CACHE, f"{shown(file)} calls np.load; use load_arrays()"


PRINTERS = {"calibration/program.py", "installation/host/terminal.py", "installation/host/plain_console.py"}
"""The doors to a terminal, which make everything plain."""
PRINTS_FIGURES = {"installation/bench/eye_peer.py", "installation/bench/film_memory.py"}
"""Programs of their own that print numbers to their parent."""


def test_whatever_gets_to_a_terminal_is_made_plain_on_its_way() -> None:
    doors = {"rich.console.Console", "rich.progress.Progress", "sys.stdout", "sys.stderr.write", "traceback.print_exc"}
    for file in source_files():
        if shown(file) in PRINTERS | PRINTS_FIGURES or "making" in file.parts:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {
            f"{node.module}.{one.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for one in node.names
        }
        called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert not called & {
            "print",
            "typer.echo",
            "typer.secho",
            "traceback.print_exc",
            "sys.stderr.write",
            "sys.stdout.write",
        }, f"{shown(file)} prints by itself; use say() or PlainConsole"
        assert not imported & doors, f"{shown(file)} prints by itself; use PlainConsole or progress_bar()"


def test_the_programs_of_the_models_fail_in_one_line() -> None:
    """A torn file, or torch that is not installed, is no traceback in these either."""
    for file in sorted((ROOT / "models").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        assert "__main__" not in text or text.endswith("    run_program(main)\n"), shown(file)
