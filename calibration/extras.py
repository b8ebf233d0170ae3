"""The optional packages, by the extra that brings them: one line tells what is missing and what installs it."""

from __future__ import annotations

from importlib.util import find_spec

from calibration.errors import BadInput

EXTRAS: dict[str, dict[str, str]] = {
    "train": {
        "torch": "PyTorch",
        "onnxscript": "onnxscript",
        "matplotlib": "matplotlib",
        "sklearn": "scikit-learn",
        "skimage": "scikit-image",
    },
    "gpu": {"moderngl": "moderngl"},
    "lamps": {"sacn": "sacn", "stupidArtnet": "stupidArtnet", "mido": "mido", "rtmidi": "python-rtmidi"},
    "report": {"weasyprint": "WeasyPrint"},
    "privacy": {"weasyprint": "WeasyPrint", "gpiod": "gpiod"},
    "rooms": {"paho": "paho-mqtt"},
}
"""What is imported, and its name for people."""


class MissingExtra(BadInput):
    """An optional package is not installed; the text has the command that installs it."""


def needs_extra(extra: str, what: str, *modules: str) -> None:
    """Raise ``MissingExtra`` unless ``modules`` of ``extra`` (default: all) are here. ``what``: for people."""
    names = EXTRAS[extra]
    missing = [names[module] for module in modules or names if find_spec(module) is None]
    if missing:
        raise MissingExtra(missing_line(extra, what, missing))


def missing_extra(error: BaseException) -> MissingExtra | None:
    """What to tell somebody whose import failed of an optional package; None for any other failure."""
    module = (getattr(error, "name", None) or "").partition(".")[0]
    if not isinstance(error, ModuleNotFoundError):
        return None
    found = next(((extra, names[module]) for extra, names in EXTRAS.items() if module in names), None)
    return MissingExtra(missing_line(found[0], "this command", [found[1]])) if found else None


def missing_line(extra: str, what: str, missing: list[str]) -> str:
    """The line, with the command."""
    return f"{what} needs {', '.join(missing)}; install with: {install_command(extra)}"


def install_command(extra: str) -> str:
    """The command that installs an extra."""
    return f'pip install "chiaroscuro[{extra}]"'
