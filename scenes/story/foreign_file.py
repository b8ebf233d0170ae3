"""Files that are no film, picture or sound for the player, named for what they are, with what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Disposition

from scenes.story.foreign_story import import_words

REFERENCES = ("hls", "dash", "concat", "sdp")
"""FFmpeg's names of forms that only name other files, which nobody would check or copy along."""
BARE = {"h264": "H.264", "hevc": "HEVC", "vvc": "VVC", "obu": "AV1", "mjpeg": "Motion JPEG", "jpeg_pipe": "Motion JPEG"}
PLAYLIST = "is a playlist, which only names other files; give the film itself"
IN_TOML = "no film; stories here are written in TOML (docs/stories.md)"
TEXTS = (
    (re.compile(rb"\s*#EXTM3U|\s*\[playlist\]", re.IGNORECASE), PLAYLIST),
    (re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE), "is a web page, no film"),
    (re.compile(rb"\s*[{\[]\s*[\"{\[]"), f"is JSON, {IN_TOML}"),
)
HEAD_BYTES, BOXES_AT_MOST = 4096, 1000


def unreadable_file(file: Path) -> str:
    """What a file is that FFmpeg cannot open, in words that follow its name; '' if nobody knows."""
    try:
        with file.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
            if file.name.startswith("._"):
                return "is a companion that macOS puts beside a file; name the file without ._"
            if not head.strip(b"\0"):
                return "begins with zeros only: copying it was not finished; copy it again"
            if head[4:8] == b"ftyp" and b"moov" not in islice(_boxes(opened), BOXES_AT_MOST):
                return (
                    "was not finished: the recording or the copy broke off before the index (moov) was written; "
                    "copy it again"
                )
    except OSError:
        return ""
    if foreign := import_words(file):
        return foreign
    return next((words for form, words in TEXTS if form.match(head)), "")


def _boxes(file: BinaryIO) -> Iterator[bytes]:
    """The kinds of the boxes of an MP4 file, one after another."""
    at = 0
    while True:
        file.seek(at)
        header = file.read(16)
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:], "big")
        if len(header) < 8 or size < 8:
            return
        yield header[4:8]
        at += size


def foreign_form(container: InputContainer, film: av.VideoStream | None) -> str:
    """Why the player cannot show a file that FFmpeg opens, in words that follow its name; '' if it can.

    Reads a packet or two of some forms, and goes back to the start.
    """
    form = container.format.name
    if form in REFERENCES:
        return PLAYLIST
    if film is None:
        return ""
    if form == "webp_pipe" and not film.codec_context.width:
        return "is an animated WebP, for which there is no decoder here; save it as MP4 or GIF"
    if any(stream.disposition & Disposition.dependent for stream in container.streams.video):
        return (
            "is a photograph in tiles, as iPhones store it, of which one tile alone would be shown; "
            "save it as JPEG or PNG"
        )
    packets = list(islice(container.demux(film), 2)) if form in BARE or form.startswith("mov,") else []
    if form in BARE and (form != "jpeg_pipe" or (len(packets) > 1 and packets[1].size)):
        return (
            f"is bare {BARE[form]} without time stamps, as cameras of a Raspberry Pi write it; put it into MP4: "
            "ffmpeg -framerate 30 -i FILE -c copy FILE.mp4"
        )
    if any(packet.has_sidedata("encryption_info") for packet in packets):
        return "is encrypted (DRM), and only the player of its shop can show it"
    if packets and form not in BARE:
        container.seek(min(0, container.start_time or 0))
    return ""


def estimates_length(container: InputContainer) -> bool:
    """Whether FFmpeg only guesses how long a sound is, from its first packets and the size of its file."""
    form = container.format.name
    if form == "mp3":
        return not _mp3_says_length(Path(container.name))
    return form in ("aac", "ac3", "eac3", "dts", "ogg")


def _mp3_says_length(file: Path) -> bool:
    with file.open("rb") as opened:
        tag = opened.read(10)
        if tag.startswith(b"ID3"):
            opened.seek(10 + sum((byte & 127) << 7 * place for place, byte in enumerate(reversed(tag[6:10]))))
        else:
            opened.seek(0)
        frame = opened.read(1500)
    return any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))
