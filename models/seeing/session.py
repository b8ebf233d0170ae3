"""An onnxruntime session that is polite beside a film: few threads, none of them spinning, no noise of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import onnxruntime

from calibration.errors import BadFile, ChiaroError
from calibration.files import shown
from models.arrays import Floats

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"


@contextmanager
def about_the_file(path: Path) -> Iterator[None]:
    """Whatever onnxruntime or a first answer raises inside becomes a ``BadFile`` of ``path``.

    onnxruntime's own exceptions share no base class.
    """
    try:
        yield
    except Exception as error:
        torn = isinstance(error, ValueError | RuntimeError | IndexError) and not isinstance(error, ChiaroError)
        if torn or type(error).__module__.startswith("onnxruntime"):
            raise BadFile(path, [f"is not an onnx file that can be run: {shown(str(error), 300)}"]) from error
        raise


def open_session(
    model: bytes | Path,
    threads: int = 1,
    providers: Sequence[str | tuple[str, dict[str, str]]] = (CPU,),
    sizes_vary: bool = False,
    initializers: Mapping[str, Floats] | None = None,
) -> Any:
    """A session for ``model`` (an onnx file or its bytes).

    Threads that spin while they wait take a whole core from the film (43 ms a frame instead of 24 were measured), so
    they sleep. ``sizes_vary``: the inputs change their shape from call to call, so memory is not planned ahead.
    ``initializers``: the values of a graph that was stored without them, by name.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_mem_pattern = not sizes_vary
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if initializers:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in initializers.values()]
        options.add_external_initializers(list(initializers), values)
    return onnxruntime.InferenceSession(
        model if isinstance(model, bytes) else str(model),
        options,
        providers=list(providers),
        enable_fallback=int(tuple(providers) != (CPU,)),  # from the CPU to the CPU it would only print and try again
    )
