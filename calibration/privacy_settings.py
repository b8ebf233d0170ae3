"""The sections of a venue file about the visitor's rights: who answers for the room, and what a visitor agrees to.

Notices, drafts and proofs (``chiaro privacy``) are filled in from these and from the other sections, never from a text
of their own: what a notice says is what the room does.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from calibration.opening_hours import LONGEST, fault_of
from calibration.places import PathText
from calibration.settings import Corner, Seconds, Section, each_once

NoticeLanguage = Literal["en", "de", "fr", "it", "es", "nl", "pt"]
"""A language in which notices for visitors are written."""

Place = Literal["", "gallery", "museum", "theatre", "public_space", "shop_window", "school", "workplace"]
FORBIDDEN_PLACES: dict[str, str] = {
    "school": "in a school or academy no emotion may be read from faces",
    "workplace": "at a place of work no emotion may be read from faces",
}
"""Where the AI Act (Regulation (EU) 2024/1689, Art. 5(1)(f), since 2 February 2025) forbids it, in words."""

Words = Annotated[str, Field(max_length=300)]


class GpioSettings(Section):
    """One line of a machine with pins, such as a Raspberry Pi, by the kernel's GPIO character device."""

    chip: PathText = Field("", description="Such as /dev/gpiochip0; '' = none")
    line: int = Field(0, ge=0, le=1023)
    active_low: bool = Field(False, description="true = low means pressed, or lit")


class DmxChannel(Section):
    """One channel of a universe under [lamps]."""

    universe: int = Field(0, ge=0, le=63999, description="0 = none")
    channel: int = Field(1, ge=1, le=512)
    open: int = Field(255, ge=0, le=255, description="Value while the eye is open; shut = 0")


class SignSettings(Section):
    """A light in the room that says whether the eye is open; receivers of OSC are told without it."""

    gpio: GpioSettings = GpioSettings()
    dmx: DmxChannel = DmxChannel()


class PrivacySettings(Section):
    """Who shows the work, on what legal ground, and when the eye may look at all."""

    shown_by: Words = Field("", description="Who shows it and answers for it (the controller), with its address")
    contact: Words = Field("", description="Where a visitor asks: e-mail, telephone or desk")
    data_protection_officer: Words = ""
    artist: Words = Field("", description="Who made the work, and answers for the software together with who shows it")
    artist_role: Literal["", "joint_controller", "processor", "none"] = Field(
        "",
        description="How the artist answers for the visitors' data: together with who shows it (GDPR, Art. 26), as its "
        "processor (Art. 28), or not at all; '' = not decided, and the drafts hold both variants of the agreement",
    )
    purpose: Words = Field("", description="What for, in a sentence; '' = the standard one")
    legal_basis: Literal["", "consent", "public_task", "legitimate_interest"] = Field(
        "", description="Art. 6 of the GDPR; '' = not decided, and `check` says so"
    )
    place: Place = Field("", description="What kind of place this is; in a school or at a workplace the eye stays shut")
    languages: Annotated[tuple[NoticeLanguage, ...], AfterValidator(each_once)] = Field(
        ("en",), min_length=1, max_length=7, description="Of the notices, in this order"
    )
    page: str = Field("", max_length=500, description="Web address of the notice's page, for the sign's QR code")
    kept_shut: Words = Field(
        "", description="Why the eye stays shut for now, such as 'until the DPIA is signed'; '' = it may look"
    )
    retention_days: int | None = Field(
        None, ge=1, le=3650, description="The journal is kept no longer than this; none = as [journal] and [report] say"
    )
    consent: Literal["none", "zone", "button"] = Field(
        "none",
        description="none: a notice at the door; zone: only who stands in `zone` is looked at; button: the eye opens "
        "when somebody asks for it (key, OSC, console, pin), and shuts with the end of the take",
    )
    zone: tuple[Corner, ...] = Field(
        (),
        max_length=40,
        description="Polygon as shares of the picture, as it is turned and mirrored; what lies outside is black",
    )
    button: GpioSettings = GpioSettings()
    button_seconds: Seconds = Field(900.0, ge=10, description="The eye shuts at the latest this long after the button")
    staff_hours: str = Field(
        "", max_length=LONGEST, description="When only staff is in the room and the eye is shut: 'Mo-Su 08:00-10:00'"
    )
    notice_in_attract: bool = Field(
        False, description="The attract scene shows the notice's sentence below its picture"
    )
    sign: SignSettings = SignSettings()

    @field_validator("staff_hours")
    @classmethod
    def _can_be_read(cls, said: str) -> str:
        if said and (fault := fault_of(said)):
            raise ValueError(fault)
        return said

    @model_validator(mode="after")
    def _has_a_zone(self) -> Self:
        if 0 < len(self.zone) < 3:
            raise ValueError("zone needs three points or more")
        if self.consent == "zone" and not self.zone:
            raise ValueError("zone is missing: draw it in the console under /venue, or write consent = 'none'")
        return self

    @property
    def forbidden(self) -> str:
        """Why no emotion may be read here at all; '' where it may."""
        return FORBIDDEN_PLACES.get(self.place, "")

    @property
    def stays_shut(self) -> str:
        """Why the eye is never opened here, by law or by ``kept_shut``; '' where it may be."""
        return self.forbidden or self.kept_shut
