"""Landmarks are found once: kept whole, for their owner alone, and made anew where they are torn."""

import errno
import os
import stat
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from models.training.validation import cached_landmarks
from tests.models.two_kinds import two_kinds


def test_landmarks_are_kept_whole_and_for_their_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faces, shares = two_kinds(3, 1), list[float]()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            cached_landmarks(faces, tmp_path, shares.append)
    assert list(tmp_path.iterdir()) == [], "no half file"
    found = cached_landmarks(faces, tmp_path, shares.append)
    (kept,) = tmp_path.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    looked = len(shares)
    for again in (kept.read_bytes(), kept.read_bytes()[:50]):
        kept.write_bytes(again)
        for one, other in zip(cached_landmarks(faces, tmp_path, shares.append), found, strict=True):
            assert np.array_equal(one, other)
    assert len(shares) == looked + 1, "the whole one is read, the torn one is made anew"
