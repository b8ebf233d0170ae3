"""The sections of a venue file about several screens: who leads, and what each of them shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Literal

from pydantic import ConfigDict, Field, IPvAnyNetwork, model_validator

from calibration.house_settings import HostName
from calibration.settings import Corner, Port, ScreenSettings, Section, Share

NAME = r"[a-z][a-z0-9_-]{0,62}"
"""As of all that a story names."""
LEADER_PORT = 9021
PRIVATE = tuple(
    ip_network(one)
    for one in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)
ROUNDED = 0.002
"""By so much the parts of a picture may reach beyond it: somebody has written 0.333 or 0.667 for a third."""


class Crop(Section):
    """A part of a picture, in shares of its width and height."""

    x: Share = Field(0.0, description="Its left edge")
    y: Share = Field(0.0, description="Its upper edge")
    width: float = Field(1.0, ge=0.01, le=1.0)
    height: float = Field(1.0, ge=0.01, le=1.0)

    @model_validator(mode="after")
    def _lies_inside(self) -> Crop:
        for begin, size in (("x", "width"), ("y", "height")):
            if getattr(self, begin) + getattr(self, size) > 1.0 + ROUNDED:
                raise ValueError(f"{begin} and {size} must not be more than 1 together")
        return self


WHOLE = Crop()


class OneScreen(Section):
    """One of several screens. What is not said is as in ``[screen]``."""

    leader: HostName = Field(
        "", description="Another machine plays it ('chiaro screen NAME'): the machine that leads it, by name or number"
    )
    display: int | None = Field(
        None,
        ge=0,
        le=63,
        description="Without `leader`: a further window of the show's own process, here; else that machine's display",
    )
    crop: Crop = Field(WHOLE, description="The part of each clip that it shows, of those that are for all screens")
    sound: bool = Field(False, description="Whether it is heard, too, in step with the leader; else only the leader is")
    captions: bool = Field(True, description="Whether captions are shown on it")
    ahead_seconds: float = Field(
        0.0, ge=-0.5, le=0.5, description="With `leader`: shown so much earlier, for a projector that takes longer"
    )
    fullscreen: bool | None = None
    width: int | None = Field(None, ge=160, le=16384)
    height: int | None = Field(None, ge=90, le=16384)
    fit: Literal["fit", "fill", "stretch"] | None = None
    brightness: Share | None = None
    gamma: float | None = Field(None, ge=0.3, le=3.0)
    black_level: Share | None = None
    corners: tuple[Corner, Corner, Corner, Corner] | None = Field(
        None, description="Keystone of its own, as in [screen]; default: straight"
    )

    @property
    def is_window(self) -> bool:
        """Whether it is a further window of the show's own process."""
        return self.display is not None and not self.leader

    @model_validator(mode="after")
    def _has_what_it_can_have(self) -> OneScreen:
        if self.corners is not None:
            ScreenSettings(corners=self.corners)  # which says what is wrong with them
        if self.is_window and self.sound:
            raise ValueError(
                "a further window of this machine is silent: the show's own sound is heard; remove `sound`"
            )
        return self

    def over(self, screen: ScreenSettings) -> ScreenSettings:
        """The settings of this screen, on a machine whose ``[screen]`` is this. Keystone is never another screen's."""
        own = ("display", "fullscreen", "width", "height", "fit", "brightness", "gamma", "black_level", "corners")
        said = {key: value for key in own if (value := getattr(self, key)) is not None}
        straight = {"corners": ScreenSettings().corners}
        return screen.model_copy(update=straight | said)


OF_THE_FILE = ("crop", "captions")
"""What ``[screens.NAME]`` may say of the screen that the show itself plays: the rest stands in ``[screen]``."""


class ScreensSettings(Section):
    """Several screens in step: one machine leads, others follow; and further windows of one machine."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, OneScreen] = Field(init=False)

    leads: bool = Field(False, description="Whether this show tells screens on other machines what it plays")
    listen: HostName = Field(
        "0.0.0.0",  # noqa: S104 - only with `leads`
        min_length=1,
        description="With `leads`: this machine's number at which others ask; 0.0.0.0 = on every network",
    )
    port: Port = Field(LEADER_PORT, description="UDP port of the leader")
    allow: tuple[IPvAnyNetwork, ...] = Field(
        PRIVATE,
        min_length=1,
        description="Who may follow: addresses or networks; default: those of a house, no public ones",
    )
    announce: bool = Field(True, description="With `leads`: tell the network by zeroconf, never of a loopback address")
    plays: str = Field("", description="Which of the screens the show's own picture is; '' = none of them, all of it")

    @property
    def named(self) -> Mapping[str, OneScreen]:
        """The screens by their names."""
        return self.__pydantic_extra__

    @property
    def windows(self) -> dict[str, OneScreen]:
        """Those that are further windows of the show's own process."""
        return {name: one for name, one in self.named.items() if one.is_window and name != self.plays}

    @property
    def several(self) -> bool:
        """Whether the show itself has to do with more than one screen."""
        return self.leads or bool(self.plays or self.windows)

    @property
    def own(self) -> OneScreen:
        """The one that the show itself plays."""
        return self.named.get(self.plays, OneScreen())

    @model_validator(mode="after")
    def _names_fit(self) -> ScreensSettings:
        for name in self.named:
            if not re.fullmatch(NAME, name):
                raise ValueError(f"{name!r}: a screen's name starts with a letter a-z and has only a-z, 0-9, _ and -")
        if self.plays and self.plays not in self.named:
            raise ValueError(f"plays = {self.plays!r}, and there is no [screens.{self.plays}]")
        said = self.own.model_copy(update={key: getattr(OneScreen(), key) for key in OF_THE_FILE})
        if others := [key for key, value in said if value != getattr(OneScreen(), key)]:
            raise ValueError(f"{self.plays} is the show's own picture: write its `{others[0]}` in [screen]")
        return self
