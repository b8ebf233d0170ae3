"""A system that lacks a shared library hears of it in one line, with the command that installs it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import typer

from installation.host.errors import plain_errors
from installation.host.system_libraries import (
    INSTEAD,
    LIBRARIES,
    MissingLibrary,
    apt_line,
    missing_libraries,
    missing_library,
    require_libraries,
)

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="apt and these libraries are Linux's")
GONE = "libgthread-2.0.so.0: cannot open shared object file: No such file or directory"


@linux
def test_a_bare_system_lacks_all_and_one_command_installs_them() -> None:
    missing = missing_libraries(loads=lambda _file: False)
    assert missing == LIBRARIES
    assert apt_line(missing) == "apt-get install " + " ".join(library.package for library in LIBRARIES)


@linux
def test_a_system_with_all_of_them_lacks_nothing() -> None:
    assert missing_libraries(loads=lambda _file: True) == ()
    assert apt_line(()) == ""


@linux
def test_under_wayland_no_library_of_x11_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    there = INSTEAD["window"] + INSTEAD["sound"]
    assert {library.purpose for library in missing_libraries(loads=lambda file: file in there)} == {"graphics card"}
    monkeypatch.delenv("WAYLAND_DISPLAY")
    assert "window" in {library.purpose for library in missing_libraries(loads=lambda file: file in there)}


def test_the_package_of_a_library_that_an_import_misses_is_named() -> None:
    named = missing_library(ImportError(GONE))
    assert str(named) == "this system lacks the library libgthread-2.0.so.0: apt-get install libglib2.0-0"
    unknown = missing_library(ImportError(GONE.replace("gthread-2.0", "odd")))
    assert str(unknown).endswith("install the package that contains it (apt-file search libodd.so.0)")
    assert missing_library(ImportError("No module named 'av'")) is None


def test_a_command_whose_import_misses_a_library_ends_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, plain_errors():
        raise ImportError(GONE)
    assert ended.value.exit_code == MissingLibrary.exit_code
    told = capsys.readouterr().err.strip()
    assert "apt-get install libglib2.0-0" in told
    assert len(told.splitlines()) == 1


def test_an_import_that_fails_for_another_reason_keeps_its_traceback() -> None:
    with pytest.raises(ModuleNotFoundError), plain_errors():
        raise ModuleNotFoundError("No module named 'av'")


def test_everything_that_the_film_imports_can_be_imported_here() -> None:
    require_libraries()
    assert {"av", "cv2", "pygame.freetype"} <= set(sys.modules)


WITHOUT_MIXER = """
import pygame, time

class Missing:
    def __getattr__(self, name):
        raise NotImplementedError("mixer module not available (ImportError: libgthread-2.0.so.0)")

pygame.mixer = Missing()
from calibration.settings import SoundSettings
from installation.film.sound import Sound

sound = Sound(SoundSettings())
limit = time.monotonic() + 60
while not sound.ok and time.monotonic() < limit:
    time.sleep(0.01)
print(sound.ok)
sound.close()
"""


def test_without_pygames_mixer_the_film_is_heard_all_the_same() -> None:
    """pygame puts an object that raises NotImplementedError in the place of a module that it cannot load."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_MIXER],
        env={**os.environ, "SDL_AUDIODRIVER": "dummy"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "True"
