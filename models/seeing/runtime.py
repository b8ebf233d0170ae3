"""What the networks run on, and why: a film must not become slow without a word because a GPU could not be used."""

from __future__ import annotations

import contextlib
import ctypes
import io
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import onnxruntime

from calibration.errors import BadInput
from models import GRAPHS
from models.seeing.nvidia import nvidia_driver
from models.seeing.session import CPU, CUDA, open_session

FIX = 'pip install "chiaroscuro[cuda]"'
DeviceName = Literal["auto", "cpu", "cuda"]


class NoCuda(BadInput):
    """``device = "cuda"`` is required but cannot be used; the message says why and how to fix it."""


@dataclass(frozen=True, slots=True)
class Device:
    """What a session really runs on."""

    provider: str
    """onnxruntime's name: CPUExecutionProvider or CUDAExecutionProvider."""
    line: str
    """For people: "CPU (no NVIDIA driver)"."""


def open_on(model: bytes | Path, wanted: DeviceName, threads: int = 1) -> tuple[Any, Device]:
    """A session on the GPU if wanted and possible, else on the CPU; and which of the two it is, with the reason.

    Raises ``NoCuda`` for ``wanted="cuda"`` if it would run on the CPU.
    """
    session, device = open_on_gpu(model, wanted, threads)
    return session or open_session(model, threads), device


def open_on_gpu(model: bytes | Path, wanted: DeviceName, threads: int = 1) -> tuple[Any, Device]:
    """A session on the GPU if wanted and possible; else None, and the CPU with the reason. Raises as ``open_on``."""
    if wanted == "cpu":
        return None, Device(CPU, "CPU (as the venue asks)")
    reason = why_no_cuda()
    if not reason:
        session = _try_cuda(model, threads)
        # Only this says what runs; get_available_providers() says what was built in.
        if session.get_providers()[0] == CUDA:
            return session, Device(CUDA, "CUDA")
        reason = f"the driver is installed, but the libraries of CUDA or cuDNN do not load; fix it with: {FIX}"
    if wanted == "cuda":
        raise NoCuda(f'is "cuda", but only the CPU can be used: {reason}', where="[eye] device")
    return None, Device(CPU, f"CPU ({reason})")


def why_no_cuda() -> str:
    """The reason why no session can run on a GPU here, in a technician's words; '' when nothing prevents it."""
    driver = nvidia_driver()
    if driver is None:
        return "no NVIDIA driver"
    if CUDA not in onnxruntime.get_available_providers():
        return f"the installed onnxruntime has no CUDA; fix it with: {FIX}"
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0 or count.value == 0:
        return "an NVIDIA driver is installed, but it finds no GPU"
    return ""


def load_cuda() -> None:
    """Load the libraries of CUDA that pip installed, where there are some. Without them a session takes the CPU."""
    onnxruntime.set_default_logger_severity(4)  # a library that is missing would print over the console
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        onnxruntime.preload_dlls()  # never raises, prints instead


def _try_cuda(model: bytes | Path, threads: int) -> Any:
    load_cuda()
    return open_session(model, threads, (CUDA, CPU))


def runtime_report() -> list[str]:
    """For ``chiaro doctor``: one line each on onnxruntime, its packages, the driver and what would run."""
    installed = [name for name in ("onnxruntime-gpu", "onnxruntime") if _version(name)]
    lines = [
        f"onnxruntime {onnxruntime.__version__}, built for {', '.join(onnxruntime.get_available_providers())}",
        "packages: " + (", ".join(f"{name} {_version(name)}" for name in installed) or "none known to pip"),
    ]
    if len(installed) == 2:
        lines.append(
            "both onnxruntime packages are installed, and the later one has overwritten the other; fix it with: "
            "pip uninstall -y onnxruntime onnxruntime-gpu && pip install --force-reinstall onnxruntime-gpu"
        )
    lines.append("NVIDIA driver: " + ("found" if nvidia_driver() is not None else "none found"))
    lines.append(f"networks would run on: {_probe().line}")
    return lines


def _probe() -> Device:
    """What a session really gets here, tried with the smallest graph there is."""
    return open_on(GRAPHS / "probe.onnx", "auto")[1]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
