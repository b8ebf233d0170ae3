from __future__ import annotations

import sys
from base64 import b64encode
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.errors import Unavailable
from calibration.extras import MissingExtra
from installation.report.page import report_html
from installation.report.pdf import report_pdf
from installation.report.save import save
from tests.installation.report.made_report import made_report


def test_the_pdf_is_of_the_same_page() -> None:
    try:
        pdf = report_pdf(report_html(made_report()))
    except (Unavailable, MissingExtra) as missing:
        pytest.skip(f"the PDF is not tried: {missing}")
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") >= 2 or len(pdf) > 20_000


def test_a_page_draws_what_it_holds_and_fetches_nothing(tmp_path: Path) -> None:
    picture = cv2.imencode(".png", np.full((8, 8, 3), 90, np.uint8))[1].tobytes()
    (tmp_path / "face.png").write_bytes(picture)
    held = f"data:image/png;base64,{b64encode(picture).decode()}"
    try:
        drawn, fetched = (
            report_pdf(f'<html><body><img src="{source}"/></body></html>')
            for source in (held, (tmp_path / "face.png").as_uri())
        )
    except (Unavailable, MissingExtra) as missing:
        pytest.skip(f"the PDF is not tried: {missing}")
    assert b"/Subtype /Image" in drawn
    assert b"/Subtype /Image" not in fetched


def test_a_files_ending_says_as_what_it_is_written(tmp_path: Path) -> None:
    for name, begins in (("a.html", b"<!DOCTYPE html>\n<html lang="), ("b.json", b"{"), ("c.csv", b"")):
        save(made_report(), tmp_path / name, "de")
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert "Der Morgen danach" in (tmp_path / "a.html").read_text("utf-8")


def test_without_weasyprint_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calibration.extras.find_spec", lambda _name: None)
    with pytest.raises(
        MissingExtra, match=r'a PDF needs WeasyPrint; install with: pip install "chiaroscuro\[report\]"'
    ):
        report_pdf("<html/>")


def test_without_pango_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoPango:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(name)

    def find(*_: object) -> object:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr("calibration.extras.find_spec", lambda _name: NoPango())
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr("builtins.__import__", _refusing("weasyprint", find))
    with pytest.raises(Unavailable, match="apt install libpangoft2"):
        report_pdf("<html/>")


def _refusing(module: str, refuse: object):  # type: ignore[no-untyped-def]
    real = __import__

    def importing(name: str, *rest: object, **more: object) -> object:
        return refuse() if name == module else real(name, *rest, **more)  # type: ignore[operator,arg-type]

    return importing
