"""Half precision where the machine has it, and only there."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch


def quicker_in_bf16(device: str) -> bool:
    """Whether ``device`` multiplies bf16 itself.

    A CPU that does not is 12 times slower with it (10 faces/s instead of 125 on one Zen 3 core), and oneDNN's own
    answer is no help: it says yes to every AVX512.
    """
    if device.split(":")[0] == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    asked = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")  # older torch knows only some of them
    return any(bool(getattr(torch.cpu, name, lambda: False)()) for name in asked)


def half(device: str) -> AbstractContextManager:
    """Inside, convolutions and products are made in bf16 if that is quicker on ``device`` ('cpu', 'cuda', 'cuda:1')."""
    return torch.autocast(device.split(":")[0], torch.bfloat16, enabled=quicker_in_bf16(device))
