"""The four rooms import in one direction only: calibration <- models <- scenes <- installation."""

import ast
from pathlib import Path

import pytest

ROOMS = ("calibration", "models", "scenes", "installation")
ROOT = Path(__file__).parents[1]


def imported_rooms(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
    return {name.split(".")[0] for name in names} & set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_to_its_left(room: str) -> None:
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    for file in sorted((ROOT / room).rglob("*.py")):
        assert imported_rooms(file) <= allowed, f"{file.relative_to(ROOT)} imports {imported_rooms(file) - allowed}"
