"""A report by e-mail: a tiny SMTP server of the test takes it."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from pydantic import ValidationError

from calibration.web_settings import ReportSettings
from installation.report.mail import NotMailed, PartlyMailed, mail
from tests.installation.report.tiny_smtp import TinySmtp, tiny_smtp

TO = ("Office <office@museum.example>", "director@museum.example")


def settings(server: TinySmtp, **said: object) -> ReportSettings:
    usual = {
        "mail_to": TO,
        "mail_from": "Film <film@museum.example>",
        "mail_host": "127.0.0.1",
        "mail_security": "none",
    }
    return ReportSettings.model_validate(usual | {"mail_port": server.port} | said)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "hall-2026-11-26.html"
    file.write_text("<p>Grüße</p>\n.\n..\n")
    return file


def test_a_mail_has_the_page_attached_and_goes_to_all(page: Path) -> None:
    with tiny_smtp() as server:
        mail(settings(server), "Hall\r\nBcc: x@y.example", "Für morgen.", [page])
    (taken,) = server.mails
    assert taken["Subject"] == "Hall Bcc: x@y.example"  # a room's name makes no header
    assert (taken["From"], taken["To"]) == ("Film <film@museum.example>", ", ".join(TO))
    assert server.recipients == [["office@museum.example", "director@museum.example"]]
    text, attached = taken.iter_parts()
    assert text.get_content().strip() == "Für morgen."
    assert (attached.get_filename(), attached.get_content_type()) == ("hall-2026-11-26.html", "text/html")
    assert attached.get_content().replace("\r\n", "\n") == page.read_text()


def test_a_password_comes_from_its_file_and_a_wrong_one_is_said_without_it(page: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2 \nmore\n")
    with tiny_smtp() as server:
        server.login = "film:hunter2"
        known = settings(server, mail_user="film", mail_password_file=str(secret))
        mail(known, "s", "t", [page])
        assert len(server.mails) == 1
        secret.write_text("hunter3")
        with pytest.raises(NotMailed, match="refuses user or password") as refused:
            mail(known, "s", "t", [page])
        assert "hunter" not in str(refused.value)
        secret.unlink()
        with pytest.raises(NotMailed, match=r"secret: cannot be read: No such file.*mail_password_file"):
            mail(known, "s", "t", [page])


def test_what_the_server_says_is_told(page: Path) -> None:
    with tiny_smtp() as server:
        server.answer_to_data = "452 no space left"
        with pytest.raises(NotMailed, match=r"127.0.0.1 port \d+ says 452 no space left"):
            mail(settings(server), "s", "t", [page])
        server.answer_to_data, server.refuses = "250 taken", ("office@museum.example",)
        with pytest.raises(PartlyMailed, match=r"no mail for office@museum\.example; the others have it"):
            mail(settings(server), "s", "t", [page])
        assert server.recipients == [["director@museum.example"]]
        server.refuses = ("office@museum.example", "director@museum.example")
        with pytest.raises(NotMailed, match="takes no mail for office"):
            mail(settings(server), "s", "t", [page])
    with pytest.raises(NotMailed, match=r"the mail server 127\.0\.0\.1 port \d+: "):
        mail(settings(server), "s", "t", [page])


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl here: mail over TLS was not tried")
def test_over_tls_and_starttls_only_a_server_with_a_good_certificate_gets_the_mail(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*make, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    for security in ("starttls", "tls"):
        with tiny_smtp(context, at_once=security == "tls") as server:
            monkeypatch.delenv("SSL_CERT_FILE", raising=False)
            with pytest.raises(NotMailed, match="certificate"):
                mail(settings(server, mail_security=security), "s", "t", [page])
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            mail(settings(server, mail_security=security), "s", "t", [page])
            assert server.secured == [True]
    with tiny_smtp() as server, pytest.raises(NotMailed, match="STARTTLS"):  # none offered: nothing goes in clear
        mail(settings(server, mail_security="starttls"), "s", "t", [page])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"mail_to": ["a@b.example"]}, "mail_to needs mail_host and mail_from too"),
        ({"mail_to": ["office"]}, "is not an address of e-mail"),
        ({"mail_to": ["a b@c.example"]}, "is not an address of e-mail"),
        ({"mail_from": "a@b.example\nBcc: c@d.example"}, "is not an address of e-mail"),
        ({"mail_user": "film"}, "mail_user needs mail_password_file"),
        (
            {"mail_user": "film", "mail_password_file": "x", "mail_security": "none", "mail_host": "mail.example"},
            "a password is sent with mail_security = 'starttls' or 'tls' only",
        ),
    ],
)
def test_settings_that_cannot_work_are_refused_in_words(said: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ReportSettings.model_validate(said)
