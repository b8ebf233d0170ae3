"""Checkpoints on disk: written whole or not at all, and those of earlier versions are still read.

Keys of today: ``ema_network`` (state dict), ``network_config``, ``epoch``, ``seed``, ``teachers``, ``relight``,
``pretrained``; a checkpoint to resume from also has ``network``, ``optimizer``, ``step`` and ``best_score``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from calibration.errors import BadFile
from calibration.file_writer import write_over
from calibration.files import shown
from models.training.network_config import NetworkConfig

OLD_KEYS = {"averaged": "ema_network", "shape": "network_config", "taught_by": "teachers", "best": "best_score"}
OLD_CONFIG_KEYS = {"excite": "squeeze_excite", "pooled": "avg_pool_shortcut", "kind": "arch"}
OLD_ARCHS = {"residual": "resnet", "six": "baseline_cnn"}
"""Names before version 0.2, and today's."""


def read_checkpoint(path: Path, device: str = "cpu") -> dict[str, Any]:
    """The checkpoint at ``path`` under today's keys. Raises ``BadFile`` if it cannot be read or is not one."""
    try:
        saved = torch.load(path, map_location=device, weights_only=True)
    except OSError as error:
        raise BadFile(path, [f"cannot be read: {error.strerror or error}"]) from error
    except Exception as error:  # zipfile, pickle and torch raise a dozen kinds on torn bytes, with no common base
        raise BadFile(path, [f"is torn, or not a checkpoint: {shown(str(error), 200)}"]) from error
    try:
        return _translated(saved)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadFile(path, [f"is not a checkpoint of this network: {shown(str(error), 200)}"]) from error


def write_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write ``state`` to ``path``, whole or not at all. Raises ``OSError`` (``torch.save`` has other words for it)."""
    packed = io.BytesIO()
    torch.save(state, packed)
    write_over(path, packed.getvalue())


Parts = Mapping[str, nn.Module | torch.optim.Optimizer]
"""What a training consists of, by the keys of its checkpoint."""


def write_parts(path: Path, parts: Parts, step: int, faces: str = "") -> None:
    """Write a training on ``faces`` (their fingerprint) after so many steps, whole or not at all.

    Raises ``OSError``.
    """
    write_checkpoint(path, {"step": step, "faces": faces, **{name: part.state_dict() for name, part in parts.items()}})


def read_parts(path: Path, parts: Parts, faces: str = "", device: str = "cpu") -> int:
    """Give ``parts`` the states that ``write_parts`` has written; the step.

    Raises ``BadFile`` for what is none, and where other ``faces`` were learned from ('': it does not matter).
    """
    try:
        kept = torch.load(path, map_location=device, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(kept[name])
        step, learned = int(kept["step"]), str(kept.get("faces", faces))
    except Exception as error:  # zipfile, pickle and torch raise a dozen kinds on torn bytes, with no common base
        raise BadFile(path, [f"is torn, or no checkpoint of this network: {shown(str(error), 200)}"]) from error
    if faces and learned != faces:
        raise BadFile(path, ["was started with other faces; choose another --folder"])
    return step


def _translated(saved: dict[str, Any]) -> dict[str, Any]:
    state = {OLD_KEYS.get(key, key): value for key, value in saved.items()}
    config = {OLD_CONFIG_KEYS.get(key, key): value for key, value in state["network_config"].items()}
    if "arch" in config:
        config["arch"] = OLD_ARCHS.get(config["arch"], config["arch"])
    state["network_config"] = asdict(NetworkConfig(**config))  # an older file knows fewer of its fields
    if "trained_for" in state:  # "", "no lamps", "from SHA", "no lamps from SHA"; "front from SHA" is of a retired kind
        light, _, digest = state.pop("trained_for").partition("from ")
        light = light.strip()
        state["relight"] = light != "no lamps"
        state["pretrained"] = f"{digest} for lamps at the {light}" if light not in ("", "no lamps") else digest
    return state
