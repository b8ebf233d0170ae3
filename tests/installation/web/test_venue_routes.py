"""The venue's file and the check of the show, over HTTP: the console's real process, with a double of the stage."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calibration.venue import load_venue
from calibration.venue_folder import venues_folder
from installation.web.token import read_tokens
from installation.web.venue_file import answer
from installation.web.venue_routes import Checking
from tests.installation.web.stage_double import StageDouble
from tests.installation.web.test_serving import JSON, ask, log_in

BY_HAND = """# the hall upstairs
name = "Hall 2"

[camera]
source = "rtsp://guard:secret@10.0.0.9/live"  # over the door

[screen]
corners = [[0, 0], [1, 0], [1, 1], [0, 1]]  # straight
"""
CORNERS: list[list[float]] = [[0.1, 0], [1, 0], [1, 1], [0, 0.9]]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("venue") / "hall.toml"
    file.write_text(BY_HAND)
    return file


@pytest.fixture(scope="module")
def stage(hall: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StageDouble]:
    with StageDouble(tmp_path_factory.mktemp("state"), venue_file=str(hall)) as stage:
        assert stage.port
        yield stage


def posted(stage: StageDouble, path: str, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
    status, _, found = ask(stage, "POST", path, json.dumps(body).encode(), **JSON, **headers)
    return status, json.loads(found)


def test_settings_are_read_without_the_cameras_password_and_written_with_comments_kept(
    stage: StageDouble, hall: Path
) -> None:
    status, _, found = ask(stage, "GET", "/api/venue/settings")
    assert status == 200
    told = json.loads(found)
    assert told["corners"] == [[0, 0], [1, 0], [1, 1], [0, 1]]
    assert told["file"] == str(hall)
    assert b"secret" not in found
    assert "secret" not in str(answer({"do": "read", "file": str(hall)}))
    mask = [[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]]
    changes = {"screen": {"corners": CORNERS, "gamma": 1.2}, "camera": {"masks": [mask]}}
    assert posted(stage, "/api/venue/settings", {"name": "", "changes": changes})[0] == 200
    venue = load_venue(hall)
    assert (venue.screen.corners, venue.screen.gamma) == (tuple((x, y) for x, y in CORNERS), 1.2)
    assert venue.camera.masks == (tuple((x, y) for x, y in mask),)
    assert venue.camera.source == "rtsp://guard:secret@10.0.0.9/live"
    for comment in ("# the hall upstairs", "# over the door", "# straight"):
        assert comment in hall.read_text()
    assert hall.with_name("hall.toml.previous").read_text() == BY_HAND


@pytest.mark.parametrize(
    "changes",
    [
        {"osc": {"passphrase": "mine"}},
        {"camera": {"source_file": "/etc/passwd"}},
        {"screen": {}},
        {"screen": 3},
        {"screen": {"corners": CORNERS[::-1]}},
        {"screen": {"gamma": "bright"}},
        {"camera": {"masks": [[[0, 0], [1, 1]]]}},
        {"privacy": {"consent": "none"}},
        {"privacy": {"consent": "zone"}},
        {"privacy": {"zone": [[0, 0], [1, 1]]}},
        {"privacy": {"place": "museum"}},
    ],
)
def test_what_this_page_does_not_change_or_cannot_be_meant_leaves_the_file_as_it_is(
    hall: Path, changes: dict[str, Any]
) -> None:
    before = hall.read_text()
    told = answer({"do": "write", "file": str(hall), "name": "", "changes": changes})
    assert told["problems"]
    assert "secret" not in str(told)
    assert hall.read_text() == before


def test_a_zone_is_written_with_the_consent_that_it_stands_for_and_is_not_taken_away_from_under_it(hall: Path) -> None:
    zone = [[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]]
    wish = {"do": "write", "file": str(hall), "name": ""}
    assert "problems" not in answer(wish | {"changes": {"privacy": {"zone": zone, "consent": "zone"}}})
    privacy = load_venue(hall).privacy
    assert (privacy.consent, privacy.zone) == ("zone", tuple((x, y) for x, y in zone))
    assert "# over the door" in hall.read_text()
    assert answer({"do": "read", "file": str(hall)})["zone"] == privacy.zone
    assert "zone is missing" in str(answer(wish | {"changes": {"privacy": {"zone": []}}})["problems"])


def test_who_looks_on_neither_reads_nor_writes_nor_checks(stage: StageDouble) -> None:
    viewer = log_in(stage, read_tokens(stage.folder).viewer, "Vi")
    for path in ("/api/venue/settings", "/api/venue/check"):
        assert ask(stage, "GET", path, None, **viewer)[0] == 403
        assert posted(stage, path, {"changes": {}}, **viewer)[0] == 403


def test_a_show_on_defaults_writes_a_new_venue_in_the_users_folder_and_touches_none_that_is_there() -> None:
    asked = {"do": "write", "file": "", "name": "Hall 3", "changes": {"screen": {"gamma": 1.4}}}
    told = answer(asked)
    assert told["new"]
    assert load_venue(told["file"]).screen.gamma == 1.4
    assert Path(told["file"]) == venues_folder() / "Hall 3.toml"
    assert told["run"] == "chiaro run --venue 'Hall 3'"
    assert "exists already" in answer(asked)["problems"][0]


@pytest.mark.parametrize("name", ["", "../hall", "/tmp/hall", "hall.toml", "a\nb", "x" * 50])  # noqa: S108 - refused
def test_a_new_venues_name_is_no_path(name: str) -> None:
    assert "expected a name" in answer({"do": "write", "file": "", "name": name, "changes": {}})["problems"][0]


def test_a_venue_file_that_is_gone_or_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    gone = {"do": "write", "file": str(tmp_path / "gone.toml"), "name": "", "changes": {"screen": {"gamma": 1.0}}}
    assert answer(gone)["problems"]
    assert answer({"do": "read", "file": str(tmp_path / "gone.toml")})["problems"]
    assert answer({"do": "format the disk"})["problems"]
    assert isinstance(answer({"do": "read", "file": ""})["cameras"], list)


SAYS = """
import json, sys, time
say = lambda **line: print(json.dumps(line), flush=True)
print("a library says hello")
say(kind="progress", what="lamp.mp4", share=0.5)
say(kind="finding", part="camera", state="problem", where="camera.source", what="plug it in", rehearsal=False)
{then}
"""


def checked(then: str, seconds: float = 20.0) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        checking = Checking((sys.executable, "-c", SAYS.format(then=then)))
        checking.start([])
        first = checking.found
        checking.start([])
        assert checking.found is first, "one at a time"
        async with asyncio.timeout(seconds):
            while checking.found["running"] and not (then == "time.sleep(60)" and checking.found["findings"]):
                await asyncio.sleep(0.02)
        await checking.close()
        return checking.found

    return asyncio.run(run())


def test_a_check_tells_each_finding_and_its_verdict() -> None:
    found = checked('say(kind="verdict", verdict="problems", problems=1)')
    assert found == {
        "running": False,
        "what": "lamp.mp4",
        "share": 1.0,
        "findings": [{"part": "camera", "state": "problem", "where": "camera.source", "what": "plug it in"}],
        "verdict": "problems",
    }


@pytest.mark.parametrize("then", ["sys.exit(3)", "print('x' * 100000)", "time.sleep(60)"])
def test_a_check_that_dies_raves_or_is_ended_leaves_what_it_found(then: str) -> None:
    found = checked(then)
    assert (found["running"], found["verdict"], len(found["findings"])) == (False, "broken", 1)


@pytest.mark.slow
def test_the_real_check_runs_beside_the_show_and_says_that_a_camera_is_missing(stage: StageDouble) -> None:
    from tests.installation.waiting import wait_until

    assert posted(stage, "/api/venue/check", {"every_clip": False})[1]["running"]
    wait_until(lambda: not json.loads(ask(stage, "GET", "/api/venue/check")[2])["running"], 120)
    found = json.loads(ask(stage, "GET", "/api/venue/check")[2])
    assert found["verdict"] == "problems", found
    assert "camera" in {one["part"] for one in found["findings"] if one["state"] == "problem"}
    assert "secret" not in str(found)
