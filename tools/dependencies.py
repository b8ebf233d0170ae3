"""The table of docs/dependencies.md: what `pip install .` brings, with version, size and licence.

Run it in an environment that has our dependencies and pip-licenses installed::

    python tools/dependencies.py
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def add(line: str, found: dict[str, Distribution]) -> None:
    """Add what a requirement needs, and all that this needs in turn; what this platform does not need is left out."""
    requirement = Requirement(line)
    key = normal(requirement.name)
    if key in found or (requirement.marker is not None and not requirement.marker.evaluate({"extra": ""})):
        return
    try:
        found[key] = distribution(key)
    except PackageNotFoundError:
        print(f"{key} is not installed", file=sys.stderr)
        return
    for further in found[key].requires or []:
        add(further, found)


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def megabytes(package: Distribution) -> float:
    """Size on disk."""
    paths = (package.locate_file(file) for file in package.files or [])
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6  # type: ignore[attr-defined]


def main() -> None:
    """Print the table in Markdown, the largest first, and the sum."""
    found: dict[str, Distribution] = {}
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    for line in project["dependencies"]:
        add(line, found)
    command = ("-m", "piplicenses", "--format=json", "--from=mixed", "--with-system", "--packages")
    answer = subprocess.run(  # noqa: S603 - our own interpreter, and names of packages that are installed
        [sys.executable, *command, *found], capture_output=True, check=True, text=True
    )
    licences = {normal(row["Name"]): row["License"] for row in json.loads(answer.stdout)}
    sizes = {name: megabytes(package) for name, package in found.items()}
    print("| package | version | MB | licence, as it says itself |\n|---|---|---|---|")
    for name in sorted(found, key=lambda name: -sizes[name]):
        licence = " ".join(licences.get(name, "not said").split())
        print(f"| {name} | {found[name].version} | {sizes[name]:.1f} | {licence[:90]} |")
    print(f"| **together** | | **{sum(sizes.values()):.0f}** | |")


if __name__ == "__main__":
    main()
