"""The sections of a venue file about the operator's console, and about the report of the morning after."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from calibration.places import PathText
from calibration.settings import Language, Section

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ConsoleSettings(Section):
    """The operator's console: pages for a phone or a desk."""

    listen: str = Field(
        "127.0.0.1",
        description="Address on which it is served; '0.0.0.0' = every network of this machine (a token is asked for "
        "there), '' = no console",
    )
    port: int = Field(8470, ge=0, le=65535, description="0, or where it is taken: any free one")


def valid_server(text: str) -> str:
    """HOST or HOST:PORT. Raises ``ValueError``."""
    host, _, port = text.partition(":")
    fits = host and host.isprintable() and not set(host) & set(" /@") and port.isdecimal() == (":" in text)
    if text and not (fits and (not port or 0 < int(port) < 65536)):
        raise ValueError("is not a HOST:PORT; expected, for example, 10.0.0.5:8082")
    return text


class ConstellationSettings(Section):
    """Constellation (Exhibitera), the exhibit control of a museum; the console's process speaks with it."""

    server: Annotated[str, AfterValidator(valid_server)] = Field(
        "", max_length=260, description="HOST:PORT of its control server; '' = none is spoken with"
    )
    id: str = Field("", max_length=60, description="The component's id there; '' = the venue's name")
    group: str = Field("Default", min_length=1, max_length=60, description="The component's group there")


def valid_address(text: str) -> str:
    """An address of e-mail; "Name <who@where>" is one too. Raises ``ValueError``."""
    from email.utils import parseaddr

    _, address = parseaddr(text)
    user, at, host = address.rpartition("@")
    if not (user and at and host) or not text.isprintable() or any(letter.isspace() for letter in address):
        raise ValueError("is not an address of e-mail; expected, for example, office@museum.example")
    return text


MailAddress = Annotated[str, AfterValidator(valid_address)]


class MailSettings(Section):
    """Mail that is sent by itself, over the venue's SMTP server."""

    mail_to: tuple[MailAddress, ...] = Field((), max_length=50, description="They are also mailed to these; none = not")
    mail_from: MailAddress | Literal[""] = ""
    mail_host: str = Field("", max_length=253, description="The SMTP server that sends them")
    mail_port: int = Field(0, ge=0, le=65535, description="0 = the usual one: 587 (starttls), 465 (tls), 25 (none)")
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_user: str = Field("", max_length=320, description="'' = the server asks for none")
    mail_password_file: PathText = Field(
        "", description="File whose first line is the password, readable by the show's user alone (mode 600)"
    )

    @model_validator(mode="after")
    def _can_be_mailed(self) -> Self:
        missing = [key for key in ("mail_host", "mail_from") if self.mail_to and not getattr(self, key)]
        if missing:
            raise ValueError(f"mail_to needs {' and '.join(missing)} too")
        if self.mail_user and not self.mail_password_file:
            raise ValueError("mail_user needs mail_password_file, a file with the password in its first line")
        if self.mail_user and self.mail_security == "none" and self.mail_host not in LOOPBACK:
            raise ValueError("a password is sent with mail_security = 'starttls' or 'tls' only")
        return self


class ReportSettings(MailSettings):
    """The morning after: the report that is made of each evening by itself, and where it goes."""

    at_closing: bool = Field(True, description="Write a report of each evening when it is over (state folder, reports)")
    language: Literal["", Language] = Field("", description="'' = the first of course.languages")
    days_kept: int = Field(400, ge=1, description="How long these reports are kept")
    folder: PathText = Field("", description="They are also copied into this folder; it may be a mounted share")
