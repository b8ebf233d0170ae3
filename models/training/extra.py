"""What training needs beyond the show: the optional packages of the extra ``train``."""

from __future__ import annotations

from importlib.util import find_spec

from calibration.errors import BadInput

PACKAGES = {"torch": "PyTorch", "onnxscript": "onnxscript", "matplotlib": "matplotlib"}
"""What is imported, and its name for people."""


def require_training_packages() -> None:
    """Raises ``BadInput`` with the command that installs what is missing."""
    missing = [name for module, name in PACKAGES.items() if find_spec(module) is None]
    if missing:
        raise BadInput(f'training needs {", ".join(missing)}; install with: pip install "chiaroscuro[train]"')
