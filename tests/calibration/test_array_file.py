"""Arrays that are kept are whole, and come back as they were."""

import errno
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from calibration.array_file import FLOATS, INTEGER_ROWS, load_arrays, save_arrays
from calibration.errors import BadFile


@pytest.mark.parametrize("compressed", [False, True])
def test_what_is_kept_comes_back_and_a_full_disk_leaves_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compressed: bool
) -> None:
    path, wanted = tmp_path / "kept" / "a.npz", {"a": FLOATS, "b": INTEGER_ROWS}
    arrays = {"a": np.arange(3.0), "b": np.eye(2, dtype=np.int64)}
    save_arrays(path, arrays, private=True, compressed=compressed)
    assert all(np.array_equal(got, arrays[name]) for name, got in load_arrays(path, wanted).items())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_arrays(path, {"a": np.zeros(3)}, compressed=compressed)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == {"a.npz": before}
    path.write_bytes(before[:50])
    with pytest.raises(BadFile, match="torn"):
        load_arrays(path, wanted)
