"""A report, or an alarm, by e-mail, over the SMTP server of the venue."""

from __future__ import annotations

import mimetypes
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path

from calibration.errors import BadFile, Unavailable
from calibration.web_settings import MailSettings
from installation.host.secret_file import first_line

TIMEOUT_SECONDS = 30.0
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class NotMailed(Unavailable):
    """The server cannot be reached, or takes no mail of ours; another try may succeed."""


def mail(settings: MailSettings, subject: str, text: str, files: Sequence[Path] = ()) -> None:
    """Send it to all of ``mail_to``. Raises ``NotMailed`` with what the server said; never with the password."""
    message = _message(settings, subject, text, files)
    with _logged_in(settings) as server:
        refused = server.send_message(message, parseaddr(settings.mail_from)[1], _recipients(settings))
    if refused:
        raise PartlyMailed(f"{where(settings)} takes no mail for {', '.join(refused)}; the others have it")


def try_server(settings: MailSettings) -> None:
    """Reach it and log in, and send nothing. Raises ``NotMailed``."""
    with _logged_in(settings) as server:
        server.noop()


@contextmanager
def _logged_in(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    try:
        with _connected(settings) as server:
            if settings.mail_user:
                server.login(settings.mail_user, _password(settings))
            yield server
    except smtplib.SMTPRecipientsRefused as error:
        raise NotMailed(f"{where(settings)} takes no mail for {', '.join(error.recipients)}") from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotMailed(f"{where(settings)} refuses user or password (mail_user, mail_password_file)") from error
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise NotMailed(f"{where(settings)} says {error.smtp_code} {said}") from error
    except smtplib.SMTPException as error:
        raise NotMailed(f"{where(settings)}: {error}") from error
    except OSError as error:  # not reached, or its certificate does not hold
        raise NotMailed(f"{where(settings)}: {error.strerror or error}") from error


class PartlyMailed(NotMailed):
    """Some have it: it is not sent again."""


def _connected(settings: MailSettings) -> smtplib.SMTP:
    port = settings.mail_port or PORTS[settings.mail_security]
    if settings.mail_security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.mail_host, port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(settings.mail_host, port, timeout=TIMEOUT_SECONDS)
    if settings.mail_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def _message(settings: MailSettings, subject: str, text: str, files: Sequence[Path]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"], message["To"] = settings.mail_from, ", ".join(settings.mail_to)
    message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid(domain="chiaroscuro.invalid")
    message.set_content(text)
    for file in files:
        kind, _, sub = (mimetypes.guess_type(file.name)[0] or "application/octet-stream").partition("/")
        said = {"charset": "utf-8"} if kind == "text" else {}
        message.add_attachment(file.read_bytes(), maintype=kind, subtype=sub, filename=file.name, params=said)
    return message


def _recipients(settings: MailSettings) -> list[str]:
    return [parseaddr(one)[1] for one in settings.mail_to]


def _password(settings: MailSettings) -> str:
    try:
        return first_line(Path(settings.mail_password_file))
    except BadFile as error:
        raise NotMailed(f"{error} (mail_password_file)") from None


def where(settings: MailSettings) -> str:
    """The server, for people."""
    return f"the mail server {settings.mail_host} port {settings.mail_port or PORTS[settings.mail_security]}"
