"""The check tries a mail server and a folder, and sends nothing."""

import threading
from pathlib import Path

import pytest

from calibration.venue import Venue
from calibration.web_settings import ReportSettings
from installation.commands import report_checks
from installation.commands.report_checks import check_reports
from tests.installation.report.tiny_smtp import tiny_smtp


def found(**report: object) -> list[tuple[str, str]]:
    venue = Venue(report=ReportSettings.model_validate(report))
    return [(one.state, one.what) for one in check_reports(venue)]


def test_a_venue_that_sends_nothing_is_not_asked() -> None:
    assert found() == []


def test_a_mail_server_is_reached_and_logged_into_and_gets_no_mail(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    with tiny_smtp() as server:
        server.login = "film:hunter2"
        mail: dict[str, object] = {
            "mail_to": ["a@b.example"],
            "mail_from": "f@b.example",
            "mail_host": "127.0.0.1",
            "mail_security": "none",
        }
        mail |= {"mail_port": server.port, "mail_user": "film", "mail_password_file": str(secret)}
        ((verdict, said),) = found(**mail)
        assert verdict == "ok"
        assert "would take mail for a@b.example" in said
        server.login = "film:other"
        ((verdict, said),) = found(**mail)
        assert verdict == "warning"
        assert "refuses user or password" in said
        assert server.mails == []


def test_a_folder_that_is_missing_or_hangs_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(folder=str(tmp_path)) == [("ok", "the reports are copied there")]
    ((verdict, said),) = found(folder=str(tmp_path / "share"))
    assert verdict == "warning"
    assert "is no folder" in said
    hangs = threading.Event()
    monkeypatch.setattr(report_checks, "SHARE_SECONDS", 0.1)
    monkeypatch.setattr(report_checks, "_looked_at", lambda _: str(hangs.wait(20.0)))
    ((verdict, said),) = found(folder=str(tmp_path))
    hangs.set()
    assert verdict == "warning"
    assert "does not answer" in said
