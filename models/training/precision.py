"""Mixed precision where the machine has it, and only there; one thread where time is measured."""

from __future__ import annotations

import time
from functools import cache

import torch
from torch import nn

TRIES = 3


def on_one_thread() -> None:
    """From here on PyTorch computes on one thread: what it costs is then comparable."""
    torch.set_num_threads(1)


def has_fast_bf16(device: str) -> bool:
    """Whether ``device`` multiplies bf16 itself, and is quicker with it.

    A CPU that does not is 12 times slower with it (10 faces/s instead of 125 on one Zen 3 core), and oneDNN's own
    answer is no help: it says yes to every AVX512. Of those that do some are quicker (Zen 4, AMX) and some slower
    (an Intel without AMX: 0.7 times), so it is tried.
    """
    if device.split(":")[0] == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    checks = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")  # older torch knows only some of them
    return any(bool(getattr(torch.cpu, name, lambda: False)()) for name in checks) and _is_quicker()


@cache
def _is_quicker() -> bool:
    """Whether a convolution learns quicker in bf16 here: half a second, once."""
    with torch.random.fork_rng(devices=()):  # no training is to draw other numbers for it
        layer = nn.Conv2d(64, 64, 3, padding=1)
        faces = torch.rand(32, 64, 32, 32).contiguous(memory_format=torch.channels_last).requires_grad_()

    def seconds(bf16: bool) -> float:
        begun = time.perf_counter()
        with torch.enable_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            layer(faces).float().sum().backward()
        return time.perf_counter() - begun

    return min(seconds(True) for _ in range(TRIES)) < min(seconds(False) for _ in range(TRIES))


def mixed_precision(device: str) -> torch.autocast:
    """Inside, convolutions and products are made in bf16 if that is faster on ``device`` ('cpu', 'cuda', 'cuda:1')."""
    return torch.autocast(device.split(":")[0], torch.bfloat16, enabled=has_fast_bf16(device))
