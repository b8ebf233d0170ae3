"""The sections of a venue file, typed, with units in the names.

Every key has a default that works in an unknown room, so an empty file is a valid venue. Unknown keys are refused
(a misspelt key that is silently ignored is found on opening night).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, IPvAnyNetwork, field_validator, model_validator

from calibration.places import CameraText, PathText

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Seconds = Annotated[float, Field(ge=0.0)]
Port = Annotated[int, Field(ge=1, le=65535)]

Language = Literal["en", "de"]
"""A language that this program itself speaks to visitors."""
Corner = tuple[Share, Share]
Polygon = Annotated[tuple[Corner, ...], Field(min_length=3, max_length=40)]
"""Points in order around an area of a picture, as shares of its width and height."""


def written_as(pattern: str, words: str) -> AfterValidator:
    """A text of this pattern, refused in words: pydantic would show the pattern, which says nothing to a technician."""

    def check(said: str) -> str:
        if not re.fullmatch(pattern, said):
            raise ValueError(f"must be {words}")
        return said

    return AfterValidator(check)


CaptionLanguage = Annotated[
    str,
    written_as(r"[a-z]{2}(-[a-z0-9]{2,8})*", "a language as in the names of caption files, such as 'de' or 'pt-br'"),
]


def each_once(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Refuses a language that is named twice."""
    if len(set(languages)) < len(languages):
        raise ValueError(f"names {languages[0]!r} twice; remove one")
    return languages


def is_convex(corners: Sequence[Corner]) -> bool:
    """Whether they can be those of a picture on a wall: in order, none inside the others, not mirrored."""
    sides = [(x - corners[i - 1][0], y - corners[i - 1][1]) for i, (x, y) in enumerate(corners)]
    return all(sides[i - 1][0] * dy - sides[i - 1][1] * dx > 1e-4 for i, (dx, dy) in enumerate(sides))


class Section(BaseModel):
    """Base of all sections: frozen; unknown keys and NaN are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Region(Section):
    """The part of the picture in which visitors are looked for, as shares of its width and height."""

    left: Share = 0.0
    top: Share = 0.0
    right: Share = 1.0
    bottom: Share = 1.0


MASKS_AT_MOST = 16
NO_CAMERA = "none"
"""As `source`: this machine has no eye of its own; those of other machines are named under [eyes]."""


class CameraSettings(Section):
    """Where pictures come from, and what is fixed on the camera (fixed, or the film's own light pumps the picture)."""

    source: CameraText = Field(
        "",
        repr=False,  # may hold a password
        description="Device, file, folder, stream address, 'visitor', 'first' (found), or 'none' with [eyes]; "
        "'' = first, else visitor",
    )
    source_file: PathText = Field(
        "",
        description="File whose first line is the source, for an address with a password: beside the venue file, "
        "readable by its owner only",
    )
    width: int = Field(1280, ge=160, le=7680)
    height: int = Field(720, ge=120, le=4320)
    frames_per_second: float = Field(30.0, gt=0, le=240)
    region: Region = Region()
    masks: tuple[Polygon, ...] = Field(
        (),
        max_length=MASKS_AT_MOST,
        description="Areas that are black before anything looks at the picture (a screen, a poster, a place without "
        "consent): polygons as shares of the picture, as it is turned and mirrored",
    )
    field_of_view_degrees: float | None = Field(
        None, gt=5, lt=175, description="How wide the lens sees, along the camera's rows; none = no distances are told"
    )
    screen_yaw_degrees: float = Field(
        0.0, ge=-90, le=90, description="Yaw of a head that looks at the middle of the screen, as the overlay shows it"
    )
    screen_pitch_degrees: float = Field(0.0, ge=-90, le=90, description="Its pitch: below 0 for a camera above")
    mirror: bool = False
    rotate_degrees: Literal[0, 90, 180, 270] = 0
    exposure_100us: float | None = Field(
        None, description="Manual exposure in units of 100 microseconds; none = left to the driver"
    )
    gain: float | None = None
    white_balance_kelvin: float | None = None
    power_line_hertz: Literal[0, 50, 60] | None = None
    open_timeout_seconds: Seconds = 4.0
    read_timeout_seconds: Seconds = 2.0
    stale_after_seconds: Seconds = Field(5.0, description="A picture unchanged for this long is not live")
    blind_below_luminance: float = Field(
        1.5, ge=0, le=255, description="Picture mean (of 255) below which the lens counts as covered"
    )

    @model_validator(mode="after")
    def _names_one_camera(self) -> CameraSettings:
        if self.source and self.source_file:
            raise ValueError("give either `source` or `source_file`, not both")
        return self


MAX_VISITORS = 32
"""How many faces are found, followed and told to the story at once at most: the only place that says so."""
CLASSIFIED_IN_A_LOOK = 8
"""A plain number, not what this machine manages: the same pictures give the same mood on every machine."""


class EyeSettings(Section):
    """Detection and classification."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    detector: Literal["mtcnn", "yunet", "chiaro"] = "mtcnn"
    detector_file: PathText = Field(
        "", description="YuNet's onnx file ('chiaro models get yunet' fetches it), or one of 'chiaro train detector'"
    )
    detect_every: int = Field(3, ge=1, le=30, description="Full detection on every n-th frame; optical flow between")
    detection_score: Share = 0.7
    detection_rows: int = Field(
        360, ge=180, le=2160, description="Rows of the picture in which faces are looked for: more for small faces"
    )
    smallest_face_pixels: int = Field(40, ge=12, le=4320, description="Width of a face in the frame as captured")
    classifier_file: PathText = Field("", description="Your own onnx file; '' = the shipped one")
    classify_at_most: int = Field(
        CLASSIFIED_IN_A_LOOK,
        ge=2,
        le=MAX_VISITORS,
        description="Faces classified in one look; of more, the nearest half each time and the others in turn",
    )
    int8: bool = Field(True, description="Use NAME.int8.onnx (CPU) or NAME.cuda.onnx (GPU) beside the file")
    frames_per_second: float = Field(15.0, gt=0, le=60, description="Frames analysed per second, at most")
    threads: int = Field(1, ge=1, le=64)
    deadline_seconds: Seconds = Field(1.5, description="An eye process silent for this long is replaced")

    @model_validator(mode="before")
    @classmethod
    def _without_network_for_lamps(cls, said: Any) -> Any:
        """Venue files from the time of networks for lamps name one: no error, only a request to renew."""
        if isinstance(said, dict) and said.get("classifier") in ("general", "front", "side", "overhead"):
            return {name: value for name, value in said.items() if name != "classifier"}
        return said


class MoodSettings(Section):
    """From estimates to a mood: filter, delays of belief, presence, aggregation. A preset fills what is not said."""

    preset: Literal["single", "crowd"] = "single"
    smooth_seconds: Seconds = Field(0.2, gt=0, description="Memory of each visitor's filter; longer = calmer but later")
    believe_after_seconds: Seconds = Field(
        0.25, description="How long a new emotion must lead clearly before it is believed"
    )
    keep_for_seconds: Seconds = Field(
        0.8, description="How long a believed emotion is kept after it has stopped leading"
    )
    lead_at: Share = Field(0.22, description="Probability from which an emotion that is not yet believed may lead")
    keep_at: Share = Field(0.2, description="Probability below which a believed emotion no longer leads")
    baseline_seconds: Seconds = Field(
        3.0, description="First seconds, in which a visitor's own resting face is learned; 0 = off"
    )
    rise: Share = Field(
        1.0,
        description="How much what a face shows beyond its resting face counts; 0 = only what it shows",
    )
    enter_after_seconds: Seconds = 0.5
    leave_after_seconds: Seconds = 2.0
    lost_for_seconds: Seconds = Field(
        0.8, description="A face that is no longer found is kept this long before its track ends"
    )
    poster_after_seconds: Seconds = Field(
        600.0, gt=0, description="A face that does not move for this long is a picture of one"
    )
    visitors_at_most: int = Field(
        MAX_VISITORS,
        ge=1,
        le=MAX_VISITORS,
        description="Counted at once, the nearest: each in a slot of its own",
    )
    aggregate: Literal["nearest", "mean", "strongest", "majority"] = "nearest"

    @model_validator(mode="before")
    @classmethod
    def _fill_from_preset(cls, said: Any) -> Any:
        named = said.get("preset", "single") if isinstance(said, dict) else None
        return {**MOOD_PRESETS.get(named, {}), **said} if isinstance(named, str) else said  # else: refused as it is


MOOD_PRESETS: dict[str, dict[str, Any]] = {
    "single": {},
    "crowd": {
        "aggregate": "mean",
        "smooth_seconds": 0.5,
        "believe_after_seconds": 0.6,
        "keep_for_seconds": 1.5,
        "leave_after_seconds": 4.0,
    },
}
"""Values of a preset where the file has none: one visitor close by (the defaults), and many further away."""


class ScreenSettings(Section):
    """The picture on the wall."""

    display: int = Field(0, ge=0, le=63)
    fullscreen: bool = False
    width: int = Field(1280, ge=160, le=16384)
    height: int = Field(720, ge=90, le=16384)
    fit: Literal["fit", "fill", "stretch"] = "fit"
    brightness: Share = 1.0
    candidates_megabytes: int = Field(
        300, ge=32, le=1_000_000, description="Memory for clips held ready for the next scene"
    )
    path: Literal["auto", "surface", "renderer", "gpu"] = Field(
        "auto",
        description="How pictures are drawn; auto = the best that this machine has ('chiaro doctor' shows which)",
    )
    hardware_decoding: Literal["auto", "off"] = Field(
        "auto", description="Let the graphics card decode clips larger than 1920x1080 at 60/s, where it can"
    )
    gamma: float = Field(1.0, ge=0.3, le=3.0, description="Above 1 lifts the shadows, below 1 deepens them")
    black_level: Share = Field(0.0, description="Brightness of black, for walls that swallow the shadows")
    corners: tuple[Corner, Corner, Corner, Corner] = Field(
        ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
        description="Keystone: the picture's corners (upper left, then clockwise) as shares of the screen",
    )
    captions_font: str = Field("", description="Font file or family for captions; '' = one that has the letters needed")
    captions_languages: Annotated[tuple[CaptionLanguage, ...], AfterValidator(each_once)] = Field(
        (),
        max_length=2,
        description="Two are shown under each other; none = the captions that the story names",
    )

    @field_validator("corners")
    @classmethod
    def _are_in_order(cls, corners: tuple[Corner, ...]) -> tuple[Corner, ...]:
        if not is_convex(corners):
            raise ValueError("must run clockwise from the upper left and form a convex shape")
        return corners


class CourseSettings(Section):
    """The visitor's own course, which a story may show at the end of a take."""

    shown: bool = Field(True, description="false = such scenes are passed over, and nothing is remembered for them")
    languages: Annotated[tuple[Language, ...], AfterValidator(each_once)] = Field(
        ("en",), min_length=1, max_length=2, description="In which words; of two, the second stands smaller below"
    )


class SoundSettings(Section):
    """The sound in the room."""

    volume: Share = 1.0
    mute: bool = False
    description_channel: Literal[0, 3, 5, 7] = Field(
        0, description="First of the two channels of the sound device that carry the audio description; 0 = not heard"
    )


OscAddress = Annotated[
    str,
    Field(max_length=200),
    written_as(
        r"(/[A-Za-z0-9_.{}+-]+)+", "an OSC address such as /hall/lamp: a slash before each part, no blanks or accents"
    ),
]
OscPrefix = Annotated[
    str,
    Field(max_length=60),
    written_as(r"(/[A-Za-z0-9_.+-]+)*", "such as /emo or /hall/emo: a slash before each part and none at the end"),
]
"""'' or '/emo' or '/hall/emo': no slash at the end."""


class OscTarget(Section):
    """One receiver of the broadcast."""

    host: str = Field("127.0.0.1", min_length=1, description="Name or number; a broadcast or multicast address is fine")
    port: Port = 9000
    prefix: OscPrefix = "/emo"
    profile: Literal["aggregate", "visitors", "scalar", "events"] = Field(
        "aggregate", description="Only 'visitors' and 'events' describe single visitors"
    )
    rate_hertz: float = Field(10.0, gt=0, le=60)
    bundles: bool = Field(True, description="false = single messages, for old receivers")
    event_repeats: int = Field(3, ge=1, le=3, description="1 for a receiver that would react three times")
    only_named: bool = Field(False, description="true = send only what 'addresses' names")
    addresses: dict[OscAddress, str] = Field(
        default_factory=dict,
        description="Your address for one of ours, written in full; '' = do not send it. {name} inserts a value",
    )


class OscSettings(Section):
    """OSC out (targets) and in (control)."""

    targets: tuple[OscTarget, ...] = ()
    visitors: int = Field(
        8, ge=1, le=MAX_VISITORS, description="Slots in which receivers hear of single visitors: of more, the nearest"
    )
    listen: bool = Field(True, description="Whether the network may control the show by OSC")
    listen_host: str = Field("127.0.0.1", description="'0.0.0.0' = every network of this machine")
    listen_port: int = Field(9001, ge=0, le=65535, description="0 = any free one")
    listen_prefix: OscPrefix = "/emo"
    allow: tuple[IPvAnyNetwork, ...] = Field(
        (ip_network("127.0.0.0/8"), ip_network("::1/128")),
        description="Who may control the show: addresses or networks such as '192.168.1.0/24'",
    )
    reply_port: int = Field(0, ge=0, le=65535, description="Port for replies; 0 = the port that the command came from")
    messages_per_second: float = Field(100.0, gt=0, description="Limit for each sender; messages above it are refused")
    passphrase: str = Field("", max_length=100, repr=False, description="For shutdown and restart; '' = both are off")
    oscquery: bool = Field(False, description="Serve the address space with live values over HTTP")
    oscquery_host: str = "127.0.0.1"
    oscquery_port: int = Field(9002, ge=0, le=65535, description="0 = any free one")
    advertise: bool = Field(False, description="Announce the ports by zeroconf; never done for a loopback address")


class JournalSettings(Section):
    """What is recorded of an evening: takes, moods, branches. No picture, no identity."""

    folder: PathText = Field("", description="'' = the user's state folder")
    megabytes_at_most: int = Field(200, ge=1, description="For this room's journal; the oldest days are deleted first")
    days_at_most: int = Field(92, ge=1, description="How many days are kept; the oldest are deleted first")
    mood_hertz: float = Field(2.0, ge=0, le=30)
