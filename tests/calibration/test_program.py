"""Programs that are run by ``python -m models...`` print and fail as commands do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calibration.errors import BadFile, Exit
from calibration.program import run_program, say


def failing(error: Exception) -> Callable[[], None]:
    def main() -> None:
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (BadFile("faces\x1b[31m.csv", ["is torn"]), "x faces\\x1b[31m.csv: is torn\n"),
        (
            ModuleNotFoundError("No module named 'torch'", name="torch"),
            'x this command needs PyTorch; install with: pip install "chiaroscuro[train]"\n',
        ),
    ],
)
def test_what_a_person_can_mend_is_one_line_and_78(
    error: Exception, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        run_program(failing(error))
    assert end.value.code == Exit.BAD_CONFIGURATION
    assert capsys.readouterr().err == told


@pytest.mark.parametrize("error", [ValueError("ours"), ModuleNotFoundError("No module named 'x'", name="x")])
def test_a_fault_of_ours_keeps_its_traceback(error: Exception) -> None:
    with pytest.raises(type(error)):
        run_program(failing(error))


def test_what_is_printed_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[31mb")
    assert capsys.readouterr().out == "a\\x1b[31mb\n"
