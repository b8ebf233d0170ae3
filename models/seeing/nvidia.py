"""Whether an NVIDIA driver is installed: asked without loading a runtime for networks."""

from __future__ import annotations

import ctypes
import sys
from typing import Any


def nvidia_driver() -> Any:
    """The driver's library; None without one."""
    try:
        return ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return None
