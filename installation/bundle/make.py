"""Making a bundle: the locked packages, this program, a film and a venue in one file that installs without internet."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from calibration.errors import BadFile, BadInput, Unavailable
from calibration.files import read_toml
from calibration.venue import load_venue
from installation.bundle.installer import CONTENT, PROGRAM, WHEELS, machine
from installation.bundle.slots import MANIFEST
from scenes.story.media import media_files
from scenes.story.story import Story
from scenes.story.translations import caption_files

ROOT = Path(__file__).parents[2]
PROGRAM_FILES = (
    *("calibration/__init__.py", "calibration/errors.py", "calibration/plain.py", "calibration/file_writer.py"),
    *("installation/__init__.py", "installation/host/__init__.py", "installation/host/terminal.py"),
    *("installation/bundle/__init__.py", "installation/bundle/slots.py", "installation/bundle/installer.py"),
)
"""What the installer and the launcher consist of; they import nothing else but Python's own library."""
HEAD = """\
#!/bin/sh
# A show for a machine without internet. sh FILE install [--to FOLDER] [--now]; sh FILE verify
P=$(command -v {python} || command -v python3) || {{ echo "x Python {version} is needed" >&2; exit 78; }}
exec "$P" -c '
import os, sys, tempfile, zipfile
bundle, size = os.path.abspath(sys.argv[1]), {size}
if os.path.getsize(bundle) != size:
    sys.exit("x %s is torn: %d of %d bytes; copy it again" % (bundle, os.path.getsize(bundle), size))
if sys.version_info[:2] != {tuple}:
    sys.exit("x Python {version} is needed; this is " + sys.version.split()[0])
with tempfile.TemporaryDirectory() as folder:
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder, [n for n in archive.namelist() if n.startswith("program/")])
    sys.path[0] = os.path.join(folder, "program")
    sys.dont_write_bytecode = True
    from pathlib import Path
    from installation.bundle.installer import main
    sys.exit(main(Path(bundle), sys.argv[2:]))
' "$0" "$@"
exit
"""
"""A shell begins it, so that a torn file can say so and one of more than 4 GB can be read; the archive follows."""
SIZE_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the bundle."""

    name: str
    file: Path


def make_bundle(to: Path, story: Story, venue: Path | None, report: Callable[[str], None]) -> int:
    """Write the bundle; its size in bytes. Raises ``BadInput`` and ``Unavailable``; ``to`` is whole or not there."""
    lock = lock_files()
    with tempfile.TemporaryDirectory(prefix="chiaro-bundle-") as folder:
        wheels = Path(folder) / "wheels"
        report("packages")
        collect_wheels(wheels, lock)
        media, words = film_parts(story)
        room, more = venue_parts(venue) if venue else ([], [])
        parts = [
            *(Part(PROGRAM + name, ROOT / name) for name in PROGRAM_FILES),
            *(Part(WHEELS + wheel.name, wheel) for wheel in sorted(wheels.iterdir())),
            *media,
            *room,
        ]
        report("bundle")
        return write_bundle(to, parts, name=f"{story.title or story.path.stem}", run=[*words, *more])


def lock_files() -> list[Path]:
    """The locked versions that this environment was made from. Raises ``BadInput`` outside of a checkout."""
    nets = "gpu"
    try:
        version("onnxruntime-gpu")
    except PackageNotFoundError:
        nets = "cpu"
    files = [ROOT / "requirements" / f"{name}.txt" for name in ("run", nets)]
    if not all(file.is_file() for file in files):
        raise BadInput("a bundle is made from the checkout, where requirements/ has the locked versions", where=ROOT)
    return files


def collect_wheels(to: Path, lock: Sequence[Path]) -> None:
    """Every locked package, checked against its hash; pip, which installs them; and this program."""
    to.mkdir()
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    download = [*pip, "download", "--no-deps", "--only-binary", ":all:", "--dest", str(to)]
    _do("fetch the packages", [*download, "--require-hashes", *(word for file in lock for word in ("-r", str(file)))])
    _do("fetch pip", [*download, f"pip=={version('pip')}"])
    with tempfile.TemporaryDirectory() as folder:  # not in the checkout: what an old build left there would go along
        source = Path(folder)
        for name in ("calibration", "models", "scenes", "installation"):
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "making"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy2(ROOT / name, source)
        build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(to), str(source)]
        _do("build this program's package", build)


def film_parts(story: Story) -> tuple[list[Part], list[str]]:
    """The story's file and all media that it names, as they lie to each other; and what names it to ``chiaro run``.

    Raises ``BadFile`` for an absolute path, which would lead nowhere on another machine.
    """
    captions = (scene.captions for scene in story.file.scenes.values())
    names = sorted({*media_files(story.file), *(name for name in captions if name)})
    if far := [name for name in names if Path(name).is_absolute()]:
        raise BadFile(
            story.path, [f"{name!r} lies elsewhere on another machine; name it from the story" for name in far]
        )
    files = [Path(os.path.normpath(story.path.parent / name)) for name in names]
    if missing := [str(file) for file in files if not file.is_file()]:
        raise BadFile(story.path, [f"no such file: {name}" for name in missing])
    for scene in story.file.scenes.values():
        files += translated(story.path.parent, scene.captions)
    top = Path(os.path.commonpath([story.path.parent, *(file.parent for file in files)]))
    parts = [Part(f"{CONTENT}film/{file.relative_to(top).as_posix()}", file) for file in (story.path, *files)]
    return list({part.name: part for part in parts}.values()), [parts[0].name]


def translated(folder: Path, captions: str | None) -> list[Path]:
    """The captions of a scene in all languages that lie beside them."""
    return list(caption_files(Path(os.path.normpath(folder / captions))).values()) if captions else []


def venue_parts(file: Path) -> tuple[list[Part], list[str]]:
    """The venue's file and the head beside it; and what names it to ``chiaro run``. Raises ``BadFile``."""
    venue, said = load_venue(file), read_toml(file)
    eye = said.get("eye", {})
    if far := [key for key in ("detector_file", "classifier_file") if eye.get(key)]:
        raise BadFile(file, [f"[eye] {key}: a network of your own does not go into a bundle" for key in far])
    parts = [Part(f"{CONTENT}venue/{file.name}", file)]
    if venue.calibration.head:
        head = Path(venue.calibration.head)
        parts.append(Part(f"{CONTENT}venue/{said['calibration']['head']}", head))
    return parts, ["--venue", parts[0].name]


def write_bundle(to: Path, parts: Sequence[Part], name: str, run: Sequence[str]) -> int:
    """Head, files, and the manifest with the SHA-256 of each. Raises ``OSError``."""
    python = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    words = {"python": python, "version": python.removeprefix("python"), "tuple": repr(tuple(sys.version_info[:2]))}
    new = to.with_name(f".{to.name}.new")
    try:
        with new.open("w+b") as file:
            file.write(HEAD.format(size=" " * SIZE_DIGITS, **words).encode())
            files: dict[str, dict[str, object]] = {}
            with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as archive:
                for part in parts:
                    archive.write(part.file, part.name)
                    files[part.name] = {"sha256": digest(part.file), "bytes": part.file.stat().st_size}
                manifest = {
                    "name": name,
                    "made": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
                    "machine": machine(),
                    "program": version("chiaroscuro"),
                    "run": list(run),
                    "bytes": installed_bytes(parts),
                    "files": files,
                }
                archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            file.write(HEAD.format(size=f"{size:{SIZE_DIGITS}}", **words).encode())
            file.flush()
            os.fsync(file.fileno())
        new.replace(to)
    finally:
        new.unlink(missing_ok=True)
    return size


def installed_bytes(parts: Sequence[Part]) -> int:
    """What the installation takes at its fullest: the files as they are, and the packages unpacked beside them."""
    return sum(part.file.stat().st_size for part in parts) + sum(_unpacked(parts))


def _unpacked(parts: Sequence[Part]) -> Iterator[int]:
    for part in parts:
        if part.file.suffix == ".whl":
            with zipfile.ZipFile(part.file) as wheel:
                yield sum(one.file_size for one in wheel.infolist())


def digest(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _do(what: str, command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - pip, with our own words
    if done.returncode:
        why = " ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise Unavailable(f"could not {what}: {why}")
