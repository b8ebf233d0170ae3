"""PyTorch's export without its lines about packages that are not needed here."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

NOISY = "torch.onnx._internal.exporter._registration"
"""Says of each export that torchvision is not installed."""


@contextmanager
def quiet_export() -> Iterator[None]:
    """Inside of it, nothing is printed that a person who exports a network can do nothing about."""
    logger = logging.getLogger(NOISY)
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        logger.setLevel(before)
