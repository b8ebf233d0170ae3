"""An export replaces the last one whole, or not at all."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from models.training.whole_export import whole_export


def lying(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a network of an earlier export lies, with a variant."""
    for name in ("net.onnx", "net.json", "net.int8.onnx", "net.int8.json", "net.old.onnx"):
        (tmp_path / "nets" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "nets" / name).write_bytes(b"last")
    (tmp_path / "best.pt").write_bytes(b"weights")
    return tmp_path / "nets" / "net.onnx"


@pytest.mark.usefixtures("left_by_a_kill")
def test_what_was_made_takes_the_place_of_all_that_was_there(place: Path) -> None:
    with whole_export(place, place.parents[1] / "best.pt") as made:
        for name in ("net.onnx", "net.json", "net.cuda.onnx", "net.plain.onnx"):
            made.with_name(name).write_bytes(b"new")
        assert place.read_bytes() == b"last", "a show may read it meanwhile"
    assert lying(place.parent) == {
        **dict.fromkeys(("net.onnx", "net.json", "net.cuda.onnx"), b"new"),
        "net.old.onnx": b"last",
    }


@pytest.fixture
def left_by_a_kill(place: Path) -> None:
    """Half of an earlier export."""
    (place.parent / ".net.export").mkdir()
    (place.parent / ".net.export" / "net.int8.onnx").write_bytes(b"half")


def half_made(place: Path) -> None:
    """An export that ends in its middle."""
    with whole_export(place, place.parents[1] / "best.pt") as made:
        made.write_bytes(b"half")
        raise RuntimeError


def test_after_a_fault_and_on_a_full_disk_all_is_as_it_was(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = lying(place.parent)
    with pytest.raises(RuntimeError):
        half_made(place)
    assert lying(place.parent) == before
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(OSError, match="an export needs"):
        half_made(place)
    assert lying(place.parent) == before
