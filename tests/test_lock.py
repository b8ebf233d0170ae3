"""The lock in requirements/ is that of pyproject.toml: each package, within its range, with hashes, no addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "requirements"
FILES = ("build", "run", "gpu", "cpu", "dev")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
PLATFORMS = (
    {"sys_platform": "linux", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_machine": "arm64"},
    {"sys_platform": "win32", "platform_machine": "AMD64"},
)
PYTHONS = ("3.11", "3.12", "3.13")


def pins(file: str) -> list[Requirement]:
    """The pinned packages of a file, without their hashes."""
    text = (FOLDER / f"{file}.txt").read_text().replace("\\\n", " ")
    return [Requirement(line.split(" --hash")[0]) for line in text.splitlines() if line.strip()]


def installed(files: tuple[str, ...], where: dict[str, str]) -> dict[str, Version]:
    """What these files install on a platform, by name. No package twice."""
    found: dict[str, Version] = {}
    for pin in (pin for file in files for pin in pins(file)):
        if pin.marker is None or pin.marker.evaluate(where):
            version = Version(str(pin.specifier).removeprefix("=="))
            assert found.setdefault(pin.name, version) == version, f"{pin.name} is locked twice for {where}"
    return found


def environment(platform: dict[str, str], python: str) -> dict[str, str]:
    return platform | {"python_version": python, "python_full_version": f"{python}.9", "extra": ""}


def wanted(where: dict[str, str], extra: str = "") -> list[Requirement]:
    """What pyproject.toml asks for on a platform."""
    lines = [*PROJECT["project"]["dependencies"]]
    lines += PROJECT["project"]["optional-dependencies"][extra] if extra else []
    asked = [Requirement(line) for line in lines]
    return [one for one in asked if one.marker is None or Marker(str(one.marker)).evaluate(where)]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform["sys_platform"])
def test_everything_asked_for_is_locked_within_its_range_on_every_platform(
    platform: dict[str, str], python: str
) -> None:
    where = environment(platform, python)
    for files, extra in ((("run", "gpu"), ""), (("dev", "gpu"), "dev")):
        locked = installed(files, where)
        for asked in wanted(where, extra):
            version = locked.get(canonicalize_name(asked.name))
            assert version is not None, f"{asked.name} is not locked: make lock"
            assert asked.specifier.contains(version), f"{asked} is locked at {version}: make lock"


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform["sys_platform"])
def test_exactly_one_onnxruntime_is_installed_whichever_way_it_is_asked_for(
    platform: dict[str, str], python: str
) -> None:
    where = environment(platform, python)
    gpu = platform["platform_machine"] in ("x86_64", "AMD64")
    assert set(installed(("gpu",), where)) == {"onnxruntime-gpu" if gpu else "onnxruntime"}
    assert set(installed(("cpu",), where)) == {"onnxruntime"}
    assert not {name for name in installed(("run", "dev"), where) if name.startswith("onnxruntime")}


@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_needed_to_develop_goes_on_top_of_what_is_needed_to_run(python: str) -> None:
    where = environment(PLATFORMS[0], python)
    run, dev = installed(("run",), where), installed(("dev",), where)
    assert run.items() <= dev.items()
    assert "pytest" not in run


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_hashes_and_no_address_of_an_index(file: str) -> None:
    text = (FOLDER / f"{file}.txt").read_text()
    assert pins(file)
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block
    assert not re.search(r"://|--(extra-)?index-url|--find-links", text)
