"""What the venue's page reads and writes, in a process of its own that lives for a moment.

``python -m installation.web.venue_file``: one JSON object comes in, one goes out. So the console's process stays small,
and a file on a slow disk holds up no page.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from calibration.errors import BadInput
from calibration.file_writer import write_whole
from calibration.files import read_text
from calibration.plain import plain
from calibration.toml_editing import toml_value
from calibration.venue import Venue, load_venue
from calibration.venue_folder import find_or_begin_venue, name_of
from calibration.venue_writer import Changes, changed_text
from installation.camera.device import found_devices
from installation.host.terminal import say

MAY_CHANGE = {
    "camera": ("source", "masks"),
    "privacy": ("zone", "consent"),
    "camera.region": ("left", "top", "right", "bottom"),
    "screen": ("corners", "gamma", "black_level", "brightness"),
}
A_NAME = re.compile(r"\w[\w .-]{0,39}")
NEW = "# Created by the console; gallery.toml is an example of all settings.\n\nname = {name}\n"


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """What the page is told. Faults come as ``problems``, in words."""
    try:
        match asked:
            case {"do": "read", "file": str(file)}:
                return _read(file)
            case {"do": "write", "file": str(file), "name": str(name), "changes": dict(changes)}:
                return _write(file, name, changes)
    except BadInput as error:
        return {"problems": [plain(line) for line in error.lines()]}
    except OSError as error:
        return {"problems": [f"{error.filename or 'the venue file'}: {error.strerror or error}"]}
    return {"problems": ["this is not a request of the venue's page"]}


def _read(file: str) -> dict[str, Any]:
    """The settings that the page shows, the defaults where there is no file; and the cameras of this machine."""
    venue = load_venue(file) if file else Venue()
    camera, screen = venue.camera, venue.screen
    return {
        "file": file,
        "name": venue.name,
        "source": plain(camera.source),  # without its password
        "source_file": bool(camera.source_file),
        "region": camera.region.model_dump(),
        "masks": camera.masks,
        "zone": venue.privacy.zone,
        "consent": venue.privacy.consent,
        "corners": screen.corners,
        "gamma": screen.gamma,
        "black_level": screen.black_level,
        "brightness": screen.brightness,
        "cameras": [{"source": one, "name": camera_name(one)} for one in found_devices()],
        "channels": 4 if venue.sound.description_channel else 2,
    }


def _write(file: str, name: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Into the file, whole or not at all; the one before is kept beside it. Without one, a new venue of this name."""
    checked = _checked(changes)
    if file:
        path, text = Path(file), read_text(file)
    else:
        if not A_NAME.fullmatch(name) or name.endswith(".toml"):  # a path would lead anywhere
            raise BadInput("expected a name such as hall: letters, digits, blanks, dots and dashes", where="venue")
        found = find_or_begin_venue(name)
        path = found.file
        if path.exists():
            raise BadInput("exists already; start the show with --venue to change it", where=str(path))
        text = read_text(found.begins_as) if found.begins_as else NEW.format(name=toml_value(name))
    write_whole(path, changed_text(text, checked).encode())
    return {"file": str(path), "run": f"chiaro run --venue {name_of(path)}", "new": not file}


def _checked(changes: dict[str, Any]) -> Changes:
    """Only what this page may change; values are checked with the whole file."""
    made: Changes = {}
    for section, keys in changes.items():
        known = MAY_CHANGE.get(section, ())
        if not isinstance(keys, dict) or not keys or not set(keys) <= set(known):
            raise BadInput(f"[{section}] has keys that this page does not change", where="venue file")
        if keys.get("consent", "zone") != "zone":  # that more may be looked at is for whoever answers for the room
            raise BadInput(
                "this page does not take back what visitors agree to; edit the file", where="privacy.consent"
            )
        made[section] = {key: (_value(value), "") for key, value in keys.items()}
    return made


def _value(value: Any) -> Any:
    """Numbers as shares and factors are written; lists all through."""
    if isinstance(value, list):
        return tuple(_value(one) for one in value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def camera_name(device: str) -> str:
    """What a camera calls itself; '' where the system does not say."""
    with suppress(OSError):
        return plain(Path(f"/sys/class/video4linux/{Path(device).name}/name").read_text(errors="replace").strip())
    return ""


def main() -> None:
    """Answer one request."""
    say(json.dumps(answer(json.loads(sys.stdin.buffer.read()))))


if __name__ == "__main__":
    main()
