"""The log is heard by caplog, also after a test of a command has sent it elsewhere."""

import pytest

from installation.host.console import log


@pytest.fixture(autouse=True)
def heard_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "propagate", True)
