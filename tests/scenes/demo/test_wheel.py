"""The wheel carries the demo film and not the programs that drew it; read from pyproject.toml, nothing is built."""

import tomllib
from pathlib import Path

import pytest

from tests.import_graph import imported_names

setuptools = pytest.importorskip("setuptools", reason="setuptools is not installed: the list of packages is not tried")

ROOT = Path(__file__).parents[3]
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def packages() -> set[str]:
    """The packages that go into the wheel, found as setuptools finds them."""
    find = CONFIGURATION["packages"]["find"]
    return set(setuptools.find_namespace_packages(str(ROOT), include=find["include"], exclude=find["exclude"]))


def test_the_programs_that_drew_the_demo_film_are_not_in_the_wheel() -> None:
    assert {"scenes.demo", "scenes.story", "scenes.machine", "installation.film"} <= packages()
    assert not {name for name in packages() if "making" in name}


def test_every_file_of_the_demo_film_and_the_schema_is_in_the_wheel() -> None:
    shipped = {file for pattern in CONFIGURATION["package-data"]["scenes"] for file in (ROOT / "scenes").glob(pattern)}
    demo = ROOT / "scenes" / "demo"
    needed = [
        ROOT / "scenes" / "story.schema.json",
        demo / "story.toml",
        *demo.glob("film/*"),
        *demo.glob("captions/*"),
    ]
    assert len(needed) > 15
    assert [file.name for file in needed if file not in shipped] == []


def test_nothing_in_the_wheel_imports_what_is_not_in_it() -> None:
    shipped = [file for name in packages() for file in ROOT.joinpath(*name.split(".")).glob("*.py")]
    assert len(shipped) > 100
    assert [file.name for file in shipped if any("making" in name for name in imported_names(file))] == []
