"""What the stage may ask of the eye. Each command is a type; on the line it is JSON with its ``kind``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class SetCamera:
    """Open the camera, or close it: off, nobody is filmed."""

    on: bool
    kind: Literal["set_camera"] = field(default="set_camera", kw_only=True, repr=False)
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class SetThumbnail:
    """Send small pictures of what the camera sees, for an operator, or stop sending them.

    ``large``: large enough to draw a mask on.
    """

    on: bool
    large: bool = False
    kind: Literal["set_thumbnail"] = field(default="set_thumbnail", kw_only=True, repr=False)
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class FreezeBaseline:
    """A scene begins: what was learned of each visitor's own neutral face is kept, and no more is learned."""

    kind: Literal["freeze_baseline"] = field(default="freeze_baseline", kw_only=True, repr=False)
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class ForgetVisitors:
    """Forget who is there; they are nobody until they have gone. The eye's status repeats ``number``."""

    number: int
    kind: Literal["forget_visitors"] = field(default="forget_visitors", kw_only=True, repr=False)
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Look:
    """To an eye on standby: the one before has ended; open the camera and look."""

    kind: Literal["look"] = field(default="look", kw_only=True, repr=False)
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Heard:
    """A report was read: somebody is there who can say that nobody may be looked at."""

    kind: Literal["heard"] = field(default="heard", kw_only=True, repr=False)
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True)
class Stop:
    """End the process."""

    kind: Literal["stop"] = field(default="stop", kw_only=True, repr=False)
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


EyeCommand = SetCamera | SetThumbnail | FreezeBaseline | ForgetVisitors | Look | Heard | Stop

_ADAPTER: TypeAdapter[EyeCommand] = TypeAdapter(Annotated[EyeCommand, Field(discriminator="kind")])


def encode_command(command: EyeCommand) -> bytes:
    """``command`` as one datagram of UTF-8 JSON."""
    return _ADAPTER.dump_json(command)


def decode_command(message: bytes) -> EyeCommand:
    """The command of one datagram. Raises ``ValueError`` (one line) if it is torn, unknown or wrongly typed."""
    try:
        return _ADAPTER.validate_json(message)
    except ValidationError as error:
        raise ValueError(error.errors(include_url=False, include_input=False)[0]["msg"]) from error
