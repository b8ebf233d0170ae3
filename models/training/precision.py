"""Mixed precision where the machine has it, and only there; one thread where time is measured."""

from __future__ import annotations

import torch


def on_one_thread() -> None:
    """From here on PyTorch computes on one thread: what it costs is then comparable."""
    torch.set_num_threads(1)


def has_fast_bf16(device: str) -> bool:
    """Whether ``device`` multiplies bf16 itself.

    A CPU that does not is 12 times slower with it (10 faces/s instead of 125 on one Zen 3 core), and oneDNN's own
    answer is no help: it says yes to every AVX512.
    """
    if device.split(":")[0] == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    checks = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")  # older torch knows only some of them
    return any(bool(getattr(torch.cpu, name, lambda: False)()) for name in checks)


def mixed_precision(device: str) -> torch.autocast:
    """Inside, convolutions and products are made in bf16 if that is faster on ``device`` ('cpu', 'cuda', 'cuda:1')."""
    return torch.autocast(device.split(":")[0], torch.bfloat16, enabled=has_fast_bf16(device))
