"""What is read from the disk for pages: the page's own files, reports, thumbnails, the machine's figures."""

import asyncio
import gzip
import os
import time
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from installation.web.machine import Machine, load_between
from installation.web.reports import list_reports, report_response
from installation.web.static_files import StaticFiles
from installation.web.thumbnails import KEPT_SECONDS, Thumbnails
from tests.clips import make_clip
from tests.installation.web.stage_double import made_story


def request(**headers: str) -> Request:
    packed = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": packed})


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "icons").mkdir(parents=True)
    (folder / "console.js").write_text("const a = 1;\n" * 200)
    (folder / "icons" / "a.svg").write_text("<svg/>")
    (folder / ".hidden.js").write_text("secret")
    (folder / "notes.txt").write_text("secret")
    (tmp_path / "secret.js").write_text("secret")
    return folder


def found(response: Response | None) -> Response:
    assert response
    return response


def test_a_file_is_packed_and_a_browser_that_has_it_is_told_so(static: Path) -> None:
    files = StaticFiles(static)
    packed = found(files.response(request(accept_encoding="gzip, br"), "console.js"))
    plain = found(files.response(request(), "console.js"))
    assert gzip.decompress(bytes(packed.body)) == plain.body
    assert len(packed.body) < len(plain.body) / 5
    again = found(files.response(request(if_none_match=plain.headers["etag"]), "console.js"))
    assert (again.status_code, again.body) == (304, b"")
    assert found(files.response(request(accept_encoding="gzip"), "icons/a.svg")).body == b"<svg/>"


def test_a_file_that_was_changed_is_sent_anew(static: Path) -> None:
    files = StaticFiles(static)
    before = found(files.response(request(), "console.js")).headers["etag"]
    (static / "console.js").write_text("const b = 2;\n")
    os.utime(static / "console.js", ns=(1, 1))
    assert found(files.response(request(if_none_match=before), "console.js")).body == b"const b = 2;\n"


@pytest.mark.parametrize(
    "name",
    ["", "icons", "../secret.js", "icons/../../secret.js", "/etc/passwd", ".hidden.js", "notes.txt", "no.js", "a\0.js"],
)
def test_nothing_else_is_a_file_of_the_page(static: Path, name: str) -> None:
    assert StaticFiles(static).response(request(), name) is None


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number, name in enumerate(("2026-11-20.html", "2026-11-21 week.pdf", "2026-11-20.csv")):
        (folder / name).write_text(name)
        os.utime(folder / name, (number, number))
    (tmp_path / "secret.html").write_text("secret")
    (folder / ".hidden.html").write_text("secret")
    (folder / "run.sh").write_text("secret")
    (folder / "folder.html").mkdir()
    return folder


def test_reports_are_listed_newest_first(reports: Path) -> None:
    names = [report["name"] for report in list_reports(reports)]
    assert names == ["2026-11-20.csv", "2026-11-21 week.pdf", "2026-11-20.html"]
    assert list_reports(reports / "none") == []


def test_a_report_runs_no_script(reports: Path) -> None:
    sheet = found(report_response(reports, "2026-11-20.html"))
    assert sheet.body == b"2026-11-20.html"
    assert "sandbox" in sheet.headers["content-security-policy"]
    assert "script" not in sheet.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name", ["../secret.html", "/etc/passwd", ".hidden.html", "run.sh", "folder.html", "none.html", "", "a\0.html"]
)
def test_nothing_else_is_a_report(reports: Path, name: str) -> None:
    assert report_response(reports, name) is None


def test_a_link_in_the_folder_leads_nowhere(reports: Path) -> None:
    try:
        (reports / "link.html").symlink_to(reports.parent / "secret.html")
    except OSError:
        pytest.skip("not tried here: this system makes no links")
    assert report_response(reports, "link.html") is None
    assert "link.html" not in [report["name"] for report in list_reports(reports)]


def made_root(folder: Path, busy: int, idle: int) -> Path:
    for name in ("proc", "sys/class/thermal/thermal_zone0", "sys/class/thermal/thermal_zone1"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    cores = "".join(f"cpu{core} {busy} 0 0 {idle} 0 0 0 0 7 7\n" for core in range(2))
    (folder / "proc/stat").write_text(f"cpu  9 9 9 9 9 9 9 9 9 9\n{cores}intr 1\n")
    (folder / "proc/meminfo").write_text("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  400 kB\n")
    (folder / "proc/uptime").write_text("77.5 100.0\n")
    (folder / "sys/class/thermal/thermal_zone0/temp").write_text("41000\n")
    (folder / "sys/class/thermal/thermal_zone1/temp").write_text("nonsense\n")
    return folder


def test_the_machine_is_read_from_what_linux_tells(tmp_path: Path) -> None:
    machine = Machine(tmp_path, made_root(tmp_path, 100, 100))
    made_root(tmp_path, 130, 110)
    reading = machine.read()
    assert reading["load"] == [0.75, 0.75]
    assert (reading["memory_total"], reading["memory_used"]) == (1_024_000, 614_400)
    assert (reading["temperature"], reading["uptime"]) == (41.0, 77.5)
    assert reading["disk_free"] > 0


def test_a_system_that_tells_nothing_is_no_fault(tmp_path: Path) -> None:
    reading = Machine(tmp_path / "gone", tmp_path / "gone").read()
    assert (reading["load"], reading["memory_used"], reading["temperature"], reading["disk_free"]) == (
        [],
        None,
        None,
        None,
    )


def test_a_core_that_was_switched_off_leaves_one_reading_out() -> None:
    assert load_between(((1, 2), (1, 2)), ((1, 2),)) == []


def follow(thumbnails: Thumbnails, file: Path) -> None:
    async def wait() -> None:
        thumbnails.follow(made_story(1, str(file)).model_dump())
        assert thumbnails._making
        await thumbnails._making

    asyncio.run(wait())


def test_a_thumbnail_is_made_once_of_what_the_clip_is_now(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "film.mp4", seconds=2)
    thumbnails = Thumbnails(tmp_path / "thumbnails")
    follow(thumbnails, film)
    first = found(thumbnails.response(request(), "storm"))
    assert bytes(first.body).startswith(b"\xff\xd8\xff")
    made = {file: file.stat().st_ino for file in (tmp_path / "thumbnails").iterdir()}
    assert len(made) == len(made_story().scenes)
    follow(thumbnails, film)
    assert {file: file.stat().st_ino for file in (tmp_path / "thumbnails").iterdir()} == made
    assert found(thumbnails.response(request(if_none_match=first.headers["etag"]), "storm")).status_code == 304
    os.utime(film, ns=(1, 1))
    old = tmp_path / "thumbnails" / "old.jpg"
    old.write_bytes(b"x")
    os.utime(old, (0, time.time() - KEPT_SECONDS - 60))
    follow(thumbnails, tmp_path / "gone.mp4")  # a film that is not there: none is made, what is too old goes
    assert thumbnails.response(request(), "storm") is None
    assert not old.exists()
    assert all(file.exists() for file in made)
    follow(thumbnails, film)
    assert found(thumbnails.response(request(), "storm")).headers["etag"] != first.headers["etag"]
    assert thumbnails.response(request(), "../../secret") is None
