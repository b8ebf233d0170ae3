"""What the player does not do for a film, and the line of ffmpeg that does it once and for all."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import PurePath

from scenes.story.probe import MediaHeader
from scenes.story.sound_track import heard_in_words, in_words

KEEP = "-c:v libx264 -preset slow -crf 18 -tune fastdecode -g 15 -pix_fmt yuv420p -c:a aac -b:a 192k"
TONE_MAPPING = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
)


def remarks(header: MediaHeader, file: str) -> Iterator[str]:
    """What will look wrong of a film that plays, each with the line that mends it. ``file``: as the story names it."""
    if header.transfer != "sdr":
        name = {"pq": "PQ, as HDR10 and telephones have it", "hlg": "HLG"}[header.transfer]
        line = _line(file, f"-vf {TONE_MAPPING},format=yuv420p {KEEP}", "-sdr")
        yield f"{file} is HDR ({name}), which is shown flat and grey; convert it: {line}"
    if header.interlaced:
        line = _line(file, f"-vf bwdif=mode=send_field {KEEP}", "-progressive")
        yield f"{file} is interlaced, so edges that move look like combs; convert it: {line}"
    if header.alpha:
        yield f"{file} has transparent parts, which are shown opaque; render it over black"
    if header.joined:
        line = _line(file, KEEP, "-joined", before="-dts_delta_threshold 0.5 ")
        count = len(header.pieces)
        yield f"{file} holds {count} recordings joined, and its time stamps jump; make one film of it: {line}"
    if header.captions:
        target = shlex.quote(str(PurePath(file).with_suffix(".srt")))
        line = f"ffmpeg -i {shlex.quote(file)} -map 0:s:0 {target}"
        yield f"{file} has captions inside, which are not shown; take them out and name them as captions: {line}"


def track_remark(header: MediaHeader, file: str) -> str:
    """Which of several sound tracks is heard, and how a story chooses another; '' for a file with one or none."""
    if len(header.tracks) < 2:
        return ""
    heard = heard_in_words(header.tracks, header.track)
    return (
        f"{file} has the sound tracks {in_words(header.tracks)}, and {heard} is heard; "
        "to choose, write sound_track = and the number, or a language"
    )


def _line(file: str, options: str, suffix: str, before: str = "") -> str:
    path = PurePath(file)
    target = path.with_name(f"{path.stem}{suffix}.mp4")
    return f"ffmpeg {before}-i {shlex.quote(file)} {options} {shlex.quote(str(target))}"
