"""A bundle on another machine: real archives, real environments, a show of ten lines."""

from __future__ import annotations

import ensurepip
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

import pytest

from installation.bundle import installer
from installation.bundle.make import PROGRAM_FILES, ROOT, Part, write_bundle
from installation.bundle.slots import MANIFEST, Slots
from tests.import_graph import imported_names
from tests.installation.waiting import LONG, wait_until

SHOW = """
import json, os, sys
VERSION = {version!r}
def main():
    typed = sys.argv[1:]
    if typed[:2] == ["story", "graph"] and not os.path.exists(typed[2]):
        sys.exit("no such story")
    print(json.dumps([VERSION, *typed]))
    if typed[0] == "run":
        sys.exit({code})
"""


def pip_wheel() -> Path | None:
    folders = [Path(ensurepip.__file__).parent / "_bundled", Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or "/none")]
    return next((wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))), None)


pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="bundles are installed on Linux and macOS: not tried"),
    pytest.mark.skipif(pip_wheel() is None, reason="this Python came without pip's wheel: no bundle was installed"),
]


def make(folder: Path, version: str, code: int = 0) -> Path:
    """A bundle whose show says its version, and ends with ``code``."""
    source = folder / f"source {version}"
    source.mkdir()
    wheel = source / f"chiaroscuro-{version}-py3-none-any.whl"
    about = f"chiaroscuro-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("chiaro_show.py", SHOW.format(version=version, code=code))
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: chiaroscuro\nVersion: {version}\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/entry_points.txt", "[console_scripts]\nchiaro = chiaro_show:main\n")
        archive.writestr(f"{about}/RECORD", "")
    (source / "story.toml").write_text("title = 'a film'\n")
    pip = pip_wheel()
    assert pip
    parts = [
        *(Part(f"program/{name}", ROOT / name) for name in PROGRAM_FILES),
        *(Part(f"wheels/{one.name}", one) for one in (pip, wheel)),
        Part("content/film/story.toml", source / "story.toml"),
    ]
    bundle = folder / f"film {version}.sh"
    write_bundle(bundle, parts, name=version, run=["content/film/story.toml"])
    return bundle


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bundles")
    return {"1.0": make(folder, "1.0"), "2.0": make(folder, "2.0"), "3.0": make(folder, "3.0", code=70)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "my show"


def environment() -> dict[str, str]:
    """Nothing of this checkout: what is installed must stand alone."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "CHIARO"))}
    return kept | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def do(bundle: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run(["sh", str(bundle), *words], capture_output=True, text=True, env=environment(), cwd="/")
    return done.returncode, done.stdout + done.stderr


def install(bundle: Path, root: Path, *words: str) -> None:
    code, told = do(bundle, "install", "--to", str(root), *words)
    assert code == 0, told


def in_use(root: Path) -> None:
    """A version in use, without an installation: what must not be touched."""
    (root / "a").mkdir(parents=True)
    (root / "a" / MANIFEST).write_text('{"name": "in use"}')
    Slots(root).take("a", at_once=False)


def untouched(root: Path) -> bool:
    """The version in use is all that is there, and starts."""
    here = {file.name for file in root.iterdir()} - {"installing.lock"}
    return here == {"a", "current", "state.json"} and Slots(root).choose() == "a"


def run(root: Path) -> tuple[int, list[str]]:
    """Start the show by the launcher: its exit code, and what it was started with."""
    command = [str(root / "chiaro"), "run", "--fullscreen"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd="/")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_it_installs_starts_and_takes_its_film_along(bundles: dict[str, Path], root: Path) -> None:
    install(bundles["1.0"], root)
    assert run(root) == (0, ["1.0", "run", f"{root}/a/content/film/story.toml", "--fullscreen"])
    told = subprocess.run([str(root / "chiaro"), "slots"], capture_output=True, text=True, env=environment()).stdout
    assert "1.0" in told
    assert "in use" in told
    assert not (root / "a" / "wheels").exists()


@pytest.mark.slow
def test_an_update_takes_over_at_the_next_start_and_one_that_crashes_goes_again(
    bundles: dict[str, Path], root: Path
) -> None:
    install(bundles["1.0"], root)
    install(bundles["2.0"], root)
    assert Slots(root).state().pending == "b"
    assert run(root)[1][0] == "2.0"
    Slots(root).lasted()  # as a show of a minute does
    install(bundles["3.0"], root, "--now")
    assert Slots(root).state().at_once
    assert run(root) == (70, ["3.0", "run", f"{root}/a/content/film/story.toml", "--fullscreen"])
    assert run(root)[1][0] == "2.0"
    assert Slots(root).state().failed.startswith("3.0")


@pytest.mark.slow
def test_while_a_version_is_on_trial_the_one_to_go_back_to_is_not_written_over(
    bundles: dict[str, Path], root: Path
) -> None:
    install(bundles["1.0"], root)
    install(bundles["2.0"], root)
    run(root)
    code, told = do(bundles["2.0"], "install", "--to", str(root))
    assert code == 78
    assert "trial" in told
    assert run(root)[1][0] == "1.0"


@pytest.mark.parametrize("share", [0.999, 0.5, 0.02])
def test_a_torn_bundle_says_so_and_changes_nothing(
    bundles: dict[str, Path], root: Path, tmp_path: Path, share: float
) -> None:
    in_use(root)
    whole = bundles["2.0"].read_bytes()
    torn = tmp_path / "torn.sh"
    torn.write_bytes(whole[: int(len(whole) * share)])
    code, told = do(torn, "install", "--to", str(root))
    assert code != 0
    assert "torn" in told
    assert "Traceback" not in told
    assert untouched(root)


def test_one_wrong_byte_is_found_and_named(bundles: dict[str, Path], root: Path, tmp_path: Path) -> None:
    in_use(root)
    content = bytearray(bundles["2.0"].read_bytes())
    with zipfile.ZipFile(bundles["2.0"]) as archive:
        place = archive.getinfo("wheels/chiaroscuro-2.0-py3-none-any.whl").header_offset + 200
    content[place] ^= 1
    damaged = tmp_path / "damaged.sh"
    damaged.write_bytes(content)
    for words in (["verify"], ["install", "--to", str(root)]):
        code, told = do(damaged, *words)
        assert code == 78
        assert "wheels/chiaroscuro-2.0" in told
    assert untouched(root)


def test_a_file_that_was_exchanged_is_found_although_the_archive_is_whole(
    bundles: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exchanged = tmp_path / "exchanged.sh"
    with zipfile.ZipFile(bundles["1.0"]) as old, zipfile.ZipFile(exchanged, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b"#" if name.endswith("story.toml") else b""))
    assert installer.main(exchanged, ["verify"]) == 78
    assert "content/film/story.toml" in capsys.readouterr().err


def test_a_whole_one_says_so(bundles: dict[str, Path]) -> None:
    code, told = do(bundles["1.0"], "verify")
    assert code == 0
    assert told.startswith("whole: 1.0")


def test_a_disk_without_room_is_told_before_anything_is_written(
    bundles: dict[str, Path], root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_use(root)
    monkeypatch.setattr(installer, "ROOM_TO_SPARE", 10**18)
    assert installer.main(bundles["2.0"], ["install", "--to", str(root)]) == 78
    assert "MB free" in capsys.readouterr().err
    assert untouched(root)


FILLS_UP = """
mount -t tmpfs -o size=1500k tmpfs "$1" || exit 99
exec "$2" -c '
import sys
from pathlib import Path
from installation.bundle import installer
installer.ROOM_TO_SPARE = -10**9
code = installer.main(Path(sys.argv[1]), ["install", "--to", sys.argv[2]])
print(code, [file.name for file in Path(sys.argv[2]).iterdir()])
' "$3" "$1"
"""


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_half(bundles: dict[str, Path], tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here: no disk was filled up")
    command = ["unshare", "-rm", "sh", "-c", FILLS_UP, "sh", str(tmp_path), sys.executable, str(bundles["1.0"])]
    done = subprocess.run(command, capture_output=True, text=True, env=environment() | {"PYTHONPATH": str(ROOT)})
    if done.returncode in (1, 99) and "installing.lock" not in done.stdout:
        pytest.skip(f"no mounts here: no disk was filled up ({done.stderr.strip()[:80]})")
    assert done.stdout.strip() == "69 ['installing.lock']"
    assert "No space left" in done.stderr


@pytest.mark.slow
def test_killed_in_the_middle_what_runs_goes_on_and_the_next_try_succeeds(bundles: dict[str, Path], root: Path) -> None:
    install(bundles["1.0"], root)
    for delay in (0.0, 0.1, 0.4):
        with subprocess.Popen(["sh", str(bundles["2.0"]), "install", "--to", str(root)], env=environment()) as going:
            wait_until(lambda: (root / "b").exists(), LONG)
            time.sleep(delay)
            going.send_signal(signal.SIGKILL)
        if not (root / "b" / MANIFEST).exists():
            assert run(root)[1][0] == "1.0"
    install(bundles["2.0"], root)
    assert run(root)[1][0] == "2.0"


def test_another_python_is_told_apart(bundles: dict[str, Path], tmp_path: Path) -> None:
    strange = tmp_path / "strange.sh"
    with zipfile.ZipFile(bundles["1.0"]) as old, zipfile.ZipFile(strange, "w") as new:
        manifest = json.loads(old.read(MANIFEST))
        new.writestr(MANIFEST, json.dumps(manifest | {"machine": "Python 3.99 on Plan9 mips"}))
    with pytest.raises(installer.CannotInstall, match=r"made for Python 3\.99"), installer.opened(strange) as archive:
        installer.read_manifest(archive)


def test_two_installations_at_once_do_not_meet(bundles: dict[str, Path], root: Path) -> None:
    root.mkdir()
    with installer.only_one(root / "installing.lock"):
        code, told = do(bundles["1.0"], "install", "--to", str(root))
    assert code == 78
    assert "another installation" in told


def test_what_a_bundle_runs_before_anything_is_installed_needs_nothing_but_python() -> None:
    carried = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in PROGRAM_FILES}
    for name in PROGRAM_FILES:
        for imported in imported_names(ROOT / name):
            top = imported.split(".")[0]
            ours = any(imported == one or imported.startswith(f"{one}.") for one in carried if "." in one)
            assert top in sys.stdlib_module_names or ours, f"{name} imports {imported}"
